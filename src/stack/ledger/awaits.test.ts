/** An exit that comes before its entry is refused until that is there, and not for good; nothing ends an entry before its time. */
import { afterEach, expect, test } from 'vitest';
import { type Asked, alice, bob, fee, LedgerKit, START_MS } from './testing/ledger-kit.js';

let kit: LedgerKit;

afterEach(async () => {
  await kit.close();
});

const HOUR_MS = 3_600_000;
const ENTER: Asked = {
  command: 'post',
  id: 1,
  kind: 'transit.enter',
  legs: [
    [alice, -50],
    [fee, 50],
  ],
};

const ended = (kind: string, id: number, user = alice): Asked => ({
  command: 'post',
  id,
  kind: `transit.${kind}`,
  reference: 1,
  user,
  amount: 50,
  legs: [
    [fee, -50],
    [user, 50],
  ],
});
const EXIT = ended('exit', 2);

test('an exit before its entry is refused for now, and taken once that is there', async () => {
  kit = new LedgerKit();
  expect(kit.code(EXIT)).toBe('reference_not_here_yet');
  expect(kit.code(EXIT)).toBe('reference_not_here_yet');
  expect(kit.code({ ...EXIT, command: 'lookup' })).toBe('operation_not_found');
  expect(kit.code(ENTER)).toBe('created');
  expect(kit.code(EXIT)).toBe('created');
  await kit.restart();
  expect(kit.code(EXIT)).toBe('created');
  expect(kit.code({ ...EXIT, id: 3 })).toBe('refund_exceeds_payment');
});

test('an exit whose entry was declined is refused for good', () => {
  kit = new LedgerKit();
  kit.run({ ...ENTER, command: 'record_decline', code: 1020, legs: [] });
  expect(kit.code(EXIT)).toBe('refunded_operation_not_found');
  expect(kit.code({ ...EXIT, command: 'lookup' })).toBe('refunded_operation_not_found');
});

test('a ledger that keeps the refusal loses the exit', () => {
  kit = new LedgerKit({ mutant: 'forget-late-exits' });
  expect([EXIT, ENTER, EXIT].map((one) => kit.code(one))).toEqual([
    'reference_not_here_yet',
    'created',
    'reference_not_here_yet',
  ]);
});

test('the exit of another’s entry is refused for good', () => {
  kit = new LedgerKit();
  kit.run(ENTER);
  expect(kit.code(ended('exit', 4, bob))).toBe('reference_has_different_accounts');
});

test.each([
  ['two minutes before its time', -120_000, 'created'],
  ['earlier', -120_001, 'code_out_of_window'],
  ['four hours late', 4 * HOUR_MS, 'created'],
  ['later', 4 * HOUR_MS + 1, 'code_out_of_window'],
])('an entry that comes %s', (_, afterMs, code) => {
  kit = new LedgerKit();
  kit.nowMs = START_MS + 1 + afterMs;
  expect(kit.code(ENTER)).toBe(code);
});

test.each([
  ['two hours late', 2 * HOUR_MS, 'created'],
  ['later', 2 * HOUR_MS + 1, 'code_out_of_window'],
])('an exit that comes %s', (_, afterMs, code) => {
  kit = new LedgerKit();
  kit.nowMs = START_MS + EXIT.id + afterMs;
  kit.run(ENTER);
  expect(kit.code(EXIT)).toBe(code);
});

test.each([
  ['before four hours are over', 4 * HOUR_MS - 1, 'too_early'],
  ['after them', 4 * HOUR_MS, 'created'],
])('an entry lapses, %s', (_, afterMs, code) => {
  kit = new LedgerKit();
  kit.nowMs = START_MS + 1;
  kit.run(ENTER);
  kit.nowMs += afterMs;
  expect(kit.code(ended('lapse', 5))).toBe(code);
});

test('a ledger that does not look lets it lapse at once', () => {
  kit = new LedgerKit({ mutant: 'lapse-at-once' });
  kit.nowMs = START_MS + 1;
  kit.run(ENTER);
  expect(kit.code(ended('lapse', 5))).toBe('created');
});
