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
  /** Of these, what was lost for good: they bound the verdict also when the folder is judged again. */
  readonly losses: readonly string[];
}

export class Ending {
  readonly #stop = new AbortController();
  readonly #failures: string[] = [];
  readonly #losses: string[] = [];
  readonly #tell: (line: string) => void;
  readonly #told = new Set<string>();
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
    return {
      ending: this.#ending,
      endedBy: this.#endedBy,
      failures: this.#failures,
      losses: this.#losses,
    };
  }

  /** Ends the load, or keeps it from beginning; `line` says why, and is told. Does nothing once it was ended. */
  endLoad(ending: LoadEnding, line: string): void {
    if (this.#stop.signal.aborted) return;
    this.#tellOnce(line);
    if (!this.#loadIsOver) this.#set(ending, line);
    this.#stop.abort();
  }

  /** What ends it from here on is no early end of the load. */
  loadIsOver(): void {
    this.#loadIsOver = true;
  }

  /** Something after the load, that a drill which ended well until then ends with; `line` is told. */
  endWith(ending: LoadEnding, line: string): void {
    this.#tellOnce(line);
    if (this.#ending === 'completed') this.#set(ending, line);
  }

  fail(text: string): void {
    if (!this.#failures.includes(text)) this.#failures.push(text);
    this.#tellOnce(text);
  }

  /** Something without which nothing more can be sent or told is lost: both an early end and a failure. */
  lose(text: string): void {
    if (!this.#losses.includes(text)) this.#losses.push(text);
    this.fail(text);
    this.endLoad('lost', text);
  }

  /** A full disk is met by every file on it. */
  #tellOnce(line: string): void {
    if (this.#told.has(line)) return;
    this.#told.add(line);
    this.#tell(line);
  }

  #set(ending: LoadEnding, line: string): void {
    this.#ending = ending;
    this.#endedBy = line;
  }
}
