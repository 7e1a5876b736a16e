/**
 * Two sides of runs, made comparable and compared: labels first, figures then, one answer over all. Pure; seeded.
 */
import { Random } from '../../entropy/random.js';
import { EXIT_CODES } from '../../exit-codes.js';
import { UserError } from '../../user-error.js';
import { type Answer, type ComparedRow, compareRuns } from './compare.js';
import { COMPARISON_SCHEMA, type Comparison, type SideFacts } from './comparison-file.js';
import { type Difference, differences } from './labels.js';
import type { LabelName, RunSample } from './run-sample.js';
import { binnedRun, figureName } from './run-statistics.js';
import type { Tolerances } from './tolerances.js';

export interface Side {
  /** As the reader named it. */
  readonly name: string;
  readonly runs: readonly RunSample[];
}

export interface CompareAsked {
  readonly tolerances: Tolerances;
  /** Labels that may differ though figures are of different things then. */
  readonly mayDiffer: readonly LabelName[];
  readonly arePairs: boolean;
  /** What cannot be told ends as what is worse. */
  readonly strict: boolean;
  readonly seed: number;
}

/** Throws UserError where the sides are not of one kind. */
export function comparisonOf(baseline: Side, candidate: Side, asked: CompareAsked): Comparison {
  const [first] = baseline.runs;
  if (first === undefined || candidate.runs.length === 0)
    throw new UserError('name runs of both sides: there is nothing to compare');
  const found = uniqueDifferences(first, [...baseline.runs, ...candidate.runs]);
  refuseDifferent(found, asked.mayDiffer);
  const random = new Random(asked.seed);
  const rows = compareRuns({
    baseline: baseline.runs.map(binnedRun),
    candidate: candidate.runs.map(binnedRun),
    arePairs: asked.arePairs,
    tolerances: asked.tolerances,
    random: () => random.nextFloat(),
  });
  const answer = worstOf(rows);
  const isBad = answer === 'worse' || (answer === 'cannot tell' && asked.strict);
  return {
    schema: COMPARISON_SCHEMA,
    baseline: sideFacts(baseline),
    candidate: sideFacts(candidate),
    are_pairs: asked.arePairs,
    seed: asked.seed,
    flags: [
      ...found.map(({ text }) => `the sides differ: ${text}`),
      ...seedWords(baseline, candidate),
      ...[baseline, candidate].flatMap(busyWords),
    ],
    rows: rows.map((row) => ({ ...row, name: figureName(row.what, first.labels.measured) })),
    answer,
    exit_code: (isBad ? EXIT_CODES.regression : EXIT_CODES.ok).code,
  };
}

/** Runs of one side have seeds of their own: that they differ says nothing. */
function uniqueDifferences(first: RunSample, runs: readonly RunSample[]): readonly Difference[] {
  const all = runs
    .flatMap((run) => differences(first.labels, run.labels))
    .filter(({ label }) => label !== 'seed');
  return [...new Map(all.map((one) => [one.label, one])).values()];
}

function refuseDifferent(found: readonly Difference[], mayDiffer: readonly LabelName[]): void {
  const refused = found.find(
    ({ label, weight }) => weight === 'refused' && !mayDiffer.includes(label),
  );
  if (refused === undefined) return;
  throw new UserError(
    `the runs are not of one kind: ${refused.text}; where that is what is compared, say --allow-different ${refused.label}`,
  );
}

/** One seed a side is as good as another; the same seeds on both sides are the same traffic. */
function seedWords(baseline: Side, candidate: Side): readonly string[] {
  const seeds = ({ runs }: Side): string =>
    runs
      .map(({ labels }) => labels.seed)
      .sort((a, b) => a - b)
      .join(', ');
  const [a, b] = [seeds(baseline), seeds(candidate)];
  return a === b ? [] : [`the sides differ: traffic of seeds ${a} and of ${b}`];
}

/** So many of the cores used by others make figures of the others. */
const OTHERS_SHARE = 0.15;

function busyWords({ name, runs }: Side): readonly string[] {
  const known = runs.flatMap(({ others_cores: others, labels }) =>
    others === null ? [] : [{ others, cores: labels.cores }],
  );
  const busiest = known.reduce((most, one) => (one.others > most.others ? one : most), {
    others: 0,
    cores: 1,
  });
  const { others, cores } = busiest;
  if (others / cores <= OTHERS_SHARE) return [];
  return [
    `other programs used up to ${others.toFixed(1)} of ${cores} cores while ${name} was drilled: its times are theirs too`,
  ];
}

function sideFacts({ name, runs }: Side): SideFacts {
  const [first] = runs;
  if (first === undefined) throw new Error('a side without a run');
  return { name, runs: runs.map(({ id }) => id), labels: first.labels };
}

function worstOf(rows: readonly ComparedRow[]): Answer {
  const answers = new Set(rows.map(({ answer }) => answer));
  if (answers.has('worse')) return 'worse';
  return answers.has('cannot tell') || rows.length === 0 ? 'cannot tell' : 'no worse';
}
