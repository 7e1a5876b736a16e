/** A made-up run in the form that a long drill leaves: segments, of which all but the last of the journal, and the later entries, are packed. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES } from '../../../wire/ledger-log.js';
import { COMPLETION_BYTES, INVOKE_BYTES } from '../../records/journal-layout.js';
import { BLOCK_RECORDS, packedEntries, packedRecords } from '../../records/packed-blocks.js';
import {
  HEAD_BYTES,
  headBytes,
  partsIn,
  type RecordKind,
  recordFile,
} from '../../records/record-files.js';
import { BOOKS_FOLDER, JOURNAL_FOLDER } from '../../records/run-layout.js';
import { RUN_ID } from './run-folder.js';

/** More than a block, and no whole number of blocks. */
const SEGMENT_RECORDS = BLOCK_RECORDS + 100;

/** Of a folder of binary files in one plain segment each. */
export function packRun(folder: string): void {
  const journal = join(folder, JOURNAL_FOLDER);
  for (const worker of partsIn(journal, 'invokes')) {
    splitRecords(journal, { kind: 'invokes', part: worker }, INVOKE_BYTES);
    splitRecords(journal, { kind: 'completions', part: worker }, COMPLETION_BYTES);
  }
  const books = join(folder, BOOKS_FOLDER);
  for (const shard of partsIn(books, 'entries')) splitEntries(books, shard);
}

interface Of {
  readonly kind: RecordKind;
  readonly part: number;
}

function splitRecords(folder: string, of: Of, recordBytes: number): void {
  const records = taken(folder, of);
  const segmentBytes = SEGMENT_RECORDS * recordBytes;
  const segments = Math.max(1, Math.ceil(records.length / segmentBytes));
  for (let segment = 0; segment < segments; segment++) {
    const plain = records.subarray(segment * segmentBytes, (segment + 1) * segmentBytes);
    const blocks: Uint8Array[] = [];
    for (let at = 0; at < plain.length; at += BLOCK_RECORDS * recordBytes)
      blocks.push(packedRecords(plain.subarray(at, at + BLOCK_RECORDS * recordBytes), recordBytes));
    const isPacked = segment < segments - 1;
    write(folder, { ...of, segment, isPacked }, isPacked ? blocks : [plain]);
  }
}

/** The first third stays plain. */
function splitEntries(folder: string, part: number): void {
  const of = { kind: 'entries', part } as const;
  const entries = taken(folder, of);
  const starts: number[] = [];
  for (let at = 0; at < entries.length; at += entryBytes(entries, at)) starts.push(at);
  const third = Math.floor(starts.length / 3);
  const startOf = (entry: number): number => starts[entry] ?? entries.length;
  const blocks: Uint8Array[] = [];
  for (let first = third; first < starts.length; first += BLOCK_RECORDS) {
    const records = Math.min(BLOCK_RECORDS, starts.length - first);
    const bytes = entries.subarray(startOf(first), startOf(first + records));
    const legs = (bytes.length - records * ENTRY_HEAD_BYTES) / ENTRY_LEG_BYTES;
    blocks.push(packedEntries(bytes, { records, legs }));
  }
  write(folder, { ...of, segment: 0, isPacked: false }, [entries.subarray(0, startOf(third))]);
  write(folder, { ...of, segment: 1, isPacked: true }, blocks);
}

function entryBytes(entries: Uint8Array, at: number): number {
  return ENTRY_HEAD_BYTES + entries[at + ENTRY.legs] * ENTRY_LEG_BYTES;
}

/** The records of a file, which goes. */
function taken(folder: string, of: Of): Uint8Array {
  const path = join(folder, recordFile({ ...of, isPacked: false, segment: 0 }));
  const records = new Uint8Array(readFileSync(path).subarray(HEAD_BYTES));
  rmSync(path);
  return records;
}

function write(
  folder: string,
  name: Of & { readonly segment: number; readonly isPacked: boolean },
  body: readonly Uint8Array[],
): void {
  const head = headBytes({ ...name, runId: RUN_ID });
  writeFileSync(join(folder, recordFile(name)), Buffer.concat([head, ...body]));
}
