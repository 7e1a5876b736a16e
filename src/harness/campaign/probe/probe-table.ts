/** What a probe found, for a terminal: the closed loop and the open ones side by side, and what lies between the two p99. Pure. */
import { count, percent, plural, timeOrNone } from '../../report/format.js';
import type { ProbeFacts } from './run-probe.js';

const HEAD = ['', 'asked', 'answered', 'p50', 'p90', 'p99', 'max', 'not 2xx', 'errors'];

export function probeTable(facts: ProbeFacts): string {
  const { closed, open, connections, pipelining, durationS, method, url } = facts;
  const rows = [
    HEAD,
    ['closed loop (autocannon)', 'as fast as answered', ...cells(closed)],
    ...open.map((figures) => [
      `open loop at ${percent(figures.share)}`,
      `${count(figures.intendedPerSec)}/s`,
      ...cells(figures),
    ]),
  ];
  const widths = HEAD.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return [
    `${method} ${url}: ${plural(connections, 'connection')}, pipelining ${pipelining}, ${durationS} s each`,
    '',
    ...lines,
    '',
    ...omissionWords(facts),
    ...lateWords(facts),
    '',
  ].join('\n');
}

function cells(figures: ProbeFacts['closed']): readonly string[] {
  const { ratePerSec, p50Us, p90Us, p99Us, maxUs, not2xx, errors } = figures;
  return [
    `${count(ratePerSec)}/s`,
    ...[p50Us, p90Us, p99Us, maxUs].map(timeOrNone),
    count(not2xx),
    count(errors),
  ];
}

function omissionWords({ closed, open }: ProbeFacts): readonly string[] {
  const same = open.find(({ share }) => share === 1);
  if (same === undefined) return [];
  return [
    `p99 ${timeOrNone(closed.p99Us)} and ${timeOrNone(same.p99Us)} at one rate: the closed loop times each request from its sending, and sends none`,
    'while all of its connections wait; the open loop times it from when it was due, waiting included. Who pays is not told to wait',
    `before they pay: the second is theirs (coordinated omission). From the sending, the open loop saw ${timeOrNone(same.serviceP99Us)} too.`,
  ];
}

function lateWords({ open }: ProbeFacts): readonly string[] {
  return open
    .filter(({ lateStarts, answers }) => lateStarts > answers / 100)
    .map(
      ({ share, lateStarts }) =>
        `at ${percent(share)} this process itself was late with ${count(lateStarts)} requests: there its own time is in the figures`,
    );
}
