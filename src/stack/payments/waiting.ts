/**
 * Operations that are admitted and not sent yet, for one of two reasons:
 *
 *   parked   a shard takes no more at the moment           -> sent in the order they came, when it does
 *   joined   another attempt of the id is being coordinated -> the same body gets its answer; another is asked on its own
 *
 * Their records are kept in their slots. What has waited past its deadline, or for a shard that went away, is refused.
 */
import { OUTCOME } from '../../wire/acks.js';
import { OP } from '../../wire/operations.js';
import { RESULTS } from '../../wire/results.js';
import type { Board } from './board.js';
import { PHASE } from './slots.js';

/** Attempts of one id that may wait for the one being coordinated. */
const JOINED_MAX = 64;

export interface WaitingOptions {
  readonly board: Board;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Sends the operation record at `at`; `board.route` is its route. */
  readonly dispatch: (slot: number, operation: DataView, at: number) => void;
  /** Ends a slot that was never sent, declined with this code. */
  readonly refuse: (slot: number, code: number) => void;
  /** Planted bug `empty-answer-in-flight`. */
  readonly answersAtOnce: boolean;
}

export class Waiting {
  readonly #options: WaitingOptions;
  readonly #board: Board;
  /** Oldest first. */
  #parked: number[] = [];

  constructor(options: WaitingOptions) {
    this.#options = options;
    this.#board = options.board;
    this.#board.onReleased = (first, leader) => this.#onReleased(first, leader);
  }

  now(): number {
    return this.#options.now();
  }

  park(slot: number, operation: DataView, at: number): void {
    const { slots } = this.#board;
    slots.keepOperation(slot, operation, at);
    slots.phase[slot] = PHASE.parked;
    this.#parked.push(slot);
  }

  /** Looks again at what is parked. */
  drain(): void {
    const parked = this.#parked;
    if (parked.length === 0) return;
    this.#parked = [];
    const nowMs = this.now();
    for (const slot of parked) this.resume(slot, nowMs);
  }

  /** Takes a slot up again that was not sent yet; its operation is kept. */
  resume(slot: number, nowMs: number): void {
    const { links, route, placement, slots } = this.#board;
    const home = links[slots.home[slot]];
    const peer = links[slots.peer[slot]];
    if (nowMs >= slots.deadlineMs[slot]) {
      this.#options.refuse(slot, RESULTS.expired_before_execution.code);
    } else if (!home?.up || !peer?.up) {
      this.#options.refuse(slot, RESULTS.shard_unavailable.code);
    } else if (home.blocked || peer.blocked) {
      slots.phase[slot] = PHASE.parked;
      this.#parked.push(slot);
    } else {
      slots.phase[slot] = PHASE.running;
      const at = slots.operationAt(slot);
      route.read(slots.operations, at, placement);
      this.#options.dispatch(slot, slots.operations, at);
    }
  }

  /** The slot waits for the one that coordinates the id. */
  join(slot: number, leader: number, operation: DataView, at: number): void {
    const { slots } = this.#board;
    if (this.#options.answersAtOnce) {
      this.#board.answerBare(slot, OUTCOME.ok, RESULTS.created.code);
      this.#board.release(slot);
      return;
    }
    slots.keepOperation(slot, operation, at);
    let last = leader;
    for (let joined = 1; slots.nextJoined[last] >= 0; joined++) {
      if (joined >= JOINED_MAX) {
        this.#options.refuse(slot, RESULTS.not_admitted.code);
        return;
      }
      last = slots.nextJoined[last];
    }
    slots.phase[slot] = PHASE.joined;
    slots.nextJoined[last] = slot;
  }

  /** Same operation: same answer. Other body, or nothing coordinated but recovered: asked on its own. */
  #onReleased(firstJoined: number, leader: number): void {
    const { slots } = this.#board;
    const nowMs = this.now();
    let slot = firstJoined;
    while (slot >= 0) {
      const next = slots.nextJoined[slot];
      slots.nextJoined[slot] = -1;
      if (slots.kind[leader] !== 0 && this.#isSameBody(slot, leader)) {
        this.#board.answer(slot, slots.acks, slots.ackAt(leader));
        this.#board.release(slot);
      } else {
        this.resume(slot, nowMs);
      }
      slot = next;
    }
  }

  #isSameBody(slot: number, other: number): boolean {
    const { slots } = this.#board;
    const { operations } = slots;
    const a = slots.operationAt(slot);
    const b = slots.operationAt(other);
    for (let byte = OP.reference; byte < OP.tag; byte += 4) {
      if (operations.getInt32(a + byte, true) !== operations.getInt32(b + byte, true)) return false;
    }
    return (
      operations.getUint32(a + OP.timeoutS, true) === operations.getUint32(b + OP.timeoutS, true) &&
      operations.getUint16(a + OP.kind, true) === operations.getUint16(b + OP.kind, true)
    );
  }
}
