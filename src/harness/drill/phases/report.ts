/** The last phase: what was seen and judged becomes the pages of the run folder. */
import { isoTime } from '../../entropy/clock.js';
import { messageOf } from '../../message-of.js';
import { metricsJson } from '../../report/metrics.js';
import { processesJson } from '../../report/processes.js';
import type { DrillEnd } from '../../report/progress.js';
import type { VerifyResult } from '../../verify/verdict.js';
import type { DrillRun } from '../context.js';
import { curvesOf, loadDetails, timesOf } from '../load-details.js';
import { builtInFacts } from '../metric-facts.js';
import { type ReportParts, summarise, writeReport } from '../write-report.js';
import type { Judged } from './judge.js';

/** `recordsKept`: journal and books are in the folder. */
export async function reportPhase(
  run: DrillRun,
  { judgement, books }: Pick<Judged, 'judgement' | 'books'>,
  { recordsKept }: { readonly recordsKept: boolean },
): Promise<DrillEnd> {
  const { folder, watch, ending, log } = run;
  const { idsLeft = [], riskEngine } = books;
  const parts = { ...reportParts(run, judgement, recordsKept), idsLeft, riskEngine };
  const summary = summarise(parts);
  try {
    folder.write('metrics.json', metricsJson(watch.rows));
    folder.write('processes.json', processesJson(run.busy.seconds));
    const life = await writeReport(parts, summary, (line) => log.notice(line));
    return { folder: folder.path, summary, ...(life === undefined ? {} : { life }) };
  } catch (error) {
    ending.fail(`the report cannot be written: ${messageOf(error)}`);
    return { folder: folder.path, summary: summarise({ ...parts, end: ending.end }) };
  }
}

/** Whether the person who runs it wants journal and books of a drill that ends as this one does. */
export function wantsRecords(run: DrillRun, judgement: VerifyResult): boolean {
  const keep = run.options.keep ?? 'all';
  if (keep === 'all' || keep === 'none') return keep === 'all';
  const { exit_code: exitCode, verdict } = summarise(reportParts(run, judgement, true));
  return keep === 'failed' ? exitCode !== 0 : verdict === 'invalid' || verdict === 'unknown';
}

function reportParts(run: DrillRun, judgement: VerifyResult, recordsKept: boolean): ReportParts {
  const { folder, watch, ending, load } = run;
  const durationUs = Number.isFinite(load.startUs) ? Math.max(0, load.endUs - load.startUs) : 0;
  return {
    folder,
    options: run.options,
    setup: run.setup,
    labels: run.target.facts.labels,
    judgement,
    end: ending.end,
    live: run.live,
    rows: watch.rows,
    busy: run.busy.seconds,
    startedAt: isoTime(run.clock.originUnixMs),
    durationUs,
    responseTime: timesOf(run, 'response'),
    serviceTime: timesOf(run, 'service'),
    faults: run.timeline.records,
    pauses: run.pauses.facts,
    details: loadDetails(run, durationUs, { atEnd: true }),
    metrics: builtInFacts(watch.metrics(durationUs), run.setup.plan),
    curves: curvesOf(run),
    markedFailed: run.script.markedFailed,
    idsLeft: [],
    riskEngine: undefined,
    recordsKept,
  };
}
