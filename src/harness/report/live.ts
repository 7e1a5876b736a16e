/**
 * The drill while it runs, as text: a block of lines for a terminal, one plain line a second without one.
 * Pure: a tick in, text out. No line is wider than the columns it is given.
 */
import { clock, count, cut, percent, timeOrNone } from './format.js';
import type { Paint } from './paint.js';
import { printable } from './printable.js';
import type { DrillPhase, DrillTick, RequestTick } from './progress.js';

const PHASES: Readonly<Record<DrillPhase, string>> = {
  calibrate: 'calibrating: what does this machine carry?',
  start: 'starting the target and the load workers',
  load: 'load',
  heal: 'the load is over: healing the faults',
  teardown: 'teardown() of the script',
  settle: 'settling: asking what became of the unknown',
  books: 'reading the books of the ledger',
  verify: 'judging: journal against books',
  keep: 'keeping journal and books as Parquet',
};

/** A notice with the moment of the load it came at. */
export function noticeLine(tick: DrillTick | undefined, line: string): string {
  const text = printable(line);
  return tick?.phase === 'load' ? `${clock(tick.elapsedMs)}  ${text}` : text;
}

const LABEL_COLUMNS = 11;

export function liveBlock(tick: DrillTick, options: { columns: number; paint: Paint }): string {
  const { paint } = options;
  const width = Math.max(40, Math.min(options.columns, 100)) - 1;
  const cell = (label: string, text: string, colour = (same: string) => same): string =>
    `${paint.faint(label.padEnd(LABEL_COLUMNS))}${colour(cut(printable(text), width - LABEL_COLUMNS))}`;
  const title = (text: string): string => paint.strong(cut(text, width));
  if (tick.phase === 'start') return title(PHASES.start);
  const faults = tick.faultsActive.join(', ');
  const faultsLine = cell('faults', faults || 'none', faults === '' ? undefined : paint.bad);
  if (tick.phase !== 'load') {
    return [
      title(PHASES[tick.phase]),
      cell('load', isRequestsOnly(tick) ? requestWords(tick.requests) : soFarWords(tick)),
      faultsLine,
    ].join('\n');
  }
  return [
    cell(PHASES.load, tick.stage, paint.strong),
    progressLine(tick, width, paint),
    ...answersOf(tick).map(([label, text]) => cell(label, text)),
    cell('generator', generatorWords(tick), isBehind(tick) ? paint.doubt : undefined),
    faultsLine,
  ].join('\n');
}

/** For logs and pipes: every figure, no colour, one line. */
export function liveLine(tick: DrillTick): string {
  const parts = [
    `${clock(tick.elapsedMs)} ${tick.phase}${tick.stage === '' ? '' : ` ${tick.stage}`}`,
    ...(isRequestsOnly(tick) ? requestParts(tick) : paymentParts(tick)),
  ];
  if (tick.faultsActive.length > 0) parts.push(`faults: ${tick.faultsActive.join(', ')}`);
  return printable(parts.join(' | '));
}

/** A script that pays nobody and makes requests is told by these. */
function isRequestsOnly(tick: DrillTick): tick is DrillTick & { readonly requests: RequestTick } {
  const { okTotal, declinedTotal, notSentTotal, unknownNow, inFlight } = tick;
  const asked = okTotal + declinedTotal + notSentTotal + unknownNow + inFlight;
  return tick.requests !== undefined && asked === 0;
}

function paymentParts(tick: DrillTick): string[] {
  return [
    `${count(tick.paymentsPerSecNow)}/s of ${count(tick.plannedPerSecNow)}/s`,
    `p50 ${timeOrNone(tick.p50Us)} p99 ${timeOrNone(tick.p99Us)}${startedWords(tick)}`,
    `in flight ${count(tick.inFlight)}`,
    `unknown ${count(tick.unknownNow)}`,
    `late ${count(tick.lateStarts)}`,
    `dropped ${count(tick.droppedIterations)}`,
    `ok ${count(tick.okTotal)}`,
    `declined ${count(tick.declinedTotal)}`,
    ...(tick.notSentTotal > 0 ? [`not sent ${count(tick.notSentTotal)}`] : []),
  ];
}

function requestParts({ requests, ...tick }: DrillTick & { readonly requests: RequestTick }) {
  return [
    `${count(requests.perSec)} requests/s`,
    `p50 ${timeOrNone(requests.p50Us)} p99 ${timeOrNone(requests.p99Us)}`,
    `late ${count(tick.lateStarts)}`,
    `dropped ${count(tick.droppedIterations)}`,
    `requests ${count(requests.total)}`,
    `failed ${count(requests.failed)}`,
  ];
}

/** Label and text of each line about what was asked and answered. */
function answersOf(tick: DrillTick): readonly (readonly [string, string])[] {
  if (!isRequestsOnly(tick))
    return [
      ['payments', paymentsWords(tick)],
      [
        'response',
        `p50 ${timeOrNone(tick.p50Us)}, p99 ${timeOrNone(tick.p99Us)}${startedWords(tick)}`,
      ],
      ['so far', soFarWords(tick)],
    ];
  const { requests, plannedPerSecNow: planned } = tick;
  const iterations = planned > 0 ? `, ${count(planned)}/s iterations planned` : '';
  return [
    ['requests', `${count(requests.perSec)}/s now${iterations}`],
    ['duration', `p50 ${timeOrNone(requests.p50Us)}, p99 ${timeOrNone(requests.p99Us)}`],
    ['so far', requestWords(requests)],
  ];
}

function requestWords({ total, failed }: RequestTick): string {
  return `${count(total)} requests, ${count(failed)} failed`;
}

function progressLine(tick: DrillTick, width: number, paint: Paint): string {
  const share = tick.totalMs > 0 ? Math.min(1, tick.elapsedMs / tick.totalMs) : 0;
  const left = `${clock(Math.max(0, tick.totalMs - tick.elapsedMs))} left`;
  const tail = ` ${String(Math.floor(share * 100)).padStart(3)} %  ${clock(tick.elapsedMs)}, ${left}`;
  const cells = Math.max(4, width - LABEL_COLUMNS - 24);
  const full = Math.round(share * cells);
  const bar = `${paint.good('━'.repeat(full))}${paint.faint('─'.repeat(cells - full))}`;
  return `${' '.repeat(LABEL_COLUMNS)}${bar}${tail}`;
}

function paymentsWords(tick: DrillTick): string {
  const planned = tick.plannedPerSecNow;
  const share = planned > 0 ? ` (${Math.round((100 * tick.paymentsPerSecNow) / planned)} %)` : '';
  return `${count(tick.paymentsPerSecNow)}/s now, ${count(planned)}/s planned${share}`;
}

function soFarWords(tick: DrillTick): string {
  return (
    `${count(tick.okTotal)} ok, ${count(tick.declinedTotal)} declined, ` +
    `${count(tick.unknownNow)} unknown, ${count(tick.inFlight)} in flight` +
    (tick.notSentTotal > 0 ? `, ${count(tick.notSentTotal)} not sent` : '')
  );
}

/** Beside percentiles, where iterations were dropped. */
function startedWords({
  startedIterations: started,
  droppedIterations: dropped,
}: DrillTick): string {
  return dropped === 0 ? '' : `, of the ${percent(started / (started + dropped))} that started`;
}

function generatorWords(tick: DrillTick): string {
  return `${count(tick.lateStarts)} late starts, ${count(tick.droppedIterations)} dropped iterations`;
}

function isBehind(tick: DrillTick): boolean {
  return tick.lateStarts > 0 || tick.droppedIterations > 0;
}
