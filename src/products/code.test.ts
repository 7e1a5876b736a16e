/** A code is of one user and one step, and of one set of details where it has any, whoever makes it again. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type OperationIdWords, operationIdUnixMs } from '../wire/operation-id.js';
import { codeAt, isCodeOf, isInSequence } from './code.js';
import { idDetails } from './details.js';

const CODE = { stepS: 30, windowS: 45, secret: 'qr' };
const user = fc.integer({ min: 1, max: 999_999_999 });
const unixMs = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 });
const details = fc.option(fc.nat({ max: 4095 }), { nil: undefined });

const isCode = (words: OperationIdWords, of: number, hasDetails: boolean): boolean =>
  isCodeOf({ code: CODE, ...(hasDetails ? { details: { station: 12 } } : {}) }, of, words);

it('is the same through a step, and another in the next and of another user', () => {
  fc.assert(
    fc.property(
      user,
      unixMs,
      fc.integer({ min: 0, max: 29_999 }),
      details,
      (number, at, later, own) => {
        const begins = at - (at % 30_000);
        const made = (ms: number) => codeAt(CODE, { user: number, unixMs: ms, details: own });
        const code = made(begins + later);
        expect(code).toEqual(made(begins));
        expect(operationIdUnixMs(code[0], code[1])).toBe(begins);
        if (own !== undefined) expect(idDetails(code[1])).toBe(own);
        expect(code).not.toEqual(made(begins + 30_000));
        expect(isCode(code, number, own !== undefined)).toBe(true);
        expect(isCode(code, number + 1, own !== undefined)).toBe(false);
      },
    ),
  );
});

it('is no code any more when a bit of it is another', () => {
  fc.assert(
    fc.property(user, unixMs, fc.nat({ max: 127 }), details, (number, at, bit, own) => {
      const words = [...codeAt(CODE, { user: number, unixMs: at, details: own })];
      const word = bit >>> 5;
      words[word] = ((words[word] ?? 0) ^ (1 << (bit & 31))) >>> 0;
      const [a = 0, b = 0, c = 0, d = 0] = words;
      expect(isCode([a, b, c, d], number, own !== undefined)).toBe(false);
    }),
  );
});

it.each([
  ['in the same step', 0, false],
  ['a step later', 30, true],
  ['as late as may be', 3_600, true],
  ['later than that', 3_630, false],
  ['before', -30, false],
])('follows another where it was made later, within its time: %s', (_, seconds, follows) => {
  const [first, second] = [0, seconds].map((s) =>
    codeAt(CODE, { user: 7, unixMs: 1_764_500_010_000 + s * 1000 }),
  ) as [OperationIdWords, OperationIdWords];
  expect(isInSequence(3_600, first, second)).toBe(follows);
});
