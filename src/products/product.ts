/**
 * What a product is: the accounts that it opens, and its operations as posting templates. Plain data, so that a file of a user's own
 * can be read from JSON or YAML, kept in plan.json and handed to other processes. Everything is accounts and postings: a credit
 * limit is an account that must not go below nothing, what is owed is what is missing from it.
 *
 *   account of a leg    `payer`, `payee`            the party's own balance (a split merchant's is beside the payer)
 *                       `payer.available`           the party's account of this product: of a user, or of a merchant
 *                       `fee@payee`                 an account of a shard, on that of the party: fee, platform, bank, or the product's
 *   amount of a leg     an expression (expression.ts) over `amount`, the product's rates and the operation's named amounts;
 *                       positive = credit, negative = debit; or `rest`, for legs side by side at home: each takes of the amount
 *                       what those before it left and its account may still have (mustNotPassOpening), the last takes all of it
 *
 * On one shard the legs are one entry; across shards those of each party's shard are a branch, balanced by a clearing account.
 * Whatever is asked, the legs must sum to zero, and there are at most LEGS_MAX of them on a shard.
 */
import type { Counterparty, GoesOn } from '../wire/operation-kinds.js';

export interface ProductDefinition {
  /** Lower-case letters, digits and `-`; unique. */
  readonly name: string;
  /** What it is, in a sentence. */
  readonly title: string;
  /** Whole numbers that amounts and openings may name. */
  readonly rates?: Readonly<Record<string, number>>;
  readonly accounts?: Readonly<Record<string, ProductAccount>>;
  readonly operations: Readonly<Record<string, ProductOperation>>;
  /** By name: a query that returns what breaks it, with the statement as a comment in front; as in a folder of `--laws`. */
  readonly laws?: Readonly<Record<string, string>>;
}

export interface ProductAccount {
  /** ACCOUNT_CLASS_MIN to ACCOUNT_CLASS_MAX; unique over all products, and for ever: it is in every id. */
  readonly class: number;
  /** One for each user, one for each merchant that is not split over shards, or one on each shard. */
  readonly of: 'user' | 'merchant' | 'shard';
  /** What it counts: money where it is left out. Legs of anything else come out at zero on each side of an operation by themselves. */
  readonly asset?: string;
  /** Minor units, or the name of a rate; 0 where it is left out. Accounts of a shard open with nothing. */
  readonly opening?: number | string;
  /** Debits, pending or posted, may not pass what it has. Accounts of a shard may overdraw. */
  readonly mustNotOverdraw?: boolean;
  /** It may not have more than it opened with, pending credits included: nothing can be given back that was not taken. */
  readonly mustNotPassOpening?: boolean;
}

export interface ProductOperation {
  /** On the wire: KIND_MIN to KIND_MAX; unique over all products. */
  readonly number: number;
  /** In a sentence: `credit payment`. */
  readonly noun: string;
  /** Whether the user whose shard is home pays or is paid. */
  readonly home: 'payer' | 'payee';
  readonly counterparty?: Counterparty;
  /** Kinds of which it must name an earlier one, with its parties; all that refer to one stay together within its amount. */
  readonly refersTo?: readonly string[];
  /**
   * It does not give back what it refers to but goes on from it, for its user: a `part` of it, or once and with the `whole` amount. Only so
   * may it touch accounts of shards that the earlier operation left alone, and have no counterparty where that had one, or anybody where
   * that had none.
   */
  readonly goesOn?: GoesOn;
  readonly judgedByRisk?: boolean;
  /**
   * Small whole numbers in its id, DETAIL_BITS together, that amounts may name; amounts of what refers to it too, as `of.<name>`. `same`: its id has
   * those of what it refers to, and any other is declined.
   */
  readonly details?: DetailWidths | 'same';
  /** Over details and rates: what makes it 0 is declined. */
  readonly where?: string;
  /** Over details and rates: what it must be asked for with, where that follows from them. Any other amount is declined. */
  readonly amountIs?: string;
  /** Its id is made of the id that it refers to and of its counterparty: each gets it once. */
  readonly oncePer?: 'counterparty';
  /**
   * What it refers to may come after it, as late as it will: until then it is refused for this attempt alone, and its id is not used up.
   */
  readonly awaits?: boolean;
  /** How long after the time in the id that it refers to it may happen at the earliest, by the ledger's clock: seconds. */
  readonly afterS?: number;
  /** Its id must be a code that the user at home made; absent where it is any. */
  readonly code?: ProductCode;
  /** The least it is asked for with, minor units or a rate by name; 1 where it is left out. What is smaller is declined. */
  readonly minAmount?: number | string;
  /** Named amounts, each over those before it. */
  readonly amounts?: Readonly<Record<string, string>>;
  readonly legs: readonly ProductLeg[];
}

/** By name, how many bits. */
export type DetailWidths = Readonly<Record<string, number>>;

/** Ids of the operation are codes: see code.ts. */
export interface ProductCode {
  /** A code is of a time step: seconds. */
  readonly stepS: number;
  /** How far the beginning of its step may lie before or behind the ledger's clock: seconds, below 300. */
  readonly windowS: number;
  /** How far it may lie behind, where that is more than `windowS`: whoever takes it may be without a network for so long. Seconds, to a day. */
  readonly lateS?: number;
  /** Where the operation refers to one with a code: it was made later than that, by so many seconds at most. */
  readonly followsS?: number;
  /**
   * Codes are shown as signed tokens (token.ts), which whoever has the public key can check without a network. How far the beginning
   * of its step may lie before or behind their clock: seconds.
   */
  readonly shownS?: number;
  /** Out of which each user's secret is made: letters, digits and hyphens. */
  readonly secret: string;
}

export interface ProductLeg {
  readonly account: string;
  readonly amount: string;
}

/** Numbers of kinds that products may have. */
export const KIND_MIN = 16;
export const KIND_MAX = 255;
/** Classes of accounts that products may have. */
export const ACCOUNT_CLASS_MIN = 16;
export const ACCOUNT_CLASS_MAX = 2047;

/** Gives a product file its types; changes nothing. */
export function defineProduct<Product extends ProductDefinition>(product: Product): Product {
  return product;
}
