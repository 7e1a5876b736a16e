/**
 * The log of decisions on disk: records are placed in one of two buffers, and leave in a write of the operating system while the other fills.
 * Nobody waits for it: an answer may leave before its record, and what a kill finds in a buffer is missing, which the mark `start` of the
 * next process says. Where both buffers are full, or the disk refuses, there is no room, and whoever asked decides nothing.
 *
 *   place --> buffer A --write--> file                a file that ends within a record, or is not in sequence, is made whole or put aside
 *             buffer B <-- place meanwhile
 */
import { closeSync, ftruncateSync, openSync, readSync, renameSync, statSync, write } from 'node:fs';
import { DECISION_BYTES, RECORD } from '../../../risk/line/decision-record.js';
import type { Flushable, Turn } from '../../payments/turn.js';

/** Half a second of 100,000 operations a second. */
const BUFFER_BYTES = 52_428 * DECISION_BYTES;
const READ_BYTES = 13_107 * DECISION_BYTES;

export interface DecisionLogOptions {
  readonly path: string;
  readonly turn: Turn;
  readonly log: (line: string) => void;
  /** Told of every record that is in the file already, in order. */
  readonly onRecord: (view: DataView, at: number) => void;
}

export class DecisionLog implements Flushable {
  /** Records in the file and in the buffers. */
  records = 0;
  /** Records in the file. */
  written = 0;
  /** What was in the file could not be read: it was put aside. */
  readonly isCold: boolean;
  readonly #options: DecisionLogOptions;
  readonly #descriptor: number;
  #filling = Buffer.alloc(BUFFER_BYTES);
  #leaving = Buffer.alloc(BUFFER_BYTES);
  #view = new DataView(this.#filling.buffer, this.#filling.byteOffset, BUFFER_BYTES);
  #filled = 0;
  #isWriting = false;
  #isSignedUp = false;
  #isClosed = false;
  #hasFailed = false;

  /** Reads what is there. Throws the file system's error. */
  constructor(options: DecisionLogOptions) {
    this.#options = options;
    const { path, log } = options;
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const whole = size - (size % DECISION_BYTES);
    this.isCold = whole > 0 && !this.#read(path, whole);
    if (this.isCold) {
      const aside = `${path}.unreadable-${size}`;
      renameSync(path, aside);
      log(`the log of decisions is not in sequence: it is put aside as ${aside}`);
      this.records = 0;
    }
    this.#descriptor = openSync(path, 'a');
    if (whole < size && !this.isCold) ftruncateSync(this.#descriptor, whole);
    this.written = this.records;
  }

  get view(): DataView {
    return this.#view;
  }

  /** Whether so many records find room now. */
  hasRoom(count: number): boolean {
    return !this.#hasFailed && this.#filled + count * DECISION_BYTES <= BUFFER_BYTES;
  }

  /** Where the next record goes in `view`; its sequence is `records` then. There must be room. */
  place(): number {
    const at = this.#filled;
    this.#filled += DECISION_BYTES;
    this.records++;
    if (!this.#isSignedUp && !this.#isWriting) {
      this.#isSignedUp = true;
      this.#options.turn.join(this);
    }
    return at;
  }

  flush(): void {
    this.#isSignedUp = false;
    if (this.#filled === 0 || this.#isWriting || this.#isClosed) return;
    const leaving = this.#filling;
    this.#filling = this.#leaving;
    this.#leaving = leaving;
    this.#view = new DataView(this.#filling.buffer, this.#filling.byteOffset, BUFFER_BYTES);
    this.#isWriting = true;
    this.#write(0, this.#filled);
    this.#filled = 0;
  }

  /** What is in the buffers is lost, as after a kill. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (!this.#isWriting) closeSync(this.#descriptor);
  }

  #write(from: number, to: number): void {
    write(this.#descriptor, this.#leaving, from, to - from, null, (error, bytes) => {
      if (error !== null) this.#fail(error);
      else if (from + bytes < to) this.#write(from + bytes, to);
      else this.#onWritten(to / DECISION_BYTES);
    });
  }

  #onWritten(records: number): void {
    this.#isWriting = false;
    this.written += records;
    if (this.#isClosed) closeSync(this.#descriptor);
    else this.flush();
  }

  #fail(error: Error): void {
    this.#isWriting = false;
    this.#hasFailed = true;
    this.#options.log(`the log of decisions cannot be written, none is made: ${error.message}`);
    if (this.#isClosed) closeSync(this.#descriptor);
  }

  /** False where a record is not the next of the one before. */
  #read(path: string, bytes: number): boolean {
    const descriptor = openSync(path, 'r');
    const buffer = Buffer.alloc(Math.min(READ_BYTES, bytes));
    const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    try {
      for (let at = 0; at < bytes; at += buffer.length) {
        const length = readSync(descriptor, buffer, 0, Math.min(buffer.length, bytes - at), at);
        if (length % DECISION_BYTES !== 0) return false;
        if (!this.#tell(view, length)) return false;
      }
      return true;
    } finally {
      closeSync(descriptor);
    }
  }

  #tell(view: DataView, length: number): boolean {
    for (let at = 0; at < length; at += DECISION_BYTES) {
      if (view.getUint32(at + RECORD.sequence, true) !== this.records + 1) return false;
      this.records++;
      this.#options.onRecord(view, at);
    }
    return true;
  }
}
