/** Listens to a running drill and keeps what a page that joins late must be told. Knows nothing of sockets. */
import { type LawRow, lawRows } from '../report/law-rows.js';
import { leftOutWords } from '../report/left-out.js';
import { type LifeView, lifeView } from '../report/life-view.js';
import { noticeLine } from '../report/live.js';
import { NO_CURVES, type PercentileCurves } from '../report/percentile-curves.js';
import { printable } from '../report/printable.js';
import type {
  DrillControls,
  DrillEnd,
  DrillHooks,
  DrillPhase,
  DrillTick,
  SoFar,
} from '../report/progress.js';
import { loadTables } from '../report/tables.js';
import { toldDetails, toldLaws } from '../report/unpaid.js';
import { thresholdLines } from '../report/view.js';
import { type PageEnd, type PageNews, pageEnd, type Told } from './page-news.js';

/** Where a server takes what its pages are told. */
export interface PageFeed {
  /** What is new to a page that was told so much. */
  newsSince(told: Told): PageNews;
}

/** Of the lines told; those before are in log.txt. */
const NOTICES_MAX = 2000;

type LoadNews = Pick<PageNews, 'tables' | 'thresholds' | 'left_out'>;
const NO_TABLES: LoadNews = { tables: [], thresholds: [], left_out: '' };

export class LiveFeed implements PageFeed, DrillHooks {
  readonly #script: string;
  readonly #notices: string[] = [];
  #phase: DrillPhase | undefined;
  #tick: DrillTick | undefined;
  #soFar: Omit<SoFar, 'details' | 'curves'> = {
    ...{ rows: [], processes: [], declinesByCode: {}, faults: [], pauses: [] },
    laws: { names: [], judged: [] },
  };
  #life: LifeView | undefined;
  /** Made once a second, and only where a page asks. */
  #tables: () => LoadNews = () => NO_TABLES;
  #curves: () => PercentileCurves = () => NO_CURVES;
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
    this.#tables = once(() => tablesOf(soFar, this.#tick));
    this.#curves = once(soFar.curves);
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

  /** False where no load runs, or it is so already. */
  pause(isPaused: boolean): boolean {
    return this.#controls?.pause(isPaused) ?? false;
  }

  onEnd({ summary, folder, life }: DrillEnd): void {
    const { declines_by_code: declinesByCode, faults, pauses } = summary;
    const laws = toldLaws(summary);
    const names = laws.map(({ name }) => name);
    this.#soFar = { ...this.#soFar, declinesByCode, faults, pauses, laws: { names, judged: laws } };
    this.#life = life === undefined ? undefined : lifeView(life);
    this.#tables = once(() => ({
      tables: loadTables(toldDetails(summary), summary),
      thresholds: [],
      left_out: leftOutWords(summary.operations),
    }));
    this.#end = pageEnd(summary, folder);
  }

  newsSince(told: Told): PageNews {
    const { rows, processes, faults, pauses, declinesByCode } = this.#soFar;
    return {
      script: this.#script,
      ...(this.#phase === undefined ? {} : { phase: this.#phase }),
      ...(this.#tick === undefined ? {} : { tick: this.#tick }),
      rows: rows.slice(told.rows),
      processes: processes.slice(told.processes),
      notices: this.#notices.slice(told.notices),
      faults,
      pauses,
      declines_by_code: declinesByCode,
      ...this.#tables(),
      curves: this.#curves(),
      laws: this.#laws(),
      ...(this.#life === undefined ? {} : { life: this.#life }),
      ...(this.#end === undefined ? {} : { end: this.#end }),
    };
  }

  /** From when they are about to be judged. */
  #laws(): readonly LawRow[] {
    const { names, judged } = this.#soFar.laws;
    const isNear = this.#phase === 'books' || this.#phase === 'verify' || judged.length > 0;
    return isNear ? lawRows(names, judged) : [];
  }
}

/** Of the answers so far; what was not answered yet may still be. */
function tablesOf({ details, declinesByCode }: SoFar, tick: DrillTick | undefined): LoadNews {
  const load = details();
  const [ok, declined] = [tick?.okTotal ?? 0, tick?.declinedTotal ?? 0];
  const operations = {
    ...{ attempted: ok + declined, ok, declined },
    started_iterations: tick?.startedIterations ?? 0,
    dropped_iterations: tick?.droppedIterations ?? 0,
  };
  const { thresholds } = load;
  return {
    tables: loadTables(load, { declines_by_code: declinesByCode, operations }),
    thresholds: thresholds.length === 0 ? [] : thresholdLines({ thresholds, operations }),
    left_out: leftOutWords(operations),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
