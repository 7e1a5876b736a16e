/** A run that is over, as the page is told of it: everything at once. */
import { lawRows } from '../report/law-rows.js';
import { leftOutWords } from '../report/left-out.js';
import { lifeView } from '../report/life-view.js';
import type { MetricsRow } from '../report/metrics.js';
import type { PercentileCurves } from '../report/percentile-curves.js';
import { printable } from '../report/printable.js';
import type { ProcessesRow } from '../report/processes.js';
import type { DrillEnd } from '../report/progress.js';
import type { Summary } from '../report/summary.js';
import { loadTables } from '../report/tables.js';
import { toldDetails, toldLaws } from '../report/unpaid.js';
import type { PageFeed } from './live-feed.js';
import { pageEnd } from './page-news.js';

export function finishedFeed(run: {
  readonly folder: string;
  readonly summary: Summary;
  readonly metrics: readonly MetricsRow[];
  readonly processes: readonly ProcessesRow[];
  readonly curves: PercentileCurves;
  readonly life: DrillEnd['life'] | undefined;
}): PageFeed {
  const { summary, folder } = run;
  const laws = toldLaws(summary);
  const whole = {
    script: printable(summary.run.script),
    faults: summary.faults,
    pauses: summary.pauses,
    declines_by_code: summary.declines_by_code,
    tables: loadTables(toldDetails(summary), summary),
    thresholds: [],
    curves: run.curves,
    laws: lawRows(
      laws.map(({ name }) => name),
      laws,
    ),
    ...(run.life === undefined ? {} : { life: lifeView(run.life) }),
    left_out: leftOutWords(summary.operations),
    end: pageEnd(summary, folder),
  };
  return {
    newsSince: (told) => ({
      ...whole,
      rows: run.metrics.slice(told.rows),
      processes: run.processes.slice(told.processes),
      notices: [],
    }),
  };
}
