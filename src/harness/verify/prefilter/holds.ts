/**
 * Holds of one shard, each with what its end is held to: who pays, how much, until when, for whom. A capture is two entries that
 * follow each other, the release and what is taken; anything else of that is counted as wrong.
 */
import { COMMAND } from '../../../wire/ledger-commands.js';
import {
  ENTRY,
  ENTRY_COMMAND,
  ENTRY_HEAD_BYTES,
  ENTRY_LEG_BYTES,
  LEG,
} from '../../../wire/ledger-log.js';
import { EXPIRY_WITHIN_US, FRAME_ENTRIES_MAX } from '../laws/hold-bounds.js';
import { bodyDigest, referenceDigest } from './digest.js';
import { int64 } from './int64.js';
import { questionDigest } from './load-operations.js';
import { findAt, type OperationMemory } from './operation-index.js';
import { RowIndex } from './row-index.js';
import type { WalkFacts } from './walk-facts.js';

const { hold: HOLD, capture: CAPTURE, void_: VOID } = COMMAND;
const { expire: EXPIRE, release: RELEASE } = ENTRY_COMMAND;
const HEAD_WORDS = ENTRY_HEAD_BYTES / 4;
const LEG_WORDS = ENTRY_LEG_BYTES / 4;
const REFERENCE = ENTRY.reference / 4;
const POSTING = LEG.posting / 4;

/** Of a row: numbers in `#numbers`, words in `#words`. */
const NUMBER = { amount: 0, deadlineUs: 1 } as const;
const WORD = { payerLo: 0, payerHi: 1, payee: 2, end: 3 } as const;
const NUMBERS = 2;
const WORDS = 4;
/** What became of a hold; `never`: it was not made. */
export const HOLD_ENDED = { never: -1, open: 0, captured: 1, voided: 2, expired: 3 } as const;
const NEVER_US = Number.POSITIVE_INFINITY;

/** An entry that took effect, of a known operation. */
export interface HoldEntry {
  readonly operation: number;
  readonly command: number;
  readonly kind: number;
  readonly legs: number;
  readonly timestampUs: number;
}

export class Holds {
  readonly #operations: OperationMemory;
  readonly #facts: WalkFacts;
  readonly #rows = new RowIndex();
  #numbers = new Float64Array(256 * NUMBERS);
  #words = new Int32Array(256 * WORDS);
  /** The capture whose release was the entry before, or -1; and the hold's row. */
  #releasing = -1;
  #releasedRow = -1;
  /** Who is debited first by the entry that was looked at last; and how much is debited by all its legs. */
  #payerLo = 0;
  #payerHi = 0;
  #debited = 0;

  constructor(operations: OperationMemory, facts: WalkFacts) {
    this.#operations = operations;
    this.#facts = facts;
  }

  /** Every entry, so that what stands between release and capture is seen. `words` and `at`: where it lies. */
  onEntry(words: Int32Array, at: number, entry: HoldEntry): void {
    const { command } = entry;
    if (this.#releasing >= 0 && command !== CAPTURE) this.#wrong();
    if (command === HOLD) this.#made(words, at, entry);
    else if (command === RELEASE || command === VOID) this.#ends(words, at, entry);
    else if (command === CAPTURE) this.#captured(words, at, entry);
    else if (command === EXPIRE) this.#expired(words, at, entry);
  }

  /** An entry that took no effect, or of an operation that nobody knows. */
  onOther(): void {
    if (this.#releasing >= 0) this.#wrong();
  }

  /** The log is over. */
  end(): void {
    this.onOther();
  }

  #made(words: Int32Array, at: number, { legs, operation, timestampUs }: HoldEntry): void {
    const before = this.#rows.count;
    const row = this.#rows.enter(operation);
    if (row < before) this.#wrong();
    this.#grow();
    this.#readDebits(words, at, legs);
    const seconds = words[at + ENTRY.timeoutS / 4] >>> 0;
    const number = row * NUMBERS;
    const word = row * WORDS;
    this.#numbers[number + NUMBER.amount] = int64(words, at + ENTRY.amount / 4);
    this.#numbers[number + NUMBER.deadlineUs] =
      seconds === 0 ? NEVER_US : timestampUs + seconds * 1_000_000;
    this.#words[word + WORD.payerLo] = this.#payerLo;
    this.#words[word + WORD.payerHi] = this.#payerHi;
    this.#words[word + WORD.payee] = this.#operations.payee[operation];
  }

  #ends(words: Int32Array, at: number, entry: HoldEntry): void {
    const { command, kind, operation, timestampUs } = entry;
    const row = this.#heldBy(words, at);
    if (command === RELEASE) {
      this.#releasing = operation;
      this.#releasedRow = row;
    }
    if (row < 0) return;
    this.#words[row * WORDS + WORD.end] =
      command === VOID ? HOLD_ENDED.voided : HOLD_ENDED.captured;
    const deadlineUs = this.#numbers[row * NUMBERS + NUMBER.deadlineUs];
    if (timestampUs > deadlineUs + FRAME_ENTRIES_MAX) this.#facts.wrongHolds++;
    if (command !== VOID) return;
    const asked =
      questionDigest(kind, words[at + ENTRY.amount / 4], words[at + ENTRY.amount / 4 + 1]) +
      referenceDigest(words, at + REFERENCE);
    const word = row * WORDS;
    const body = bodyDigest(
      asked,
      this.#words[word + WORD.payerLo],
      this.#words[word + WORD.payerHi],
    );
    if (body !== this.#operations.body[operation]) this.#facts.wrongHolds++;
  }

  #captured(words: Int32Array, at: number, { legs, operation }: HoldEntry): void {
    const row = this.#heldBy(words, at);
    const isPaired = this.#releasing === operation && this.#releasedRow === row;
    this.#releasing = -1;
    if (!isPaired) this.#facts.wrongHolds++;
    if (row < 0) return;
    this.#readDebits(words, at, legs);
    const held = this.#numbers[row * NUMBERS + NUMBER.amount];
    const word = row * WORDS;
    if (
      int64(words, at + ENTRY.amount / 4) > held ||
      this.#debited > held ||
      this.#payerLo !== this.#words[word + WORD.payerLo] ||
      this.#payerHi !== this.#words[word + WORD.payerHi] ||
      this.#operations.payee[operation] !== this.#words[word + WORD.payee]
    )
      this.#facts.wrongHolds++;
  }

  #expired(words: Int32Array, at: number, { timestampUs }: HoldEntry): void {
    const row = this.#heldBy(words, at);
    if (row < 0) return;
    const deadlineUs = this.#numbers[row * NUMBERS + NUMBER.deadlineUs];
    if (timestampUs < deadlineUs) this.#facts.wrongHolds++;
    // Whether the shard was there meanwhile the query sees.
    if (timestampUs > deadlineUs + EXPIRY_WITHIN_US) this.#facts.wrongHolds++;
    this.#words[row * WORDS + WORD.end] = HOLD_ENDED.expired;
  }

  /** What was held under the id that an entry refers to; Infinity where nothing was. */
  heldBy(words: Int32Array, at: number): number {
    const row = this.#rowOf(words, at);
    return row < 0 ? Number.POSITIVE_INFINITY : this.#numbers[row * NUMBERS + NUMBER.amount];
  }

  /** HOLD_ENDED: what became of the hold that an entry refers to. */
  endOf(words: Int32Array, at: number): number {
    const row = this.#rowOf(words, at);
    return row < 0 ? HOLD_ENDED.never : this.#words[row * WORDS + WORD.end];
  }

  /** Row of the hold that an entry ends; -1, and counted, where there is none. */
  #heldBy(words: Int32Array, at: number): number {
    const row = this.#rowOf(words, at);
    if (row < 0) this.#facts.wrongHolds++;
    return row;
  }

  #rowOf(words: Int32Array, at: number): number {
    const held = findAt(this.#operations, words, at + REFERENCE);
    return held < 0 ? -1 : this.#rows.find(held);
  }

  #readDebits(words: Int32Array, entryAt: number, legs: number): void {
    this.#payerLo = 0;
    this.#payerHi = 0;
    this.#debited = 0;
    for (let leg = legs - 1; leg >= 0; leg--) {
      const at = entryAt + HEAD_WORDS + leg * LEG_WORDS;
      const posting = int64(words, at + POSTING);
      if (posting >= 0) continue;
      this.#debited -= posting;
      this.#payerLo = words[at];
      this.#payerHi = words[at + 1];
    }
  }

  #wrong(): void {
    this.#facts.wrongHolds++;
    this.#releasing = -1;
  }

  #grow(): void {
    if (this.#rows.count * NUMBERS <= this.#numbers.length) return;
    const numbers = new Float64Array(this.#numbers.length * 2);
    const words = new Int32Array(this.#words.length * 2);
    numbers.set(this.#numbers);
    words.set(this.#words);
    this.#numbers = numbers;
    this.#words = words;
  }
}
