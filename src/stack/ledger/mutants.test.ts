/** Each planted bug of the ledger does what src/wire/mutants.ts says, and nothing of it happens without its name. */
import { afterEach, expect, test } from 'vitest';
import type { Mutant } from '../../wire/mutants.js';
import { type Asked, alice, clearing, fee, LedgerKit, shop } from './testing/ledger-kit.js';

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
  expect(kit.balance(shop)).toBe(mutant === undefined ? 1000 : 998);
  const halves = (await kit.entries()).filter((entry) => entry.legs.length === 1);
  expect(halves.length).toBe(mutant === undefined ? 0 : 2);
  await kit.restart();
  expect(kit.balance(shop)).toBe(mutant === undefined ? 1000 : 998);
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
