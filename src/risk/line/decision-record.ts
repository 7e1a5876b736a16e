/**
 * The log of decisions, as the gateway writes it: records of one length, little-endian, behind each other in the order in which
 * the engine was told. What the engine's state is, is the fold of the log from its beginning.
 *
 *    0 id            4 x u32
 *   16 account       u64     } as asked; of a mark: see below
 *   24 counterparty  u64     }
 *   32 amount        u64     }
 *   40 decided at    u64     microseconds since the Unix epoch
 *   48 at            u32     the engine's seconds; they never fall
 *   52 sequence      u32     1, 2, 3 ... marks too
 *   56 kind          u8      0 = a mark
 *   57 channel       u8
 *   58 decision      u8      ordinal in DECISIONS; of a mark: MARK
 *   59 flags         u8      DECIDED_FLAG
 *   60 code          u16     with which the operation was declined by risk control; 0 = it went on
 *   62 steps         u16     of the walk
 *   64 spent         u32     nanoseconds
 *   68 probability   f32     of the model
 *   72 points        f32     of the rules
 *   76 reasons       u32     bit i: rule i held; bit 31: the model
 *
 *   mark `start`     a process begins: whatever was decided since the record before it is missing
 *   mark `missing`   so many (amount) were let through or refused without a decision from `account` (microseconds) on
 */
import { readUint64, writeUint64 } from '../../wire/bytes.js';

export const DECISION_BYTES = 80;

export const RECORD = {
  id: 0,
  account: 16,
  counterparty: 24,
  amount: 32,
  decidedUs: 40,
  atS: 48,
  sequence: 52,
  kind: 56,
  channel: 57,
  decision: 58,
  flags: 59,
  code: 60,
  steps: 62,
  spentNs: 64,
  probability: 68,
  points: 72,
  reasons: 76,
} as const;

export const MARK = { start: 1, missing: 2 } as const;

/**
 * `judged`  rules and model were asked          `cut`   the walk ended before it had seen everything
 * `forgot`  pairs that dealt within a day had given their place to others, so that a window may lack something
 * `cold`    what was decided before this process began is not known to it
 */
export const DECIDED_FLAG = { judged: 1, cut: 2, forgot: 4, cold: 8 } as const;

/** A mark at `at`. */
export function writeMark(
  view: DataView,
  at: number,
  mark: {
    readonly mark: number;
    readonly decidedUs: number;
    readonly atS: number;
    readonly sequence: number;
    readonly flags?: number;
    readonly sinceUs?: number;
    readonly count?: number;
  },
): void {
  for (let word = 0; word < DECISION_BYTES; word += 4) view.setUint32(at + word, 0, true);
  writeUint64(view, at + RECORD.account, mark.sinceUs ?? 0);
  writeUint64(view, at + RECORD.amount, mark.count ?? 0);
  writeUint64(view, at + RECORD.decidedUs, mark.decidedUs);
  view.setUint32(at + RECORD.atS, mark.atS, true);
  view.setUint32(at + RECORD.sequence, mark.sequence, true);
  view.setUint8(at + RECORD.decision, mark.mark);
  view.setUint8(at + RECORD.flags, mark.flags ?? 0);
}

export function isMark(view: DataView, at: number): boolean {
  return view.getUint8(at + RECORD.kind) === 0;
}

/** Reads what was asked. */
export function readAsked(
  view: DataView,
  at: number,
  asked: {
    kind: number;
    account: number;
    counterparty: number;
    amountMinor: number;
    channel: number;
  },
): void {
  asked.kind = view.getUint8(at + RECORD.kind);
  asked.account = readUint64(view, at + RECORD.account);
  asked.counterparty = readUint64(view, at + RECORD.counterparty);
  asked.amountMinor = readUint64(view, at + RECORD.amount);
  asked.channel = view.getUint8(at + RECORD.channel);
}
