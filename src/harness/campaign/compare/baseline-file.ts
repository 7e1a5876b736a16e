/**
 * baseline.json: runs to be held beside later ones, small enough to commit: the histogram of each second, what happened in it, and the
 * labels. The types are the file's format. Reading refuses a file of another schema, and runs that are not of one kind.
 */
import { readFileSync } from 'node:fs';
import { messageOf } from '../../message-of.js';
import { UserError } from '../../user-error.js';
import { differences } from './labels.js';
import type { RunSample } from './run-sample.js';

export const BASELINE_SCHEMA = 'paydrill.baseline/1';

export interface Baseline {
  readonly schema: typeof BASELINE_SCHEMA;
  /** ISO 8601, UTC. */
  readonly saved_at: string;
  readonly runs: readonly RunSample[];
}

/** Throws UserError where the runs are not of one kind. */
export function baselineOf(runs: readonly RunSample[], savedAt: string): Baseline {
  const [first, ...rest] = runs;
  if (first === undefined) throw new UserError('a baseline needs at least one run');
  for (const run of rest) {
    const [different] = differences(first.labels, run.labels).filter(
      ({ weight }) => weight === 'refused',
    );
    if (different !== undefined)
      throw new UserError(
        `${first.id} and ${run.id} are not of one kind: ${different.text}; a baseline holds runs of one drill`,
      );
  }
  return { schema: BASELINE_SCHEMA, saved_at: savedAt, runs };
}

/** A line a second: small changes are small in a repository too. */
export function baselineJson({ schema, saved_at: savedAt, runs }: Baseline): string {
  const texts = runs.map(({ seconds, ...run }) => {
    const head = JSON.stringify(run).slice(0, -1);
    return `${head},"seconds":[\n${seconds.map((second) => JSON.stringify(second)).join(',\n')}\n]}`;
  });
  return `{"schema":"${schema}","saved_at":"${savedAt}","runs":[\n${texts.join(',\n')}\n]}\n`;
}

/** Throws UserError. */
export function readBaseline(path: string): Baseline {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new UserError(`${path} cannot be read as a baseline: ${messageOf(cause)}`, { cause });
  }
  if (isBaseline(content)) return { ...content, runs: content.runs.map(withMeasured) };
  const schema =
    typeof content === 'object' && content !== null && 'schema' in content
      ? content.schema
      : undefined;
  throw new UserError(
    `${path}: ${schema === undefined ? 'no baseline' : `of schema ${schema}, not ${BASELINE_SCHEMA}`}; write one with 'paydrill baseline save'`,
  );
}

/** An earlier build saved runs of payments alone, and did not say so. */
function withMeasured(run: RunSample): RunSample {
  return { ...run, labels: { ...run.labels, measured: run.labels.measured ?? 'payments' } };
}

/** The schema names the shape: a file that carries it was written by `baselineJson`. */
function isBaseline(content: unknown): content is Baseline {
  return (
    typeof content === 'object' &&
    content !== null &&
    'schema' in content &&
    content.schema === BASELINE_SCHEMA &&
    'runs' in content &&
    Array.isArray(content.runs) &&
    content.runs.length > 0
  );
}
