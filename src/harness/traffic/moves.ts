/**
 * Movements of money in order of time, in columns; and apart from them what each of them really is. Who is to find the fraud is
 * handed the moves alone: nothing in a number, an amount or a time is a label.
 */

/** Who pays whom: `pay` user to merchant, `transfer` user to user, `payout` and `refund` merchant to user. */
export const MOVE_KIND = { pay: 1, transfer: 2, payout: 3, refund: 4 } as const;

/** 0 is honest. */
export const PATTERNS = [
  'honest',
  'cash-out',
  'brushing',
  'fan-in',
  'fan-out',
  'cycle',
  'scatter-gather',
  'mule-chain',
  'takeover',
  'bonus-hunters',
] as const;

export type Pattern = (typeof PATTERNS)[number];

/** One move as it is made; users and merchants by number from 1. */
export interface Move {
  readonly kind: keyof typeof MOVE_KIND;
  readonly from: number;
  readonly to: number;
  /** 0 = none. */
  readonly device?: number;
  readonly card?: number;
  readonly onCredit?: boolean;
  readonly amountMinor: number;
  readonly atS: number;
}

export interface Moves {
  readonly count: number;
  readonly kind: Uint8Array;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly device: Uint32Array;
  readonly card: Uint32Array;
  /** 1 = paid on credit. */
  readonly onCredit: Uint8Array;
  readonly amountMinor: Float64Array;
  /** Seconds since the midnight with which it begins; never falling. */
  readonly atS: Uint32Array;
}

export interface Labels {
  /** Ordinal in PATTERNS. */
  readonly pattern: Uint8Array;
  /** Number of the scheme, from 1; 0 = honest. */
  readonly scheme: Uint32Array;
  readonly schemes: number;
}

/** Collects moves in any order. */
export class MoveBook {
  readonly #moves: Move[] = [];
  readonly #pattern: number[] = [];
  readonly #scheme: number[] = [];
  #schemes = 0;

  honest(move: Move): void {
    this.#add(move, 0, 0);
  }

  /** A new scheme of this pattern: what is handed to the function it gives is part of it. Returns what was moved. */
  scheme(pattern: Exclude<Pattern, 'honest'>): { add(move: Move): void; movedMinor(): number } {
    const number = ++this.#schemes;
    const ordinal = PATTERNS.indexOf(pattern);
    let movedMinor = 0;
    return {
      add: (move) => {
        movedMinor += move.amountMinor;
        this.#add(move, ordinal, number);
      },
      movedMinor: () => movedMinor,
    };
  }

  #add(move: Move, pattern: number, scheme: number): void {
    if (!(move.amountMinor >= 1) || !(move.atS >= 0)) {
      throw new Error(`no move of ${move.amountMinor} at ${move.atS} s`);
    }
    this.#moves.push(move);
    this.#pattern.push(pattern);
    this.#scheme.push(scheme);
  }

  get valueMinor(): number {
    return this.#moves.reduce((sum, move) => sum + move.amountMinor, 0);
  }

  /** In order of time, up to `endS`; of moves in one second those added first come first. */
  finish(endS: number): { readonly moves: Moves; readonly labels: Labels } {
    const order = [...this.#moves.keys()].filter((i) => this.#moves[i].atS < endS);
    order.sort((a, b) => Math.floor(this.#moves[a].atS) - Math.floor(this.#moves[b].atS) || a - b);
    const column = (of: (move: Move) => number): number[] => order.map((i) => of(this.#moves[i]));
    return {
      moves: {
        count: order.length,
        kind: Uint8Array.from(column((move) => MOVE_KIND[move.kind])),
        from: Uint32Array.from(column((move) => move.from)),
        to: Uint32Array.from(column((move) => move.to)),
        device: Uint32Array.from(column((move) => move.device ?? 0)),
        card: Uint32Array.from(column((move) => move.card ?? 0)),
        onCredit: Uint8Array.from(column((move) => (move.onCredit ? 1 : 0))),
        amountMinor: Float64Array.from(column((move) => Math.floor(move.amountMinor))),
        atS: Uint32Array.from(column((move) => Math.floor(move.atS))),
      },
      labels: {
        pattern: Uint8Array.from(order, (i) => this.#pattern[i]),
        scheme: Uint32Array.from(order, (i) => this.#scheme[i]),
        schemes: this.#schemes,
      },
    };
  }
}
