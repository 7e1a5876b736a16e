/**
 * `journal.json` of a run folder: how many records each load worker's part of the journal had when it was closed, and which run
 * they are of. Written when all workers have closed theirs, so that whoever judges the folder later notices what is short, doubled
 * or of another run. A worker that was lost has no counts; a harness that was killed leaves no file.
 */
import { join } from 'node:path';
import { fieldsOf, readText, whole } from './json-fields.js';

export const JOURNAL_FILE = 'journal.json';

/** What a part of the journal held when its worker closed it. */
export interface PartCounts {
  readonly worker: number;
  readonly invokes: number;
  readonly completions: number;
  /** Of the completions, those that were found by look-up. */
  readonly lookUps: number;
}

export interface JournalRecord {
  readonly runId: string;
  /** How many load workers there were: as many parts belong to the journal. */
  readonly workers: number;
  /** Of the workers that closed theirs. */
  readonly parts: readonly PartCounts[];
}

const WHOLE_FIELDS = ['worker', 'invokes', 'completions', 'look_ups'] as const;

export function journalRecordText({ runId, workers, parts }: JournalRecord): string {
  const content = {
    run_id: runId,
    workers,
    parts: parts.map(({ lookUps, ...part }) => ({
      ...part,
      look_ups: lookUps,
    })),
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** Undefined where the folder has none. Throws where it cannot be read as one. */
export function readJournalRecord(folder: string): JournalRecord | undefined {
  const text = readText(join(folder, JOURNAL_FILE));
  if (text === undefined) return undefined;
  const fields = fieldsOf(JSON.parse(text));
  const runId = fields.get('run_id');
  const parts = fields.get('parts');
  if (typeof runId !== 'string') throw new Error('it does not say run_id');
  if (!Array.isArray(parts)) throw new Error('it does not say parts');
  return { runId, workers: whole(fields, 'workers'), parts: parts.map(countsOf) };
}

function countsOf(part: unknown): PartCounts {
  const fields = fieldsOf(part);
  const [worker, invokes, completions, lookUps] = WHOLE_FIELDS.map((name) => whole(fields, name));
  return { worker, invokes, completions, lookUps };
}
