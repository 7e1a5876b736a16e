/** The accounts that were agreed on before the load, of one shard: how many, and what each was opened with. */
import type { ClassRow } from '../../../products/catalogue.js';
import { CATALOGUE } from '../../../products/kinds.js';
import type { ProductAccount } from '../../../products/product.js';
import {
  ACCOUNT_CLASS,
  accountParts,
  CLASS_UNIT,
  SYSTEM_ACCOUNT,
  shardOfAccount,
} from '../../../wire/accounts.js';
import { ACCOUNT_FLAG } from '../../../wire/ledger-log.js';
import type { MoneyRules } from '../../records/target-facts.js';

/** Fee, platform and bank. */
const SYSTEM_ALONE = 3;

export class AgreedAccounts {
  readonly shard: number;
  /** How many there are on the shard. */
  readonly count: number;
  readonly #money: MoneyRules;
  readonly #users: number;
  /** Of the products that were agreed on, by class. */
  readonly #classes: readonly (ClassRow | undefined)[];
  /** Money that users were given, minor units. */
  readonly #given: number;

  constructor(money: MoneyRules, shard: number) {
    const { merchants, shards, users } = money;
    const split = Math.min(money.splitMerchants, merchants);
    this.shard = shard;
    this.#money = money;
    this.#users = countOn(shard, shards, users);
    const unsplit = countOn(shard, shards, merchants) - countOn(shard, shards, split);
    const classes = new Map(CATALOGUE.classesOf(money.products));
    const last = Math.max(0, ...classes.keys());
    this.#classes = Array.from({ length: last + 1 }, (_, number) => classes.get(number));
    const rows = [...classes.values()];
    const ofEach = (of: ProductAccount['of']): readonly ClassRow[] =>
      rows.filter(({ account }) => account.of === of);
    const [ofUsers, ofMerchants] = [ofEach('user'), ofEach('merchant')];
    this.#given =
      this.#users * (money.openingMinor + openings(ofUsers)) + unsplit * openings(ofMerchants);
    const ofProducts =
      this.#users * ofUsers.length + unsplit * ofMerchants.length + ofEach('shard').length;
    this.count = this.#users + unsplit + split + SYSTEM_ALONE + shards + ofProducts;
  }

  /** Whether that account was agreed on for this shard, with this opening balance and these ACCOUNT_FLAG. */
  isOpenedAs(account: number, opening: number, flags: number): boolean {
    const { merchants, openingMinor, shards, splitMerchants, users } = this.#money;
    if (account >= 1 && account <= users)
      return this.#isHere(account) && opening === openingMinor && flags === BOUNDED;
    const accountClass = Math.floor(account / CLASS_UNIT);
    const row = this.#classes[accountClass];
    // Most of them all: nothing else is looked at.
    if (row?.account.of === 'user') {
      const user = account - accountClass * CLASS_UNIT;
      const isPlaced = user >= 1 && user <= users && this.#isHere(user);
      return isPlaced && opening === row.openingMinor && flags === row.flags;
    }
    if (row?.account.of === 'merchant') {
      const merchant = account - accountClass * CLASS_UNIT;
      const isPlaced = merchant > splitMerchants && merchant <= merchants && this.#isHere(merchant);
      return isPlaced && opening === row.openingMinor && flags === row.flags;
    }
    const { number, slot } = accountParts(account);
    if (number < 1) return false;
    if (accountClass === ACCOUNT_CLASS.merchant) {
      const isSplit = number <= splitMerchants;
      const isPlaced = isSplit ? slot === this.shard + 1 : slot === 0 && this.#isHere(account);
      return isPlaced && number <= merchants && opening === 0 && flags === BOUNDED;
    }
    if (slot !== this.shard + 1) return false;
    if (row !== undefined) return number === 1 && opening === 0 && flags === 0;
    if (accountClass !== ACCOUNT_CLASS.system) return false;
    const given = number === SYSTEM_ACCOUNT.bank ? -this.#given : 0;
    const peer = number - SYSTEM_ACCOUNT.clearing;
    const isKnown = number <= SYSTEM_ALONE || (peer >= 0 && peer < shards);
    return isKnown && opening === given + 0 && flags === 0;
  }

  #isHere(account: number): boolean {
    return shardOfAccount(account, this.#money.shards) === this.shard;
  }
}

const BOUNDED = ACCOUNT_FLAG.mustNotOverdraw;

function openings(rows: readonly ClassRow[]): number {
  return rows.reduce((sum, { openingMinor }) => sum + openingMinor, 0);
}

/** Numbers from 1 to `last` that lie on the shard. */
function countOn(shard: number, shards: number, last: number): number {
  const upTo = Math.floor(last / shards);
  const isOneMore = shard > 0 && shard <= last % shards;
  return shard === 0 ? upTo : upTo + (isOneMore ? 1 : 0);
}
