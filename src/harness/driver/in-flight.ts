/**
 * The operations one worker has under way, in typed arrays: no object and no map entry per operation.
 * A slot is named on the wire by its tag = generation * 2^17 + slot, so that a late answer to an operation that
 * is long done is not taken for an answer to the slot's next one. Bounded: `acquire` says so when it is full.
 */
import { OPERATION_BYTES } from '../../wire/operations.js';

const SLOT_BITS = 17;

/** The bound on operations under way in one worker. */
export const IN_FLIGHT_MAX = 1 << SLOT_BITS;

/** A slot rests until this many others are free, so that a tag comes back late even when few are in flight. */
const REUSE_MIN = 1024;

export const OPERATION_WORDS = OPERATION_BYTES / 4;

/** sent: an attempt is away; waiting: a retry is due later; parked: no more retries, only a look-up. */
export const SLOT_STATE = { free: 0, sent: 1, waiting: 2, parked: 3 } as const;

export class InFlight<Waiter> {
  readonly tag = new Uint32Array(IN_FLIGHT_MAX);
  readonly state = new Uint8Array(IN_FLIGHT_MAX);
  /** The operation's number in the journal. */
  readonly sequence = new Uint32Array(IN_FLIGHT_MAX);
  /** Under which number the listener counts it. */
  readonly series = new Uint32Array(IN_FLIGHT_MAX);
  readonly intendedUs = new Float64Array(IN_FLIGHT_MAX);
  readonly invokedUs = new Float64Array(IN_FLIGHT_MAX);
  /** When the last attempt was sent. */
  readonly sentUs = new Float64Array(IN_FLIGHT_MAX);
  readonly attempts = new Uint8Array(IN_FLIGHT_MAX);
  /** 1 where an earlier attempt may have had its effect. */
  readonly uncertain = new Uint8Array(IN_FLIGHT_MAX);
  /** Whom to tell; undefined once told. */
  readonly waiter: (Waiter | undefined)[] = new Array(IN_FLIGHT_MAX).fill(undefined);
  readonly #free = new Uint32Array(IN_FLIGHT_MAX);
  readonly #generation = new Uint16Array(IN_FLIGHT_MAX);
  #freeHead = 0;
  #freeCount = 0;
  #opened = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /**
   * A free slot with a new tag, or -1 when all are taken. Oldest freed first, so that tags live long; a slot never
   * used before is opened only when none is free, so that few in flight touch little memory.
   */
  acquire(): number {
    if (this.#freeCount < REUSE_MIN && this.#opened < IN_FLIGHT_MAX)
      this.#free[this.#at(this.#freeCount++)] = this.#opened++;
    if (this.#freeCount === 0) return -1;
    const slot = this.#free[this.#freeHead];
    this.#freeHead = (this.#freeHead + 1) & (IN_FLIGHT_MAX - 1);
    this.#freeCount--;
    this.#count++;
    const generation = (this.#generation[slot] + 1) & 0x7fff || 1;
    this.#generation[slot] = generation;
    this.tag[slot] = ((generation << SLOT_BITS) | slot) >>> 0;
    this.attempts[slot] = 0;
    this.uncertain[slot] = 0;
    return slot;
  }

  /** The slot a tag names now, or -1 when it was freed since. */
  find(tag: number): number {
    const slot = tag & (IN_FLIGHT_MAX - 1);
    return this.tag[slot] === tag && this.state[slot] !== SLOT_STATE.free ? slot : -1;
  }

  release(slot: number): void {
    this.state[slot] = SLOT_STATE.free;
    this.waiter[slot] = undefined;
    this.#count--;
    this.#free[this.#at(this.#freeCount++)] = slot;
  }

  #at(offset: number): number {
    return (this.#freeHead + offset) & (IN_FLIGHT_MAX - 1);
  }
}
