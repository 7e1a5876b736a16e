/**
 * Is one side slower than the other? Of each figure the ratio candidate to baseline, with the interval in which it lies, and one of
 * three answers: no worse, worse, cannot tell.
 *
 * A side's figure is the mean, of logarithms, over its runs. How far it may be off is found by a bootstrap over blocks of two sizes. Runs
 * are drawn as whole blocks, because what two runs of one version differ by is most of the error. And within each run blocks of seconds
 * are drawn (run-statistics.ts): that is the least by which runs differ, which a handful of runs that happen to lie close together would
 * make too little of. Few runs make a bootstrap too sure of itself: its variance is widened by n/(n-1), and the interval is Student's with the
 * degrees of freedom that the runs give (Welch, Satterthwaite). Where runs came in pairs, one of each side after the other, pairs
 * are drawn: what the machine did to both cancels out.
 *
 * All figures are asked at once, so that the interval of each kind of figure (times, outcomes, CPU) is as wide as it takes for the kinds to
 * hold together (Bonferroni): of a hundred comparisons of a thing with itself at most five say "worse" of anything. Pure; seeded by `random`.
 */
import {
  type BinnedRun,
  COMPARED,
  type Compared,
  type Figures,
  figuresOf,
  ratioBase,
  replicates,
} from './run-statistics.js';
import { studentQuantile } from './student.js';

export type Answer = 'no worse' | 'worse' | 'cannot tell';

export interface ComparedRow {
  readonly what: Compared;
  /** Geometric means over the runs of each side (of failures: the mean). */
  readonly baseline: number;
  readonly candidate: number;
  /** Candidate to baseline. */
  readonly ratio: number;
  /** In which the ratio lies; null where there are too few runs to say. */
  readonly interval: readonly [low: number, high: number] | null;
  /** How much more (of throughput: less) is no worse, as a share. */
  readonly tolerance: number;
  readonly answer: Answer;
  /** Runs a side beyond these that it would take to tell; null where it can be told, or could not with a hundred. */
  readonly more_rounds: number | null;
  /** Why it cannot be told, in words; null where it can. */
  readonly why: string | null;
}

export interface CompareOptions {
  readonly baseline: readonly BinnedRun[];
  readonly candidate: readonly BinnedRun[];
  /** The i-th runs of both sides were made one after the other. */
  readonly arePairs: boolean;
  /** As shares: 0.1 is 10 %. */
  readonly tolerances: Readonly<Record<Compared, number>>;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Of all answers together, that any of them is a false "worse". */
const WRONG_AT_MOST = 0.05;
/** Figures of one kind rise and fall together. */
const KINDS: Readonly<Record<Compared, string>> = {
  p50: 'time',
  p90: 'time',
  p99: 'time',
  throughput: 'outcome',
  failures: 'outcome',
  cpu: 'cpu',
};
/** A run's seconds drawn anew so often, and sides so often out of their runs. */
const INNER = 50;
const OUTER = 1000;
const MORE_ROUNDS_MAX = 100;

export function compareRuns(options: CompareOptions): readonly ComparedRow[] {
  const sides = {
    baseline: options.baseline.map((run) => replicated(run, options.random)),
    candidate: options.candidate.map((run) => replicated(run, options.random)),
  };
  const told = COMPARED.filter((what) =>
    [...sides.baseline, ...sides.candidate].every(({ figures }) => figures[what] !== null),
  );
  const kinds = new Set(told.map((what) => KINDS[what])).size;
  const probability = 1 - WRONG_AT_MOST / Math.max(1, kinds);
  return told.map((what) => rowOf(what, sides, { ...options, probability }));
}

interface Replicated {
  readonly figures: Figures;
  readonly replicates: readonly Figures[];
}

interface Sides {
  readonly baseline: readonly Replicated[];
  readonly candidate: readonly Replicated[];
}

function replicated(run: BinnedRun, random: () => number): Replicated {
  return { figures: figuresOf(run), replicates: replicates(run, INNER, random) };
}

function rowOf(
  what: Compared,
  sides: Sides,
  options: CompareOptions & { readonly probability: number },
): ComparedRow {
  const logs = (runs: readonly Replicated[]): readonly LoggedRun[] =>
    runs.map((run) => ({
      log: logOf(what, run.figures),
      replicates: KINDS[what] === 'outcome' ? [] : logsOf(what, run),
    }));
  const [baseline, candidate] = [logs(sides.baseline), logs(sides.candidate)];
  const difference = meanOf(candidate) - meanOf(baseline);
  const error = errorOf(baseline, candidate, options);
  const tolerance = options.tolerances[what];
  const facts = {
    what,
    baseline: shown(what, meanOf(baseline)),
    candidate: shown(what, meanOf(candidate)),
    ratio: Math.exp(difference),
    tolerance,
  };
  if (error === undefined)
    return {
      ...facts,
      ...{ interval: null, answer: 'cannot tell', more_rounds: null },
      why: 'how much runs of one side differ is not known from one run a side: at least two are needed on one of them',
    };
  const half = error.standard * studentQuantile(options.probability, error.degrees);
  return {
    ...facts,
    interval: [Math.exp(difference - half), Math.exp(difference + half)],
    ...answerOf({
      what,
      difference,
      half,
      tolerance,
      runs: baseline.length,
      candidates: candidate.length,
    }),
  };
}

interface LoggedRun {
  readonly log: number;
  readonly replicates: readonly number[];
}

function logOf(what: Compared, figures: Figures): number {
  return Math.log(ratioBase(what, figures[what] ?? 0));
}

/** Seconds that were drawn may be those that nothing is known of. */
function logsOf(what: Compared, { replicates: drawn }: Replicated): readonly number[] {
  return drawn.filter((figures) => figures[what] !== null).map((figures) => logOf(what, figures));
}

function shown(what: Compared, log: number): number {
  const figure = Math.exp(log) - ratioBase(what, 0);
  // What a logarithm makes of nothing is not quite nothing.
  return Math.abs(figure) < 1e-9 ? 0 : figure;
}

function meanOf(runs: readonly LoggedRun[]): number {
  return mean(runs.map(({ log }) => log));
}

interface StandardError {
  readonly standard: number;
  readonly degrees: number;
}

/** Undefined where neither side has two runs. */
function errorOf(
  baseline: readonly LoggedRun[],
  candidate: readonly LoggedRun[],
  { arePairs, random }: Pick<CompareOptions, 'arePairs' | 'random'>,
): StandardError | undefined {
  const [n, m] = [baseline.length, candidate.length];
  if (arePairs && n === m && n >= 2) {
    const pairs = baseline.map((run, i) => pairOf(run, candidate[i] ?? run));
    return { standard: Math.sqrt(varianceOfMean(pairs, random)), degrees: n - 1 };
  }
  if (n >= 2 && m >= 2) {
    const [a, b] = [varianceOfMean(baseline, random), varianceOfMean(candidate, random)];
    const sum = a + b;
    // Never fewer than the smaller side has; rounding may say so.
    const welch = sum ** 2 / (a ** 2 / (n - 1) + b ** 2 / (m - 1));
    const degrees = sum === 0 ? n + m - 2 : Math.max(welch, Math.min(n, m) - 1);
    return { standard: Math.sqrt(sum), degrees };
  }
  if (n < 2 && m < 2) return undefined;
  // One run against several: it is as far off as one of those may be.
  const many = n >= 2 ? baseline : candidate;
  const variance = varianceOfMean(many, random);
  return { standard: Math.sqrt(variance * (1 + many.length)), degrees: many.length - 1 };
}

/** The difference of two runs that came one after the other; their seconds are drawn each for itself. */
function pairOf(baseline: LoggedRun, candidate: LoggedRun): LoggedRun {
  return {
    log: candidate.log - baseline.log,
    replicates: candidate.replicates.flatMap((log, i) => {
      const other = baseline.replicates[i];
      return other === undefined ? [] : [log - other];
    }),
  };
}

/**
 * Of at least two runs: what drawing runs says, and at the least what drawing their seconds says. Outcomes are counted over a whole run:
 * what is missing in one second comes in the next, so that seconds say nothing of how far a run may be off.
 */
function varianceOfMean(runs: readonly LoggedRun[], random: () => number): number {
  const n = runs.length;
  const drawn = Array.from({ length: OUTER }, () => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += runs[Math.floor(random() * n)]?.log ?? 0;
    return sum / n;
  });
  const within = mean(runs.map(({ replicates: values }) => varianceOf(values))) / n;
  return Math.max((varianceOf(drawn) * n) / (n - 1), within);
}

/** 0 of nothing. */
function varianceOf(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** `difference` and `half` on logarithms. Of throughput less is worse: it is looked at upside down. */
function answerOf(found: {
  readonly what: Compared;
  readonly difference: number;
  readonly half: number;
  readonly tolerance: number;
  readonly runs: number;
  readonly candidates: number;
}): Pick<ComparedRow, 'answer' | 'more_rounds' | 'why'> {
  const { what, half, tolerance, runs, candidates } = found;
  const slower = what === 'throughput' ? -found.difference : found.difference;
  const limit = what === 'throughput' ? -Math.log(1 - tolerance) : Math.log(1 + tolerance);
  if (slower - half > limit) return { answer: 'worse', more_rounds: null, why: null };
  if (slower + half <= limit) return { answer: 'no worse', more_rounds: null, why: null };
  const distance = Math.abs(slower - limit);
  const now = Math.min(runs, candidates);
  // The interval narrows with the root of the number of runs.
  const needed = Math.ceil(now * (half / distance) ** 2) - now;
  const more = needed <= MORE_ROUNDS_MAX ? Math.max(1, needed) : null;
  return {
    answer: 'cannot tell',
    more_rounds: more,
    why:
      more === null
        ? `runs differ so much that ${MORE_ROUNDS_MAX} more rounds would not tell`
        : `about ${more} more ${more === 1 ? 'round' : 'rounds'} would tell`,
  };
}
