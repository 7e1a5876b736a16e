/**
 * Appends one worker's journal. The driver says what is asked and answered, and calls `flushInvokes` before it writes a frame,
 * so that the kernel has every invoke before the target has the operation: a killed harness loses no invoke
 * whose bytes left. Completions are written when their buffer is full and on `flush`.
 * Refuses to know what becomes of an operation.
 */
import type { OperationRequest } from '../ports/pay.js';
import {
  COMPLETION_BYTES,
  INVOKE_BYTES,
  RESOLUTION,
  SEGMENT_RECORDS,
} from '../records/journal-layout.js';
import type { PartCounts } from '../records/journal-record.js';
import {
  type BareStamp,
  type CompletionStamp,
  writeBare,
  writeCompletion,
} from './completion-record.js';
import { type InvokeStamp, writeInvoke } from './invoke-record.js';
import { SegmentWriter } from './segment-writer.js';

const INVOKES_BUFFERED = 8192;
const COMPLETIONS_BUFFERED = 16384;

export interface JournalOptions {
  /** It exists. */
  readonly folder: string;
  readonly worker: number;
  readonly runId: string;
  /** Default SEGMENT_RECORDS. */
  readonly segmentRecords?: number;
}

export class JournalWriter {
  /** The invoke records not flushed yet, as 32-bit words; see `invoke`. */
  readonly invokeWords: Uint32Array;
  readonly #invokes: SegmentWriter;
  readonly #completions: SegmentWriter;
  readonly #worker: number;
  #lookUps = 0;

  /** Creates the first files of the worker. Throws JournalError. */
  constructor({ segmentRecords = SEGMENT_RECORDS, worker: part, ...where }: JournalOptions) {
    const of = { ...where, part, segmentRecords };
    this.#worker = part;
    const invokes = { recordBytes: INVOKE_BYTES, buffered: INVOKES_BUFFERED };
    const completions = { recordBytes: COMPLETION_BYTES, buffered: COMPLETIONS_BUFFERED };
    this.#invokes = new SegmentWriter({ ...of, ...invokes, kind: 'invokes' });
    this.#completions = new SegmentWriter({ ...of, ...completions, kind: 'completions' });
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

  /** Appends what came of operation `sequence` where there is no ack. */
  completeBare(stamp: BareStamp): void {
    writeBare(this.#completions.words, this.#completions.begin(), stamp);
    if (stamp.resolution === RESOLUTION.lookUp) this.#lookUps++;
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
