/**
 * Which accounts a shard opens at start, as ranges; pure but for asking. Asking is repeated until every shard has
 * answered: opening what is open already changes nothing.
 */

import { productAccount, shardAccount } from '../../products/account-names.js';
import { openingOf } from '../../products/catalogue.js';
import type { ProductAccount, ProductDefinition } from '../../products/product.js';
import type { Placement } from '../../wire/accounts.js';
import { merchantAccount, merchantSubAccount, userAccount } from '../../wire/accounts.js';
import type { OpenRange } from '../../wire/admin.js';
import type { ShardLink } from '../payments/shard-link.js';

export interface AccountPlan {
  readonly placement: Placement;
  readonly users: number;
  readonly merchants: number;
  /** What each user starts with, minor units. */
  readonly openingMinor: number;
  readonly products: readonly ProductDefinition[];
}

/** Users and unsplit merchants of this shard, and its sub-account of every split merchant. */
export function openRanges(plan: AccountPlan, shard: number): OpenRange[] {
  const { shards, splitMerchants } = plan.placement;
  const users = numbersOn({ shard, shards, from: 1, to: plan.users });
  const merchants = numbersOn({ shard, shards, from: splitMerchants + 1, to: plan.merchants });
  const split = Math.min(splitMerchants, plan.merchants);
  const ranges: OpenRange[] = [
    {
      firstAccount: userAccount(users.first),
      count: users.count,
      stride: shards,
      openingMinor: plan.openingMinor,
      mustNotOverdraw: true,
    },
    {
      firstAccount: merchantAccount(merchants.first),
      count: merchants.count,
      stride: shards,
      openingMinor: 0,
      mustNotOverdraw: true,
    },
    {
      firstAccount: merchantSubAccount(1, shard),
      count: split,
      stride: 1,
      openingMinor: 0,
      mustNotOverdraw: true,
    },
  ];
  const ofProducts = plan.products.flatMap((product) =>
    Object.values(product.accounts ?? {}).map(
      (account): OpenRange => productRange(product, account, { users, merchants, shard, shards }),
    ),
  );
  return [...ranges, ...ofProducts].filter((range) => range.count > 0);
}

/** One account for each user of this shard, or for each of its merchants that are not split, or one for the shard. */
function productRange(
  product: ProductDefinition,
  account: ProductAccount,
  {
    users,
    merchants,
    shard,
    shards,
  }: {
    readonly users: Range;
    readonly merchants: Range;
    readonly shard: number;
    readonly shards: number;
  },
): OpenRange {
  if (account.of === 'shard') {
    const firstAccount = shardAccount(account.class, shard);
    return { firstAccount, count: 1, stride: 1, openingMinor: 0, mustNotOverdraw: false };
  }
  const { first, count } = account.of === 'merchant' ? merchants : users;
  return {
    firstAccount: productAccount(account.class, first),
    count,
    stride: shards,
    openingMinor: openingOf(product, account),
    mustNotOverdraw: account.mustNotOverdraw ?? false,
    ...(account.mustNotPassOpening === true ? { mustNotPassOpening: true } : {}),
  };
}

interface Range {
  readonly first: number;
  readonly count: number;
}

interface Numbers {
  readonly shard: number;
  readonly shards: number;
  readonly from: number;
  readonly to: number;
}

/** Numbers n in from..to with n % shards = shard: the first, and how many. */
function numbersOn({ shard, shards, from, to }: Numbers): Range {
  const first = from + ((shard - (from % shards) + shards) % shards);
  return { first, count: first > to ? 0 : Math.floor((to - first) / shards) + 1 };
}

/** A shard may be busy for so long opening a million accounts. */
const OPEN_PATIENCE_MS = 60_000;
const RETRY_MS = 50;

/** Resolves when every shard has its accounts, or rejects when `signal` says to give up. */
export async function openAccounts(
  plan: AccountPlan,
  links: readonly ShardLink[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    links.map(async (link) => {
      const ranges = openRanges(plan, link.shard);
      for (;;) {
        signal.throwIfAborted();
        try {
          await link.request({ op: 'open', ranges }, OPEN_PATIENCE_MS);
          return;
        } catch (error) {
          if (isOtherBooks(error)) throw otherBooks(link.shard, error);
          if (isRefusal(error)) throw error;
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      }
    }),
  );
}

/** Its books were made for another population, or for another number of shards. */
function isOtherBooks(error: unknown): boolean {
  return isRefusal(error) && /in another range|has posted already/.test(String(error));
}

function otherBooks(shard: number, cause: unknown): Error {
  return new Error(
    `the books of shard ${shard} were made with other accounts: give the numbers of users, merchants, split merchants and ` +
      'shards and the opening balance of then, or another folder',
    { cause },
  );
}

/** The shard answered, and said no: asking again will not help. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.message.includes('answers status');
}
