/**
 * The operation record: what a client asks of the gateway. Fixed width, little-endian, 72 bytes; a frame of
 * class `paydrill.Operations` holds 1..n of them.
 *
 *    0 id            4 x u32   chosen by the client, UUID v7
 *   16 reference     4 x u32   refund: the payment; capture, void: the hold; else zero
 *   32 account       u64       whose shard is home: payer; refund: the user who gets the money back; topUp: the user
 *   40 counterparty  u64       merchant or payee; zero for topUp, void, balance, lookup
 *   48 amount        u64       minor units; zero for void, balance, lookup
 *   56 tag           u32       echoed in the ack; unique among what is in flight on the connection
 *   60 timeout       u32       seconds until a hold expires; zero otherwise
 *   64 kind          u8        OPERATION_KIND
 *   65 channel       u8        CHANNEL
 *   66 flags         u16       OPERATION_FLAG
 *   68 currency      u16       ISO 4217 number; 156 = CNY
 *   70 reserved      u16       zero
 */
import { OPERATION_KINDS, type OperationKind } from './operation-kinds.js';

export const OPERATION_BYTES = 72;

/** Byte offsets in an operation record. */
export const OP = {
  id: 0,
  reference: 16,
  account: 32,
  counterparty: 40,
  amount: 48,
  tag: 56,
  timeoutS: 60,
  kind: 64,
  channel: 65,
  flags: 66,
  currency: 68,
} as const;

/** The numbers alone, for switches; all that there is to know of a kind is in operation-kinds.ts. */
export const OPERATION_KIND = {
  pay: OPERATION_KINDS.pay.number,
  transfer: OPERATION_KINDS.transfer.number,
  topUp: OPERATION_KINDS.topUp.number,
  refund: OPERATION_KINDS.refund.number,
  hold: OPERATION_KINDS.hold.number,
  capture: OPERATION_KINDS.capture.number,
  void: OPERATION_KINDS.void.number,
  balance: OPERATION_KINDS.balance.number,
  lookup: OPERATION_KINDS.lookup.number,
  withdraw: OPERATION_KINDS.withdraw.number,
  entry: OPERATION_KINDS.entry.number,
} as const satisfies Record<OperationKind, number>;

/** `retry`: an earlier attempt with this id was sent; if the ledger knows the id, risk control does not count it again. */
export const OPERATION_FLAG = { retry: 1 } as const;

/** How the payer pays. The channel changes no posting; it is carried into the books. */
export const CHANNEL = { balance: 0, huabei: 1, yuebao: 2, bankCard: 3, other: 4 } as const;

export type Channel = keyof typeof CHANNEL;

export const CURRENCY_CNY = 156;
