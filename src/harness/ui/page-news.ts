/**
 * What the page is told, as JSON. A page that joins gets everything so far, later ones only what is new: rows and notices are
 * added to what it has, all else takes the place of what was. Text from outside is printable here; the page shows it as text
 * alone, never as HTML.
 */
import type { LawRow } from '../report/law-rows.js';
import type { LifeView } from '../report/life-view.js';
import type { MetricsRow } from '../report/metrics.js';
import type { PercentileCurves } from '../report/percentile-curves.js';
import type { ProcessesRow } from '../report/processes.js';
import type { DrillPhase, DrillTick, FaultState } from '../report/progress.js';
import type { PauseFacts, Summary } from '../report/summary.js';
import type { Table } from '../report/tables.js';
import { type SummaryView, summaryView } from '../report/view.js';
import type { ViewLine } from '../report/view-lines.js';

export interface PageNews {
  /** Path of the script. */
  readonly script: string;
  /** Undefined before the drill began, and of a finished run. */
  readonly phase?: DrillPhase;
  readonly tick?: DrillTick;
  readonly rows: readonly MetricsRow[];
  readonly processes: readonly ProcessesRow[];
  readonly notices: readonly string[];
  readonly faults: readonly FaultState[];
  readonly pauses: readonly PauseFacts[];
  readonly declines_by_code: Readonly<Record<string, number>>;
  readonly tables: readonly Table[];
  /** Once they are judged; those that are not yet are to come. */
  readonly laws: readonly LawRow[];
  /** Of the operation that the first broken law is about; once the drill has ended, and where there is one. */
  readonly life?: LifeView;
  readonly curves: PercentileCurves;
  /** What response times do not speak of: `, of the 65 % that started`; empty where that is nothing. */
  readonly left_out: string;
  /** How they stand while the load runs; in the end they are told by `end`. */
  readonly thresholds: readonly ViewLine[];
  /** Set once the drill has ended. */
  readonly end?: PageEnd;
}

/** How many rows and notices a page has been told. */
export interface Told {
  readonly rows: number;
  readonly processes: number;
  readonly notices: number;
}

export const NOTHING_TOLD: Told = { rows: 0, processes: 0, notices: 0 };

export type PageEnd = Pick<SummaryView, 'word' | 'tone' | 'headline' | 'sections'> &
  Pick<Summary, 'exit_code'> & {
    readonly folder: string;
    /** What to type to run the same drill again. */
    readonly command: string;
    /** ISO 8601, UTC. */
    readonly started_at: string;
  };

export function pageEnd(summary: Summary, folder: string): PageEnd {
  const { word, tone, headline, sections } = summaryView(summary);
  const { exit_code, run } = summary;
  return {
    ...{ word, tone, headline, sections },
    ...{ exit_code, folder },
    ...{ command: run.command, started_at: run.started_at },
  };
}
