/**
 * Chunks in order, each let go when its pacer says so: the waiting room of latency, bandwidth and slicer.
 *
 *   push -> [chunk][chunk][chunk]  -> head: pieceBytes() of it leave at dueMs()  -> output.pass
 *                                     one timer, always the head's
 *
 * The pacer is asked when a piece becomes the head, so new attributes hold for everything that waits.
 */
import { nowMs } from '../clock.js';
import type { StageOutput } from './toxic.js';

export interface Pacer {
  /**
   * Whether to spin the event loop for the parts of a millisecond that timers do not have. Without it a piece
   * leaves up to about a millisecond late and the next one makes up for it.
   */
  readonly exact: boolean;
  /** How many of the chunk's bytes leave together; 1..chunkBytes. */
  pieceBytes(chunkBytes: number): number;
  /** When the piece may leave; Infinity for not until attributes change. */
  dueMs(piece: PieceTimes): number;
  /** The piece leaves now. Returns the stamp to hand on. */
  leave(piece: PieceTimes, dueMs: number): number;
}

export interface PieceTimes {
  readonly bytes: number;
  readonly stampMs: number;
  /** When the chunk came into this queue. */
  readonly enteredMs: number;
}

/** The longest a timer of Node takes; a later due time is asked for again. */
const TIMER_MS_MAX = 2 ** 31 - 1;

interface Waiting {
  chunk: Buffer;
  readonly stampMs: number;
  readonly enteredMs: number;
}

export class PacedQueue {
  readonly #output: StageOutput;
  readonly #pacer: Pacer;
  #waiting: Waiting[] = [];
  #headIndex = 0;
  #headDueMs: number | undefined;
  #ended = false;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  constructor(output: StageOutput, pacer: Pacer) {
    this.#output = output;
    this.#pacer = pacer;
  }

  push(chunk: Buffer, stampMs: number): void {
    this.#waiting.push({ chunk, stampMs, enteredMs: nowMs() });
    if (this.#waiting.length - this.#headIndex === 1) this.#run();
  }

  /** The end leaves behind the last chunk. */
  end(): void {
    this.#ended = true;
    this.#run();
  }

  /** Attributes have changed: asks the pacer again about the head. */
  reconsider(): void {
    this.#headDueMs = undefined;
    this.#run();
  }

  /** Hands on everything now. */
  flush(): void {
    this.#stopTimer();
    const waiting = this.#waiting.slice(this.#headIndex);
    const ended = this.#ended;
    this.discard();
    for (const { chunk, stampMs } of waiting) this.#output.pass(chunk, stampMs);
    if (ended) this.#output.end();
  }

  discard(): void {
    this.#stopTimer();
    this.#clear();
    this.#ended = false;
  }

  #run(): void {
    this.#stopTimer();
    while (this.#headIndex < this.#waiting.length) {
      const head = this.#waiting[this.#headIndex];
      const bytes = this.#pacer.pieceBytes(head.chunk.length);
      const piece = { bytes, stampMs: head.stampMs, enteredMs: head.enteredMs };
      this.#headDueMs ??= this.#pacer.dueMs(piece);
      const dueMs = this.#headDueMs;
      const waitMs = dueMs - nowMs();
      if (waitMs > 0) {
        this.#wait(waitMs);
        return;
      }
      this.#headDueMs = undefined;
      const whole = bytes === head.chunk.length;
      const leaving = whole ? head.chunk : head.chunk.subarray(0, bytes);
      if (whole) this.#shift();
      else head.chunk = head.chunk.subarray(bytes);
      this.#output.pass(leaving, this.#pacer.leave(piece, dueMs));
    }
    if (this.#ended) {
      this.#ended = false;
      this.#output.end();
    }
  }

  #wait(waitMs: number): void {
    if (waitMs === Number.POSITIVE_INFINITY) return;
    const run = () => this.#run();
    if (this.#pacer.exact && waitMs < 1) this.#immediate = setImmediate(run);
    else {
      const timerMs = this.#pacer.exact ? Math.floor(waitMs) : Math.round(waitMs);
      this.#timer = setTimeout(run, Math.min(timerMs, TIMER_MS_MAX));
    }
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }

  #shift(): void {
    this.#headIndex += 1;
    if (this.#headIndex === this.#waiting.length) this.#clear();
    else if (this.#headIndex >= 1024) {
      this.#waiting = this.#waiting.slice(this.#headIndex);
      this.#headIndex = 0;
    }
  }

  #clear(): void {
    this.#waiting = [];
    this.#headIndex = 0;
    this.#headDueMs = undefined;
  }
}
