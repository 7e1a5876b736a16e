/**
 * The journal in shared memory: per operation the little that judging it takes, found by id. Loaded by one thread per part
 * of the journal and read by one thread per shard of the books.
 *
 * The table is open addressing over the id's last word, which clients count up: operations that follow each
 * other lie next to each other, in the journal as in the books, and that is what makes a look-up cheap. A collision
 * jumps by an odd stride from the whole id, so that two workers' runs do not push each other along.
 */
import { mix } from './digest.js';

/** Bits of `status`. */
export const STATUS = {
  /** Acknowledged. */
  ok: 1,
  /** Declined so that it may never be in the books. */
  definiteDecline: 2,
  /** Declined because the id was used for another body. */
  refusedAsOther: 4,
  /** Can move money. */
  moves: 8,
  /** The client was not answered, or found out by look-up only. */
  unknown: 16,
  /** Reads a balance; asks what became of another operation. */
  read: 32,
  lookup: 64,
  /** There is a completion. */
  told: 128,
} as const;

export const POOR = 0x8000_0000;

/** Number of the user of an operation that is not acknowledged. */
export function userOf({ receipt }: OperationMemory, operation: number): number {
  return receipt[operation] & ~POOR;
}

/** The arrays, as they go from thread to thread. */
export interface OperationMemory {
  readonly capacity: number;
  readonly slots: Int32Array;
  readonly ids: Int32Array;
  readonly status: Uint8Array;
  readonly invokedUs: Float64Array;
  /** Microseconds from there to the answer, at most ANSWER_US_MAX. */
  readonly answerUs: Uint32Array;
  /** What was asked: kind, amount, reference and account. */
  readonly body: Int32Array;
  /** The counterparty that a hold or what refers to another operation names; else 0. */
  readonly payee: Int32Array;
  /** The entry that was asked for, on the home shard and on the far one: asked-entries.ts. */
  readonly homeEntry: Int32Array;
  readonly farEntry: Int32Array;
  /** Acknowledged: what was told. Otherwise the number of the user, with POOR where it was declined for lack of money. */
  readonly receipt: Int32Array;
  /** Code that its client was told and a shard must have written down; else 0. */
  readonly refusedWith: Uint16Array;
  /** [0]: operations of which one record cannot be told from another: one id, or two completions. */
  readonly counters: Int32Array;
}

/** Longer times are cut to it: nobody is acquitted by an answer that seems earlier. */
export const ANSWER_US_MAX = 0xffff_ffff;

/** Slots an operation at least; to the next power of two they may be twice as many. */
const SLOTS_MIN = 1.5;

/** Bytes of an operation in memory at most: the arrays below, and its slots. */
export const OPERATION_BYTES = 4 * 4 + 1 + 8 + 4 + 5 * 4 + 2 + SLOTS_MIN * 2 * 4;

export function allocateOperations(capacity: number): OperationMemory {
  let slots = 1024;
  while (slots < capacity * SLOTS_MIN) slots *= 2;
  const words = (count: number): Int32Array => new Int32Array(new SharedArrayBuffer(count * 4));
  return {
    capacity,
    slots: words(slots),
    ids: words(capacity * 4),
    status: new Uint8Array(new SharedArrayBuffer(capacity)),
    invokedUs: new Float64Array(new SharedArrayBuffer(capacity * 8)),
    answerUs: new Uint32Array(new SharedArrayBuffer(capacity * 4)),
    body: words(capacity),
    payee: words(capacity),
    homeEntry: words(capacity),
    farEntry: words(capacity),
    receipt: words(capacity),
    refusedWith: new Uint16Array(new SharedArrayBuffer(capacity * 2)),
    counters: words(1),
  };
}

/** Of an operation that was answered: when, or earlier (ANSWER_US_MAX). */
export function completedUsOf({ answerUs, invokedUs }: OperationMemory, operation: number): number {
  return invokedUs[operation] + answerUs[operation];
}

/** Enters operation `index`, whose id is in `ids` already. Safe from several threads at once. */
export function enter(memory: OperationMemory, index: number): void {
  const { ids, slots } = memory;
  const mask = slots.length - 1;
  const at = index * 4;
  const word0 = ids[at];
  const word1 = ids[at + 1];
  const word2 = ids[at + 2];
  const word3 = ids[at + 3];
  let slot = firstSlot(word1, word2, word3) & mask;
  const step = stride(word0, word1, word2, word3);
  for (;;) {
    const held = Atomics.compareExchange(slots, slot, 0, index + 1);
    if (held === 0) return;
    if (sameId(ids, (held - 1) * 4, word0, word1, word2, word3)) {
      Atomics.add(memory.counters, 0, 1);
      return;
    }
    slot = (slot + step) & mask;
  }
}

/** The operation with this id, or -1. Where several have it: one of them. */
export function find(
  memory: OperationMemory,
  word0: number,
  word1: number,
  word2: number,
  word3: number,
): number {
  const { ids, slots } = memory;
  const mask = slots.length - 1;
  let slot = firstSlot(word1, word2, word3) & mask;
  let step = 0;
  for (;;) {
    const held = slots[slot] - 1;
    if (held < 0) return -1;
    if (sameId(ids, held * 4, word0, word1, word2, word3)) return held;
    if (step === 0) step = stride(word0, word1, word2, word3);
    slot = (slot + step) & mask;
  }
}

/** The operation whose id lies at `at`, or -1; as `find`. */
export function findAt(memory: OperationMemory, words: Int32Array, at: number): number {
  return find(memory, words[at], words[at + 1], words[at + 2], words[at + 3]);
}

/** Counts up with the last word; where the count starts depends on who counts. */
function firstSlot(word1: number, word2: number, word3: number): number {
  return (word3 + mix((word1 & 0xfff) ^ Math.imul(word2, 0x9e3779b1))) | 0;
}

function stride(word0: number, word1: number, word2: number, word3: number): number {
  return mix(mix(word0 ^ word1) + Math.imul(word2, 31) + word3) | 1;
}

function sameId(
  ids: Int32Array,
  at: number,
  word0: number,
  word1: number,
  word2: number,
  word3: number,
): boolean {
  return (
    ids[at + 3] === word3 && ids[at + 1] === word1 && ids[at] === word0 && ids[at + 2] === word2
  );
}
