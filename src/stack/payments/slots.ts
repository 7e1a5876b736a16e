/**
 * What the gateway knows of each operation in flight, in typed arrays: one slot an operation, taken from and
 * given back to a free list. The tag a shard sees names the slot, the step asked for, and how often the slot was
 * used before, so that an answer that comes late or twice finds nobody waiting.
 *
 *   tag = generation (11 bits) | step (4 bits) | slot (17 bits)
 */
import { ACK_BYTES } from '../../wire/acks.js';
import { OPERATION_BYTES } from '../../wire/operations.js';
import type { AckSink } from './ack-sink.js';

export const SLOTS_MAX = 2 ** 17;
const GENERATIONS = 2 ** 11;

/** Steps a shard can be asked for on behalf of a slot. `home...` go to the home shard, `peer...` to the other. */
export const STEP = {
  none: 0,
  /** The whole operation is one command at home. */
  single: 1,
  homeTry: 2,
  peerTry: 3,
  homeConfirm: 4,
  peerConfirm: 5,
  homeCancel: 6,
  peerCancel: 7,
  homeCapture: 8,
  homeDecline: 9,
  homeLookup: 10,
  /** Recovery: Cancel at the primary asks for, or makes, the decision. */
  homeRecover: 11,
  /** Recovery: the secondary follows the decision. */
  peerSettle: 12,
  /** Whether home knows the id of an operation that says it is a repeat. */
  homeKnown: 13,
} as const;

export const PHASE = {
  free: 0,
  /** Sent; waits for answers of shards. */
  running: 1,
  /** Not sent: the shard does not take more at the moment. */
  parked: 2,
  /** Not sent: another attempt of the same id is being coordinated. */
  joined: 3,
} as const;

export class Slots {
  readonly capacity: number;
  readonly phase: Uint8Array;
  /** STEP that the home shard owes an answer for. */
  readonly homeStep: Uint8Array;
  /** STEP that the peer shard owes an answer for. */
  readonly peerStep: Uint8Array;
  readonly home: Uint8Array;
  readonly peer: Uint8Array;
  readonly kind: Uint8Array;
  /** 1 = the client has its answer. */
  readonly answered: Uint8Array;
  /** 1 = the branch at the peer is tried and has to be settled. */
  readonly peerTried: Uint8Array;
  /** 1 = the branch at home is tried. */
  readonly homeTried: Uint8Array;
  /** Result code of the risk check; 0 = may go. */
  readonly refusal: Uint16Array;
  /** 1 = in the index of ids. */
  readonly indexed: Uint8Array;
  readonly position: Uint32Array;
  readonly clientTag: Uint32Array;
  /** Monotonic milliseconds; Infinity = none. */
  readonly deadlineMs: Float64Array;
  /** The next slot that waits for the same id, or -1. */
  readonly nextJoined: Int32Array;
  readonly sink: (AckSink | undefined)[];
  /** Operation records, OPERATION_BYTES a slot; filled only where more than one step needs them. */
  readonly operations: DataView;
  /** Ack records, ACK_BYTES a slot: the answer that waits for another shard. */
  readonly acks: DataView;
  readonly #generation: Uint16Array;
  readonly #free: Int32Array;
  #freeCount: number;

  constructor(capacity: number) {
    if (capacity > SLOTS_MAX) throw new Error(`at most ${SLOTS_MAX} operations can be in flight`);
    this.capacity = capacity;
    this.phase = new Uint8Array(capacity);
    this.homeStep = new Uint8Array(capacity);
    this.peerStep = new Uint8Array(capacity);
    this.home = new Uint8Array(capacity);
    this.peer = new Uint8Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.answered = new Uint8Array(capacity);
    this.peerTried = new Uint8Array(capacity);
    this.homeTried = new Uint8Array(capacity);
    this.refusal = new Uint16Array(capacity);
    this.indexed = new Uint8Array(capacity);
    this.position = new Uint32Array(capacity);
    this.clientTag = new Uint32Array(capacity);
    this.deadlineMs = new Float64Array(capacity);
    this.nextJoined = new Int32Array(capacity).fill(-1);
    this.sink = new Array<AckSink | undefined>(capacity).fill(undefined);
    this.operations = new DataView(new ArrayBuffer(capacity * OPERATION_BYTES));
    this.acks = new DataView(new ArrayBuffer(capacity * ACK_BYTES));
    this.#generation = new Uint16Array(capacity);
    this.#free = new Int32Array(capacity);
    for (let i = 0; i < capacity; i++) this.#free[i] = capacity - 1 - i;
    this.#freeCount = capacity;
  }

  get used(): number {
    return this.capacity - this.#freeCount;
  }

  /** A slot in phase `running`, or -1 when all are taken. */
  take(): number {
    if (this.#freeCount === 0) return -1;
    const slot = this.#free[--this.#freeCount];
    this.phase[slot] = PHASE.running;
    return slot;
  }

  give(slot: number): void {
    if (this.phase[slot] === PHASE.free) throw new Error(`slot ${slot} is given back twice`);
    this.phase[slot] = PHASE.free;
    this.homeStep[slot] = STEP.none;
    this.peerStep[slot] = STEP.none;
    this.answered[slot] = 0;
    this.peerTried[slot] = 0;
    this.homeTried[slot] = 0;
    this.nextJoined[slot] = -1;
    this.sink[slot] = undefined;
    this.#generation[slot] = (this.#generation[slot] + 1) % GENERATIONS;
    this.#free[this.#freeCount++] = slot;
  }

  tag(slot: number, step: number): number {
    return ((this.#generation[slot] << 21) | (step << 17) | slot) >>> 0;
  }

  /** Whether the tag belongs to the present use of its slot. */
  isCurrent(tag: number): boolean {
    const slot = tag & 0x1ffff;
    return (
      slot < this.capacity &&
      this.phase[slot] === PHASE.running &&
      this.#generation[slot] === tag >>> 21
    );
  }

  /** Keeps the operation record at `at` for later steps. */
  keepOperation(slot: number, operation: DataView, at: number): void {
    const to = slot * OPERATION_BYTES;
    for (let byte = 0; byte < OPERATION_BYTES; byte += 4) {
      this.operations.setInt32(to + byte, operation.getInt32(at + byte, true), true);
    }
  }

  operationAt(slot: number): number {
    return slot * OPERATION_BYTES;
  }

  ackAt(slot: number): number {
    return slot * ACK_BYTES;
  }
}

export function slotOfTag(tag: number): number {
  return tag & 0x1ffff;
}

export function stepOfTag(tag: number): number {
  return (tag >>> 17) & 0xf;
}
