/**
 * The log of decisions of a risk engine that was in line, as the gateway wrote it (risk/line/decision-record.ts), becomes
 * `books/decisions.parquet`: a row for each decision, in their order. `books/decisions.json` says what became of the log: how much of it there
 * is, and when decisions were made that it does not tell of.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { DECISIONS } from '../../risk/decide/policy.js';
import {
  DECIDED_FLAG,
  DECISION_BYTES,
  isMark,
  MARK,
  RECORD,
} from '../../risk/line/decision-record.js';
import { readUint64 } from '../../wire/bytes.js';
import { ColumnFile } from './column-file.js';
import { EventLoopTurns } from './event-loop-turns.js';
import { CHANNEL_NAMES, KIND_NAMES, RESULT_NAMES } from './names.js';
import { DECISION_COLUMNS } from './table-columns.js';
import { copyIdWords, copyPair } from './words.js';

export const DECISIONS_PART = 'decisions.parquet';
export const DECISIONS_FILE = 'decisions.json';
/** What was agreed about the engine: in the run folder where one was in line. */
export const RISK_LINE_FILE = 'risk.json';

/** From one moment to another, microseconds since the Unix epoch; null: to the end. */
export interface DecisionGap {
  readonly fromUs: number;
  readonly untilUs: number | null;
}

export interface LoggedDecisions {
  /** Records of the log, marks too. */
  readonly records: number;
  readonly decisions: number;
  /** Of kinds that may be denied, by name of the decision. */
  readonly decided: Readonly<Record<string, number>>;
  readonly cut: number;
  /** When decisions were made that the log does not tell of. */
  readonly gaps: readonly DecisionGap[];
  /** Of the last record. */
  readonly lastUs: number;
}

export interface DecisionsFacts extends Partial<LoggedDecisions> {
  /** Whether the log was read to its end. */
  readonly complete: boolean;
  readonly reason?: string;
  /** What the gateway told of itself once it was at rest: the fields of RiskLineState; absent where it did not answer. */
  readonly state?: Readonly<Record<string, unknown>>;
}

const CHUNK_BYTES = 13_107 * DECISION_BYTES;
const SESSIONS_MAX = 255;

/** Rejects with the file system's error, or where the records are not in sequence. */
export async function convertDecisions(options: {
  /** Path of the log. */
  readonly from: string;
  readonly to: string;
  readonly runId: string;
}): Promise<LoggedDecisions> {
  const { from, to, runId } = options;
  const { size } = statSync(from);
  const whole = size - (size % DECISION_BYTES);
  const descriptor = openSync(from, 'r');
  const table = new Decisions(to);
  const turns = new EventLoopTurns();
  try {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, whole));
    for (let at = 0; at < whole; at += chunk.length) {
      const length = readSync(descriptor, chunk, 0, Math.min(chunk.length, whole - at), at);
      if (length % DECISION_BYTES !== 0) throw new Error(`${from} cannot be read to its end`);
      table.add(chunk, length);
      await turns.after(length);
    }
    return table.finish(runId);
  } catch (cause) {
    table.abandon();
    throw cause;
  } finally {
    closeSync(descriptor);
  }
}

class Decisions {
  readonly #file: ColumnFile;
  readonly #gaps: DecisionGap[] = [];
  #records = 0;
  #decisions = 0;
  #session = 0;
  readonly #decided = new Map<string, number>(DECISIONS.map((name) => [name, 0]));
  #cut = 0;
  #lastUs = 0;

  constructor(path: string) {
    this.#file = new ColumnFile(path, DECISION_COLUMNS);
  }

  add(chunk: Buffer, length: number): void {
    const view = new DataView(chunk.buffer, chunk.byteOffset, length);
    const words = new Int32Array(chunk.buffer, chunk.byteOffset, length >>> 2);
    for (let at = 0; at < length; at += DECISION_BYTES) {
      const sequence = view.getUint32(at + RECORD.sequence, true);
      if (sequence !== ++this.#records)
        throw new Error(`the log of decisions has ${sequence} in place ${this.#records}`);
      const us = readUint64(view, at + RECORD.decidedUs);
      if (isMark(view, at)) this.#mark(view, at, us);
      else this.#fill(view, words, at);
      this.#lastUs = us;
    }
  }

  finish(runId: string): LoggedDecisions {
    this.#file.finish(runId);
    return {
      records: this.#records,
      decisions: this.#decisions,
      decided: Object.fromEntries(this.#decided),
      cut: this.#cut,
      gaps: this.#gaps,
      lastUs: this.#lastUs,
    };
  }

  #count(decision: number, flags: number): void {
    this.#decisions++;
    if ((flags & DECIDED_FLAG.judged) === 0) return;
    const name = DECISIONS[decision];
    this.#decided.set(name, (this.#decided.get(name) ?? 0) + 1);
    if ((flags & DECIDED_FLAG.cut) !== 0) this.#cut++;
  }

  abandon(): void {
    this.#file.abandon();
  }

  #mark(view: DataView, at: number, us: number): void {
    if (view.getUint8(at + RECORD.decision) === MARK.missing) {
      this.#gaps.push({ fromUs: readUint64(view, at + RECORD.account), untilUs: us });
      return;
    }
    this.#session = Math.min(this.#session + 1, SESSIONS_MAX);
    const isCold = (view.getUint8(at + RECORD.flags) & DECIDED_FLAG.cold) !== 0;
    if (this.#records > 1 || isCold) this.#gaps.push({ fromUs: this.#lastUs, untilUs: us });
  }

  #fill(view: DataView, words: Int32Array, at: number): void {
    const file = this.#file;
    const { row } = file;
    const from = at >>> 2;
    const flags = view.getUint8(at + RECORD.flags);
    const flag = (one: number): number => ((flags & one) === 0 ? 0 : 1);
    copyIdWords(words, from, file.words('id_hi'), file.words('id_lo'), row * 2);
    copyPair(words, from + RECORD.account / 4, file.words('account'), row * 2);
    copyPair(words, from + RECORD.counterparty / 4, file.words('counterparty'), row * 2);
    copyPair(words, from + RECORD.amount / 4, file.words('amount'), row * 2);
    copyPair(words, from + RECORD.decidedUs / 4, file.words('decision_timestamp_us'), row * 2);
    file.words('sequence')[row] = view.getUint32(at + RECORD.sequence, true);
    file.words('at_s')[row] = view.getUint32(at + RECORD.atS, true);
    file.words('steps')[row] = view.getUint16(at + RECORD.steps, true);
    file.words('spent_ns')[row] = view.getUint32(at + RECORD.spentNs, true);
    file.words('reasons')[row] = view.getUint32(at + RECORD.reasons, true);
    file.words('points')[row] = Math.max(0, Math.round(view.getFloat32(at + RECORD.points, true)));
    file.words('probability_ppm')[row] = partsPerMillion(
      view.getFloat32(at + RECORD.probability, true),
    );
    file.bytes('session')[row] = this.#session;
    file.bytes('kind')[row] = KIND_NAMES.indexOf[view.getUint8(at + RECORD.kind)];
    file.bytes('channel')[row] = CHANNEL_NAMES.indexOf[view.getUint8(at + RECORD.channel)];
    const decision = Math.min(view.getUint8(at + RECORD.decision), DECISIONS.length - 1);
    file.bytes('decision')[row] = decision;
    file.bytes('result')[row] = RESULT_NAMES.indexOf[view.getUint16(at + RECORD.code, true)];
    file.bytes('judged')[row] = flag(DECIDED_FLAG.judged);
    file.bytes('cut')[row] = flag(DECIDED_FLAG.cut);
    file.bytes('forgot')[row] = flag(DECIDED_FLAG.forgot);
    file.bytes('cold')[row] = flag(DECIDED_FLAG.cold);
    this.#count(decision, flags);
    file.row = row + 1;
    if (file.row === file.rowGroupRows) file.flush();
  }
}

/** Of a probability that was kept in 32 bits. */
export function partsPerMillion(probability: number): number {
  return Math.round(probability * 1e6);
}
