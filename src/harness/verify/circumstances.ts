/**
 * Under what circumstances a run is judged: what its target can show and promised (plan.json), whether it came to rest and what
 * failed while the drill ran (drill.json), what its journal held (journal.json). Reads those files and nothing else.
 */
import { DRILL_FILE, type DrillRecord, readDrillRecord } from '../records/drill-record.js';
import { JOURNAL_FILE, type JournalRecord, readJournalRecord } from '../records/journal-record.js';
import {
  PLAN_FILE,
  type PlanRecord,
  REFERENCE_RECORD,
  readPlanRecord,
} from '../records/plan-record.js';
import { oneLine, UnreadableRunError } from './unreadable.js';

export interface Circumstances {
  readonly plan: PlanRecord;
  readonly drill: DrillRecord;
  /** How the journal was closed; undefined where that is not told. */
  readonly journal: JournalRecord | undefined;
  /** Journal and books came from a drill: they must be those of its run. */
  readonly isDrill: boolean;
}

/** For journal and books that did not come from a drill. */
const NOTHING_HAPPENED: DrillRecord = { atRest: true, notAtRest: [], failures: [] };

/**
 * A folder with neither file is taken for the reference stack's, at rest. One with a plan and without drill.json comes from a
 * drill that did not get that far, or has lost what bounds its verdict. Throws UnreadableRunError.
 */
export function readCircumstances(folder: string): Circumstances {
  const plan = readPlan(folder);
  const drill = told(DRILL_FILE, () => readDrillRecord(folder));
  if (plan !== undefined && drill === undefined)
    throw new UnreadableRunError(
      `${DRILL_FILE} is missing: whether the target came to rest and what failed is not known`,
    );
  return {
    plan: plan ?? REFERENCE_RECORD,
    drill: drill ?? NOTHING_HAPPENED,
    journal: told(JOURNAL_FILE, () => readJournalRecord(folder)),
    isDrill: plan !== undefined,
  };
}

/** Undefined where the folder has none. Throws UnreadableRunError. */
export function readPlan(folder: string): PlanRecord | undefined {
  return told(PLAN_FILE, () => readPlanRecord(folder));
}

function told<Found>(file: string, read: () => Found): Found {
  try {
    return read();
  } catch (cause) {
    throw new UnreadableRunError(`${file} cannot be read: ${oneLine(cause)}`, { cause });
  }
}
