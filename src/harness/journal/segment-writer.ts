/**
 * Appends fixed-width records to one file after the other: a segment that is full is closed, and never written again. Whoever packs it
 * meanwhile (pack-segments.ts) takes its place in one step, so that a record is found in it at any moment.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../message-of.js';
import { type OpenSegment, openSegment } from '../records/open-segment.js';
import { headBytes, type RecordKind, recordFile } from '../records/record-files.js';

/** Raised when the run folder cannot take the journal; nothing may be sent after it. */
export class JournalError extends Error {
  constructor(what: string, cause: unknown) {
    super(`${what}: ${messageOf(cause)}`, { cause });
    this.name = 'JournalError';
  }
}

export interface SegmentWriterOptions {
  readonly folder: string;
  readonly kind: RecordKind;
  readonly part: number;
  readonly runId: string;
  readonly recordBytes: number;
  /** Records that are held before they are written by themselves. */
  readonly buffered: number;
  /** Of a whole segment. */
  readonly segmentRecords: number;
}

/** Full segments that are open to be read: what is asked for is mostly young. */
const OPEN_MAX = 2;

export class SegmentWriter {
  /** The records that are not written yet, as 32-bit words. */
  readonly words: Uint32Array;
  readonly #options: SegmentWriterOptions;
  readonly #bytes: Uint8Array;
  readonly #segmentBytes: number;
  readonly #open = new Map<number, OpenSegment>();
  #descriptor: number;
  #segment = 0;
  /** Bytes of records: held; written; of these, in the segment that grows. */
  #used = 0;
  #written = 0;
  #inSegment = 0;

  /** Creates the first segment. Throws JournalError. */
  constructor(options: SegmentWriterOptions) {
    this.#options = options;
    this.#bytes = new Uint8Array(options.recordBytes * options.buffered);
    this.words = new Uint32Array(this.#bytes.buffer);
    this.#segmentBytes = options.recordBytes * options.segmentRecords;
    this.#descriptor = this.#create();
  }

  /** Records so far; the next one's number. */
  get count(): number {
    return (this.#written + this.#used) / this.#options.recordBytes;
  }

  /** Makes room for a record; returns where in `words` it goes. */
  begin(): number {
    if (this.#used === this.#bytes.length) this.flush();
    const at = this.#used;
    this.#used += this.#options.recordBytes;
    return at >>> 2;
  }

  flush(): void {
    let from = 0;
    try {
      while (from < this.#used) {
        if (this.#inSegment === this.#segmentBytes) this.#next();
        const room = Math.min(this.#used - from, this.#segmentBytes - this.#inSegment);
        const written = writeSync(this.#descriptor, this.#bytes, from, room);
        from += written;
        this.#inSegment += written;
      }
    } catch (cause) {
      if (cause instanceof JournalError) throw cause;
      throw new JournalError(`cannot write the journal ${this.#path(false)}`, cause);
    }
    this.#written += this.#used;
    this.#used = 0;
  }

  /** The record with this number, from memory or disk. */
  read(number: number): DataView {
    const { recordBytes, segmentRecords } = this.#options;
    const record = new Uint8Array(recordBytes);
    const held = number * recordBytes - this.#written;
    if (held >= 0) {
      record.set(this.#bytes.subarray(held, held + recordBytes));
    } else {
      const segment = Math.floor(number / segmentRecords);
      this.#reader(segment).read(number - segment * segmentRecords, record);
    }
    return new DataView(record.buffer);
  }

  close(): void {
    closeSync(this.#descriptor);
    for (const segment of this.#open.values()) segment.close();
  }

  #next(): void {
    closeSync(this.#descriptor);
    this.#segment++;
    this.#descriptor = this.#create();
    this.#inSegment = 0;
  }

  #create(): number {
    const { kind, part, runId } = this.#options;
    const path = this.#path(false);
    try {
      const descriptor = openSync(path, 'wx');
      writeSync(
        descriptor,
        headBytes({ kind, isPacked: false, part, segment: this.#segment, runId }),
      );
      return descriptor;
    } catch (cause) {
      throw new JournalError(`cannot create the journal ${path}`, cause);
    }
  }

  #reader(segment: number): OpenSegment {
    const known = this.#open.get(segment);
    if (known !== undefined) return known;
    const [oldest] = this.#open.entries();
    if (this.#open.size >= OPEN_MAX && oldest !== undefined) {
      oldest[1].close();
      this.#open.delete(oldest[0]);
    }
    const opened = this.#openAnew(segment);
    this.#open.set(segment, opened);
    return opened;
  }

  /** Plain; where that is gone it was packed, and the packed one was there before it went. */
  #openAnew(segment: number): OpenSegment {
    const { recordBytes } = this.#options;
    try {
      return openSegment({ path: this.#path(false, segment), isPacked: false }, recordBytes);
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
      return openSegment({ path: this.#path(true, segment), isPacked: true }, recordBytes);
    }
  }

  #path(isPacked: boolean, segment = this.#segment): string {
    const { folder, kind, part } = this.#options;
    return join(folder, recordFile({ kind, isPacked, part, segment }));
  }
}
