/**
 * The words of one invoke record, written in place: what was asked, and when. Word indices are the byte offsets of
 * records/journal-layout.ts and wire/operations.ts divided by four. Called once per operation: nothing is allocated.
 */
import type { OperationIdWords } from '../../wire/operation-id.js';
import { CURRENCY_CNY, OP } from '../../wire/operations.js';
import type { OperationRequest } from '../ports/pay.js';
import { INVOKE } from '../records/journal-layout.js';

/** Who asks and when; one object a driver, filled anew for each operation. Times on the drill clock. */
export interface InvokeStamp {
  /** The first three words of the id, unless the request has its own; the fourth is the operation's number in this worker. */
  readonly idWords: Uint32Array;
  worker: number;
  scenario: number;
  intendedUs: number;
  invokedUs: number;
}

const TWO_32 = 4294967296;
const TAG_WORD = OP.tag / 4;

/** `at`: the index of the record's first word. The tag is zero until `writeTag`. */
export function writeInvoke(
  words: Uint32Array,
  at: number,
  request: OperationRequest,
  stamp: InvokeStamp,
  sequence: number,
): void {
  words[at] = stamp.idWords[0];
  words[at + 1] = stamp.idWords[1];
  words[at + 2] = stamp.idWords[2];
  words[at + 3] = sequence;
  if (request.idWords !== undefined) writeId(words, at, request.idWords);
  writeId(words, at + OP.reference / 4, request.reference?.idWords);
  writeUint64(words, at + OP.account / 4, request.account);
  writeUint64(words, at + OP.counterparty / 4, request.counterparty);
  writeUint64(words, at + OP.amount / 4, request.amountMinor);
  words[at + TAG_WORD] = 0;
  words[at + OP.timeoutS / 4] = request.timeoutS;
  words[at + OP.kind / 4] = request.kind | (request.channel << 8);
  words[at + OP.currency / 4] = CURRENCY_CNY;
  writeUint64(words, at + INVOKE.intendedUs / 4, stamp.intendedUs);
  writeUint64(words, at + INVOKE.invokedUs / 4, stamp.invokedUs);
  words[at + INVOKE.scenario / 4] = stamp.scenario | (stamp.worker << 16);
  words[at + INVOKE.scenario / 4 + 1] = 0;
}

export function writeTag(words: Uint32Array, at: number, tag: number): void {
  words[at + TAG_WORD] = tag;
}

export function writeUint64(words: Uint32Array, at: number, value: number): void {
  words[at] = value >>> 0;
  words[at + 1] = value / TWO_32;
}

function writeId(words: Uint32Array, at: number, id: OperationIdWords | undefined): void {
  for (let i = 0; i < 4; i++) words[at + i] = id === undefined ? 0 : id[i];
}
