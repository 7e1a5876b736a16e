/**
 * The risk engine in the way of a payment: asked once for each operation that is admitted, before money moves; what the agreed rules decline
 * is asked of those that it lets go. Every decision has its record in the log, and the engine's state is what the log says, so that another
 * process, or a checker, comes to the same one.
 *
 *   operation --> is there room in the log? --> engine: decide, count --> record --> denied? --> rules of amount and velocity
 *                    | no, or the engine threw
 *                    +--> no decision: kinds that are said to be closed are refused, all others go on; it is counted, and marked in the log
 *
 * The time that a decision may take is bounded in steps of its walk, not by a clock: it is the same again when it is decided again.
 */
import { kindFlags, kindNamed } from '../../../products/kinds.js';
import { DECISIONS } from '../../../risk/decide/policy.js';
import type { AgreedRisk, Population } from '../../../risk/line/agreed-risk.js';
import {
  DECIDED_FLAG,
  isMark,
  MARK,
  RECORD,
  readAsked,
  writeMark,
} from '../../../risk/line/decision-record.js';
import { type Asked, SEEN } from '../../../risk/line/moves.js';
import { RiskLine } from '../../../risk/line/risk-line.js';
import type { RiskLineState } from '../../../wire/admin.js';
import { readUint64, writeUint64 } from '../../../wire/bytes.js';
import type { Mutant } from '../../../wire/mutants.js';
import { OP } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import { monotonicMs, unixUs } from '../../payments/clock.js';
import type { Judge } from '../../payments/payments.js';
import type { Turn } from '../../payments/turn.js';
import { DecisionLog } from './decision-log.js';
import { type LineBugs, lineBugs } from './mutants.js';

export interface InLineOptions {
  readonly agreed: AgreedRisk;
  readonly population: Population;
  /** Path of the log of decisions. */
  readonly logPath: string;
  /** What else may decline: asked of what the engine lets go. */
  readonly rules: Judge;
  readonly turn: Turn;
  readonly log: (line: string) => void;
  readonly mutant: Mutant | undefined;
}

const DENIED = RESULTS.risk_denied.code;
const UNDECIDED = RESULTS.risk_undecided.code;
const DAY_S = 86_400;
const NS_A_MS = 1e6;
const SPENT_NS_MAX = 2 ** 32 - 1;

export class InLineRisk {
  readonly #options: InLineOptions;
  readonly #line: RiskLine;
  readonly #log: DecisionLog;
  readonly #closed: Uint8Array;
  readonly #bugs: LineBugs;
  readonly #asked: Asked = { kind: 0, account: 0, counterparty: 0, amountMinor: 0, channel: 0 };
  /** When the first process began, by the clock and by the engine's. */
  readonly #began = { us: 0, atS: 0 };
  readonly #decided = new Float64Array(DECISIONS.length);
  #undecided = 0;
  #cut = 0;
  #spentNs = 0;
  /** Of the last decision, nanoseconds. */
  #spent = 0;
  /** Those without a decision that no mark tells of yet. */
  readonly #unmarked = { count: 0, sinceUs: 0 };
  #hasFailed = false;

  /** Rebuilds the state from the log, which may take seconds. Throws the file system's error. */
  constructor(options: InLineOptions) {
    this.#options = options;
    const { agreed, population, mutant } = options;
    const { closed } = agreed.bounds;
    this.#closed = kindFlags(({ number }) =>
      closed.some((n) => kindNamed(n)?.row.number === number),
    );
    this.#bugs = lineBugs(mutant);
    let line = new RiskLine(agreed, population);
    const { turn, log, logPath: path } = options;
    const onRecord = (view: DataView, at: number): void => this.#recall(line, view, at);
    this.#log = new DecisionLog({ path, turn, log, onRecord });
    if (this.#log.isCold) {
      line = new RiskLine(agreed, population);
      this.#began.us = 0;
    }
    this.#line = line;
    this.#begin();
  }

  /** 0, or the code with which the operation record at `at` is declined. */
  readonly judge: Judge = (operation, at, nowMs) => {
    const kind = operation.getUint8(at + OP.kind);
    if (SEEN[kind] === 0 || this.#bugs.skips(kind))
      return this.#options.rules(operation, at, nowMs);
    const us = unixUs(nowMs);
    const isDecided = this.#mark(us) && this.#decide(operation, at, us);
    if (!isDecided) {
      this.#undecided++;
      if (this.#unmarked.count++ === 0) this.#unmarked.sinceUs = us;
      if (this.#closed[kind] === 1) return UNDECIDED;
      return this.#options.rules(operation, at, nowMs);
    }
    const code = this.#line.isDenied ? DENIED : this.#options.rules(operation, at, nowMs);
    this.#record(operation, at, us, code);
    return this.#bugs.answer(code);
  };

  /** For the checks after a drill: reads every record of the engine. */
  get state(): RiskLineState {
    const [allow = 0, stepUp = 0, review = 0, deny = 0] = this.#decided;
    return {
      records: this.#log.records,
      written: this.#log.written,
      digest: this.#line.digest(),
      atS: this.#line.atS,
      decided: { allow, 'step-up': stepUp, review, deny },
      undecided: this.#undecided,
      undecidedSinceUs: this.#unmarked.count > 0 ? this.#unmarked.sinceUs : 0,
      cut: this.#cut,
      spentUs: this.#spentNs / 1000,
      isCold: this.#log.isCold,
    };
  }

  close(): void {
    this.#log.close();
  }

  #begin(): void {
    const us = unixUs(monotonicMs());
    const { startHour } = this.#options.agreed.bounds;
    if (this.#began.us === 0) {
      this.#began.us = us;
      const nowS = Math.floor(us / 1e6);
      this.#began.atS = startHour === undefined ? nowS : Math.floor(startHour * 3600) + DAY_S;
    }
    const flags = this.#log.isCold ? DECIDED_FLAG.cold : 0;
    const at = this.#log.place();
    const { records: sequence, view } = this.#log;
    writeMark(view, at, { ...{ mark: MARK.start, sequence, flags }, ...this.#times(us) });
  }

  #times(us: number): { readonly decidedUs: number; readonly atS: number } {
    return { decidedUs: us, atS: this.#atS(us) };
  }

  /** The engine's time never falls, whatever clocks do over a restart. */
  #atS(us: number): number {
    const { speed } = this.#options.agreed.bounds;
    const sinceS = ((us - this.#began.us) / 1e6) * speed;
    return Math.max(this.#line.atS, this.#began.atS + Math.floor(Math.max(0, sinceS)));
  }

  /** What was decided before this process began. */
  #recall(line: RiskLine, view: DataView, at: number): void {
    const atS = view.getUint32(at + RECORD.atS, true);
    if (this.#began.us === 0) {
      this.#began.us = readUint64(view, at + RECORD.decidedUs);
      this.#began.atS = atS;
    }
    if (isMark(view, at)) return;
    readAsked(view, at, this.#asked);
    if (!this.#bugs.forgets(view.getUint32(at + RECORD.sequence, true)))
      line.count(this.#asked, atS);
  }

  /** Notes in the log what went without a decision, if anything did. False where there is no room for that and one record more. */
  #mark(us: number): boolean {
    const { count, sinceUs } = this.#unmarked;
    if (this.#hasFailed || !this.#log.hasRoom(2)) return false;
    if (count === 0) return true;
    const at = this.#log.place();
    const { records: sequence, view } = this.#log;
    writeMark(view, at, {
      ...{ mark: MARK.missing, sequence, count, sinceUs },
      ...this.#times(us),
    });
    this.#unmarked.count = 0;
    return true;
  }

  /** False where the engine threw: it is a bug, its state is no longer what the log says, and it decides nothing any more. */
  #decide(operation: DataView, at: number, us: number): boolean {
    const asked = this.#asked;
    asked.kind = operation.getUint8(at + OP.kind);
    asked.account = readUint64(operation, at + OP.account);
    asked.counterparty = readUint64(operation, at + OP.counterparty);
    asked.amountMinor = readUint64(operation, at + OP.amount);
    asked.channel = operation.getUint8(at + OP.channel);
    const begunMs = monotonicMs();
    try {
      this.#line.decide(asked, this.#atS(us));
    } catch (error) {
      this.#hasFailed = true;
      const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#options.log(`the risk engine failed, and decides nothing any more: ${told}`);
      return false;
    }
    this.#spent = Math.min(SPENT_NS_MAX, Math.round((monotonicMs() - begunMs) * NS_A_MS));
    this.#spentNs += this.#spent;
    return true;
  }

  #record(operation: DataView, from: number, us: number, code: number): void {
    const line = this.#line;
    this.#decided[line.decision]++;
    if ((line.flags & DECIDED_FLAG.cut) !== 0) this.#cut++;
    const at = this.#log.place();
    const { view, records } = this.#log;
    for (let byte = 0; byte < 16; byte += 4) {
      view.setUint32(at + RECORD.id + byte, operation.getUint32(from + OP.id + byte, true), true);
    }
    for (let byte = 0; byte < 24; byte += 4) {
      const word = operation.getUint32(from + OP.account + byte, true);
      view.setUint32(at + RECORD.account + byte, word, true);
    }
    writeUint64(view, at + RECORD.decidedUs, us);
    view.setUint32(at + RECORD.atS, line.atS, true);
    view.setUint32(at + RECORD.sequence, records, true);
    view.setUint8(at + RECORD.kind, operation.getUint8(from + OP.kind));
    view.setUint8(at + RECORD.channel, operation.getUint8(from + OP.channel));
    view.setUint8(at + RECORD.decision, this.#bugs.toldDecision(line.decision));
    view.setUint8(at + RECORD.flags, line.flags | (this.#log.isCold ? DECIDED_FLAG.cold : 0));
    view.setUint16(at + RECORD.code, this.#bugs.toldCode(code), true);
    view.setUint16(at + RECORD.steps, line.steps, true);
    view.setUint32(at + RECORD.spentNs, this.#spent, true);
    view.setFloat32(at + RECORD.probability, line.probability, true);
    view.setFloat32(at + RECORD.points, line.points, true);
    view.setUint32(at + RECORD.reasons, line.reasons, true);
  }
}
