/**
 * Every kind of operation, in one table: who is at home, who is on the other side, which way money goes, what it refers to
 * and what it does to the books. The gateway's checks, the HTTP schema, the driver's requests, the verifier's SQL lists
 * and flags, and the nouns of witnesses are made from it; nothing else lists kinds. What only scripts tell of (`toldOnly`)
 * is in it for the journal and the verifier: the stack has no such operation.
 */

/** A party of an operation, as people say it. */
export type Party = 'payer' | 'payee' | 'user';

/** Which accounts may stand on the other side. */
export type Counterparty = 'merchant' | 'user' | 'merchant-or-user';

/**
 * `posts`           money moves at once
 * `reserves`        money is set aside (pending)
 * `posts-reserved`  what an earlier operation set aside moves, all or a part of it
 * `frees-reserved`  what an earlier operation set aside is given back
 * `nothing`         it only asks
 */
export type Effect = 'posts' | 'reserves' | 'posts-reserved' | 'frees-reserved' | 'nothing';

/**
 * What refers to an earlier operation gives back a part of it, or goes on from it for the same user: all that do stay together within
 * its amount (`part`), or one does so once, with the whole of it (`whole`).
 */
export type GoesOn = 'part' | 'whole';

export interface OperationKindRow {
  /** On the wire, a u8. */
  readonly number: number;
  /** In a sentence: `payment`. */
  readonly noun: string;
  /** The user whose shard is home, the record's `account`, as the API names it. */
  readonly home: Party;
  /** The record's `counterparty`; undefined where there is none, or where the stack takes its own (top-up: the bank). */
  readonly counterparty: Counterparty | undefined;
  /** Whether the user at home pays or is paid; undefined where no amount is named. */
  readonly direction: 'from-home' | 'towards-home' | undefined;
  /** The kinds of earlier operation it must name; none where the list is empty. */
  readonly refersTo: readonly string[];
  /** See GoesOn; absent where it gives back. */
  readonly goesOn?: GoesOn;
  readonly effect: Effect;
  /** It carries the seconds until what it reserves runs out. */
  readonly hasTimeout: boolean;
  /** Risk control is asked. */
  readonly judgedByRisk: boolean;
  /** A script carries it out itself and tells of it; the stack refuses it as an unknown kind. */
  readonly toldOnly?: true;
}

export const OPERATION_KINDS = {
  pay: {
    number: 1,
    noun: 'payment',
    home: 'payer',
    counterparty: 'merchant',
    direction: 'from-home',
    refersTo: [],
    effect: 'posts',
    hasTimeout: false,
    judgedByRisk: true,
  },
  transfer: {
    number: 2,
    noun: 'transfer',
    home: 'payer',
    counterparty: 'user',
    direction: 'from-home',
    refersTo: [],
    effect: 'posts',
    hasTimeout: false,
    judgedByRisk: true,
  },
  topUp: {
    number: 3,
    noun: 'top-up',
    home: 'payee',
    counterparty: undefined,
    direction: 'towards-home',
    refersTo: [],
    effect: 'posts',
    hasTimeout: false,
    judgedByRisk: false,
  },
  refund: {
    number: 4,
    noun: 'refund',
    home: 'payee',
    counterparty: 'merchant',
    direction: 'towards-home',
    refersTo: ['pay', 'capture'],
    effect: 'posts',
    hasTimeout: false,
    judgedByRisk: false,
  },
  hold: {
    number: 5,
    noun: 'hold',
    home: 'payer',
    counterparty: 'merchant-or-user',
    direction: 'from-home',
    refersTo: [],
    effect: 'reserves',
    hasTimeout: true,
    judgedByRisk: true,
  },
  capture: {
    number: 6,
    noun: 'capture',
    home: 'payer',
    counterparty: 'merchant-or-user',
    direction: 'from-home',
    refersTo: ['hold'],
    effect: 'posts-reserved',
    hasTimeout: false,
    judgedByRisk: false,
  },
  void: {
    number: 7,
    noun: 'void',
    home: 'payer',
    counterparty: undefined,
    direction: undefined,
    refersTo: ['hold'],
    effect: 'frees-reserved',
    hasTimeout: false,
    judgedByRisk: false,
  },
  balance: {
    number: 8,
    noun: 'balance read',
    home: 'user',
    counterparty: undefined,
    direction: undefined,
    refersTo: [],
    effect: 'nothing',
    hasTimeout: false,
    judgedByRisk: false,
  },
  lookup: {
    number: 9,
    noun: 'look-up',
    home: 'user',
    counterparty: undefined,
    direction: undefined,
    refersTo: [],
    effect: 'nothing',
    hasTimeout: false,
    judgedByRisk: false,
  },
  withdraw: {
    number: 10,
    noun: 'withdrawal',
    home: 'payer',
    counterparty: undefined,
    direction: 'from-home',
    refersTo: [],
    effect: 'posts',
    hasTimeout: false,
    judgedByRisk: false,
    toldOnly: true,
  },
  entry: {
    number: 11,
    noun: 'booking',
    home: 'user',
    counterparty: undefined,
    direction: undefined,
    refersTo: [],
    effect: 'posts',
    hasTimeout: false,
    judgedByRisk: false,
    toldOnly: true,
  },
} as const satisfies Record<string, OperationKindRow>;

export type OperationKind = keyof typeof OPERATION_KINDS;

export const OPERATION_KIND_NAMES = Object.keys(OPERATION_KINDS) as OperationKind[];

/** It uses up a part of an earlier operation that took effect: gives that back, or goes on from it. */
export function drawsOnEarlier({ effect, refersTo }: OperationKindRow): boolean {
  return effect === 'posts' && refersTo.length > 0;
}

/** Money moves or may move: what the books must show, and a decline must not. */
export function movesMoney(row: OperationKindRow): boolean {
  return row.effect !== 'nothing';
}
