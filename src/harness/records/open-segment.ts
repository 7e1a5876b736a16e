/**
 * Fixed-width records of a segment by their number, whether it is plain or packed. What is torn at its end is left out.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import {
  BLOCK_HEAD_BYTES,
  BLOCK_RECORDS,
  readBlockHead,
  unpackedRecords,
} from './packed-blocks.js';
import { readFully } from './parquet-footer.js';
import { HEAD_BYTES, type Segment } from './record-files.js';
import { RecordsError } from './unreadable.js';

export interface OpenSegment {
  readonly records: number;
  /** Reads so many from the `first` on, which are there; `into` is as long as they are. Throws RecordsError. */
  read(first: number, into: Uint8Array): void;
  close(): void;
}

/** Throws RecordsError, and the file system's error. */
export function openSegment(
  { path, isPacked }: Pick<Segment, 'path' | 'isPacked'>,
  recordBytes: number,
): OpenSegment {
  const descriptor = openSync(path, 'r');
  const file = { path, descriptor, bytes: fstatSync(descriptor).size };
  return isPacked ? new PackedSegment(file, recordBytes) : new PlainSegment(file, recordBytes);
}

interface OpenFile {
  readonly path: string;
  readonly descriptor: number;
  readonly bytes: number;
}

class PlainSegment implements OpenSegment {
  readonly records: number;
  readonly #file: OpenFile;
  readonly #recordBytes: number;

  constructor(file: OpenFile, recordBytes: number) {
    this.#file = file;
    this.#recordBytes = recordBytes;
    this.records = Math.max(0, Math.floor((file.bytes - HEAD_BYTES) / recordBytes));
  }

  read(first: number, into: Uint8Array): void {
    readOrThrow(this.#file, into, HEAD_BYTES + first * this.#recordBytes);
  }

  close(): void {
    closeSync(this.#file.descriptor);
  }
}

interface Block {
  readonly at: number;
  readonly storedBytes: number;
  readonly records: number;
}

class PackedSegment implements OpenSegment {
  readonly records: number;
  readonly #file: OpenFile;
  readonly #recordBytes: number;
  readonly #blocks: readonly Block[];
  #unpacked: { readonly block: number; readonly bytes: Uint8Array } | undefined;

  constructor(file: OpenFile, recordBytes: number) {
    this.#file = file;
    this.#recordBytes = recordBytes;
    this.#blocks = blocksOf(file);
    this.records = this.#blocks.reduce((sum, { records }) => sum + records, 0);
  }

  read(first: number, into: Uint8Array): void {
    for (let done = 0; done < into.length; ) {
      const record = first + done / this.#recordBytes;
      const block = Math.floor(record / BLOCK_RECORDS);
      const from = (record - block * BLOCK_RECORDS) * this.#recordBytes;
      const part = this.#block(block).subarray(from, from + into.length - done);
      into.set(part, done);
      done += part.length;
    }
  }

  close(): void {
    closeSync(this.#file.descriptor);
  }

  #block(index: number): Uint8Array {
    if (this.#unpacked?.block === index) return this.#unpacked.bytes;
    const block = this.#blocks[index];
    if (block === undefined) throw new RecordsError(`${this.#file.path} is cut short`);
    const { at, records, storedBytes } = block;
    const frame = new Uint8Array(storedBytes);
    readOrThrow(this.#file, frame, at);
    const { path } = this.#file;
    const bytes = unpackedRecords(frame, { records, recordBytes: this.#recordBytes, path });
    this.#unpacked = { block: index, bytes };
    return bytes;
  }
}

/** Throws RecordsError where one before the last is not full, or more is claimed than a block holds. */
function blocksOf(file: OpenFile): readonly Block[] {
  const blocks: Block[] = [];
  const head = new Uint8Array(BLOCK_HEAD_BYTES);
  for (let at = HEAD_BYTES; at < file.bytes; ) {
    readOrThrow(file, head, at);
    const { records, storedBytes } = readBlockHead(head);
    at += BLOCK_HEAD_BYTES;
    const isLast = at + storedBytes >= file.bytes;
    if (isLast ? records > BLOCK_RECORDS : records !== BLOCK_RECORDS)
      throw new RecordsError(`${file.path} has a block of ${records} records`);
    if (at + storedBytes > file.bytes) throw new RecordsError(`${file.path} is cut short`);
    blocks.push({ at, storedBytes, records });
    at += storedBytes;
  }
  return blocks;
}

function readOrThrow({ path, descriptor }: OpenFile, into: Uint8Array, at: number): void {
  if (!readFully(descriptor, into, at)) throw new RecordsError(`${path} is cut short`);
}
