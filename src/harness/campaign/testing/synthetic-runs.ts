/** Runs whose truth is known, for the tests of the statistics: log-normal response times, with noise from run to run and from second to second. */
import type { Random } from '../../entropy/random.js';
import { type BinnedRun, type BinnedSecond, binOf } from '../compare/run-statistics.js';

export interface SyntheticSide {
  readonly runs: number;
  /** Factor on every response time. */
  readonly slower?: number;
  /** Factor on the slowest hundredth alone, and on what lies near it. */
  readonly slowerTail?: number;
  /** Standard deviations of logarithms. */
  readonly betweenRuns: number;
  readonly betweenSeconds: number;
  /** Each second keeps so much of the noise of the one before. */
  readonly memory?: number;
  /** On every response time of the i-th run: what the machine did to both sides. */
  readonly drift?: readonly number[];
  readonly seconds?: number;
  readonly failures?: number;
}

const MEDIAN_US = 3000;
const SPREAD = 0.8;
const PER_SECOND = 5000;
/** Between two z there lies so much of the normal distribution; beyond the last hardly anything. */
const Z = Array.from({ length: 140 }, (_, i) => -3.5 + i * 0.05);
const SHARES = Z.map((z) => (0.05 * Math.exp(-(z ** 2) / 2)) / Math.sqrt(2 * Math.PI));

export function syntheticRuns(side: SyntheticSide, random: Random): BinnedRun[] {
  return Array.from({ length: side.runs }, (_, run) => syntheticRun(side, run, random));
}

function syntheticRun(side: SyntheticSide, run: number, random: Random): BinnedRun {
  const { slower = 1, slowerTail = 1, memory = 0.6, seconds = 20, failures = 0.001 } = side;
  const level =
    Math.log(MEDIAN_US * slower) + side.betweenRuns * normal(random) + (side.drift?.[run] ?? 0);
  const cpu = 40 * Math.exp(side.betweenRuns * normal(random));
  let noise = 0;
  return {
    plannedS: seconds,
    seconds: Array.from({ length: seconds }, (): BinnedSecond => {
      noise = memory * noise + Math.sqrt(1 - memory ** 2) * side.betweenSeconds * normal(random);
      const byBin = new Map<number, number>();
      for (const [i, z] of Z.entries()) {
        const tail = z > 1.8 ? Math.log(slowerTail) : 0;
        const bin = binOf(
          Math.exp(level + noise + SPREAD * (z + 0.05 * random.nextFloat()) + tail),
        );
        byBin.set(bin, (byBin.get(bin) ?? 0) + counted(PER_SECOND * (SHARES[i] ?? 0), random));
      }
      const failed = counted(PER_SECOND * failures, random);
      const sorted = [...byBin].sort(([a], [b]) => a - b);
      const ok = PER_SECOND - failed;
      return {
        bins: sorted.map(([bin]) => bin),
        counts: sorted.map(([, count]) => count),
        ...{ ok, failed, cpuUs: ok * cpu },
      };
    }),
  };
}

/** A count that is so large on average: as Poisson's, by its normal neighbour. */
function counted(expected: number, random: Random): number {
  return Math.max(0, Math.round(expected + Math.sqrt(expected) * normal(random)));
}

/** Box and Muller. */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.nextFloat()));
  return radius * Math.cos(2 * Math.PI * random.nextFloat());
}
