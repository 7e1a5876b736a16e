/**
 * How a drill ends, and the switch that ends its load: the first reason wins, and only while there is load or there is
 * still load to come. Failures are another thing: each leaves the verdict undecided, whenever it comes.
 */
import type { LoadEnding } from '../report/summary.js';

export interface LoadEnd {
  readonly ending: LoadEnding;
  /** What ended it, in one line; undefined where it ran to its end. */
  readonly endedBy: string | undefined;
  /** What leaves the verdict undecided, one line each, in order. */
  readonly failures: readonly string[];
}

export class Ending {
  readonly #stop = new AbortController();
  readonly #failures: string[] = [];
  readonly #tell: (line: string) => void;
  #ending: LoadEnding = 'completed';
  #endedBy: string | undefined;
  #loadIsOver = false;

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  /** Aborted when the load is to end, or not to begin. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  get end(): LoadEnd {
    return { ending: this.#ending, endedBy: this.#endedBy, failures: this.#failures };
  }

  /** Ends the load, or keeps it from beginning; `line` says why, and is told. Does nothing once it was ended. */
  endLoad(ending: LoadEnding, line: string): void {
    if (this.#stop.signal.aborted) return;
    if (!this.#failures.includes(line)) this.#tell(line);
    if (!this.#loadIsOver) this.#set(ending, line);
    this.#stop.abort();
  }

  /** What ends it from here on is no early end of the load. */
  loadIsOver(): void {
    this.#loadIsOver = true;
  }

  /** Something after the load, that a drill which ended well until then ends with; `line` is told. */
  endWith(ending: LoadEnding, line: string): void {
    this.#tell(line);
    if (this.#ending === 'completed') this.#set(ending, line);
  }

  /** Told once: a full disk is met by every file on it. */
  fail(text: string): void {
    if (this.#failures.includes(text)) return;
    this.#failures.push(text);
    this.#tell(text);
  }

  #set(ending: LoadEnding, line: string): void {
    this.#ending = ending;
    this.#endedBy = line;
  }
}
