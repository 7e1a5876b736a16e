/**
 * The books as the ledger exports them: one entry per thing that happened, in the order it happened on its
 * shard. Little-endian, 64 bytes and then 32 for each leg. An entry's ordinal in its shard (0, 1, 2 ...) is its
 * log sequence number (lsn).
 *
 *    0 id         4 x u32
 *   16 reference  4 x u32
 *   32 timestamp  u64       microseconds since the Unix epoch, strictly increasing within the shard
 *   40 amount     u64       the operation's own amount
 *   48 code       u16       RESULTS: `created`, or why it was declined
 *   50 command    u8        ENTRY
 *   51 kind       u8        OPERATION_KIND
 *   52 legs       u8        0..8
 *   53 flags      u8        COMMAND_FLAG
 *   54 channel    u8
 *   55 peer       u8
 *   56 timeout    u32       hold: seconds
 *   60 party      u32       the party that no leg shows (party.ts): the counterparty; on a shard that is `secondary`, and in
 *                         an entry without legs, the user. 0 = none, or not told
 *   64 leg:  account u64 | posting i64 | balance after i64 | version u32 | pending u32
 *
 * A leg's `pending` says what the posting did: 0 = changed the posted balance; 1 = made pending (try, hold);
 * 2 = was pending and is posted now (confirm); 3 = was pending and is released (cancel, capture, void, expire).
 * The balance is always the posted one (credits - debits). A capture is two entries in one batch, both with the
 * capture's id and the hold as reference: `release` with the hold's legs (pending 3), then `capture` with the
 * captured ones (pending 0). An `expire` entry has the hold's id as id and as reference. A `cancel` has the code
 * that the id is declined with from now on - that of the shard which refused the operation, `cancelled` where none did -
 * and the branch's legs (pending 3), or none where there was no Try before it. Other entries with a code other than
 * `created` have no legs.
 */

export const ENTRY_HEAD_BYTES = 64;
export const ENTRY_LEG_BYTES = 32;

/** Byte offsets in an entry; leg i starts at ENTRY_HEAD_BYTES + i * ENTRY_LEG_BYTES. */
export const ENTRY = {
  id: 0,
  reference: 16,
  timestamp: 32,
  amount: 40,
  code: 48,
  command: 50,
  kind: 51,
  legs: 52,
  flags: 53,
  channel: 54,
  peer: 55,
  timeoutS: 56,
  party: 60,
} as const;

/** Byte offsets within a leg. */
export const LEG = { account: 0, posting: 8, balance: 16, version: 24, pending: 28 } as const;

export const LEG_PENDING = { posted: 0, made: 1, confirmed: 2, released: 3 } as const;

/** An entry's command is the command that made it, or one of these, which the shard writes by itself. */
export const ENTRY_COMMAND = { expire: 32, release: 33 } as const;

/**
 * The account record, one per opened account, exported beside the entries; 56 bytes, amounts in minor units.
 * `opening` is the posted balance the account was opened with; its history starts from it at version 0.
 */
export const ACCOUNT_BYTES = 56;

export const ACCOUNT = {
  account: 0,
  opening: 8,
  debitsPending: 16,
  debitsPosted: 24,
  creditsPending: 32,
  creditsPosted: 40,
  version: 48,
  /** u32, ACCOUNT_FLAG */
  flags: 52,
} as const;

/**
 * `mustNotOverdraw`: debits pending + posted may not pass credits posted.
 * `mustNotPassOpening`: credits pending + posted may not pass debits posted and what it opened with.
 */
export const ACCOUNT_FLAG = { mustNotOverdraw: 1, mustNotPassOpening: 2 } as const;
