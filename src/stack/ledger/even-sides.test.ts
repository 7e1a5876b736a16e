/**
 * Between two sides that are even each, a ticket's money put aside at home and its seats far away, nothing is cleared. Who is on the other side
 * is told all the same: recovery confirms there what home has confirmed, by that alone.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ACCOUNT_CLASS, accountParts, SYSTEM_ACCOUNT } from '../../wire/accounts.js';
import { COMMAND_FLAG } from '../../wire/ledger-commands.js';
import { type Asked, alice, bob, carol, clearing, fee, LedgerKit } from './testing/ledger-kit.js';

let kit: LedgerKit;

beforeEach(() => {
  kit = new LedgerKit({ shards: 3 });
});

afterEach(async () => {
  await kit.close();
});

const PEER = 2;

const asked = (command: Asked['command'], legs: Asked['legs'], flags: number): Asked => ({
  command,
  id: 1,
  legs,
  flags,
  peer: PEER,
});

const EVEN: Asked['legs'] = [
  [alice, -50],
  [bob, 50],
];
const CLEARED: Asked['legs'] = [
  [alice, -50],
  [clearing(PEER), 50],
];
const FULL: Asked['legs'] = [
  [alice, -50],
  [bob, 20],
  [carol, 20],
  [fee, 10],
];

/** Shards on the other side that the answer names. */
const named = (one: Asked): readonly number[] =>
  kit.ask(one).legs.flatMap(({ account }) => {
    const { accountClass, number } = accountParts(account);
    const isClearing = accountClass === ACCOUNT_CLASS.system && number >= SYSTEM_ACCOUNT.clearing;
    return isClearing ? [number - SYSTEM_ACCOUNT.clearing] : [];
  });

test.each<readonly [string, Asked['legs'], number, readonly number[]]>([
  ['an even side at home', EVEN, COMMAND_FLAG.primary, [PEER]],
  ['a side that is cleared', CLEARED, COMMAND_FLAG.primary, [PEER]],
  ['an even side far away', EVEN, COMMAND_FLAG.secondary, []],
  ['as many legs as there is room for', FULL, COMMAND_FLAG.primary, []],
])('%s: Try, Confirm and Cancel after it name the other side', (_what, legs, flags, peers) => {
  expect(named(asked('try_', legs, flags))).toEqual(peers);
  expect(named(asked('confirm', legs, flags))).toEqual(peers);
  // Too late: the answer is what was confirmed, and with whom.
  const late = asked('cancel', [], flags);
  expect(kit.ask(late).code).toBe('created');
  expect(named(late)).toEqual(peers);
});

test('what was told of the other side moves nothing', async () => {
  kit.run(asked('try_', EVEN, COMMAND_FLAG.primary), asked('confirm', EVEN, COMMAND_FLAG.primary));
  expect(kit.balance(clearing(PEER))).toBe(0);
  const entries = await kit.entries();
  expect(entries.map(({ legs }) => legs.length)).toEqual([2, 2]);
});
