/**
 * How well scores find fraud at a given cost to the honest: the bound is set so that of all honest users a given share has any move stopped, and
 * what lies over it is stopped.
 */
import { PATTERNS } from '../../harness/traffic/moves.js';
import type { LabelledTraffic } from '../../harness/traffic/simulate.js';
import { userOf } from './replay.js';

export interface Scored {
  readonly traffic: LabelledTraffic;
  /** By move. */
  readonly scores: Float64Array;
}

export interface Result {
  readonly disturbedShare: number;
  /** Of the moves that were stopped, those that are fraud. */
  readonly precision: number;
  /** Of the moves that are fraud, those that were stopped. */
  readonly recall: number;
  /** Of the schemes, those of which a move was stopped. */
  readonly schemesFound: number;
  /** Yuan of fraud that passed, of 10 million moved: each move for itself; and if nothing of a scheme passes after its first stop. */
  readonly lostPer10M: number;
  readonly lostPer10MFrozen: number;
  /** From the first move of a scheme to the first that was stopped, median of those found. */
  readonly secondsToFind: number;
  readonly movesToFind: number;
  readonly patterns: readonly PatternResult[];
}

export interface PatternResult {
  readonly pattern: string;
  readonly schemes: number;
  readonly found: number;
  readonly recall: number;
}

export function evaluate(runs: readonly Scored[], users: number, disturbedShare: number): Result {
  const bound = boundFor(runs, Math.floor(users * runs.length * disturbedShare));
  const count = new Counts();
  for (const run of runs) countRun(run, bound, count);
  const { found } = count;
  return {
    disturbedShare: count.disturbed / (users * runs.length),
    precision: count.stopped === 0 ? 1 : count.caught / count.stopped,
    recall: count.caught / count.fraud,
    schemesFound: found.length / count.schemes,
    lostPer10M: (count.lostMinor / count.valueMinor) * 1e7,
    lostPer10MFrozen: (count.lostFrozenMinor / count.valueMinor) * 1e7,
    secondsToFind: median(found.map(({ seconds }) => seconds)),
    movesToFind: median(found.map(({ moves }) => moves)),
    patterns: PATTERNS.slice(1).map((pattern, i) => ({
      pattern,
      schemes: count.schemesOf[i + 1],
      found: found.filter((scheme) => scheme.pattern === i + 1).length,
      recall: count.caughtOf[i + 1] / count.fraudOf[i + 1],
    })),
  };
}

/** The lowest bound over which at most so many honest users have a move. */
function boundFor(runs: readonly Scored[], disturbedMax: number): number {
  const highest: number[] = [];
  for (const { traffic, scores } of runs) {
    const ofUser = new Map<number, number>();
    for (let i = 0; i < traffic.moves.count; i++) {
      if (traffic.labels.scheme[i] !== 0) continue;
      const user = userOf(traffic.moves, i);
      ofUser.set(user, Math.max(scores[i], ofUser.get(user) ?? Number.NEGATIVE_INFINITY));
    }
    for (const score of ofUser.values()) highest.push(score);
  }
  highest.sort((a, b) => b - a);
  // nobody is stopped for no points at all
  return Math.max(highest[disturbedMax] ?? 0, 0);
}

class Counts {
  stopped = 0;
  caught = 0;
  fraud = 0;
  schemes = 0;
  disturbed = 0;
  valueMinor = 0;
  lostMinor = 0;
  lostFrozenMinor = 0;
  readonly caughtOf = PATTERNS.map(() => 0);
  readonly fraudOf = PATTERNS.map(() => 0);
  readonly schemesOf = PATTERNS.map(() => 0);
  readonly found: { pattern: number; seconds: number; moves: number }[] = [];
}

function countRun({ traffic, scores }: Scored, bound: number, count: Counts): void {
  const { moves, labels } = traffic;
  const disturbed = new Set<number>();
  const begun = new Map<number, { atS: number; moves: number; found: boolean }>();
  for (let i = 0; i < moves.count; i++) {
    const isStopped = scores[i] > bound;
    const pattern = labels.pattern[i];
    count.valueMinor += moves.amountMinor[i];
    if (isStopped) count.stopped++;
    if (pattern === 0) {
      if (isStopped) disturbed.add(userOf(moves, i));
      continue;
    }
    count.fraud++;
    count.fraudOf[pattern]++;
    const scheme = begun.get(labels.scheme[i]) ?? { atS: moves.atS[i], moves: 0, found: false };
    if (scheme.moves === 0) count.schemesOf[pattern]++;
    scheme.moves++;
    begun.set(labels.scheme[i], scheme);
    if (isStopped) {
      count.caught++;
      count.caughtOf[pattern]++;
      if (!scheme.found) {
        count.found.push({ pattern, seconds: moves.atS[i] - scheme.atS, moves: scheme.moves });
      }
      scheme.found = true;
    } else {
      count.lostMinor += moves.amountMinor[i];
      if (!scheme.found) count.lostFrozenMinor += moves.amountMinor[i];
    }
  }
  count.schemes += begun.size;
  count.disturbed += disturbed.size;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? Number.NaN : sorted[Math.floor(sorted.length / 2)];
}
