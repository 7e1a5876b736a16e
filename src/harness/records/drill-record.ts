/**
 * `drill.json` of a run folder: what the conductor saw that bounds the verdict for ever, whoever judges the folder later.
 * Written before the run is judged, and once more where something was lost meanwhile. A folder without it has been made by a drill
 * that did not get that far.
 */
import { join } from 'node:path';
import { fieldsOf, readText } from './json-fields.js';

export const DRILL_FILE = 'drill.json';

export interface DrillRecord {
  /** Nothing was in flight and no operation between its steps when the books were read. */
  readonly atRest: boolean;
  /** What was not, in words; empty where it was. */
  readonly notAtRest: readonly string[];
  /** One line each: what failed, and leaves the verdict undecided. */
  readonly failures: readonly string[];
  /** When the load began, microseconds on the drill clock; faults and metrics are timed from there. Absent where it did not. */
  readonly loadStartedUs?: number;
  /** Since when what fronts the target has counted what payers do, microseconds on the drill clock. Absent where it did not say. */
  readonly countsSinceUs?: number;
}

export function drillRecordText(record: DrillRecord): string {
  const { atRest, notAtRest, failures, loadStartedUs, countsSinceUs } = record;
  const content = {
    at_rest: atRest,
    not_at_rest: notAtRest,
    failures,
    load_started_us: loadStartedUs ?? null,
    counts_since_us: countsSinceUs ?? null,
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** Undefined where the folder has none. Throws where it cannot be read as one. */
export function readDrillRecord(folder: string): DrillRecord | undefined {
  const text = readText(join(folder, DRILL_FILE));
  if (text === undefined) return undefined;
  const fields = fieldsOf(JSON.parse(text));
  const atRest = fields.get('at_rest');
  if (typeof atRest !== 'boolean') throw new Error('it does not say at_rest');
  const loadStartedUs = fields.get('load_started_us');
  const countsSinceUs = fields.get('counts_since_us');
  return {
    atRest,
    notAtRest: lines(fields.get('not_at_rest'), 'not_at_rest'),
    failures: lines(fields.get('failures'), 'failures'),
    ...(Number.isSafeInteger(loadStartedUs) ? { loadStartedUs: Number(loadStartedUs) } : {}),
    ...(Number.isSafeInteger(countsSinceUs) ? { countsSinceUs: Number(countsSinceUs) } : {}),
  };
}

function lines(value: unknown, field: string): readonly string[] {
  if (Array.isArray(value) && value.every((line) => typeof line === 'string')) return value;
  throw new Error(`${field} is no list of lines`);
}
