/**
 * Records in slabs: a stretch of whole records as 32-bit words, in the layout of the wire, whether they come from a
 * binary file or were put together again from the columns of a Parquet file. Who scans a run reads these.
 * A slab is valid until the next one is asked for.
 */
import { closeSync, openSync, readSync } from 'node:fs';

/** Raised for a binary file that is not whole records; `message` names it. */
export class RecordsError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'RecordsError';
  }
}

export interface Slab {
  readonly words: Int32Array;
  /** Words that are records; a whole number of records. */
  readonly length: number;
}

const SLAB_BYTES = 1 << 20;

/** Records of one length. A torn last one is left out. */
export function* recordSlabs(path: string, recordBytes: number): Generator<Slab> {
  const words = new Int32Array((Math.floor(SLAB_BYTES / recordBytes) * recordBytes) / 4);
  const bytes = new Uint8Array(words.buffer);
  const descriptor = openSync(path, 'r');
  try {
    for (let at = 0; ; ) {
      const read = readUpTo(descriptor, bytes, 0, at);
      const whole = read - (read % recordBytes);
      if (whole > 0) yield { words, length: whole / 4 };
      if (read < bytes.length) return;
      at += read;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Records whose length stands in them: `wordsOf` says how long the one at `at` is, from its first `headWords` words. */
export function* variableSlabs(
  path: string,
  headWords: number,
  wordsOf: (words: Int32Array, at: number) => number,
): Generator<Slab> {
  const words = new Int32Array(SLAB_BYTES / 4);
  const bytes = new Uint8Array(words.buffer);
  const descriptor = openSync(path, 'r');
  try {
    let kept = 0;
    for (let at = 0; ; ) {
      const read = readUpTo(descriptor, bytes, kept, at);
      const filled = Math.floor((kept + read) / 4);
      let length = 0;
      while (length + headWords <= filled) {
        const next = length + wordsOf(words, length);
        if (next > filled) break;
        length = next;
      }
      if (length > 0) yield { words, length };
      if (kept + read < bytes.length) {
        if (length * 4 !== kept + read) throw new RecordsError(`${path} ends inside a record`);
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
