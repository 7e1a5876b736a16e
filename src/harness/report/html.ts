/**
 * report.html: the drill on one page that needs nothing else: no script, no font, no image from anywhere.
 * The verdict first, then two charts over one time axis, then the tables. Light and dark by the reader's
 * system. Everything that came from outside (names, witnesses) is escaped.
 */

import type { LawResult } from '../verify/verdict.js';
import { type ChartSeries, timeChart } from './chart.js';
import { count, lengthMs, momentMs, timeUs } from './format.js';
import { escapeHtml } from './html-text.js';
import type { MetricsRow } from './metrics.js';
import { REPORT_STYLE } from './style.js';
import type { FaultFacts, Summary } from './summary.js';
import { type SummaryView, summaryView, thresholdWords } from './view.js';

export function reportHtml(summary: Summary, rows: readonly MetricsRow[]): string {
  const view = summaryView(summary);
  const { run } = summary;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(`${summary.verdict}: ${run.script}`)}</title>`,
    `<style>${REPORT_STYLE}</style>`,
    '</head>',
    '<body><main>',
    header(summary, view),
    tiles(summary),
    charts(summary, rows),
    faultTable(summary.faults),
    lawTable(summary.laws),
    thresholdList(summary),
    factList(view),
    footer(summary),
    '</main></body>',
    '</html>',
    '',
  ].join('\n');
}

function header({ verdict, run }: Summary, view: SummaryView): string {
  return [
    `<header class="verdict ${verdict}">`,
    `<p class="run">${escapeHtml(run.script)}, seed ${run.seed}, ${escapeHtml(run.started_at)}</p>`,
    `<h1><span class="word">${verdict}</span> ${escapeHtml(view.headline)}</h1>`,
    '</header>',
  ].join('\n');
}

function tiles(summary: Summary): string {
  const { throughput, response_time_us: response, operations, run } = summary;
  const tile = (label: string, value: string, note: string): string =>
    `<div class="tile"><p>${label}</p><strong>${value}</strong><p>${escapeHtml(note)}</p></div>`;
  const labels = `${run.durability}, ${run.shards} shards, ${run.cores} cores, ${run.load_model} loop`;
  return [
    '<section class="tiles">',
    tile('payments/s, best 5 s', count(throughput.best_5s_mean), labels),
    tile('response time p50', timeUs(response.p50), 'from the intended start'),
    tile('response time p99', timeUs(response.p99), `max ${timeUs(response.max)}`),
    tile('declined', count(operations.declined), `of ${count(operations.attempted)} attempted`),
    '</section>',
  ].join('\n');
}

function charts({ faults }: Summary, rows: readonly MetricsRow[]): string {
  if (rows.length < 2) return '';
  const bands = faults.flatMap((fault, i) =>
    fault.applied_ms === null
      ? []
      : [
          {
            label: String(i + 1),
            title: `${fault.kind} ${fault.target}`,
            fromS: fault.applied_ms / 1000,
            toS: (fault.healed_ms ?? rows.length * 1000) / 1000,
          },
        ],
  );
  const payments: ChartSeries[] = [
    { name: 'planned', kind: 'guide', values: rows.map((row) => row.planned) },
    { name: 'acknowledged', kind: 'area', values: rows.map((row) => row.ok) },
  ];
  const times: ChartSeries[] = [
    { name: 'p50', kind: 'guide', values: rows.map((row) => row.p50_us) },
    { name: 'p99', kind: 'line', values: rows.map((row) => row.p99_us) },
  ];
  return [
    '<section>',
    timeChart({
      title: 'Payments a second',
      series: payments,
      bands,
      scale: 'linear',
      format: count,
    }),
    timeChart({ title: 'Response time', series: times, bands, scale: 'log', format: timeUs }),
    '</section>',
  ].join('\n');
}

function faultTable(faults: readonly FaultFacts[]): string {
  if (faults.length === 0) return '';
  const at = (ms: number | null): string => (ms === null ? 'never' : momentMs(ms));
  const rows = faults.map((fault, i) => {
    const { healed_ms: healed, recovered_ms: recovered } = fault;
    const recovery =
      healed === null || recovered === null
        ? 'not seen'
        : lengthMs(Math.max(0, recovered - healed));
    const cells = [
      `<td class="number"><span class="key">${i + 1}</span></td>`,
      `<td>${escapeHtml(fault.kind)}</td><td>${escapeHtml(fault.target)}</td>`,
      `<td class="number">${momentMs(fault.planned_ms)}</td>`,
      `<td class="number">${at(fault.applied_ms)}</td>`,
      `<td class="number">${at(healed)}</td><td class="number">${recovery}</td>`,
    ];
    return `<tr>${cells.join('')}</tr>`;
  });
  return table({
    title: 'Faults',
    head: [
      '<th class="number">#</th><th>kind</th><th>target</th><th class="number">planned</th>',
      '<th class="number">applied</th><th class="number">healed</th><th class="number">recovered after</th>',
    ],
    rows,
  });
}

const STATUS_WORDS = {
  holds: 'holds',
  broken: 'broken',
  undecided: 'undecided',
  not_exercised: 'not exercised',
} as const;

function lawTable(laws: readonly LawResult[]): string {
  const rows = laws.map((law) => {
    const witness =
      law.witness === null ? '' : `<pre class="witness">${escapeHtml(law.witness)}</pre>`;
    const cells = [
      `<td><code>${escapeHtml(law.name)}</code>${witness}</td>`,
      `<td><span class="status ${law.status}">${STATUS_WORDS[law.status]}</span></td>`,
      `<td class="number">${count(law.checked)}</td>`,
      `<td class="number">${count(law.violations)}</td>`,
    ];
    return `<tr>${cells.join('')}</tr>`;
  });
  return table({
    title: 'Laws',
    head: [
      '<th>law</th><th>status</th><th class="number">checked</th><th class="number">violations</th>',
    ],
    rows,
  });
}

function table(parts: {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly string[];
}): string {
  return [
    `<section><h2>${parts.title}</h2><div class="scroll"><table>`,
    `<thead><tr>${parts.head.join('')}</tr></thead>`,
    `<tbody>${parts.rows.join('\n')}</tbody>`,
    '</table></div></section>',
  ].join('\n');
}

function thresholdList({ thresholds }: Summary): string {
  if (thresholds.length === 0) return '';
  const items = thresholds.map((threshold) => {
    const status = threshold.ok ? 'holds' : 'broken';
    return `<li class="${status}">${escapeHtml(thresholdWords(threshold))}</li>`;
  });
  return `<section><h2>Thresholds</h2><ul class="thresholds">${items.join('\n')}</ul></section>`;
}

/** What the terminal says and no table above does. */
function factList(view: SummaryView): string {
  const shown = new Set(['faults', 'laws', 'thresholds']);
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

function footer({ run, exit_code: exitCode }: Summary): string {
  const words =
    `Run ${run.id}, exit code ${exitCode}, Node ${run.node}, ${run.workers} workers, target ${run.target}, ` +
    `ledger ${run.ledger_engine}. Throughput counts payments that were acknowledged, durable and verified. ` +
    'Response time runs from the intended start of an iteration, service time from its sending.';
  return `<footer>${escapeHtml(words)}</footer>`;
}
