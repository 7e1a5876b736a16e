/**
 * The binary journal of one load worker becomes one part of `journal.parquet`: one row per operation, in the
 * order they were invoked, with the answer beside it where there was one. Every column is a word copy.
 * Completions come in another order than operations: their places are indexed first (4 bytes an operation), then
 * read through a small cache of blocks. A torn last record and a record that names no operation are left out; two answers to one
 * operation have no place here, and are left as they are.
 */
import { ACK, OUTCOME, RECEIPT_LEGS } from '../../wire/acks.js';
import { OP } from '../../wire/operations.js';
import { ColumnFile, type Presence } from './column-file.js';
import { EventLoopTurns } from './event-loop-turns.js';
import { COMPLETION, COMPLETION_BYTES, INVOKE, INVOKE_BYTES } from './journal-layout.js';
import {
  CHANNEL_NAMES,
  KIND_NAMES,
  OUTCOME_NAMES,
  RESOLUTION_NAMES,
  RESULT_NAMES,
} from './names.js';
import { runOf, type Segment } from './record-files.js';
import type { JournalPart } from './run-layout.js';
import { SegmentReader } from './segment-reader.js';
import { OPERATION_COLUMNS } from './table-columns.js';
import { RecordsError } from './unreadable.js';
import { copyIdWords, copyPair, isId } from './words.js';

const INVOKE_WORDS = INVOKE_BYTES / 4;
const COMPLETION_WORDS = COMPLETION_BYTES / 4;
const BLOCK_RECORDS = 8192;
const BLOCKS_CACHED = 48;

/** One worker's journal, from its binary files. */
export interface OperationsTable {
  readonly part: JournalPart;
  readonly to: string;
  readonly rowGroupRows: number;
}

/** Rejects with RecordsError, and the file system's error. */
export async function convertOperations({
  part,
  to,
  rowGroupRows,
}: OperationsTable): Promise<void> {
  const { operations, worker } = part;
  if (part.binary === undefined) throw new Error('the part is converted already');
  const runId = runOf([...part.binary.invokes, ...part.binary.completions]);
  const invokes = new SegmentReader(part.binary.invokes, INVOKE_BYTES);
  const completions = new Completions(part.binary.completions, operations);
  const file = new ColumnFile(to, OPERATION_COLUMNS, rowGroupRows);
  const slab = new Int32Array(file.rowGroupRows * INVOKE_WORDS);
  const bytes = new Uint8Array(slab.buffer);
  const invoked = invokeFiller(file, slab, worker);
  const completed = completionFiller(file, completions);
  const turns = new EventLoopTurns();
  for (let first = 0; first < operations; first += file.rowGroupRows) {
    const rows = Math.min(file.rowGroupRows, operations - first);
    invokes.read(first, bytes.subarray(0, rows * INVOKE_BYTES));
    invoked(rows, first);
    completed(rows, first);
    file.row = rows;
    file.flush();
    await turns.after(rows * (INVOKE_BYTES + COMPLETION_BYTES));
  }
  file.finish(runId);
  invokes.close();
  completions.close();
}

type Filler = (rows: number, first: number) => void;

function invokeFiller(file: ColumnFile, slab: Int32Array, worker: number): Filler {
  const small = new Uint8Array(slab.buffer);
  const kinds = KIND_NAMES.indexOf;
  const channels = CHANNEL_NAMES.indexOf;
  const workerOut = file.bytes('worker');
  const sequence = file.words('sequence');
  const idHi = file.words('id_hi');
  const idLo = file.words('id_lo');
  const kind = file.bytes('kind');
  const channel = file.bytes('channel');
  const scenario = file.bytes('scenario');
  const account = file.words('account');
  const counterparty = file.words('counterparty');
  const amount = file.words('amount');
  const referenceHi = file.words('reference_hi');
  const referenceLo = file.words('reference_lo');
  const timeout = file.words('timeout_s');
  const intended = file.words('intended_us');
  const invoked = file.words('invoked_us');
  const reference = file.presence('reference');
  const timeouts = file.presence('timeout');
  return (rows, first) => {
    workerOut.fill(worker & 255, 0, rows);
    for (let row = 0; row < rows; row++) {
      const from = row * INVOKE_WORDS;
      const to = row * 2;
      const at = row * INVOKE_BYTES;
      sequence[row] = first + row;
      copyIdWords(slab, from, idHi, idLo, to);
      copyPair(slab, from + OP.account / 4, account, to);
      copyPair(slab, from + OP.counterparty / 4, counterparty, to);
      copyPair(slab, from + OP.amount / 4, amount, to);
      copyPair(slab, from + INVOKE.intendedUs / 4, intended, to);
      copyPair(slab, from + INVOKE.invokedUs / 4, invoked, to);
      kind[row] = kinds[small[at + OP.kind]];
      channel[row] = channels[small[at + OP.channel]];
      scenario[row] = small[at + INVOKE.scenario];
      if (isId(slab, from + OP.reference / 4))
        copyIdWords(
          slab,
          from + OP.reference / 4,
          referenceHi,
          referenceLo,
          reference.mark(row) * 2,
        );
      const seconds = slab[from + OP.timeoutS / 4];
      if (seconds !== 0) timeout[timeouts.mark(row)] = seconds;
    }
  };
}

function completionFiller(file: ColumnFile, completions: Completions): Filler {
  const outcome = file.bytes('outcome');
  const result = file.bytes('result');
  const completed = file.words('completed_us');
  const attempts = file.bytes('attempts');
  const resolution = file.bytes('resolution');
  const sentAfter = file.words('sent_after_us');
  const timestamp = file.words('receipt_timestamp_us');
  const legs = file.bytes('receipt_legs');
  const present = file.presence('completion');
  const fillLeg = Array.from({ length: RECEIPT_LEGS }, (_, leg) => legFiller(file, leg));
  const unknown = OUTCOME_NAMES.indexOf[OUTCOME.unknown];
  return (rows, first) => {
    for (let row = 0; row < rows; row++) {
      const at = completions.find(first + row);
      outcome[row] = unknown;
      if (at < 0) continue;
      const words = completions.words;
      const index = present.mark(row);
      const head = words[at + 1];
      outcome[row] = OUTCOME_NAMES.indexOf[head & 255];
      result[index] = RESULT_NAMES.indexOf[head >>> 16];
      copyPair(words, at + ACK.timestamp / 4, timestamp, index * 2);
      copyPair(words, at + COMPLETION.completedUs / 4, completed, index * 2);
      const tail = words[at + COMPLETION.attempts / 4];
      attempts[index] = Math.min(tail & 0xffff, 255);
      resolution[index] = RESOLUTION_NAMES.indexOf[(tail >>> 16) & 255];
      sentAfter[index] = words[at + COMPLETION.sentAfterUs / 4];
      const count = Math.min((head >>> 8) & 255, RECEIPT_LEGS);
      legs[index] = count;
      for (let leg = 0; leg < count; leg++) fillLeg[leg]?.(words, at, row);
    }
  };
}

function legFiller(
  file: ColumnFile,
  leg: number,
): (words: Int32Array, at: number, row: number) => void {
  const account = file.words(`receipt_account_${leg + 1}`);
  const balance = file.words(`receipt_balance_${leg + 1}`);
  const version = file.words(`receipt_version_${leg + 1}`);
  const presence: Presence = file.presence(`leg${leg}`);
  return (words, at, row) => {
    const index = presence.mark(row);
    copyPair(words, at + ACK.accounts / 4 + leg * 2, account, index * 2);
    copyPair(words, at + ACK.balances / 4 + leg * 2, balance, index * 2);
    version[index] = words[at + ACK.versions / 4 + leg];
  };
}

/** A worker's completions by operation number. */
class Completions {
  words: Int32Array = new Int32Array(0);
  readonly #reader: SegmentReader;
  /** Ordinal + 1 of the completion of each operation; 0 = none. */
  readonly #ordinals: Int32Array;
  readonly #records: number;
  readonly #cache = new Map<number, Int32Array>();
  #block = -1;

  constructor(segments: readonly Segment[], operations: number) {
    this.#reader = new SegmentReader(segments, COMPLETION_BYTES);
    this.#records = this.#reader.records;
    this.#ordinals = new Int32Array(operations);
    const block = new Int32Array(BLOCK_RECORDS * COMPLETION_WORDS);
    for (let first = 0; first < this.#records; first += BLOCK_RECORDS) {
      const records = this.#readBlock(first, block);
      for (let i = 0; i < records; i++) {
        const sequence = block[i * COMPLETION_WORDS] >>> 0;
        if (sequence >= operations) continue;
        if (this.#ordinals[sequence] !== 0)
          throw new RecordsError(`${segments[0]?.path} answers operation ${sequence} twice`);
        this.#ordinals[sequence] = first + i + 1;
      }
    }
  }

  /** Index in `words` of the operation's completion, until the next call; -1 where there is none. */
  find(sequence: number): number {
    const ordinal = this.#ordinals[sequence] - 1;
    if (ordinal < 0) return -1;
    const block = Math.floor(ordinal / BLOCK_RECORDS);
    if (block !== this.#block) this.#select(block);
    return (ordinal - block * BLOCK_RECORDS) * COMPLETION_WORDS;
  }

  close(): void {
    this.#reader.close();
  }

  #select(block: number): void {
    let words = this.#cache.get(block);
    if (words === undefined) {
      const [oldest] = this.#cache.keys();
      const full = this.#cache.size >= BLOCKS_CACHED && oldest !== undefined;
      words =
        (full ? this.#cache.get(oldest) : undefined) ??
        new Int32Array(BLOCK_RECORDS * COMPLETION_WORDS);
      if (full) this.#cache.delete(oldest);
      this.#readBlock(block * BLOCK_RECORDS, words);
      this.#cache.set(block, words);
    }
    this.words = words;
    this.#block = block;
  }

  #readBlock(first: number, into: Int32Array): number {
    const records = Math.min(BLOCK_RECORDS, this.#records - first);
    const bytes = new Uint8Array(into.buffer, 0, records * COMPLETION_BYTES);
    this.#reader.read(first, bytes);
    return records;
  }
}
