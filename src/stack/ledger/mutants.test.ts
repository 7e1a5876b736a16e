/** Each planted bug of the ledger does what src/wire/mutants.ts says, and nothing of it happens without its name. */
import { afterEach, expect, test } from 'vitest';
import type { Mutant } from '../../wire/mutants.js';
import {
  type Asked,
  alice,
  bank,
  bob,
  cafe,
  clearing,
  fee,
  LedgerKit,
  shop,
} from './testing/ledger-kit.js';

let kit: LedgerKit;

afterEach(async () => {
  await kit.close();
});

function plant(mutant: Mutant | undefined): void {
  kit = new LedgerKit(mutant === undefined ? {} : { mutant });
}

const CONFIRM: Asked = {
  command: 'confirm',
  id: 1,
  legs: [
    [alice, -5],
    [clearing(1), 5],
  ],
};

test.each([undefined, 'lose-credit-leg'] as const)('%s: credits of payments', async (mutant) => {
  plant(mutant);
  for (let id = 0; id < 1000; id++) {
    const legs = [
      [alice, -1],
      [shop, 1],
    ] as const;
    kit.run({ command: 'post', id, legs });
  }
  expect(kit.balance(alice)).toBe(0);
  expect(kit.balance(shop)).toBe(mutant === undefined ? 1000 : 980);
  const halves = (await kit.entries()).filter((entry) => entry.legs.length === 1);
  expect(halves.length).toBe(mutant === undefined ? 0 : 20);
  await kit.restart();
  expect(kit.balance(shop)).toBe(mutant === undefined ? 1000 : 980);
});

test.each([undefined, 'skip-overdraft-check'] as const)('%s: an empty account', (mutant) => {
  plant(mutant);
  const legs = [
    [shop, -5],
    [fee, 5],
  ] as const;
  const { code } = kit.ask({ command: 'post', id: 1, legs });
  expect(code).toBe(mutant === undefined ? 'exceeds_credits' : 'created');
  expect(kit.balance(shop)).toBe(mutant === undefined ? 0 : -5);
});

test.each([undefined, 'confirm-without-try'] as const)('%s: an empty Confirm', async (mutant) => {
  plant(mutant);
  expect(kit.code(CONFIRM)).toBe(mutant === undefined ? 'confirm_without_try' : 'created');
  expect(kit.balance(alice)).toBe(mutant === undefined ? 1000 : 995);
  const pending = (await kit.entries()).flatMap((entry) => entry.legs.map((leg) => leg.pending));
  expect(pending).toEqual(mutant === undefined ? [] : [2, 2]);
  await kit.restart();
  expect(kit.balance(alice)).toBe(mutant === undefined ? 1000 : 995);
});

test.each([undefined, 'forget-ids-on-restart'] as const)(
  '%s: a retry after a restart',
  async (mutant) => {
    plant(mutant);
    const legs = [
      [alice, -5],
      [shop, 5],
    ] as const;
    const hold: Asked = {
      command: 'hold',
      id: 2,
      kind: 'hold',
      timeoutS: 60,
      legs: [
        [alice, -5],
        [clearing(0), 5],
      ],
    };
    kit.run({ command: 'post', id: 1, legs }, hold);
    await kit.restart();
    kit.run({ command: 'post', id: 1, legs });
    expect(kit.balance(shop)).toBe(mutant === undefined ? 5 : 10);
    expect(kit.code({ command: 'void_', id: 3, kind: 'void', user: alice, reference: 2 })).toBe(
      'created',
    );
  },
);

const post = (id: number, amount = 5): Asked => ({
  command: 'post',
  id,
  legs: [
    [alice, -amount],
    [shop, amount],
  ],
});

const HOLD: Asked = {
  command: 'hold',
  id: 2,
  kind: 'hold',
  timeoutS: 60,
  counterparty: shop,
  legs: [
    [alice, -5],
    [clearing(0), 5],
  ],
};

const capture = (id: number, amount = 5, payee = shop): Asked => ({
  command: 'capture',
  id,
  kind: 'capture',
  reference: 2,
  legs: [
    [alice, -amount],
    [payee, amount],
  ],
});

const voidOf = (id: number, user = alice): Asked => ({
  command: 'void_',
  id,
  kind: 'void',
  user,
  reference: 2,
});

const refund = (id: number, user = alice): Asked => ({
  command: 'post',
  id,
  kind: 'refund',
  reference: 1,
  legs: [
    [shop, -5],
    [user, 5],
  ],
});

/** What is asked first, and what the sound ledger and the one with the bug say to the last. */
const ANSWERS: readonly (readonly [Mutant, readonly Asked[], Asked, string])[] = [
  ['capture-twice', [HOLD, capture(3)], capture(4), 'pending_transfer_already_posted'],
  ['void-after-capture', [HOLD, capture(3)], voidOf(4), 'pending_transfer_already_posted'],
  ['capture-over-hold', [HOLD], capture(3, 6), 'exceeds_pending_transfer_amount'],
  ['capture-for-anybody', [HOLD], capture(3, 5, cafe), 'reference_has_different_accounts'],
  ['void-by-anybody', [HOLD], voidOf(3, bob), 'reference_has_different_accounts'],
  ['refund-without-bound', [post(1), post(9), refund(3)], refund(4), 'refund_exceeds_payment'],
  ['refund-to-anybody', [post(1)], refund(3, bob), 'reference_has_different_accounts'],
  ['ignore-amount-on-repeat', [post(1)], post(1, 6), 'exists_with_different_amount'],
  [
    'ignore-payee-on-repeat',
    [post(1)],
    { ...post(1), counterparty: cafe },
    'exists_with_different_credit_account_id',
  ],
  [
    'ignore-payer-on-repeat',
    [post(1)],
    { ...post(1), user: bob },
    'exists_with_different_debit_account_id',
  ],
  ['forget-declines', [post(1, 1001), topUp(3)], post(1, 1001), 'exceeds_credits'],
];

function topUp(id: number): Asked {
  const legs = [
    [bank, -500],
    [alice, 500],
  ] as const;
  return { command: 'post', id, kind: 'topUp', legs };
}

test.each(ANSWERS)(
  '%s: what the sound ledger refuses is done',
  async (mutant, before, last, code) => {
    plant(undefined);
    kit.run(...before);
    expect(kit.code(last)).toBe(code);
    await kit.close();
    plant(mutant);
    kit.run(...before);
    expect(kit.code(last)).toBe('created');
    await kit.restart();
  },
);

test.each([
  [undefined, 2],
  ['remember-id-after-commit', 3],
] as const)('%s: an id that comes twice at a time', (mutant, postings) => {
  plant(mutant);
  kit.run(post(1), post(1), post(3));
  expect(kit.balance(shop)).toBe(5 * postings);
});

/** Four batches are on disk beside the first; what a restart makes of the last. */
test.each([
  [undefined, { entries: 4, shop: 20, version: 4 }],
  ['drop-tail-on-restart', { entries: 1, shop: 5, version: 1 }],
  ['accept-torn-tail', { entries: 4, shop: 15, version: 3 }],
  ['replay-tail-twice', { entries: 5, shop: 25, version: 5 }],
  ['reset-versions-on-restart', { entries: 4, shop: 20, version: 0 }],
] as const)('%s: the books after a restart', async (mutant, found) => {
  plant(mutant);
  for (const id of [1, 2, 3, 4]) {
    kit.run(post(id));
    await kit.commit();
  }
  await kit.restart();
  const { accounts } = kit.ledger.books;
  expect(kit.balance(shop)).toBe(found.shop);
  expect(accounts.version(accounts.indexOf(shop))).toBe(found.version);
  expect((await kit.entries()).length).toBe(found.entries);
});

/** A hold of 60 s that was made before a restart: how many are open so many seconds later. */
test.each([
  [undefined, 59, 1],
  [undefined, 60, 0],
  ['release-holds-on-restart', 1, 0],
  ['forget-deadlines-on-restart', 61, 1],
  ['expire-early', 30, 0],
  ['expire-by-client-clock', 1, 0],
] as const)('%s: a hold after %i s', async (mutant, seconds, open) => {
  plant(mutant);
  kit.run(HOLD);
  await kit.restart();
  kit.nowMs += seconds * 1000;
  kit.ledger.expireDue();
  expect(kit.ledger.books.pending.holds).toBe(open);
});
