/**
 * The words of one completion record, written in place: the ack as it came, and when. Word indices are the byte offsets of
 * records/journal-layout.ts and wire/acks.ts divided by four. Called once per operation: nothing is allocated.
 */
import { ACK, ACK_BYTES } from '../../wire/acks.js';
import { COMPLETION, COMPLETION_BYTES } from '../records/journal-layout.js';
import { writeUint64 } from './invoke-record.js';

/** One object a driver, filled anew for each operation. */
export interface CompletionStamp {
  /** The operation's number in this worker. */
  sequence: number;
  completedUs: number;
  attempts: number;
  /** RESOLUTION. */
  resolution: number;
  /** From the invoke to the sending that was answered. */
  sentAfterUs: number;
}

const ACK_WORDS = ACK_BYTES / 4;
const COMPLETION_WORDS = COMPLETION_BYTES / 4;

/** Copies the ack record at byte `from` of `ack`. */
export function writeCompletion(
  words: Uint32Array,
  at: number,
  ack: DataView,
  from: number,
  stamp: CompletionStamp,
): void {
  for (let i = 0; i < ACK_WORDS; i++) words[at + i] = ack.getUint32(from + i * 4, true);
  words[at + ACK.tag / 4] = stamp.sequence;
  writeUint64(words, at + COMPLETION.completedUs / 4, stamp.completedUs);
  words[at + COMPLETION.attempts / 4] = stamp.attempts | (stamp.resolution << 16);
  words[at + COMPLETION.sentAfterUs / 4] = stamp.sentAfterUs;
}

/** What came of an operation where there is no ack that says it. */
export interface BareStamp extends CompletionStamp {
  /** OUTCOME. */
  readonly outcome: number;
  /** Of wire/results.ts. */
  readonly code: number;
}

/** An outcome without a receipt: what a script says came of it, or that no byte of it has left. */
export function writeBare(words: Uint32Array, at: number, stamp: BareStamp): void {
  words.fill(0, at, at + COMPLETION_WORDS);
  words[at + ACK.tag / 4] = stamp.sequence;
  words[at + ACK.outcome / 4] = stamp.outcome | (stamp.code << 16);
  writeUint64(words, at + COMPLETION.completedUs / 4, stamp.completedUs);
  words[at + COMPLETION.attempts / 4] = stamp.attempts | (stamp.resolution << 16);
  words[at + COMPLETION.sentAfterUs / 4] = stamp.sentAfterUs;
}
