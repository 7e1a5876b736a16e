import { expect, it } from 'vitest';
import { REDACTED, redaction } from './redaction.js';

const redacted = (text: string, ...values: string[]): string =>
  redaction({
    sources: [{ name: 'a', values: Object.fromEntries(values.map((value, i) => [i, value])) }],
    byDefault: 'a',
  })(text);

it.each([
  [
    'every place of a value',
    'a.b and a.b, not acb',
    ['a.b'],
    `${REDACTED} and ${REDACTED}, not acb`,
  ],
  ['the longer of two that begin alike', 'abcd ab', ['ab', 'abcd'], `${REDACTED} ${REDACTED}`],
  ['no value in what stands for another', 'SECRET', ['SECRET', 'RED'], REDACTED],
  ['a value as JSON has it', '{"a":"say \\"x\\""}', ['say "x"'], `{"a":"${REDACTED}"}`],
  ['a value in an address', 'GET /a%22%2Fb /a%22/b', ['a"/b'], `GET /${REDACTED} /${REDACTED}`],
  ['nothing for an empty value', 'as it is', [''], 'as it is'],
])('redacts %s', (_, text, values, expected) => {
  expect(redacted(text, ...values)).toBe(expected);
});
