/** What goes on from an earlier operation takes all of it, once, for its user, and only where it took effect. */
import { afterEach, expect, test } from 'vitest';
import type { Mutant } from '../../wire/mutants.js';
import { type Asked, alice, bob, fee, LedgerKit, platform } from './testing/ledger-kit.js';

let kit: LedgerKit;

afterEach(async () => {
  await kit.close();
});

const APPLY: Asked = {
  command: 'post',
  id: 1,
  kind: 'loan.apply',
  legs: [
    [alice, -50],
    [fee, 50],
  ],
};

/** Risk control says no. */
const DECLINED: Asked = { ...APPLY, command: 'record_decline', id: 2, code: 1020, legs: [] };

const disburse = (amountMinor: number, user = alice, reference = 1): Asked => ({
  command: 'post',
  id: 9,
  kind: 'loan.disburse',
  reference,
  user,
  amount: amountMinor,
  legs: [
    [platform, -amountMinor],
    [user, amountMinor],
  ],
});

const WHOLE_AGAIN = { ...disburse(50), id: 8 };

test.each<readonly [string, readonly Asked[], Asked, string]>([
  ['the whole of it', [APPLY], disburse(50), 'created'],
  ['less', [APPLY], disburse(49), 'reference_has_different_amount'],
  ['more', [APPLY], disburse(51), 'refund_exceeds_payment'],
  ['all of it once more', [APPLY, WHOLE_AGAIN], disburse(50), 'refund_exceeds_payment'],
  ['a part, after all of it', [APPLY, WHOLE_AGAIN], disburse(1), 'refund_exceeds_payment'],
  ['that of another', [APPLY], disburse(50, bob), 'reference_has_different_accounts'],
  ['nothing', [], disburse(50), 'refunded_operation_not_found'],
  ['what was declined', [APPLY, DECLINED], disburse(50, alice, 2), 'refunded_operation_not_found'],
])('going on with %s', async (_what, before, last, code) => {
  kit = new LedgerKit();
  kit.run(...before);
  expect(kit.code(last)).toBe(code);
  await kit.restart();
  const isOver = code === 'created' || before.includes(WHOLE_AGAIN);
  const once = { ...disburse(50), id: 10 };
  if (before.includes(APPLY)) expect(kit.code(once) === 'created').toBe(!isOver);
});

test.each<readonly [Mutant, Asked]>([
  ['go-on-in-part', disburse(49)],
  ['go-on-twice', disburse(50)],
  ['go-on-from-declined', disburse(50, alice, 2)],
])('%s: what the sound ledger refuses is done', (mutant, last) => {
  kit = new LedgerKit({ mutant });
  kit.run(APPLY, DECLINED);
  if (mutant === 'go-on-twice') kit.run(WHOLE_AGAIN);
  expect(kit.code(last)).toBe('created');
});
