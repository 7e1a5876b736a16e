/**
 * One command, read out of the chunk it came in into the same object again and again: the ledger allocates nothing
 * per command. Ids are kept as int32 words, which V8 keeps without boxing; amounts in typed arrays for the same reason.
 *
 * `wellFormed` is the edge: whatever it lets through has 0..8 legs that sum to zero, with accounts and amounts that
 * are safe integers. Everything behind it trusts that.
 */
import { readInt64, readUint64 } from '../../wire/bytes.js';
import {
  CMD,
  COMMAND,
  COMMAND_FLAG,
  LEGS_MAX,
  MORE_LEGS,
  RECORD_LEGS,
} from '../../wire/ledger-commands.js';
import { AMOUNT_MINOR_MAX } from '../../wire/results.js';

export class Command {
  id0 = 0;
  id1 = 0;
  id2 = 0;
  id3 = 0;
  reference0 = 0;
  reference1 = 0;
  reference2 = 0;
  reference3 = 0;
  tag = 0;
  command = 0;
  kind = 0;
  legs = 0;
  /** COMMAND_FLAG but `fill`. */
  flags = 0;
  fills = false;
  code = 0;
  channel = 0;
  peer = 0;
  timeoutS = 0;
  /** Number of the user whose operation it is; the party on the other side (wire/party.ts). 0 = not told, none. */
  user = 0;
  counterparty = 0;
  readonly accounts = new Float64Array(LEGS_MAX);
  readonly postings = new Float64Array(LEGS_MAX);
  readonly #amount = new Float64Array(1);

  get amount(): number {
    return this.#amount[0];
  }

  set amount(minor: number) {
    this.#amount[0] = minor;
  }

  read(view: DataView, at: number): void {
    this.id0 = view.getInt32(at + CMD.id, true);
    this.id1 = view.getInt32(at + CMD.id + 4, true);
    this.id2 = view.getInt32(at + CMD.id + 8, true);
    this.id3 = view.getInt32(at + CMD.id + 12, true);
    this.reference0 = view.getInt32(at + CMD.reference, true);
    this.reference1 = view.getInt32(at + CMD.reference + 4, true);
    this.reference2 = view.getInt32(at + CMD.reference + 8, true);
    this.reference3 = view.getInt32(at + CMD.reference + 12, true);
    this.tag = view.getUint32(at + CMD.tag, true);
    this.command = view.getUint8(at + CMD.command);
    this.kind = view.getUint8(at + CMD.kind);
    this.legs = view.getUint8(at + CMD.legs);
    const flags = view.getUint8(at + CMD.flags);
    this.flags = flags & ~COMMAND_FLAG.fill;
    this.fills = (flags & COMMAND_FLAG.fill) !== 0;
    this.code = view.getUint16(at + CMD.code, true);
    this.channel = view.getUint8(at + CMD.channel);
    this.peer = view.getUint8(at + CMD.peer);
    this.timeoutS = view.getUint32(at + CMD.timeoutS, true);
    this.#amount[0] = readUint64(view, at + CMD.amount);
    this.user = view.getUint32(at + CMD.user, true);
    this.counterparty = view.getInt32(at + CMD.counterparty, true);
    const legs = this.command === COMMAND.balance ? 1 : Math.min(this.legs, RECORD_LEGS);
    for (let i = 0; i < legs; i++) {
      this.accounts[i] = readUint64(view, at + CMD.accounts + i * 8);
      this.postings[i] = readInt64(view, at + CMD.postings + i * 8);
    }
  }

  /** Whether the legs go on in the record that follows. */
  get hasMore(): boolean {
    return this.legs > RECORD_LEGS && this.command !== COMMAND.balance;
  }

  /** The record at `at` goes on with the legs; where it does not, or there is none (-1), the command is malformed. */
  readMore(view: DataView, at: number): void {
    const goesOn =
      at >= 0 &&
      view.getUint8(at + CMD.command) === MORE_LEGS &&
      view.getUint32(at + CMD.tag, true) === this.tag;
    if (!goesOn || this.legs > LEGS_MAX) {
      this.legs = LEGS_MAX + 1;
      return;
    }
    for (let i = RECORD_LEGS; i < this.legs; i++) {
      const from = at + (i - RECORD_LEGS) * 8;
      this.accounts[i] = readUint64(view, from + CMD.accounts);
      this.postings[i] = readInt64(view, from + CMD.postings);
    }
  }

  get idIsZero(): boolean {
    return (this.id0 | this.id1 | this.id2 | this.id3) === 0;
  }

  /** Whether the fields make sense together, whatever the books say. */
  wellFormed(): boolean {
    if (this.command === COMMAND.balance) return true;
    if (this.legs > LEGS_MAX || this.amount > AMOUNT_MINOR_MAX) return false;
    let sum = 0;
    for (let i = 0; i < this.legs; i++) {
      const posting = this.postings[i];
      const isFilled = this.fills && i > 0 && this.postings[i - 1] >= 0;
      if ((posting === 0 && !isFilled) || !(Math.abs(posting) <= AMOUNT_MINOR_MAX)) return false;
      if (this.accounts[i] > Number.MAX_SAFE_INTEGER) return false;
      sum += posting;
    }
    if (sum !== 0) return false;
    switch (this.command) {
      case COMMAND.post:
      case COMMAND.try_:
      case COMMAND.hold:
      case COMMAND.capture:
        return this.legs >= 2;
      case COMMAND.record_decline:
        return this.code !== 0;
      default:
        return this.command >= COMMAND.post && this.command <= COMMAND.balance;
    }
  }
}
