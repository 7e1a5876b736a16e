/**
 * Appends one worker's journal. The driver says what is asked and answered, and calls `flushInvokes` before it writes a frame,
 * so that the kernel has every invoke before the target has the operation: a killed harness loses no invoke
 * whose bytes left. Completions are written when their buffer is full and on `flush`.
 * Refuses to know what becomes of an operation.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../message-of.js';
import type { OperationRequest } from '../ports/pay.js';
import {
  COMPLETION_BYTES,
  completionsFile,
  INVOKE_BYTES,
  invokesFile,
  RESOLUTION,
} from '../records/journal-layout.js';
import type { PartCounts } from '../records/journal-record.js';
import { type CompletionStamp, writeCompletion, writeNotSent } from './completion-record.js';
import { type InvokeStamp, writeInvoke } from './invoke-record.js';

const INVOKES_BUFFERED = 8192;
const COMPLETIONS_BUFFERED = 16384;

/** Raised when the run folder cannot take the journal; nothing may be sent after it. */
export class JournalError extends Error {
  constructor(what: string, cause: unknown) {
    super(`${what}: ${messageOf(cause)}`, { cause });
    this.name = 'JournalError';
  }
}

export class JournalWriter {
  /** The invoke records not flushed yet, as 32-bit words; see `invoke`. */
  readonly invokeWords: Uint32Array;
  readonly #invokes: RecordFile;
  readonly #completions: RecordFile;
  readonly #worker: number;
  #lookUps = 0;

  /** Creates both files of `worker` in `folder`, which exists. Throws JournalError. */
  constructor(folder: string, worker: number) {
    this.#worker = worker;
    this.#invokes = new RecordFile(
      join(folder, invokesFile(worker)),
      INVOKE_BYTES,
      INVOKES_BUFFERED,
    );
    this.#completions = new RecordFile(
      join(folder, completionsFile(worker)),
      COMPLETION_BYTES,
      COMPLETIONS_BUFFERED,
    );
    this.invokeWords = this.#invokes.words;
  }

  /** Operations invoked so far; the next one's number. */
  get invoked(): number {
    return this.#invokes.count;
  }

  /** Completions recorded so far; the next one's ordinal. */
  get completed(): number {
    return this.#completions.count;
  }

  /** Appends what is asked; returns where its operation record begins in `invokeWords`, until the next flush. */
  invoke(request: OperationRequest, stamp: InvokeStamp): number {
    const sequence = this.invoked;
    const at = this.#invokes.begin();
    writeInvoke(this.invokeWords, at, request, stamp, sequence);
    return at;
  }

  /** Appends the answer that is the ack record at byte `from` of `ack`. */
  complete(ack: DataView, from: number, stamp: CompletionStamp): void {
    const at = this.#completions.begin();
    writeCompletion(this.#completions.words, at, ack, from, stamp);
    if (stamp.resolution === RESOLUTION.lookUp) this.#lookUps++;
  }

  /** Appends that operation `sequence` was refused before a byte of it left. */
  completeNotSent(stamp: {
    readonly sequence: number;
    readonly code: number;
    readonly completedUs: number;
  }): void {
    writeNotSent(this.#completions.words, this.#completions.begin(), stamp);
  }

  flushInvokes(): void {
    this.#invokes.flush();
  }

  flush(): void {
    this.#invokes.flush();
    this.#completions.flush();
  }

  /** The invoke record of the operation with this number, from memory or disk. */
  readInvoke(sequence: number): DataView {
    return this.#invokes.read(sequence);
  }

  /** The completion record with this ordinal, from memory or disk. */
  readCompletion(ordinal: number): DataView {
    return this.#completions.read(ordinal);
  }

  /** What the part holds, as it was closed. `lose`: what is not written yet cannot be, see JournalError; it has no counts. */
  close(options: { readonly lose: boolean } = { lose: false }): PartCounts | undefined {
    if (!options.lose) this.flush();
    this.#invokes.close();
    this.#completions.close();
    if (options.lose) return undefined;
    return {
      worker: this.#worker,
      invokes: this.invoked,
      completions: this.completed,
      lookUps: this.#lookUps,
    };
  }
}

class RecordFile {
  readonly words: Uint32Array;
  readonly #path: string;
  readonly #bytes: Uint8Array;
  readonly #recordBytes: number;
  readonly #descriptor: number;
  #used = 0;
  #written = 0;

  constructor(path: string, recordBytes: number, records: number) {
    this.#path = path;
    this.#recordBytes = recordBytes;
    this.#bytes = new Uint8Array(recordBytes * records);
    this.words = new Uint32Array(this.#bytes.buffer);
    try {
      this.#descriptor = openSync(path, 'wx+');
    } catch (cause) {
      throw new JournalError(`cannot create the journal ${path}`, cause);
    }
  }

  get count(): number {
    return (this.#written + this.#used) / this.#recordBytes;
  }

  begin(): number {
    if (this.#used === this.#bytes.length) this.flush();
    const at = this.#used;
    this.#used += this.#recordBytes;
    return at >>> 2;
  }

  flush(): void {
    let from = 0;
    try {
      while (from < this.#used)
        from += writeSync(this.#descriptor, this.#bytes, from, this.#used - from);
    } catch (cause) {
      throw new JournalError(`cannot write the journal ${this.#path}`, cause);
    }
    this.#written += this.#used;
    this.#used = 0;
  }

  read(ordinal: number): DataView {
    const at = ordinal * this.#recordBytes;
    const record = new Uint8Array(this.#recordBytes);
    if (at >= this.#written)
      record.set(this.#bytes.subarray(at - this.#written, at - this.#written + this.#recordBytes));
    else readSync(this.#descriptor, record, 0, this.#recordBytes, at);
    return new DataView(record.buffer);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
