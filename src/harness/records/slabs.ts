/**
 * Records in slabs: a stretch of whole records as 32-bit words, in the layout of the wire, whether they come from binary
 * files, plain or packed, or were put together again from the columns of a Parquet file. Who scans a run reads these.
 * A slab is valid until the next one is asked for.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { ENTRY_HEAD_BYTES } from '../../wire/ledger-log.js';
import {
  BLOCK_HEAD_BYTES,
  BLOCK_RECORDS,
  readBlockHead,
  unpackedEntries,
} from './packed-blocks.js';
import { readFully } from './parquet-footer.js';
import { HEAD_BYTES, type Segment } from './record-files.js';
import { SegmentReader } from './segment-reader.js';
import { RecordsError } from './unreadable.js';
import { entryWords } from './words.js';

export interface Slab {
  readonly words: Int32Array;
  /** Words that are records; a whole number of records. */
  readonly length: number;
}

const SLAB_BYTES = 1 << 20;

/** Records of one length. A torn last one is left out. */
export function* recordSlabs(segments: readonly Segment[], recordBytes: number): Generator<Slab> {
  const each = Math.floor(SLAB_BYTES / recordBytes / BLOCK_RECORDS) * BLOCK_RECORDS;
  const words = new Int32Array((each * recordBytes) / 4);
  const bytes = new Uint8Array(words.buffer);
  const reader = new SegmentReader(segments, recordBytes);
  try {
    for (let first = 0; first < reader.records; first += each) {
      const length = Math.min(each, reader.records - first) * recordBytes;
      reader.read(first, bytes.subarray(0, length));
      yield { words, length: length / 4 };
    }
  } finally {
    reader.close();
  }
}

/** The entries of a log, whose length stands in them. Throws RecordsError where a segment ends inside of one. */
export function* entrySlabs(segments: readonly Segment[]): Generator<Slab> {
  for (const { path, isPacked } of segments)
    yield* isPacked ? packedEntrySlabs(path) : plainEntrySlabs(path);
}

function* plainEntrySlabs(path: string): Generator<Slab> {
  const words = new Int32Array(SLAB_BYTES / 4);
  const bytes = new Uint8Array(words.buffer);
  const descriptor = openSync(path, 'r');
  try {
    let kept = 0;
    for (let at = HEAD_BYTES; ; ) {
      const read = readUpTo(descriptor, bytes, kept, at);
      const filled = Math.floor((kept + read) / 4);
      const length = wholeEntries(words, filled);
      if (length > 0) yield { words, length };
      if (kept + read < bytes.length) {
        if (length * 4 !== kept + read) throw endsInside(path);
        return;
      }
      at += read;
      kept = bytes.length - length * 4;
      bytes.copyWithin(0, length * 4);
    }
  } finally {
    closeSync(descriptor);
  }
}

function* packedEntrySlabs(path: string): Generator<Slab> {
  const head = new Uint8Array(BLOCK_HEAD_BYTES);
  const descriptor = openSync(path, 'r');
  const { size: fileBytes } = fstatSync(descriptor);
  try {
    for (let at = HEAD_BYTES; ; ) {
      const read = readUpTo(descriptor, head, 0, at);
      if (read === 0) return;
      const { storedBytes, ...counts } = readBlockHead(head);
      const isThere = read === head.length && at + read + storedBytes <= fileBytes;
      if (!isThere || counts.records > BLOCK_RECORDS) throw endsInside(path);
      const frame = new Uint8Array(storedBytes);
      if (!readFully(descriptor, frame, at + head.length)) throw endsInside(path);
      const words = unpackedEntries(frame, { ...counts, path });
      yield { words, length: words.length };
      at += head.length + storedBytes;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Words of the entries that are whole, of which the first `filled` are there. */
function wholeEntries(words: Int32Array, filled: number): number {
  let length = 0;
  while (length + HEAD_WORDS <= filled) {
    const next = length + entryWords(words, length);
    if (next > filled) break;
    length = next;
  }
  return length;
}

const HEAD_WORDS = ENTRY_HEAD_BYTES / 4;

function endsInside(path: string): RecordsError {
  return new RecordsError(`${path} ends inside a record`);
}

/** Fills `into` from `from` on, as far as the file goes; returns how many bytes were read. */
function readUpTo(descriptor: number, into: Uint8Array, from: number, at: number): number {
  let done = 0;
  while (from + done < into.length) {
    const read = readSync(descriptor, into, from + done, into.length - from - done, at + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}
