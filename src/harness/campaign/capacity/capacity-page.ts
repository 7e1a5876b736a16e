/**
 * capacity.html: the answer, response time and throughput against rate, every step as a small picture, and the table. One page that
 * needs nothing else and runs nothing; light and dark by the reader's system. What came from outside is escaped. Pure.
 */
import { count, percent, timeOrNone, timeUs } from '../../report/format.js';
import { table } from '../../report/html-tables.js';
import { escapeHtml } from '../../report/html-text.js';
import { policyTag } from '../../report/page-policy.js';
import { REPORT_STYLE } from '../../report/style.js';
import { fixed } from '../../report/svg.js';
import { noiseWords } from './answer.js';
import type { CapacityReport } from './capacity-file.js';
import { labelWords, outcome } from './capacity-table.js';
import { mediansByRate } from './knee.js';
import { type RateDot, type RateLine, type RateMark, rateChart } from './rate-chart.js';
import { type StepFacts, sloRanges } from './step.js';

const STYLE = `${REPORT_STYLE}
.mark line { stroke: var(--band-ink); stroke-width: 1; stroke-dasharray: 3 3; } .mark text { fill: var(--band-ink); font-weight: 600; }
.step circle { fill: var(--card); stroke: var(--good); stroke-width: 2; } .step path { fill: none; stroke: var(--bad); stroke-width: 2; }
.key-held::before { content: "\\25CB\\00A0"; color: var(--good); } .key-broke::before { content: "\\2715\\00A0"; color: var(--bad); }
figcaption { flex-wrap: wrap; }
.steps { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 8px; }
.steps figure { margin: 0; padding: 8px; } .steps figcaption { display: block; padding: 0; } .steps .broke { color: var(--bad); }
.steps .held { color: var(--good); } .warm { fill: var(--band); }
`;

export function capacityHtml(report: CapacityReport): string {
  const { script, steps } = report;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    policyTag(STYLE),
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(`capacity: ${script}`)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body><main>',
    header(report),
    tiles(report),
    steps.length === 0 ? '' : charts(report),
    smallMultiples(steps, report.asked.warm_up_s),
    multipleTable(report),
    stepTable(steps),
    footer(report),
    '</main></body>',
    '</html>',
    '',
  ].join('\n');
}

function header(report: CapacityReport): string {
  const { script, asked, started_at: startedAt, exit_code: exitCode } = report;
  const tone = exitCode === 0 ? 'good' : exitCode === 99 || exitCode === 111 ? 'bad' : 'doubt';
  return [
    `<header class="verdict tone-${tone}">`,
    `<p class="run">${escapeHtml(script)}, seed ${asked.seed}, ${escapeHtml(startedAt)}</p>`,
    `<h1><span class="word">capacity</span> ${escapeHtml(headline(report))}</h1>`,
    ...(report.answer?.limit == null
      ? []
      : [`<p>${escapeHtml(`Limit: ${report.answer.limit.text}.`)}</p>`]),
    '</header>',
  ].join('\n');
}

function headline({ answer, multiples, ended_by: endedBy }: CapacityReport): string {
  if (endedBy !== null) return endedBy;
  if (answer !== null) return answer.text;
  return multiples
    .map(
      ({ multiple, rate_per_s: rate, held, of }) =>
        `${multiple} x (${count(rate)}/s) held in ${held} of ${of}`,
    )
    .join(', ');
}

function tiles({ answer, asked }: CapacityReport): string {
  if (answer === null) return '';
  const tile = (label: string, value: string, note: string): string =>
    `<div class="tile"><p>${label}</p><strong>${value}</strong><p>${escapeHtml(note)}</p></div>`;
  const rate = (value: number | undefined): string => (value === undefined ? '-' : count(value));
  const times = (facts: { readonly held: number; readonly of: number } | null): string =>
    facts === null ? 'no rate did' : `held in ${facts.held} of ${facts.of}`;
  const { holds, breaks, knee_per_s: knee } = answer;
  return [
    '<section class="tiles">',
    tile(
      answer.at_least ? 'at least, payments/s' : 'holds at, payments/s',
      rate(holds?.rate_per_s),
      times(holds),
    ),
    tile('breaks at, payments/s', rate(breaks?.rate_per_s), times(breaks)),
    tile('knee, payments/s', rate(knee ?? undefined), 'from there p99 climbs faster than the rate'),
    tile(
      'noise of p99',
      answer.noise.p99_spread === null ? '-' : percent(answer.noise.p99_spread),
      `steps at one rate, ${asked.rounds} rounds`,
    ),
    '</section>',
  ].join('\n');
}

function charts(report: CapacityReport): string {
  const { steps } = report;
  const dots = (value: (step: StepFacts) => number | null): readonly RateDot[] =>
    steps.flatMap((step) => {
      const at = value(step);
      return at === null
        ? []
        : [{ ratePerSec: step.rate_per_s, value: at, held: step.held, title: stepTitle(step) }];
    });
  const line = (name: 'p50' | 'p90' | 'p99', kind: RateLine['kind']): RateLine => ({
    name,
    kind,
    points: medians(steps, (step) => step.response_time_us[name]),
  });
  const marks = marksOf(report);
  const rates = [...new Set(steps.map((step) => step.rate_per_s))].sort((a, b) => a - b);
  return [
    '<section>',
    rateChart({
      title: 'Response time against rate, payments/s',
      lines: [line('p50', 'guide'), line('p90', 'guide'), line('p99', 'line')],
      dots: dots((step) => step.response_time_us.p99),
      marks,
      scale: 'log',
      format: timeUs,
    }),
    rateChart({
      title: 'Throughput against rate, payments/s',
      lines: [
        { name: 'as asked', kind: 'guide', points: rates.map((rate) => [rate, rate] as const) },
        { name: 'acknowledged', kind: 'line', points: medians(steps, (step) => step.ok_per_s) },
      ],
      dots: dots((step) => step.ok_per_s),
      marks,
      scale: 'linear',
      format: count,
    }),
    '</section>',
  ].join('\n');
}

function marksOf({ answer }: CapacityReport): readonly RateMark[] {
  if (answer === null) return [];
  const { holds, breaks, knee_per_s: knee } = answer;
  const mark = (name: string, rate: number | undefined | null): readonly RateMark[] =>
    rate === undefined || rate === null
      ? []
      : [
          {
            ratePerSec: rate,
            label: `${name} ${count(rate)}`,
            title: `${name} at ${count(rate)}/s`,
          },
        ];
  return [
    ...(knee === holds?.rate_per_s ? [] : mark('knee', knee)),
    ...mark(knee === holds?.rate_per_s ? 'knee, holds' : 'holds', holds?.rate_per_s),
    ...mark('breaks', breaks?.rate_per_s),
  ];
}

function medians(
  steps: readonly StepFacts[],
  value: (step: StepFacts) => number | null,
): readonly (readonly [number, number])[] {
  const points = steps.flatMap((step) => {
    const at = value(step);
    return at === null ? [] : [{ ratePerSec: step.rate_per_s, value: at }];
  });
  return mediansByRate(points).map((point) => [point.ratePerSec, point.value] as const);
}

function stepTitle(step: StepFacts): string {
  const { p50, p99 } = step.response_time_us;
  return (
    `#${step.number} at ${count(step.rate_per_s)}/s: ok ${count(step.ok_per_s)}/s, ` +
    `p50 ${timeOrNone(p50)}, p99 ${timeOrNone(p99)}; ${outcome(step)}`
  );
}

const SMALL = { width: 150, height: 60 } as const;

/** Acknowledged each second under what was planned; the warm-up is shaded. */
function smallMultiples(steps: readonly StepFacts[], warmUpS: number): string {
  if (steps.length === 0) return '';
  const most = Math.max(
    ...steps.flatMap((step) => [...step.per_second.planned, ...step.per_second.ok]),
    1,
  );
  const pictures = steps.map((step) => {
    const { planned, ok } = step.per_second;
    const seconds = Math.max(2, planned.length);
    const x = (second: number): number => (SMALL.width * (second + 0.5)) / seconds;
    const y = (value: number): number => SMALL.height - 2 - ((SMALL.height - 4) * value) / most;
    const path = (values: readonly number[]): string =>
      values.map((value, second) => `${fixed(x(second))} ${fixed(y(value))}`).join('L');
    const state = step.held ? 'held' : 'broke';
    return [
      `<figure><figcaption><b>#${step.number} ${count(step.rate_per_s)}/s</b> <span class="${state}">${state}</span>`,
      `<br>p99 ${timeOrNone(step.response_time_us.p99)}, ${escapeHtml(step.verdict.replace('_', ' '))}</figcaption>`,
      `<svg viewBox="0 0 ${SMALL.width} ${SMALL.height}" role="img" aria-label="${escapeHtml(stepTitle(step))}"><title>${escapeHtml(stepTitle(step))}</title>`,
      `<rect class="warm" x="0" y="0" width="${fixed((SMALL.width * warmUpS) / seconds)}" height="${SMALL.height}"/>`,
      ...(planned.length === 0 ? [] : [`<path class="series guide" d="M${path(planned)}"/>`]),
      ...(ok.length === 0 ? [] : [`<path class="series line" d="M${path(ok)}"/>`]),
      '</svg></figure>',
    ].join('');
  });
  return `<section><h2>Steps, in the order in which they ran: acknowledged a second, and planned</h2><div class="steps">${pictures.join('\n')}</div></section>`;
}

function multipleTable({ multiples, steps }: CapacityReport): string {
  const columns = [
    { name: 'multiple' },
    { name: 'rate', isNumber: true },
    { name: 'held', isNumber: true },
    { name: 'verdicts' },
    { name: 'SLOs' },
    { name: 'broke by' },
  ];
  const rows = multiples.map(({ multiple, rate_per_s: rate, held, of }) => {
    const those = steps.filter((step) => step.rate_per_s === rate);
    return [
      `${multiple} x`,
      `${count(rate)}/s`,
      `${held} of ${of}`,
      escapeHtml([...new Set(those.map(({ verdict }) => verdict.replace('_', ' ')))].join(', ')),
      sloRanges(those).map(escapeHtml).join('<br>'),
      escapeHtml(those.find((step) => !step.held)?.broken_by.join('; ') ?? ''),
    ];
  });
  return table('Multiples', columns, rows);
}

function stepTable(steps: readonly StepFacts[]): string {
  const columns = [
    { name: '#', isNumber: true },
    ...['rate', 'ok/s', 'p50', 'p90', 'p99', 'dropped'].map((name) => ({ name, isNumber: true })),
    { name: 'verdict' },
    { name: 'outcome' },
    { name: 'what ran out' },
  ];
  const sorted = [...steps].sort((a, b) => a.rate_per_s - b.rate_per_s || a.number - b.number);
  const rows = sorted.map((step) => {
    const { p50, p90, p99 } = step.response_time_us;
    return [
      `<span class="key">${step.number}</span>`,
      `${count(step.rate_per_s)}/s`,
      `${count(step.ok_per_s)}/s`,
      ...[p50, p90, p99].map(timeOrNone),
      count(step.dropped_iterations),
      escapeHtml(step.verdict.replace('_', ' ')),
      { html: escapeHtml(outcome(step)), tone: step.held ? '' : 'doubt' },
      escapeHtml(step.limit.text),
    ];
  });
  return table('All steps', columns, rows);
}

function footer({ answer, asked, labels, command }: CapacityReport): string {
  const lines = [
    ...(labels === null ? [] : [`${labelWords(labels)}.`]),
    `${asked.slos.join(', ')}; each rate held for ${asked.hold_s} s after ${asked.warm_up_s} s of warm-up, faults: ${asked.faults}.`,
    ...(answer === null ? [] : [`Noise: ${noiseWords(answer)}.`]),
    `Again: ${command}`,
  ];
  return `<footer>${lines.map(escapeHtml).join('<br>')}</footer>`;
}
