/** Listens to a running drill and keeps what a page that joins late must be told. Knows nothing of sockets. */
import { noticeLine } from '../report/live.js';
import { printable } from '../report/printable.js';
import type {
  DrillControls,
  DrillEnd,
  DrillHooks,
  DrillPhase,
  DrillTick,
  SoFar,
} from '../report/progress.js';
import { type PageEnd, type PageNews, pageEnd, type Told } from './page-news.js';

/** Where a server takes what its pages are told. */
export interface PageFeed {
  /** What is new to a page that was told so much. */
  newsSince(told: Told): PageNews;
}

/** Of the lines told; those before are in log.txt. */
const NOTICES_MAX = 2000;

export class LiveFeed implements PageFeed, DrillHooks {
  readonly #script: string;
  readonly #notices: string[] = [];
  #phase: DrillPhase | undefined;
  #tick: DrillTick | undefined;
  #soFar: SoFar = { rows: [], processes: [], declinesByCode: {}, faults: [] };
  #end: PageEnd | undefined;
  #controls: DrillControls | undefined;

  constructor(script: string) {
    this.#script = printable(script);
  }

  onPhase(phase: DrillPhase): void {
    this.#phase = phase;
  }

  onTick(tick: DrillTick): void {
    this.#tick = { ...tick, stage: printable(tick.stage) };
  }

  onSecond(soFar: SoFar): void {
    this.#soFar = soFar;
  }

  onNotice(line: string): void {
    if (this.#notices.length < NOTICES_MAX)
      this.#notices.push(printable(noticeLine(this.#tick, line)));
  }

  onReady(controls: DrillControls): void {
    this.#controls = controls;
  }

  /** False where there is no such fault, or its time has come. */
  applyFault(index: number): boolean {
    return this.#controls?.applyFault(index) ?? false;
  }

  onEnd({ summary, folder }: DrillEnd): void {
    this.#soFar = { ...this.#soFar, declinesByCode: summary.declines_by_code };
    this.#end = pageEnd(summary, folder);
  }

  newsSince(told: Told): PageNews {
    const { rows, processes, faults, declinesByCode } = this.#soFar;
    return {
      script: this.#script,
      ...(this.#phase === undefined ? {} : { phase: this.#phase }),
      ...(this.#tick === undefined ? {} : { tick: this.#tick }),
      rows: rows.slice(told.rows),
      processes: processes.slice(told.processes),
      notices: this.#notices.slice(told.notices),
      faults,
      declines_by_code: declinesByCode,
      ...(this.#end === undefined ? {} : { end: this.#end }),
    };
  }
}
