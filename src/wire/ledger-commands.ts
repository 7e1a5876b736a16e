/**
 * The command record: what the gateway's payments room asks of one ledger shard. Fixed width, little-endian,
 * 128 bytes; a frame of class `paydrill.Commands` holds 1..n of them and is answered with acks.
 *
 *    0 id          4 x u32   the operation's id; one operation has one id on every shard it touches
 *   16 reference   4 x u32   refund: the payment; capture, void: the hold
 *   32 tag         u32
 *   36 command     u8        COMMAND
 *   37 kind        u8        OPERATION_KIND of the operation behind it
 *   38 legs        u8        0..8; beyond four they stand in a record that follows: `more_legs`
 *   39 flags       u8        COMMAND_FLAG
 *   40 code        u16       record_decline, cancel: why it was declined; what is not definite for the operation
 *                            (results.ts) counts as `cancelled`
 *   42 channel     u8
 *   43 peer        u8        the other shard of a cross-shard operation, own shard number otherwise
 *   44 timeout     u32       hold: seconds until it expires
 *   48 amount      u64       the operation's own amount (what a refund counts against)
 *   56 account     4 x u64   } one leg each: account and signed amount in minor units,
 *   88 posting     4 x i64   } positive = credit, negative = debit; the legs of a command sum to zero
 *  120 user        u32       number of the user the operation is of, 0 = not told
 *  124 counterparty u32      party.ts: who is on the other side, as the client named it; 0 = none
 *
 * The legs say what the shard is to post, user and counterparty whose operation it is: across shards no shard has a leg of
 * both, and a void has no legs at all.
 *
 *   post            apply the legs at once, all or none
 *   try_            reserve the legs: debits and credits become pending
 *   confirm         a tried branch: pending becomes posted. With no Try before it: refused, no effect
 *   cancel          a tried branch: pending is released. With no Try before it: recorded, so that a late Try is refused
 *   hold            a pending transfer of its own (legs: payer -, payee side +) that waits for capture, void or expiry
 *   capture         ends the hold `reference`: releases it and applies the legs at once
 *   void_           ends the hold `reference`: releases it
 *   record_decline  records that the operation was declined (risk control), so that no retry can ever apply it
 *   lookup          what is recorded under the id; never changes anything
 *   balance         balance and version of the account in leg 0
 *   more_legs       no command: legs 4 to 7 of the one before it, where those of the first four are
 */

export const COMMAND_BYTES = 128;
/** Of one command or entry; and of one record. */
export const LEGS_MAX = 8;
export const RECORD_LEGS = 4;

/**
 * A shard ends holds whose time is over by itself, within this of their deadline while it runs: it looks every
 * EXPIRY_LOOK_MS, and has time for others.
 */
export const EXPIRY_WITHIN_MS = 1000;
export const EXPIRY_LOOK_MS = 10;

/** Byte offsets in a command record; leg i adds 8*i to accounts and postings. */
export const CMD = {
  id: 0,
  reference: 16,
  tag: 32,
  command: 36,
  kind: 37,
  legs: 38,
  flags: 39,
  code: 40,
  channel: 42,
  peer: 43,
  timeoutS: 44,
  amount: 48,
  accounts: 56,
  postings: 88,
  user: 120,
  counterparty: 124,
} as const;

export const COMMAND = {
  post: 1,
  try_: 2,
  confirm: 3,
  cancel: 4,
  hold: 5,
  capture: 6,
  void_: 7,
  record_decline: 8,
  lookup: 9,
  balance: 10,
} as const;

/** In place of a command: see above. */
export const MORE_LEGS = 11;

export type CommandName = keyof typeof COMMAND;

/**
 * `primary`: this shard keeps the decision of a cross-shard operation; its Confirm is the commit point.
 * `secondary`: this shard follows the decision.
 * `fill`: a credit and the legs of nothing that follow it are filled in their order: each takes of what the first one says as much as
 * its account may have, the last all that is left. It stays with the command: an entry has the legs that came of it.
 */
export const COMMAND_FLAG = { primary: 1, secondary: 2, fill: 4 } as const;
