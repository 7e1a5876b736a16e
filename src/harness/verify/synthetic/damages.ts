/**
 * Ways in which the files of a run are not what was written: short, doubled, with gaps, of another run. Each is done to a folder of
 * binary files that a made-up history left, closed as a drill closes it; `reason` is what the verdict, `unknown`, must say.
 */
import { copyFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COMPLETION_BYTES, INVOKE_BYTES } from '../../records/journal-layout.js';
import {
  JOURNAL_FILE,
  type JournalRecord,
  journalRecordText,
  readJournalRecord,
} from '../../records/journal-record.js';
import { HEAD_BYTES, headBytes, type RecordKind, recordFile } from '../../records/record-files.js';
import { RUN_ID } from './run-folder.js';

export interface Damage {
  readonly name: string;
  readonly reason: RegExp;
  /** `other`: the folder of another run of the same shape. */
  readonly apply: (folder: string, other: string) => void;
}

const INVOKES = 'journal/invokes-0.0.bin';
const COMPLETIONS = 'journal/completions-0.0.bin';
const ENTRIES = 'books/entries-1.0.bin';
const ACCOUNTS = 'books/accounts-0.0.bin';
const OTHER_RUN = 'the run of before';

/** Rewrites the records of a file. */
function onRecords(
  file: string,
  bytes: number,
  change: (records: Buffer[]) => readonly Buffer[],
): (folder: string) => void {
  return (folder) => {
    const path = join(folder, file);
    const head = readFileSync(path).subarray(0, HEAD_BYTES);
    const all = readFileSync(path).subarray(HEAD_BYTES);
    const records = Array.from({ length: all.length / bytes }, (_, index) =>
      all.subarray(index * bytes, (index + 1) * bytes),
    );
    writeFileSync(path, Buffer.concat([head, ...change(records)]));
  };
}

function onRecord(change: (record: JournalRecord) => JournalRecord): (folder: string) => void {
  return (folder) => {
    const record = readJournalRecord(folder);
    if (record === undefined) throw new Error('the journal was not closed');
    writeFileSync(join(folder, JOURNAL_FILE), journalRecordText(change(record)));
  };
}

/** The records of a file under a head of another part or run. */
function headed({
  kind,
  part,
  runId = RUN_ID,
}: {
  readonly kind: RecordKind;
  readonly part: number;
  readonly runId?: string;
}): (folder: string, file: string) => void {
  return (folder, file) => {
    const name = { kind, part, isPacked: false, segment: 0 };
    const records = readFileSync(join(folder, file)).subarray(HEAD_BYTES);
    const to = join(folder, dirname(file), recordFile(name));
    writeFileSync(to, Buffer.concat([headBytes({ ...name, runId }), records]));
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
      rmSync(join(folder, 'journal/invokes-1.0.bin'));
      rmSync(join(folder, 'journal/completions-1.0.bin'));
    },
  },
  {
    name: 'there is a part too many',
    reason: /^the journal has a part of a worker 2, and there was none$/,
    apply: (folder) => {
      headed({ kind: 'invokes', part: 2 })(folder, INVOKES);
      headed({ kind: 'completions', part: 2 })(folder, COMPLETIONS);
    },
  },
  {
    name: 'a part is another one again',
    reason: /^the journal of worker 1 holds /,
    apply: (folder) => {
      headed({ kind: 'invokes', part: 1 })(folder, INVOKES);
      headed({ kind: 'completions', part: 1 })(folder, COMPLETIONS);
    },
  },
  {
    name: 'a file has the name of another part',
    reason: /invokes-1\.0\.bin is not what its name says: /,
    apply: (folder) => copyFileSync(join(folder, INVOKES), join(folder, 'journal/invokes-1.0.bin')),
  },
  {
    name: 'a part of the journal says that it is of another run',
    reason: /^journal\/completions-0\.0\.bin is of another run$/,
    apply: (folder) =>
      headed({ kind: 'completions', part: 0, runId: OTHER_RUN })(folder, COMPLETIONS),
  },
  {
    name: 'the log of a shard says that it is of another run',
    reason: /^books\/(entries-1\.0\.bin|transfers-1\.parquet) is of another run$/,
    apply: (folder) => headed({ kind: 'entries', part: 1, runId: OTHER_RUN })(folder, ENTRIES),
  },
  {
    name: 'the accounts of a shard say that they are of another run',
    reason: /^books\/accounts-0\.(0\.bin|parquet) is of another run$/,
    apply: (folder) => headed({ kind: 'accounts', part: 0, runId: OTHER_RUN })(folder, ACCOUNTS),
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
      writeFileSync(path, JSON.stringify({ ...facts, run_id: OTHER_RUN }));
    },
  },
  {
    name: 'the journal was closed by another run',
    reason: /^journal.json is of another run than plan.json$/,
    apply: onRecord((record) => ({ ...record, runId: OTHER_RUN })),
  },
  {
    name: 'the log of a shard is of another run',
    reason: /^the books of shard 1 hold /,
    apply: foreign(ENTRIES),
  },
];
