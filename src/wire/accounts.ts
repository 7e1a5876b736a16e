/**
 * Account ids and where an account lives. An id is a safe integer that says what the account is:
 *
 *   id = class * 2^40 + slot * 2^32 + number        (class < 2^12, slot < 2^8, number < 10^9)
 *
 * A user lives on the shard `number % shards`. A merchant lives on one shard the same way, except that the
 * busiest ones (number <= splitMerchants) are split: one sub-account per shard, so that a payment to a hot
 * merchant stays within the payer's shard. System accounts (fee, platform, bank, clearing) exist once a shard.
 *
 * Accounts of other systems have names of their own there; ids from `NAMED_ACCOUNTS` on stand for those.
 */

/** What the class of an account and its slot count in. */
export const CLASS_UNIT = 2 ** 40;
export const SLOT_UNIT = 2 ** 32;
/** Slots of a class: none, and one a shard. */
export const SLOTS = 256;
export const SHARDS_MAX = SLOTS - 1;
/** Ids of accounts that are known by a name: this plus 52 bits of the name's hash. */
export const NAMED_ACCOUNTS = 2 ** 52;
/** Of an account whose asset nobody names. */
export const USUAL_ASSET = 'CNY';
/** Users and merchants are numbered from 1 to this: nine digits. */
export const ACCOUNT_NUMBER_MAX = 999_999_999;

export const ACCOUNT_CLASS = { user: 0, merchant: 1, system: 2 } as const;

/** Numbers of the system accounts of a shard. Clearing accounts are numbered `clearing + peer shard`. */
export const SYSTEM_ACCOUNT = { fee: 1, platform: 2, bank: 3, clearing: 16 } as const;

/** How accounts spread over shards; the same on the gateway and in whoever reads the books. */
export interface Placement {
  readonly shards: number;
  /** Merchants 1..splitMerchants have one sub-account per shard. */
  readonly splitMerchants: number;
}

export interface AccountParts {
  readonly accountClass: number;
  /** 0 for an account that exists once; shard + 1 for one that exists per shard. */
  readonly slot: number;
  readonly number: number;
}

export function userAccount(number: number): number {
  return number;
}

/** The merchant as clients name it; the gateway maps a split merchant to a sub-account. */
export function merchantAccount(number: number): number {
  return CLASS_UNIT + number;
}

export function merchantSubAccount(number: number, shard: number): number {
  return CLASS_UNIT + (shard + 1) * SLOT_UNIT + number;
}

export function systemAccount(number: number, shard: number): number {
  return 2 * CLASS_UNIT + (shard + 1) * SLOT_UNIT + number;
}

export function accountParts(id: number): AccountParts {
  return {
    accountClass: Math.floor(id / CLASS_UNIT),
    slot: Math.floor(id / SLOT_UNIT) % SLOTS,
    number: id % SLOT_UNIT,
  };
}

/** Whether shards keep it for each other; out of the two words of its id, for loops over millions of records. */
export function isClearing(idLow: number, idHigh: number): boolean {
  return idHigh >>> 8 === ACCOUNT_CLASS.system && idLow >>> 0 >= SYSTEM_ACCOUNT.clearing;
}

/** Whether it is a shard's own and nobody's: fee, platform, bank, clearing, or a product's; out of the high word of its id. */
export function isOfShard(idHigh: number): boolean {
  return idHigh % SLOTS > 0 && idHigh >>> 8 >= ACCOUNT_CLASS.system;
}

/** The shard that holds an account that exists once, or the shard named in its slot. */
export function shardOfAccount(id: number, shards: number): number {
  if (id < SLOT_UNIT) return id % shards;
  const { slot, number } = accountParts(id);
  return slot > 0 ? slot - 1 : number % shards;
}

/** `user:7`, `merchant:3`, `merchant:3@1` (sub-account on shard 1), `clearing:2@0`, `fee@0`. */
export function formatAccount(id: number): string {
  const { accountClass, slot, number } = accountParts(id);
  const at = slot > 0 ? `@${slot - 1}` : '';
  if (accountClass === ACCOUNT_CLASS.user) return `user:${number}${at}`;
  if (accountClass === ACCOUNT_CLASS.merchant) return `merchant:${number}${at}`;
  if (accountClass !== ACCOUNT_CLASS.system) return `account:${id}`;
  if (number >= SYSTEM_ACCOUNT.clearing) return `clearing:${number - SYSTEM_ACCOUNT.clearing}${at}`;
  if (number === SYSTEM_ACCOUNT.fee) return `fee${at}`;
  if (number === SYSTEM_ACCOUNT.platform) return `platform${at}`;
  if (number === SYSTEM_ACCOUNT.bank) return `bank${at}`;
  return `system:${number}${at}`;
}

/** Reads `user:7` and `merchant:3`, the only accounts a client may name; undefined for anything else. */
export function parseAccount(text: string): number | undefined {
  const match = /^(user|merchant):([1-9][0-9]{0,9})$/.exec(text);
  if (!match) return undefined;
  const number = Number(match[2]);
  if (number > ACCOUNT_NUMBER_MAX) return undefined;
  return match[1] === 'user' ? userAccount(number) : merchantAccount(number);
}

/** Reads every name that can stand in a receipt: `user:7`, `merchant:3`, `merchant:3@1`, `fee@0`, `clearing:1@0`. */
export function parseAnyAccount(text: string): number | undefined {
  const match = /^(merchant|clearing|fee|platform|bank)(?::([0-9]{1,10}))?@([0-9]{1,3})$/.exec(
    text,
  );
  if (match === null) return parseAccount(text);
  const [, name, digits, at] = match;
  const shard = Number(at);
  const number = Number(digits ?? 0);
  if (shard > 254 || number > ACCOUNT_NUMBER_MAX) return undefined;
  if (name === 'merchant') return number > 0 ? merchantSubAccount(number, shard) : undefined;
  if (name === 'clearing' && digits !== undefined && number < 255) {
    return systemAccount(SYSTEM_ACCOUNT.clearing + number, shard);
  }
  if (digits !== undefined) return undefined;
  if (name === 'fee') return systemAccount(SYSTEM_ACCOUNT.fee, shard);
  if (name === 'platform') return systemAccount(SYSTEM_ACCOUNT.platform, shard);
  return name === 'bank' ? systemAccount(SYSTEM_ACCOUNT.bank, shard) : undefined;
}
