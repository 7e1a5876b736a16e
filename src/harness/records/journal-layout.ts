/**
 * The journal as the load workers write it: the client's side of the truth. Fixed-width little-endian records of two kinds
 * a worker, in segments (record-files.ts), so that an operation is found by arithmetic and a torn last record is simply the last one:
 *
 *   invokes       record k is operation k of this worker, written before its first byte is sent
 *      0 operation record   72 bytes, see wire/operations.ts
 *     72 intended start     u64   us on the drill clock: when the schedule said
 *     80 invoked            u64   us on the drill clock: when it was handed to the driver
 *     88 scenario           u16   index in the plan
 *     90 worker             u16
 *     92 reserved           u32
 *
 *   completions   one record per operation that became definite or was resolved, in that order
 *      0 ack record         96 bytes, see wire/acks.ts; its tag is the operation's number k in this worker
 *     96 completed          u64   us on the drill clock
 *    104 attempts           u16   sendings, 0 where none left the client
 *    106 resolution         u8    RESOLUTION
 *    107 reserved           u8
 *    108 sent after         u32   us from `invoked` to the sending that was answered
 *
 * An operation without a completion is unknown.
 */
import { ACK_BYTES } from '../../wire/acks.js';
import { OPERATION_BYTES } from '../../wire/operations.js';

/** Records of a segment of the journal; the last has less. */
export const SEGMENT_RECORDS = 2 ** 18;

export const INVOKE_BYTES = OPERATION_BYTES + 24;
export const COMPLETION_BYTES = ACK_BYTES + 16;

/** Byte offsets in an invoke record, behind the operation record. */
export const INVOKE = {
  intendedUs: 72,
  invokedUs: 80,
  scenario: 88,
  worker: 90,
} as const;

/** Byte offsets in a completion record, behind the ack record. */
export const COMPLETION = {
  completedUs: 96,
  attempts: 104,
  resolution: 106,
  sentAfterUs: 108,
} as const;

/** `lookUp`: still unknown when the load ended, resolved by asking, never by sending again. */
export const RESOLUTION = { answered: 0, lookUp: 1 } as const;
