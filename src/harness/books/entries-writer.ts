/**
 * Writes the entries of one shard as they come: plain at first, and from some size on packed, so that the books of a short drill are
 * judged without a moment lost and those of a long one take a fifth of the disk.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES } from '../../wire/ledger-log.js';
import { BLOCK_RECORDS, packedEntries } from '../records/packed-blocks.js';
import { headBytes, recordFile } from '../records/record-files.js';

/** Of all shards together. */
export const PLAIN_BYTES_MAX = 2 ** 30;

export interface EntriesWriterOptions {
  /** Of the books. */
  readonly folder: string;
  readonly shard: number;
  readonly runId: string;
  /** From there on what comes is packed. */
  readonly plainBytesMax: number;
}

export class EntriesWriter {
  readonly #options: EntriesWriterOptions;
  #descriptor: number;
  #isPacked = false;
  #plainBytes = 0;

  /** Throws the file system's error, as the others do. */
  constructor(options: EntriesWriterOptions) {
    this.#options = options;
    this.#descriptor = this.#create(false);
  }

  /** Appends whole entries. */
  append(entries: Uint8Array): void {
    if (!this.#isPacked && this.#plainBytes + entries.length > this.#options.plainBytesMax) {
      closeSync(this.#descriptor);
      this.#descriptor = this.#create(true);
      this.#isPacked = true;
    }
    if (this.#isPacked) {
      this.#pack(entries);
    } else {
      writeFully(this.#descriptor, entries);
      this.#plainBytes += entries.length;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #pack(entries: Uint8Array): void {
    for (let at = 0; at < entries.length; ) {
      const from = at;
      let [records, legs] = [0, 0];
      for (; at < entries.length && records < BLOCK_RECORDS; records++) {
        const count = entries[at + ENTRY.legs];
        legs += count;
        at += ENTRY_HEAD_BYTES + count * ENTRY_LEG_BYTES;
      }
      writeFully(this.#descriptor, packedEntries(entries.subarray(from, at), { records, legs }));
    }
  }

  #create(isPacked: boolean): number {
    const { folder, shard, runId } = this.#options;
    const name = { kind: 'entries', isPacked, part: shard, segment: isPacked ? 1 : 0 } as const;
    const descriptor = openSync(join(folder, recordFile(name)), 'w');
    writeFully(descriptor, headBytes({ ...name, runId }));
    return descriptor;
  }
}

function writeFully(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, bytes.length - done);
}
