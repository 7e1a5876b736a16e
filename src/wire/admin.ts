/**
 * JSON requests to a process of the stack, in Bolt frames of class `paydrill.Admin` (codec JSON, type request);
 * each gets one response frame whose content is JSON, except `entries` and `accounts`, which answer with raw
 * records (classes `paydrill.Entries`, `paydrill.Accounts`, codec record; at most 1 MiB; empty = the end).
 * Failure: response status `error` and `{ "error": "<one line>" }`.
 */

import type { Placement } from './accounts.js';
import type { IdMemory } from './id-memory.js';

/** Opens `count` accounts: firstAccount, firstAccount + stride, ... Repeating a range already open changes nothing. */
export interface OpenRange {
  readonly firstAccount: number;
  readonly count: number;
  readonly stride: number;
  /** Posted balance each starts with; the shard's bank account opens with the opposite sum. */
  readonly openingMinor: number;
  readonly mustNotOverdraw: boolean;
  /** It may not have more than it opened with; absent = it may. */
  readonly mustNotPassOpening?: boolean;
}

/** Understood by a ledger shard. */
export type ShardRequest =
  | { readonly op: 'ping' }
  | { readonly op: 'open'; readonly ranges: readonly OpenRange[] }
  /** Branches tried and neither confirmed nor cancelled for `olderThanMs`; at most `limit`. */
  | { readonly op: 'open_branches'; readonly olderThanMs: number; readonly limit: number }
  /** Raw entries from `fromLsn` on, as many whole ones as fit 1 MiB. */
  | { readonly op: 'entries'; readonly fromLsn: number }
  /** Raw account records in order of opening, from the `from`-th on, as many as fit 1 MiB. */
  | { readonly op: 'accounts'; readonly from: number }
  | { readonly op: 'stats' };

export interface PingAnswer {
  readonly role: 'shard' | 'gateway';
  readonly shard?: number;
  readonly pid: number;
}

export interface OpenBranch {
  readonly id: string;
  readonly role: 'primary' | 'secondary';
  readonly peer: number;
  readonly ageMs: number;
}

export interface OpenBranchesAnswer {
  readonly branches: readonly OpenBranch[];
  /** All open branches of the shard, of any age. */
  readonly total: number;
}

export interface ShardStats {
  readonly shard: number;
  readonly entries: number;
  readonly accounts: number;
  readonly commits: number;
  readonly entriesPerCommitMean: number;
  readonly idMemory: IdMemory;
  readonly openHolds: number;
  readonly openBranches: number;
  /** Ledger time, the clock of the entries' timestamps: microseconds since the Unix epoch. */
  readonly ledgerUs: number;
  /** User plus system CPU time of the process, microseconds. */
  readonly cpuUs: number;
  readonly rssBytes: number;
}

/** Understood by the gateway. */
export type GatewayRequest =
  | { readonly op: 'ping' }
  | { readonly op: 'topology' }
  | { readonly op: 'stats' }
  /** Only where a risk engine is in line: RiskLineState. */
  | { readonly op: 'risk' };

/** What a harness needs to read the books of a stack it did not start. */
export interface Topology {
  readonly placement: Placement;
  readonly users: number;
  readonly merchants: number;
  /** What each user was opened with, minor units. */
  readonly openingMinor: number;
  /** Of the products that it offers, by name. */
  readonly products: readonly string[];
  /** What a merchant is charged for a payment, per 10,000 of the amount, rounded down to the minor unit. */
  readonly feePer10k: number;
  readonly commissionPer10k: number;
  readonly risk: RiskRules;
  /** `host:port` of each ledger shard, in order of shard number. */
  readonly shardAddresses: readonly string[];
  /** What the target promises: see the laws' scopes. */
  readonly isolation: 'strict-serializable' | 'strict-serializable-per-shard';
  readonly ledgerEngine: string;
  readonly durability: string;
}

/** What risk control declines. */
export interface RiskRules {
  /** A payment, transfer or hold of more, minor units. */
  readonly amountMinorMax: number;
  /** One with which its payer would have more in a window. */
  readonly velocity: readonly VelocityRule[];
}

export interface VelocityRule {
  /** Length of the window, milliseconds. */
  readonly windowMs: number;
  /** Payments of one payer in the window; those that are declined do not count. */
  readonly countMax: number;
  /** What one payer pays in the window, minor units. */
  readonly amountMinorMax: number;
}

/** What the risk engine in line did since the gateway began, and where its state and its log stand. */
export interface RiskLineState {
  /** Records of the log, those of gateways before too; and of these what is in the file. */
  readonly records: number;
  readonly written: number;
  /** Of all that was counted, brought up to the engine's time. */
  readonly digest: number;
  readonly atS: number;
  readonly decided: Readonly<Record<'allow' | 'step-up' | 'review' | 'deny', number>>;
  /** Went on, or was refused, without a decision. */
  readonly undecided: number;
  /** When the first of them was that the log does not tell of; 0 where there is none. Microseconds since the Unix epoch. */
  readonly undecidedSinceUs: number;
  /** Decisions whose walk was cut. */
  readonly cut: number;
  /** By all decisions together. */
  readonly spentUs: number;
  /** What gateways before decided could not be read. */
  readonly isCold: boolean;
}

export interface GatewayStats {
  readonly inFlight: number;
  readonly admitted: number;
  readonly notAdmitted: number;
  readonly brownedOut: number;
  readonly expired: number;
  readonly crossShard: number;
  readonly recoveredConfirmed: number;
  readonly recoveredCancelled: number;
  /** Operations of payers for whom risk control has no windows. */
  readonly riskUnwatched: number;
  /** How long the process has run: what it counted before is forgotten. */
  readonly upMs: number;
  readonly cpuUs: number;
  readonly rssBytes: number;
}
