/**
 * report.html: the drill on one page that needs nothing else: no script, no font, no image from anywhere.
 * The verdict first, then two charts over one time axis, then the tables. Light and dark by the reader's
 * system. Everything that came from outside (names, witnesses) is escaped.
 */

import type { OperationLife } from '../verify/explain/operation-life.js';
import { type ChartOptions, type ChartSeries, timeChart } from './chart.js';
import { faultBands, pauseBands } from './fault-bands.js';
import { count, timeOrNone, timeUs } from './format.js';
import { faultTable, lawTable, loadTable } from './html-tables.js';
import { escapeHtml } from './html-text.js';
import { leftOutWords } from './left-out.js';
import { lifeSection } from './life-section.js';
import type { MetricsRow } from './metrics.js';
import { policyTag } from './page-policy.js';
import type { PercentileCurves } from './percentile-curves.js';
import { percentilePicture } from './percentile-picture.js';
import { REPORT_STYLE } from './style.js';
import { isNotHeld, type Summary } from './summary.js';
import { loadTables } from './tables.js';
import { type Figure, isUnpaid, toldDetails, toldLaws, unpaidFigures } from './unpaid.js';
import { type SummaryView, summaryView, thresholdWords } from './view.js';

export interface ReportFacts {
  readonly summary: Summary;
  readonly rows: readonly MetricsRow[];
  readonly curves: PercentileCurves;
  /** Of the operation that a broken law is about; undefined where there is none. */
  readonly life: OperationLife | undefined;
}

export function reportHtml({ summary, rows, curves, life }: ReportFacts): string {
  const view = summaryView(summary);
  const { run } = summary;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    policyTag(REPORT_STYLE),
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(`${view.word}: ${run.script}`)}</title>`,
    `<style>${REPORT_STYLE}</style>`,
    '</head>',
    '<body><main>',
    header(summary, view),
    tiles(isUnpaid(summary) ? unpaidFigures(summary) : paymentFigures(summary)),
    ...pictures({ summary, rows, curves }),
    faultTable(summary.faults),
    ...lawSections(summary),
    life === undefined ? '' : lifeSection(life),
    thresholdList(summary),
    ...loadTables(toldDetails(summary), summary).map(loadTable),
    factList(view, isUnpaid(summary)),
    footer(summary),
    '</main></body>',
    '</html>',
    '',
  ].join('\n');
}

function header({ run }: Summary, view: SummaryView): string {
  return [
    `<header class="verdict tone-${view.tone}">`,
    `<p class="run">${escapeHtml(run.script)}, seed ${run.seed}, ${escapeHtml(run.started_at)}</p>`,
    `<h1><span class="word">${view.word}</span> ${escapeHtml(view.headline)}</h1>`,
    '</header>',
  ].join('\n');
}

function tiles(figures: readonly Figure[]): string {
  const tile = ({ label, value, note }: Figure): string =>
    `<div class="tile"><p>${label}</p><strong>${value}</strong><p>${escapeHtml(note)}</p></div>`;
  return ['<section class="tiles">', ...figures.map(tile), '</section>'].join('\n');
}

function paymentFigures(summary: Summary): readonly Figure[] {
  const { throughput, response_time_us: response, operations, run } = summary;
  const leftOut = response.p50 === null ? '' : leftOutWords(operations);
  const labels = `${run.durability}, ${run.shards} shards, ${run.cores} cores, ${run.load_model} loop`;
  return [
    { label: 'payments/s, best 5 s', value: count(throughput.best_5s_mean), note: labels },
    {
      label: 'response time p50',
      value: timeOrNone(response.p50),
      note: `from the intended start${leftOut}`,
    },
    {
      label: 'response time p99',
      value: timeOrNone(response.p99),
      note: `max ${timeOrNone(response.max)}${leftOut}`,
    },
    {
      label: 'declined',
      value: count(operations.declined),
      note: `of ${count(operations.attempted)} attempted`,
    },
  ];
}

type Column = keyof MetricsRow;

/** What the pictures of a load are of: what is counted a second, with a guide beside it, and the times of that. */
interface Pictured {
  readonly counts: string;
  readonly guide: readonly [name: string, column: Column];
  readonly area: readonly [name: string, column: Column];
  readonly times: string;
  readonly p50: Column;
  readonly p99: Column;
}

const PAYMENTS: Pictured = {
  counts: 'Payments a second',
  guide: ['planned', 'planned'],
  area: ['acknowledged', 'ok'],
  ...{ times: 'Response time', p50: 'p50_us', p99: 'p99_us' },
};

/** Of a run without payments. */
const REQUESTS: Pictured = {
  counts: 'Requests a second',
  guide: ['failed', 'http_failed'],
  area: ['requests', 'http_reqs'],
  ...{ times: 'Request duration', p50: 'http_p50_us', p99: 'http_p99_us' },
};

function pictures({ summary, rows, curves }: Omit<ReportFacts, 'life'>): readonly string[] {
  const unpaid = isUnpaid(summary);
  if (unpaid && rows.every((row) => row.http_reqs === 0)) return [];
  const of = unpaid ? REQUESTS : PAYMENTS;
  const leftOut = unpaid ? '' : leftOutWords(summary.operations);
  const series = (kind: ChartSeries['kind'], name: string, column: Column): ChartSeries => ({
    ...{ kind, name },
    values: rows.map((row) => row[column]),
  });
  return [
    charts(summary, rows, [
      {
        title: of.counts,
        series: [series('guide', ...of.guide), series('area', ...of.area)],
        ...{ scale: 'linear', format: count },
      },
      {
        title: `${of.times}${leftOut}`,
        series: [series('guide', 'p50', of.p50), series('line', 'p99', of.p99)],
        ...{ scale: 'log', format: timeUs },
      },
    ]),
    percentilePicture(curves, leftOut),
  ];
}

function charts(
  { faults, pauses }: Summary,
  rows: readonly MetricsRow[],
  shown: readonly Omit<ChartOptions, 'bands'>[],
): string {
  if (rows.length < 2) return '';
  const bands = [...pauseBands(pauses, rows.length), ...faultBands(faults, rows.length)];
  return ['<section>', ...shown.map((one) => timeChart({ ...one, bands })), '</section>'].join(
    '\n',
  );
}

function lawSections(summary: Summary): readonly string[] {
  const { limits } = summary;
  const asked = toldLaws(summary);
  if (!isUnpaid(summary)) return [lawTable(asked)];
  const seen = limits.map((line) => `<p class="detail">${escapeHtml(line)}</p>`);
  return asked.length === 0 ? seen : [lawTable(asked), ...seen];
}

function thresholdList({ thresholds, operations }: Summary): string {
  if (thresholds.length === 0) return '';
  const items = thresholds.map((threshold) => {
    const status = isNotHeld(threshold) ? 'broken' : threshold.ok === null ? 'doubt' : 'holds';
    return `<li class="${status}">${escapeHtml(thresholdWords(threshold, operations))}</li>`;
  });
  return `<section><h2>Thresholds</h2><ul class="thresholds">${items.join('\n')}</ul></section>`;
}

const OF_PAYMENTS: readonly string[] = [
  'operations',
  'throughput',
  'response time',
  'service time',
];

/** What the terminal says and no table above does. */
function factList(view: SummaryView, unpaid: boolean): string {
  const shown = new Set([
    ...['faults', 'laws', 'thresholds', 'declines', 'checks', 'metrics'],
    ...(unpaid ? OF_PAYMENTS : []),
  ]);
  const entries = view.sections
    .filter(({ label }) => !shown.has(label))
    .map(({ label, lines }) => {
      const text = lines.map(
        (line) => `<span class="${line.tone}">${escapeHtml(line.text)}</span>`,
      );
      return `<dt>${label}</dt><dd>${text.join('<br>')}</dd>`;
    });
  return `<section><h2>Figures</h2><dl>${entries.join('\n')}</dl></section>`;
}

function footer(summary: Summary): string {
  const { run, exit_code: exitCode } = summary;
  const words =
    `Run ${run.id}, exit code ${exitCode}, Node ${run.node}, ${run.workers} workers, target ${run.target}, ` +
    (isUnpaid(summary)
      ? 'nobody was paid.'
      : `ledger ${run.ledger_engine}. Throughput counts payments that were acknowledged, durable and verified. ` +
        'Response time runs from the intended start of an iteration, service time from its sending.');
  return `<footer>${escapeHtml(words)}</footer>`;
}
