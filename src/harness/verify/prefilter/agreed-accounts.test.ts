/** Which accounts a shard was agreed to open, those of a product included. */
import { describe, expect, it } from 'vitest';
import { accountNamed } from '../../../products/account-names.js';
import { ACCOUNT_FLAG } from '../../../wire/ledger-log.js';
import { AgreedAccounts } from './agreed-accounts.js';

const { mustNotOverdraw: FLOOR, mustNotPassOpening: CAP } = ACCOUNT_FLAG;
const MONEY = {
  shards: 2,
  splitMerchants: 1,
  users: 5,
  merchants: 3,
  openingMinor: 1000,
  products: ['huabei'],
  feePer10k: 60,
  commissionPer10k: 10,
};

describe('on shard 1 of two, with five users and pay-later', () => {
  const agreed = new AgreedAccounts(MONEY, 1);
  const isOpenedAs = (name: string, opening: number, flags: number): boolean =>
    agreed.isOpenedAs(accountNamed(name) ?? 0, opening, flags);

  it('there are users 1, 3 and 5 with their accounts of the product, and the accounts of the shard', () => {
    const users = 3;
    const [ofUsers, ofShard] = [3, 2];
    const merchants = 2;
    const system = 3 + MONEY.shards;
    expect(agreed.count).toBe(users + users * ofUsers + ofShard + merchants + system);
    expect(new AgreedAccounts({ ...MONEY, products: [] }, 1).count).toBe(
      users + merchants + system,
    );
  });

  it.each([
    ['user:3', 1000, FLOOR],
    ['huabei.available:3', 500_000, FLOOR | CAP],
    ['huabei.fees:5', 0, CAP],
    ['huabei.income@1', 0, 0],
    ['bank@1', -3 * 501_000, 0],
  ])('%s opens with %i and flags %i', (name, opening, flags) => {
    expect(isOpenedAs(name, opening, flags)).toBe(true);
    expect(isOpenedAs(name, opening + 1, flags)).toBe(false);
    expect(isOpenedAs(name, opening, flags ^ CAP)).toBe(false);
  });

  it.each(['huabei.available:2', 'huabei.available:7', 'huabei.income@0', 'user:2'])(
    '%s is not there',
    (name) => {
      for (const [opening, flags] of [
        [500_000, FLOOR | CAP],
        [0, 0],
        [1000, FLOOR],
      ] as const)
        expect(isOpenedAs(name, opening, flags)).toBe(false);
    },
  );

  it('without the product its accounts were agreed on by nobody', () => {
    const plain = new AgreedAccounts({ ...MONEY, products: [] }, 1);
    const available = accountNamed('huabei.available:3') ?? 0;
    expect(plain.isOpenedAs(available, 500_000, FLOOR | CAP)).toBe(false);
  });
});

describe('on shard 1 of two, with trains that are merchants 1 to 5, of which 1 is split', () => {
  const agreed = new AgreedAccounts({ ...MONEY, merchants: 5, products: ['tickets'] }, 1);
  const isOpenedAs = (name: string, opening: number, flags: number): boolean =>
    agreed.isOpenedAs(accountNamed(name) ?? 0, opening, flags);

  it('each that is here and not split has its accounts of the product', () => {
    const [users, unsplit, split, system] = [3, 2, 1, 3 + MONEY.shards];
    const [ofUsers, ofMerchants] = [2, 6];
    expect(agreed.count).toBe(users * (1 + ofUsers) + unsplit * (1 + ofMerchants) + split + system);
  });

  it.each([
    ['tickets.seg1:3', 200, FLOOR | CAP],
    ['tickets.sold:5', 0, FLOOR],
    ['tickets.escrow:3', 0, FLOOR],
    ['bank@1', -3 * 1000 - 2 * 4 * 200, 0],
  ])('%s opens with %i and flags %i', (name, opening, flags) => {
    expect(isOpenedAs(name, opening, flags)).toBe(true);
    expect(isOpenedAs(name, opening + 1, flags)).toBe(false);
    expect(isOpenedAs(name, opening, flags ^ CAP)).toBe(false);
  });

  it.each(['tickets.seg1:1', 'tickets.seg1:2', 'tickets.seg1:7'])('%s is not there', (name) => {
    expect(isOpenedAs(name, 200, FLOOR | CAP)).toBe(false);
  });
});
