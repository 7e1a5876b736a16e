/**
 * summary.json as text, and back: the same text is what `--json` prints. Reading refuses a file that is not
 * a summary of the schema this build knows.
 */
import { UserError } from '../user-error.js';
import { NO_GROUPS } from './operation-rows.js';
import { SUMMARY_SCHEMA, type Summary } from './summary.js';

export function summaryJson(summary: Summary): string {
  return `${JSON.stringify(summary, null, 2)}\n`;
}

/** `where` names the file in the error. */
export function parseSummary(text: string, where: string): Summary {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${where}: not JSON; was the drill that wrote it cut short?`, { cause });
  }
  if (!isSummary(value)) {
    throw new UserError(`${where}: not a summary of schema ${SUMMARY_SCHEMA}`);
  }
  return withAllFields(value);
}

/** Of a run folder that an earlier build wrote: fields may have been added since. */
function withAllFields(read: Summary): Summary {
  const { run } = read;
  const command = `paydrill run ${run.script} --seed ${run.seed}`;
  return {
    ...{ checks: [], custom_metrics: {}, pauses: [], ...NO_GROUPS },
    ...read,
    faults: read.faults.map((fault) => ({
      ...{ planned_heal_ms: fault.planned_ms, overlaps: [], error: null },
      ...fault,
    })),
    run: {
      ...{ command, ended_by: null, marked_failed: null, ids_left: null, records_kept: true },
      ...run,
    },
  };
}

/** The schema names the shape: a file that carries it was written by `summaryJson`. */
function isSummary(value: unknown): value is Summary {
  return (
    typeof value === 'object' &&
    value !== null &&
    'schema' in value &&
    value.schema === SUMMARY_SCHEMA &&
    'run' in value &&
    'laws' in value
  );
}
