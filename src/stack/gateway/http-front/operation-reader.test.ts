/**
 * What the front's reader of bodies takes, and the record that it makes of it beside that of the reader behind it. What both
 * make of bodies that are wrong is looked at where both answer (http-front.test.ts).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownKind } from '../../../products/kinds.js';
import { parseOperationId } from '../../../wire/operation-id.js';
import { CHANNEL } from '../../../wire/operations.js';
import { AMOUNT_MINOR_MAX } from '../../../wire/results.js';
import { type OperationBody, operationRecord } from '../http-operation.js';
import { POSTABLE_KINDS, TIMEOUT_S_MAX } from '../http-schemas.js';
import { OperationReader } from './operation-reader.js';

const reader = new OperationReader();
const BEFORE = '{"id":';
/** Would go on with what is before it. */
const BEHIND = '9,"retry":true}';
const ID = '01890a5d-ac96-774b-bcce-b302099a8057';

/** The record in hexadecimal, or undefined where it is not taken; other bytes are before the text and behind it. */
function recordOf(text: string, key?: string): string | undefined {
  const bytes = Buffer.from(`${BEFORE}${text}${key ?? ''}${BEHIND}`, 'latin1');
  const from = BEFORE.length;
  const to = from + text.length;
  const isTaken = reader.read(bytes, { from, to, keyAt: key === undefined ? -1 : to });
  return isTaken ? Buffer.from(reader.record.buffer).toString('hex') : undefined;
}

function recordBehind(body: OperationBody): string {
  const words = parseOperationId(body.id);
  if (words === undefined) throw new Error(`${body.id} is no id`);
  return Buffer.from(operationRecord(body, words).buffer).toString('hex');
}

const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.constantFrom(...'0123456789abcdefABCDEF'),
    minLength: length,
    maxLength: length,
  });
const id = fc
  .tuple(hex(8), hex(4), hex(3), fc.constantFrom(...'89abAB'), hex(3), hex(12))
  .map(([a, b, c, variant, d, e]) => `${a}-${b}-7${c}-${variant}${d}-${e}`);
const number = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 999_999_999 }));
const user = number.map((one) => `user:${one}`);
const merchant = number.map((one) => `merchant:${one}`);
const amount = fc.oneof(
  fc.integer({ min: 1, max: AMOUNT_MINOR_MAX }),
  fc.constantFrom(1, 2 ** 32 - 1, 2 ** 32, AMOUNT_MINOR_MAX),
);
const channel = fc.constantFrom(...Object.keys(CHANNEL));

/** Any operation that there can be, out of the table of kinds. */
const operation = fc.constantFrom(...POSTABLE_KINDS).chain((kind) => {
  const { row } = knownKind(kind);
  const other = row.home === 'payer' ? 'payee' : 'payer';
  const others = { merchant, user, 'merchant-or-user': fc.oneof(merchant, user) };
  const members: Record<string, fc.Arbitrary<unknown>> = {
    id,
    kind: fc.constant(kind),
    [row.home]: user,
    channel,
    retry: fc.boolean(),
  };
  if (row.counterparty !== undefined) members[other] = others[row.counterparty];
  if (row.direction !== undefined) members.amountMinor = amount;
  if (row.refersTo.length > 0) members.reference = id;
  if (row.hasTimeout) members.timeoutS = fc.integer({ min: 1, max: TIMEOUT_S_MAX });
  const requiredKeys = Object.keys(members).filter(
    (name) => !['channel', 'retry', 'timeoutS'].includes(name),
  );
  return fc.record(members, { requiredKeys });
});

const space = fc.string({ unit: fc.constantFrom(' ', '\t', '\r', '\n'), maxLength: 2 });

/** An operation as text: its members in any order, with space where JSON has it; and beside it what it says. */
const written = fc
  .tuple(operation, fc.infiniteStream(space), fc.infiniteStream(fc.nat()))
  .map(([body, spaces, order]) => {
    const next = (): string => String(spaces.next().value);
    const members = Object.entries(body)
      .map(([name, value]) => ({ name, value, rank: Number(order.next().value) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ name, value }) => `${next()}"${name}"${next()}:${next()}${JSON.stringify(value)}`);
    const text = `${next()}{${members.map((one) => one + next()).join(',')}}${next()}`;
    return { text, body: JSON.parse(text) };
  });

describe('an operation', () => {
  it('of every kind, in any order and spacing, is taken and makes the record that it makes behind', () => {
    fc.assert(
      fc.property(written, ({ text, body }) => {
        expect(recordOf(text)).toBe(recordBehind(body));
      }),
      { numRuns: 2000 },
    );
  });

  it('may have its id beside it, or there too in either case', () => {
    fc.assert(
      fc.property(operation, (members) => {
        const body = JSON.parse(JSON.stringify(members));
        const record = recordBehind(body);
        const { id: key, ...rest } = body;
        expect(recordOf(JSON.stringify(rest), key)).toBe(record);
        expect(recordOf(JSON.stringify(body), key.toUpperCase())).toBe(record);
        expect(recordOf(JSON.stringify(rest))).toBe(undefined);
        const another = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
        expect(recordOf(JSON.stringify(body), another)).toBe(undefined);
      }),
    );
  });

  it('is not taken without its end, or with bytes behind it that are no space', () => {
    fc.assert(
      fc.property(written, fc.nat(), ({ text }, length) => {
        expect(recordOf(text.trimEnd().slice(0, length % text.trimEnd().length))).toBe(undefined);
        expect(recordOf(`${text}}`)).toBe(undefined);
        expect(recordOf(`${text}\f`)).toBe(undefined);
      }),
    );
  });
});

const PAY = `"id":"${ID}","kind":"pay","payer":"user:7","payee":"merchant:8"`;
const pay = (amountMinor: string): string => `{${PAY},"amountMinor":${amountMinor}}`;
const wrong: Readonly<Record<string, string>> = {
  nothing: '',
  'an empty object': '{}',
  'a list': `[${pay('1')}]`,
  'a comma too many': pay('1,'),
  'a comma too few': pay('1 "retry":true'),
  'a colon too few': pay('1,"retry"true'),
  'a name without quotes': pay('1,retry:true'),
  'a member twice': pay('1,"amountMinor":1'),
  'a name in escapes': pay('1,"\\u0072etry":true'),
  'a value in escapes': pay('1').replace('"pay"', '"\\u0070ay"'),
  'an unknown name': pay('1,"retries":true'),
  'an unknown kind': pay('1').replace('"pay"', '"pays"'),
  'a kind in another case': pay('1').replace('"pay"', '"Pay"'),
  'a question': pay('1').replace('"pay"', '"lookup"'),
  'an amount of nothing': pay('0'),
  'a negative amount': pay('-1'),
  'an amount with a leading zero': pay('01'),
  'an amount with a sign': pay('+1'),
  'an amount with a fraction': pay('1.0'),
  'an amount with an exponent': pay('1e2'),
  'an amount in quotes': pay('"1"'),
  'an amount beyond the largest': pay('281474976710657'),
  'an amount of sixteen digits': pay('1000000000000000'),
  'an amount with a space in it': pay('1 0'),
  'no amount': `{${PAY}}`,
  'a timeout of a payment': pay('1,"timeoutS":60'),
  'a reference of a payment': pay(`1,"reference":"${ID}"`),
  'a repeat that is no truth': pay('1,"retry":1'),
  'a repeat that is nearly true': pay('1,"retry":truf'),
  'an unknown channel': pay('1,"channel":"cash"'),
  'an account of ten digits': pay('1').replace('user:7', 'user:1000000000'),
  'an account of nothing': pay('1').replace('user:7', 'user:0'),
  'an account with a leading zero': pay('1').replace('user:7', 'user:07'),
  'an account without a number': pay('1').replace('user:7', 'user:'),
  'an account on a shard': pay('1').replace('user:7', 'user:7@0'),
  'a merchant who pays': pay('1').replace('user:7', 'merchant:7'),
  'a user who is paid': pay('1').replace('merchant:8', 'user:8'),
  'an id of version 4': pay('1').replace('774b', '474b'),
  'an id of another variant': pay('1').replace('bcce', 'ccce'),
  'an id with another sign': pay('1').replace('774b', '774g'),
  'an id without dashes': pay('1').replace('-774b-', '0774b0'),
  'an id that is longer': pay('1').replace(ID, `${ID}0`),
  'a byte beyond ASCII': pay('1\xa0'),
};

it.each(Object.entries(wrong))('%s is not taken', (_name, text) => {
  expect(recordOf(text)).toBe(undefined);
});
