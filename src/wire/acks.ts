/**
 * The ack record: the answer to one operation or one ledger command, with its receipt. Fixed width,
 * little-endian, 96 bytes; a frame of class `paydrill.Acks` holds 1..n of them.
 *
 *    0 tag        u32       the tag of the request it answers
 *    4 outcome    u8        OUTCOME
 *    5 legs       u8        0..4 legs follow: of operations with more, some of them
 *    6 code       u16       RESULTS
 *    8 timestamp  u64       ledger time of the effect in microseconds since the Unix epoch, unique in its shard; of what only read,
 *                           and of a look-up that found nothing, that of the last entry before it; else 0
 *   16 account    4 x u64   } one leg each: the account,
 *   48 balance    4 x i64   } its posted balance after (credits - debits, minor units),
 *   80 version    4 x u32   } and its version after
 */

export const ACK_BYTES = 96;
/** Legs of a receipt: where an operation may have more, the first ones of its home shard are told. */
export const RECEIPT_LEGS = 4;

/** Byte offsets in an ack record; leg i adds 8*i to accounts and balances, 4*i to versions. */
export const ACK = {
  tag: 0,
  outcome: 4,
  legs: 5,
  code: 6,
  timestamp: 8,
  accounts: 16,
  balances: 48,
  versions: 80,
} as const;

export const OUTCOME = { ok: 0, declined: 1, unknown: 2 } as const;

export type Outcome = keyof typeof OUTCOME;
