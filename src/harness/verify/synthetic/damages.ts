/**
 * Ways in which the files of a run are not what was written: short, doubled, with gaps, of another run. Each is done to a folder of
 * binary files that a made-up history left, closed as a drill closes it; `reason` is what the verdict, `unknown`, must say.
 */
import { copyFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMPLETION_BYTES, INVOKE_BYTES } from '../../records/journal-layout.js';
import {
  JOURNAL_FILE,
  type JournalRecord,
  journalRecordText,
  readJournalRecord,
} from '../../records/journal-record.js';

export interface Damage {
  readonly name: string;
  readonly reason: RegExp;
  /** `other`: the folder of another run of the same shape. */
  readonly apply: (folder: string, other: string) => void;
}

const INVOKES = 'journal/invokes-0.bin';
const COMPLETIONS = 'journal/completions-0.bin';

/** Rewrites the records of a file. */
function onRecords(
  file: string,
  bytes: number,
  change: (records: Buffer[]) => readonly Buffer[],
): (folder: string) => void {
  return (folder) => {
    const path = join(folder, file);
    const all = readFileSync(path);
    const records = Array.from({ length: all.length / bytes }, (_, index) =>
      all.subarray(index * bytes, (index + 1) * bytes),
    );
    writeFileSync(path, Buffer.concat(change(records)));
  };
}

function onRecord(change: (record: JournalRecord) => JournalRecord): (folder: string) => void {
  return (folder) => {
    const record = readJournalRecord(folder);
    if (record === undefined) throw new Error('the journal was not closed');
    writeFileSync(join(folder, JOURNAL_FILE), journalRecordText(change(record)));
  };
}

/** The same files of the other run. */
function foreign(...files: readonly string[]): (folder: string, other: string) => void {
  return (folder, other) => {
    for (const file of files) cpSync(join(other, file), join(folder, file), { recursive: true });
  };
}

const withCopy = (records: Buffer[], of: number): Buffer[] => [
  ...records,
  records[of] ?? Buffer.alloc(0),
];

export const DAMAGES: readonly Damage[] = [
  {
    name: 'an operation is there twice',
    reason: /^the journal of worker 0 holds \d+ operations where \d+ were written$/,
    apply: onRecords(INVOKES, INVOKE_BYTES, (records) => withCopy(records, 3)),
  },
  {
    name: 'an operation is gone from the middle',
    reason: /^the journal of worker 0 holds \d+ operations where \d+ were written$/,
    apply: onRecords(INVOKES, INVOKE_BYTES, (records) => records.toSpliced(5, 1)),
  },
  {
    name: 'an answer is there twice',
    reason: /^the journal of worker 0 holds \d+ answers where \d+ were written$/,
    apply: onRecords(COMPLETIONS, COMPLETION_BYTES, (records) => withCopy(records, 3)),
  },
  {
    name: 'an answer is there twice, and another is not',
    reason: /^the journal of worker 0 (answers 1 of its operations twice|holds \d+ answers where)/,
    apply: onRecords(COMPLETIONS, COMPLETION_BYTES, (records) =>
      withCopy(records.toSpliced(5, 1), 3),
    ),
  },
  {
    name: 'an answer is to an operation that was never asked',
    reason:
      /^the journal of worker 0 (answers 1 operations that were never|holds \d+ answers where)/,
    apply: onRecords(COMPLETIONS, COMPLETION_BYTES, (records) => {
      records[2]?.writeUInt32LE(1_000_000);
      return records;
    }),
  },
  {
    name: 'the answers are cut inside a record',
    reason: /^the journal of worker 0 holds \d+ answers where \d+ were written$/,
    apply: (folder) => {
      const path = join(folder, COMPLETIONS);
      truncateSync(path, readFileSync(path).length - 50);
    },
  },
  {
    name: 'the operations are cut inside a record',
    reason: /^the journal of worker 0 holds \d+ operations where \d+ were written$/,
    apply: (folder) => {
      const path = join(folder, INVOKES);
      truncateSync(path, readFileSync(path).length - 50);
    },
  },
  {
    name: 'the answers are gone',
    reason: /^the journal of worker 0 holds 0 answers where \d+ were written$/,
    apply: (folder) => rmSync(join(folder, COMPLETIONS)),
  },
  {
    name: 'a part is missing',
    reason: /^the journal of worker 1 is missing$/,
    apply: (folder) => {
      rmSync(join(folder, 'journal/invokes-1.bin'));
      rmSync(join(folder, 'journal/completions-1.bin'));
    },
  },
  {
    name: 'there is a part too many',
    reason: /^the journal has a part of a worker 2, and there was none$/,
    apply: (folder) => {
      copyFileSync(join(folder, INVOKES), join(folder, 'journal/invokes-2.bin'));
      copyFileSync(join(folder, COMPLETIONS), join(folder, 'journal/completions-2.bin'));
    },
  },
  {
    name: 'a part is another one again',
    reason: /^the journal of worker 1 holds /,
    apply: (folder) => {
      copyFileSync(join(folder, INVOKES), join(folder, 'journal/invokes-1.bin'));
      copyFileSync(join(folder, COMPLETIONS), join(folder, 'journal/completions-1.bin'));
    },
  },
  {
    name: 'a part is of another run',
    reason: /^the journal of worker 0 holds /,
    apply: foreign(INVOKES, COMPLETIONS),
  },
  {
    name: 'a part was never closed',
    reason: /^worker 1 did not close its journal$/,
    apply: onRecord(({ parts, ...record }) => ({
      ...record,
      parts: parts.filter(({ worker }) => worker !== 1),
    })),
  },
  {
    name: 'the books are of another run',
    reason: /^the books are of another run than the journal$/,
    apply: (folder, other) => {
      foreign('books')(folder, other);
      const path = join(folder, 'books/books.json');
      const facts: object = JSON.parse(readFileSync(path, 'utf8'));
      writeFileSync(path, JSON.stringify({ ...facts, run_id: 'the run of before' }));
    },
  },
  {
    name: 'the journal was closed by another run',
    reason: /^journal.json is of another run than plan.json$/,
    apply: onRecord((record) => ({ ...record, runId: 'the run of before' })),
  },
  {
    name: 'the log of a shard is of another run',
    reason: /^the books of shard 1 hold /,
    apply: foreign('books/entries-1.bin'),
  },
];
