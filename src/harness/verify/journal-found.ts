/**
 * Whether the journal is what the load workers wrote: as many records in each part as it had when it was closed, numbered without a
 * gap, none answered twice, none of another run. What is short, doubled or foreign says nothing about the ledger: it would
 * accuse it of payments that nobody asked for.
 *
 * The part of a worker that was lost, which is a failure of the drill, was never closed. It is judged as far as it goes, as a whole
 * part would be: whatever was sent was written down before. The failure keeps the verdict from being valid.
 */
import { JOURNAL_FILE, type JournalRecord, type PartCounts } from '../records/journal-record.js';
import { PLAN_FILE } from '../records/plan-record.js';
import type { Circumstances } from './circumstances.js';

/** What a part of the journal holds. */
export interface FoundPart {
  readonly worker: number;
  invokes: number;
  completions: number;
  lookUps: number;
  /** Completions of an operation that has one already. */
  doubled: number;
  /** Completions of an operation that was never invoked. */
  strays: number;
  /** Its operations are numbered 0, 1, 2 ..., each number once. */
  isDense: boolean;
}

export const NOTHING_FOUND: Omit<FoundPart, 'worker'> = {
  invokes: 0,
  completions: 0,
  lookUps: 0,
  doubled: 0,
  strays: 0,
  isDense: true,
};

/** Why this is not the journal of the run that is judged, in one line; undefined where it is. */
export function foreignJournal({ plan, journal, isDrill }: Circumstances): string | undefined {
  if (!isDrill) return undefined;
  if (journal === undefined) return `${JOURNAL_FILE} is missing: nobody closed the journal`;
  if (plan.runId !== journal.runId) return `${JOURNAL_FILE} is of another run than ${PLAN_FILE}`;
  return undefined;
}

/** What is wrong with which workers left a part, in one line; undefined where nothing is. */
export function otherParts(
  { plan, drill, journal }: Circumstances,
  workers: readonly number[],
): string | undefined {
  const missing = missingPart(workers, plan.workers ?? journal?.workers);
  if (missing !== undefined || journal === undefined) return missing;
  const closed = new Set(journal.parts.map(({ worker }) => worker));
  const open = workers.find((worker) => worker < journal.workers && !closed.has(worker));
  if (open !== undefined && drill.failures.length === 0)
    return `worker ${open} did not close its journal`;
  return surplusPart(journal, workers);
}

function surplusPart({ workers: count }: JournalRecord, workers: readonly number[]) {
  const more = workers.find((worker) => worker >= count);
  return more === undefined
    ? undefined
    : `the journal has a part of a worker ${more}, and there was none`;
}

/** Why the parts are not what was written, in one line; undefined where they are. */
export function spoiltJournal(
  record: JournalRecord | undefined,
  found: readonly FoundPart[],
): string | undefined {
  if (record === undefined) return undefined;
  for (const part of record.parts) {
    const spoilt = spoiltPart(
      part,
      found.find(({ worker }) => worker === part.worker),
    );
    if (spoilt !== undefined) return `the journal of worker ${part.worker} ${spoilt}`;
  }
  const workers = found.map(({ worker }) => worker);
  return surplusPart(record, workers);
}

function spoiltPart(
  written: PartCounts,
  found: Omit<FoundPart, 'worker'> = NOTHING_FOUND,
): string | undefined {
  for (const [what, words] of COUNTED)
    if (found[what] !== written[what])
      return `holds ${found[what]} ${words} where ${written[what]} were written`;
  if (!found.isDense) return 'does not number its operations 0, 1, 2 ...: some twice, some not';
  if (found.doubled > 0) return `answers ${found.doubled} of its operations twice`;
  if (found.strays > 0) return `answers ${found.strays} operations that were never asked`;
  return undefined;
}

const COUNTED = [
  ['invokes', 'operations'],
  ['completions', 'answers'],
  ['lookUps', 'answers to look-ups'],
] as const;

/** The first worker that should have left a journal and has not. */
function missingPart(workers: readonly number[], planned: number | undefined): string | undefined {
  const count = planned ?? (workers.at(-1) ?? 0) + 1;
  for (let worker = 0; worker < count; worker++)
    if (!workers.includes(worker)) return `the journal of worker ${worker} is missing`;
  return undefined;
}
