/**
 * The figures of one run, from its seconds, and the same figures as they would have come out of other seconds of the same kind: a block
 * bootstrap. Seconds that follow one another are alike, so they are drawn in blocks; and a drill has a schedule, so a block is drawn from near
 * the place that it takes (the local block bootstrap of Paparoditis and Politis, 2002, for series whose law changes slowly).
 *
 * Everything is worked out on logarithms: what is compared is a ratio. Pure.
 */
import { countedValues } from '../../measure/interval-log.js';
import type { Measured } from '../measured.js';
import type { RunSample } from './run-sample.js';

export const COMPARED = ['p50', 'p90', 'p99', 'throughput', 'failures', 'cpu'] as const;
export type Compared = (typeof COMPARED)[number];

const TIMES: Readonly<Record<Measured, string>> = {
  payments: 'response time',
  requests: 'request duration',
};

/** `response time p99`. */
export function figureName(what: Compared, measured: Measured): string {
  if (what === 'throughput' || what === 'failures') return what;
  if (what === 'cpu') return `CPU a ${measured === 'payments' ? 'payment' : 'request'}`;
  return `${TIMES[measured]} ${what}`;
}

/** Of one run; `null`: there is nothing to tell it from. */
export type Figures = Readonly<Record<Compared, number | null>>;

/** A run as it is worked with: histograms on one logarithmic grid. */
export interface BinnedRun {
  readonly seconds: readonly BinnedSecond[];
  readonly plannedS: number;
}

export interface BinnedSecond {
  /** Bins in use, ascending, and their counts. */
  readonly bins: readonly number[];
  readonly counts: readonly number[];
  readonly ok: number;
  readonly failed: number;
  readonly cpuUs: number | null;
}

/** A bin is this much wider than the one before; within one, percentiles lie on a straight line of logarithms. */
const BIN = Math.log(1.01);

/** Shares of failure are told apart from here on: one in a thousand against none is as none against none. */
const FAILURES_FLOOR = 0.001;

export function binnedRun({ seconds, planned_s: plannedS }: RunSample): BinnedRun {
  return {
    plannedS,
    seconds: seconds.map((second) => {
      const byBin = new Map<number, number>();
      for (const [valueUs, count] of countedValues(second.response_time)) {
        const bin = binOf(valueUs);
        byBin.set(bin, (byBin.get(bin) ?? 0) + count);
      }
      const sorted = [...byBin].sort(([a], [b]) => a - b);
      return {
        bins: sorted.map(([bin]) => bin),
        counts: sorted.map(([, count]) => count),
        ...{ ok: second.ok, failed: second.failed, cpuUs: second.cpu_us },
      };
    }),
  };
}

export function binOf(valueUs: number): number {
  return Math.floor(Math.log(Math.max(1, valueUs)) / BIN);
}

/** As they were. */
export function figuresOf(run: BinnedRun): Figures {
  return figures(run, run.seconds);
}

/** As they would have been, `count` times. `random` in [0, 1). */
export function replicates(run: BinnedRun, count: number, random: () => number): Figures[] {
  return Array.from({ length: count }, () => figures(run, resampled(run.seconds, random)));
}

/** In microseconds, a second, a share, microseconds a payment. */
function figures({ plannedS }: BinnedRun, seconds: readonly BinnedSecond[]): Figures {
  const merged = mergedCounts(seconds);
  let [ok, failed, cpuUs, cpuOk] = [0, 0, 0, 0];
  for (const second of seconds) {
    ok += second.ok;
    failed += second.failed;
    if (second.cpuUs === null) continue;
    cpuUs += second.cpuUs;
    cpuOk += second.ok;
  }
  return {
    p50: percentile(merged, 0.5),
    p90: percentile(merged, 0.9),
    p99: percentile(merged, 0.99),
    throughput: ok === 0 ? null : ok / plannedS,
    failures: ok + failed === 0 ? null : failed / (ok + failed),
    cpu: cpuUs === 0 || cpuOk === 0 ? null : cpuUs / cpuOk,
  };
}

/** What of two figures a ratio is taken of: a share of failures has a floor under it. */
export function ratioBase(what: Compared, figure: number): number {
  return what === 'failures' ? figure + FAILURES_FLOOR : figure;
}

interface Merged {
  readonly first: number;
  readonly counts: Float64Array;
  readonly total: number;
}

function mergedCounts(seconds: readonly BinnedSecond[]): Merged {
  let [first, last] = [Number.POSITIVE_INFINITY, -1];
  for (const { bins } of seconds) {
    first = Math.min(first, bins[0] ?? first);
    last = Math.max(last, bins.at(-1) ?? last);
  }
  if (last < 0) return { first: 0, counts: new Float64Array(0), total: 0 };
  const counts = new Float64Array(last - first + 1);
  let total = 0;
  for (const second of seconds) {
    const { bins, counts: of } = second;
    for (let i = 0; i < bins.length; i++) {
      const count = of[i] ?? 0;
      counts[(bins[i] ?? 0) - first] += count;
      total += count;
    }
  }
  return { first, counts, total };
}

function percentile({ first, counts, total }: Merged, share: number): number | null {
  if (total === 0) return null;
  const rank = share * total;
  let before = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] ?? 0;
    if (count > 0 && before + count >= rank)
      return Math.exp((first + i + (rank - before) / count) * BIN);
    before += count;
  }
  return Math.exp((first + counts.length) * BIN);
}

/** A series as long as this one, of blocks of it, each from near the place that it takes. */
function resampled(
  seconds: readonly BinnedSecond[],
  random: () => number,
): readonly BinnedSecond[] {
  const length = seconds.length;
  const block = Math.max(1, Math.round(length ** (1 / 3)));
  const reach = Math.max(1, Math.round(length / 10));
  const drawn: BinnedSecond[] = [];
  for (let at = 0; at < length; at += block) {
    const size = Math.min(block, length - at);
    const lowest = Math.max(0, at - reach);
    const highest = Math.min(length - size, at + reach);
    const from = lowest + Math.floor(random() * (highest - lowest + 1));
    for (let i = 0; i < size; i++) {
      const second = seconds[from + i];
      if (second !== undefined) drawn.push(second);
    }
  }
  return drawn;
}
