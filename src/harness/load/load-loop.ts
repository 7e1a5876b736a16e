/**
 * The turn of a load worker, every TURN_MS:
 *
 *   start what is due -> run out deadlines, send due retries -> journal and write one frame -> note the counts
 *
 * What scripts submit between two turns (after an await) leaves at the end of that turn of the event loop.
 * It refuses to spin: between turns the thread sleeps, and a late turn starts more at once.
 */
import type { Driver } from '../driver/driver.js';
import type { ToldOperations } from '../driver/told-operations.js';
import { LIVE, type LiveRow } from '../measure/live-counters.js';
import type { ScenarioRunner } from './scenario-runner.js';

const TURN_MS = 4;
const COMPLETIONS_FLUSH_US = 50_000;

export interface LoadLoopOptions {
  readonly runners: readonly ScenarioRunner[];
  readonly driver: Driver;
  /** Operations that the script carries out itself. */
  readonly told: Pick<ToldOperations, 'open' | 'retried' | 'unknown'>;
  /** Writes what the journal holds back. Throws JournalError. */
  readonly flushRecords: () => void;
  readonly live: LiveRow;
  /** Microseconds on the drill clock. */
  readonly nowUs: () => number;
  readonly vusMade: () => number;
  /** A whole second of the load has passed. */
  readonly onSecond: (second: number) => void;
  /** Nothing of the load is left to run. Called once. */
  readonly onLoaded: () => void;
  /** The journal cannot be written, say; nothing was sent after it. */
  readonly onFailed: (error: unknown) => void;
}

export class LoadLoop {
  readonly #options: LoadLoopOptions;
  #loadStartUs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #flushing: NodeJS.Immediate | undefined;
  #starting: NodeJS.Immediate | undefined;
  #loaded = false;
  #second = 0;
  #flushedUs = 0;
  #closed = false;

  constructor(options: LoadLoopOptions) {
    this.#options = options;
  }

  /** Turns begin at once; iterations at `loadStartUs` on the drill clock. */
  start(loadStartUs: number): void {
    this.#loadStartUs = loadStartUs;
    this.#turn();
  }

  /** Turns without load: for setup, look-ups and teardown. Also where the load cannot go on, and the loop was closed. */
  idle(): void {
    this.#closed = false;
    this.#loaded = true;
    this.#turn();
  }

  /** Since the start of the load; negative before. */
  loadUs(): number {
    return this.#options.nowUs() - this.#loadStartUs;
  }

  /** Something was submitted: it leaves when the event loop has run what is ready, unless a turn comes first. */
  flushSoon(): void {
    this.#flushing ??= setImmediate(() => {
      this.#flushing = undefined;
      this.#guarded(() => this.#options.driver.flush());
    });
  }

  /** A runner has something to start before the next turn. */
  startSoon(): void {
    this.#starting ??= setImmediate(() => {
      this.#starting = undefined;
      if (!this.#closed) this.#guarded(() => this.#startDue());
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#starting !== undefined) clearImmediate(this.#starting);
    if (this.#flushing !== undefined) clearImmediate(this.#flushing);
  }

  #turn(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#guarded(() => this.#work());
    if (!this.#closed) this.#timer = setTimeout(() => this.#turn(), TURN_MS);
  }

  #work(): void {
    const { driver, nowUs } = this.#options;
    const loadUs = this.#startDue();
    if (loadUs >= 0) {
      this.#note(); // what the seconds and the end of the load tell is counted until now
      this.#passSeconds(loadUs);
      this.#endScenarios(loadUs);
    }
    const now = nowUs();
    driver.tick(now);
    driver.flush();
    if (now - this.#flushedUs > COMPLETIONS_FLUSH_US) {
      this.#flushedUs = now;
      this.#options.flushRecords();
    }
    this.#note();
  }

  /** Load time of what was started; below 0 before and after the load. */
  #startDue(): number {
    const loadUs = this.#loaded ? -1 : this.loadUs();
    if (loadUs >= 0) for (const runner of this.#options.runners) runner.pump(loadUs);
    return loadUs;
  }

  #passSeconds(loadUs: number): void {
    while (loadUs >= (this.#second + 1) * 1_000_000) this.#options.onSecond(this.#second++);
  }

  #endScenarios(loadUs: number): void {
    let over = true;
    for (const runner of this.#options.runners) {
      if (runner.busy > 0 && loadUs >= runner.hardStopUs) runner.interruptAll();
      over &&= runner.exhausted && runner.busy === 0;
    }
    if (!over) return;
    this.#loaded = true;
    this.#options.onSecond(this.#second++);
    // Not before what the last iterations left behind is told: promises that nobody awaits.
    setImmediate(() => this.#options.onLoaded());
  }

  #note(): void {
    const { counts } = this.#options.live;
    const { runners, driver, told } = this.#options;
    counts[LIVE.inFlight] = driver.unresolved + told.open;
    counts[LIVE.unknown] = driver.unknown + told.unknown;
    counts[LIVE.retried] = driver.retried + told.retried;
    counts[LIVE.boundReached] = driver.boundReached;
    counts[LIVE.frames] = driver.transport.frames;
    counts[LIVE.framedOperations] = driver.transport.operations;
    counts[LIVE.vus] = this.#options.vusMade();
    let busy = 0;
    let dropped = 0;
    let leftOver = 0;
    let paused = 0;
    let late = 0;
    for (const runner of runners) {
      busy += runner.busy;
      dropped += runner.dropped;
      leftOver += runner.leftOver;
      paused += runner.paused;
      late += runner.late;
    }
    counts[LIVE.vusActive] = busy;
    counts[LIVE.dropped] = dropped;
    counts[LIVE.leftOver] = leftOver;
    counts[LIVE.paused] = paused;
    counts[LIVE.lateStarts] = late;
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.close();
      this.#options.onFailed(error);
    }
  }
}
