import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatAccount,
  merchantAccount,
  type Placement,
  userAccount,
} from '../../wire/accounts.js';
import { writeUint64 } from '../../wire/bytes.js';
import type { OperationKind } from '../../wire/operation-kinds.js';
import { OP, OPERATION_BYTES, OPERATION_KIND } from '../../wire/operations.js';
import { AMOUNT_MINOR_MAX } from '../../wire/results.js';
import { Legs } from './legs.js';
import { DEFAULT_RATES, type Rates, shareMinor } from './rates.js';
import { Route } from './route.js';
import { homeBranchLegs, localLegs, peerBranchLegs } from './templates.js';

const PLACEMENT: Placement = { shards: 2, splitMerchants: 5 };

interface Given {
  readonly kind: OperationKind;
  readonly account: number;
  readonly counterparty?: number;
  readonly amount: number;
}

function routeOf(given: Given, placement = PLACEMENT): Route {
  const record = new DataView(new ArrayBuffer(OPERATION_BYTES));
  record.setUint8(OP.kind, OPERATION_KIND[given.kind]);
  writeUint64(record, OP.account, given.account);
  writeUint64(record, OP.counterparty, given.counterparty ?? 0);
  writeUint64(record, OP.amount, given.amount);
  const route = new Route();
  route.read(record, 0, placement);
  return route;
}

function shown(legs: Legs): Record<string, number> {
  const entries = Array.from({ length: legs.count }, (_, i) => [
    formatAccount(legs.accounts[i] ?? 0),
    legs.postings[i] ?? 0,
  ]);
  return Object.fromEntries(entries) as Record<string, number>;
}

/** All legs of an operation, branch by branch; one branch when it stays on one shard. */
function branches(given: Given, rates: Rates = DEFAULT_RATES): Record<string, number>[] {
  const route = routeOf(given);
  const legs = new Legs();
  if (!route.crossesShards) {
    localLegs(legs, route, rates);
    return [shown(legs)];
  }
  homeBranchLegs(legs, route);
  const home = shown(legs);
  peerBranchLegs(legs, route, rates);
  return [home, shown(legs)];
}

const user = userAccount;
const merchant = merchantAccount;

describe('posting templates', () => {
  const table: [string, Given, Record<string, number>[]][] = [
    [
      'a payment on one shard takes the fee and the commission off the merchant',
      { kind: 'pay', account: user(7), counterparty: merchant(9), amount: 10_000 },
      [{ 'user:7': -10_000, 'merchant:9': 9930, 'fee@1': 60, 'platform@1': 10 }],
    ],
    [
      'a split merchant is paid on the shard of the payer',
      { kind: 'pay', account: user(7), counterparty: merchant(4), amount: 10_000 },
      [{ 'user:7': -10_000, 'merchant:4@1': 9930, 'fee@1': 60, 'platform@1': 10 }],
    ],
    [
      'a payment too small for a fee has two legs',
      { kind: 'pay', account: user(7), counterparty: merchant(9), amount: 1 },
      [{ 'user:7': -1, 'merchant:9': 1 }],
    ],
    [
      'a payment across shards runs through the clearing accounts of both',
      { kind: 'pay', account: user(7), counterparty: merchant(8), amount: 10_000 },
      [
        { 'user:7': -10_000, 'clearing:0@1': 10_000 },
        { 'clearing:1@0': -10_000, 'merchant:8': 9930, 'fee@0': 60, 'platform@0': 10 },
      ],
    ],
    [
      'a transfer costs nothing',
      { kind: 'transfer', account: user(7), counterparty: user(9), amount: 500 },
      [{ 'user:7': -500, 'user:9': 500 }],
    ],
    [
      'a transfer across shards',
      { kind: 'transfer', account: user(7), counterparty: user(8), amount: 500 },
      [
        { 'user:7': -500, 'clearing:0@1': 500 },
        { 'clearing:1@0': -500, 'user:8': 500 },
      ],
    ],
    [
      'a top-up comes from the bank account of the shard',
      { kind: 'topUp', account: user(8), amount: 500 },
      [{ 'bank@0': -500, 'user:8': 500 }],
    ],
    [
      'a refund gives the amount back, the fee stays',
      { kind: 'refund', account: user(7), counterparty: merchant(4), amount: 500 },
      [{ 'merchant:4@1': -500, 'user:7': 500 }],
    ],
    [
      'a refund across shards runs the other way through the clearing accounts',
      { kind: 'refund', account: user(7), counterparty: merchant(8), amount: 500 },
      [
        { 'user:7': 500, 'clearing:0@1': -500 },
        { 'merchant:8': -500, 'clearing:1@0': 500 },
      ],
    ],
    [
      'a hold stands in the clearing account of its shard with itself, wherever the payee is',
      { kind: 'hold', account: user(7), counterparty: merchant(8), amount: 500 },
      [{ 'user:7': -500, 'clearing:1@1': 500 }],
    ],
    [
      'a capture pays like a payment',
      { kind: 'capture', account: user(7), counterparty: merchant(9), amount: 10_000 },
      [{ 'user:7': -10_000, 'merchant:9': 9930, 'fee@1': 60, 'platform@1': 10 }],
    ],
    [
      'a capture for a user is not charged',
      { kind: 'capture', account: user(7), counterparty: user(9), amount: 10_000 },
      [{ 'user:7': -10_000, 'user:9': 10_000 }],
    ],
  ];
  it.each(table)('%s', (_name, given, expected) => {
    expect(branches(given)).toEqual(expected);
  });

  it('every branch sums to zero and nobody is paid less than nothing, whatever the amount and the rates', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<OperationKind>('pay', 'transfer', 'refund', 'capture', 'topUp', 'hold'),
        fc.integer({ min: 1, max: AMOUNT_MINOR_MAX }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 21, max: 40 }),
        fc.integer({ min: 0, max: 9000 }),
        fc.integer({ min: 0, max: 999 }),
        (kind, amount, payer, payee, feePer10k, commissionPer10k) => {
          const counterparty = kind === 'transfer' ? user(payee) : merchant(payee % 12 || 1);
          const given = { kind, account: user(payer), counterparty, amount };
          for (const branch of branches(given, { feePer10k, commissionPer10k })) {
            const postings = Object.values(branch);
            expect(postings.reduce((sum, posting) => sum + posting, 0)).toBe(0);
            expect(postings).not.toContain(0);
            expect(Math.max(...postings.map(Math.abs))).toBe(amount);
          }
        },
      ),
    );
  });

  it('a share of the largest amount is exact where the product passes 2^53', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: AMOUNT_MINOR_MAX }),
        fc.integer({ min: 0, max: 9999 }),
        (amount, rate) => {
          expect(BigInt(shareMinor(amount, rate))).toBe((BigInt(amount) * BigInt(rate)) / 10_000n);
        },
      ),
    );
  });
});
