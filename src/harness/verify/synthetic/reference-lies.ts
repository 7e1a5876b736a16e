/**
 * Everything a ledger can do wrong with holds, refunds, reads, their order and declines so that nothing else contradicts itself: each lie with
 * the law that must be broken by it and what its witness must say. Told in the middle of a history it is a planted bug
 * (planted-references.ts), at a random place a corruption (corruptions-of-references.ts).
 */
import {
  captureRefusedInVain,
  declinedByNobody,
  refundRefusedInVain,
  refusedAsNoHold,
  refusedAsUnknownAccount,
  refusedByAnotherEnd,
  refusedForMoney,
  toldOfNoMoney,
} from './lies-of-declines.js';
import {
  acknowledgedBeforeItsPast,
  captureSeenInHalves,
  paymentSeenInHalves,
  readBeforeItsPast,
} from './lies-of-order.js';
import { earlyRead, readGoesBack, readOfAnother, staleRead } from './lies-of-reads.js';
import {
  paymentWithoutHold,
  refundOfTheSame,
  refundOfWhatIsThere,
  refusedAsCancelled,
  refusedAsMalformed,
  refusedAsNotFound,
  refusedAsNotOffered,
  refusedAsOneAccount,
  refusedAsOutOfRange,
  refusedAsTooOld,
  refusedAsUsed,
  toldOfACancel,
  toldOfNoPayment,
} from './lies-of-reasons.js';
import {
  captureForAnother,
  captureMoreThanHeld,
  captureOfAnotherHold,
  captureTooLate,
  captureWithoutRelease,
  expiryOfEndless,
  expiryTooEarly,
  type Lie,
  refundMoreThanPaid,
  refundOfHold,
  refundOfNothing,
  refundToAnother,
  refundTwice,
  voidByAnother,
} from './lies-of-references.js';
import {
  declinedAsTooLarge,
  declinedAsTooMany,
  limitForgotten,
  wentTooMuch,
  wentTooOften,
} from './lies-of-risk.js';
import type { PlantedBug } from './planted-bug.js';

export interface PlantedLie extends Omit<PlantedBug, 'plant'> {
  readonly lie: Lie;
}

const HOLDS: readonly PlantedLie[] = [
  {
    bug: 'more was captured than was held',
    law: 'hold-bounds',
    witness: /^capture \S+ of .* and takes \S+ of a hold of \S+ \(entry \d+ of shard \d\)$/,
    lie: captureMoreThanHeld,
  },
  {
    bug: 'a capture paid another than the hold had named',
    law: 'hold-bounds',
    witness: /and pays merchant:\d+ what was held for merchant:\d+ \(entry \d+ of shard \d\)$/,
    lie: captureForAnother,
  },
  {
    bug: 'a capture took the money and left the hold as it was (charged twice)',
    law: 'hold-bounds',
    witness:
      /and captures \(entry \d+ of shard \d\) what it does not release in the entry before it$/,
    lie: captureWithoutRelease,
  },
  {
    bug: 'a capture took what somebody else had held',
    law: 'hold-bounds',
    witness: /and (releases|captures|takes|refers|pays)/,
    lie: captureOfAnotherHold,
  },
  {
    bug: 'a hold was ended after its time (no look at the deadline)',
    law: 'hold-bounds',
    witness: /and ends a hold \d+ us after its time \(entry \d+ of shard \d\)$/,
    lie: captureTooLate,
  },
  {
    bug: 'a hold ran out before its time (clock jump)',
    law: 'hold-bounds',
    witness:
      /^hold .* and is a hold that runs out \d+ us before its time \(entry \d+ of shard \d\)$/,
    lie: expiryTooEarly,
  },
  {
    bug: 'a hold ran out that has no end',
    law: 'hold-bounds',
    witness: /and is a hold without an end and runs out \(entry \d+ of shard \d\)$/,
    lie: expiryOfEndless,
  },
  {
    bug: 'somebody else voided a hold',
    law: 'hold-bounds',
    witness: /^void .* and gives up what was held of user:\d+ \(entry \d+ of shard \d\)$/,
    lie: voidByAnother,
  },
];

const REFUNDS: readonly PlantedLie[] = [
  {
    bug: 'a refund of more than was paid',
    law: 'refund-bounds',
    witness:
      /^refund .* and brings what is refunded of a payment of \S+ to \S+ \(entry \d+ of shard \d\)$/,
    lie: refundMoreThanPaid,
  },
  {
    bug: 'a payment was refunded twice, under two ids',
    law: 'refund-bounds',
    witness: /and brings what is refunded of a payment of/,
    lie: refundTwice,
  },
  {
    bug: 'a refund of a payment that never happened',
    law: 'refund-bounds',
    witness:
      /^refund .* and refunds what was not paid on that shard before it \(entry \d+ of shard \d\)$/,
    lie: refundOfNothing,
  },
  {
    bug: 'a hold was refunded that nobody had captured',
    law: 'refund-bounds',
    witness: /and refunds what was not paid on that shard before it/,
    lie: refundOfHold,
  },
  {
    bug: 'a refund went to somebody who had not paid',
    law: 'refund-bounds',
    witness:
      /and moves money of somebody from whom the payment did not move it the other way \(entry \d+ of shard \d\)$/,
    lie: refundToAnother,
  },
];

const READS: readonly PlantedLie[] = [
  {
    bug: 'a balance was read of a replica that lagged behind',
    law: 'read-in-real-time',
    witness:
      /^balance read \S+ of user:\d+ was acknowledged at \S+ and read version \d+ of user:\d+ when version \d+ was known since 00:\d\d\.\d{3}$/,
    lie: staleRead,
  },
  {
    bug: 'a balance was read that came from an operation not yet sent',
    law: 'read-in-real-time',
    witness:
      /and read version \d+ of user:\d+, which follows from an operation that was invoked only at/,
    lie: earlyRead,
  },
  {
    bug: 'one read told what a read before it knew to be over',
    law: 'read-in-real-time',
    witness: /and read version \d+ of user:\d+ when version \d+ was known since/,
    lie: readGoesBack,
  },
  {
    bug: 'a read was answered with another account',
    law: 'read-in-real-time',
    witness: /and asked for one account and was told of user:\d+$/,
    lie: readOfAnother,
  },
];

const ORDER: readonly PlantedLie[] = [
  {
    bug: 'a read saw one leg of a payment, and a later read did not see the other',
    law: 'strict-serializable',
    witness:
      /and is before itself on shard \d \(G-single-realtime\): \S+ made version \d+ of user:\d+, which \S+ read; \S+ was acknowledged at \S+ before \S+ was invoked at \S+; \S+ read version \d+ of \S+ before \S+ made version \d+$/,
    lie: paymentSeenInHalves,
  },
  {
    bug: 'a payment was read before a top-up was sent that comes before it by a third account',
    law: 'strict-serializable',
    witness: /and is before itself on shard \d \(G1c-realtime\): /,
    lie: readBeforeItsPast,
  },
  {
    bug: 'a read saw a hold released and not yet captured (torn batch)',
    law: 'strict-serializable',
    witness:
      /and is before itself on shard \d \(G-single\): \S+ made version \d+ of user:\d+, which \S+ read; \S+ read version \d+ of user:\d+ before \S+ made version \d+$/,
    lie: captureSeenInHalves,
  },
  {
    bug: 'a payment was acknowledged before a top-up was sent that comes before it by a third account',
    law: 'strict-serializable',
    witness: /and is before itself on shard \d \(G0-realtime\): /,
    lie: acknowledgedBeforeItsPast,
  },
];

const DECLINES: readonly PlantedLie[] = [
  {
    bug: 'a payment was refused for lack of money that was there (leaked hold, stale cache)',
    law: 'declined-with-cause',
    witness:
      /^payment .* and was refused for lack of \S+ when user:\d+ had \S+ free \(entry \d+ of shard \d\)$/,
    lie: refusedForMoney,
  },
  {
    bug: 'a payment was refused as if its payer did not exist',
    law: 'declined-with-cause',
    witness: /and was refused as user:\d+ was not found, which was there before \(entry/,
    lie: refusedAsUnknownAccount,
  },
  {
    bug: 'the gateway declined for lack of money by itself',
    law: 'declined-with-cause',
    witness: /and is declined for lack of money, and no shard had refused it \(entry/,
    lie: declinedByNobody,
  },
  {
    bug: 'a client was told of lack of money, and no shard knows of it',
    law: 'declined-with-cause',
    witness: /was declined with exceeds_credits at .* and was not refused by any shard$/,
    lie: toldOfNoMoney,
  },
  {
    bug: 'a hold was refused as ended in a way it had not',
    law: 'declined-with-cause',
    witness: /and refers to a hold that (was not (captured|voided) before|had not run out) \(entry/,
    lie: refusedByAnotherEnd,
  },
  {
    bug: 'a hold was not found that was there (forgotten on restart)',
    law: 'declined-with-cause',
    witness: /and refers to a hold that was there \(entry \d+ of shard \d\)$/,
    lie: refusedAsNoHold,
  },
  {
    bug: 'a refund was refused as more than was left',
    law: 'declined-with-cause',
    witness: /^refund .* and was refused as more than was paid, and makes \S+ of \S+ \(entry/,
    lie: refundRefusedInVain,
  },
  {
    bug: 'a capture was refused as more than was held',
    law: 'declined-with-cause',
    witness: /^capture .* and was refused as more than was held, which is \S+ \(entry/,
    lie: captureRefusedInVain,
  },
];

const REASONS: readonly PlantedLie[] = [
  {
    bug: 'the gateway refused a payment as malformed that was none',
    law: 'refused-with-reason',
    witness: /^payment .* and was refused with malformed_operation, which is not so$/,
    lie: refusedAsMalformed,
  },
  {
    bug: 'the gateway refused an amount as out of range that was within (32 bits)',
    law: 'refused-with-reason',
    witness: /^payment .* and was refused with amount_out_of_range, which is not so$/,
    lie: refusedAsOutOfRange,
  },
  {
    bug: 'a payer and a merchant of one number were taken for one account',
    law: 'refused-with-reason',
    witness: /^payment .* and was refused with accounts_must_be_different, which is not so$/,
    lie: refusedAsOneAccount,
  },
  {
    bug: 'a new id was refused as forgotten, by a ledger that has forgotten none',
    law: 'refused-with-reason',
    witness: /^payment .* and was refused with id_too_old, which is not so$/,
    lie: refusedAsTooOld,
  },
  {
    bug: 'a plain payment was refused as of a product that is not offered',
    law: 'refused-with-reason',
    witness: /^payment .* and was refused with product_not_offered, which is not so$/,
    lie: refusedAsNotOffered,
  },
  {
    bug: 'a refund was refused as of nothing, and its payment is there',
    law: 'refused-with-reason',
    witness:
      /^refund .* and was refused as what it refers to is not found, which took effect before \(entry \d+ of shard \d\)$/,
    lie: refundOfWhatIsThere,
  },
  {
    bug: 'a refund was refused as of others, and it names whom its payment named',
    law: 'refused-with-reason',
    witness:
      /^refund .* and was refused as of other accounts than what it refers to, which is of the same \(entry \d+ of shard \d\)$/,
    lie: refundOfTheSame,
  },
  {
    bug: 'a client was told that there is no such payment, and no shard said so',
    law: 'refused-with-reason',
    witness: /^refund .* and was told refunded_operation_not_found, and no shard refused it so$/,
    lie: toldOfNoPayment,
  },
  {
    bug: 'a payment was told to be cancelled, and no shard knows of it',
    law: 'refused-with-reason',
    witness: /^payment .* and was told cancelled, and no shard refused it so$/,
    lie: refusedAsCancelled,
  },
  {
    bug: 'a client was told of a Cancel, and the shard had refused for another reason',
    law: 'refused-with-reason',
    witness: /and was told cancelled, and no shard refused it so$/,
    lie: toldOfACancel,
  },
  {
    bug: 'a payment was refused as if its id were used, and nothing is under it',
    law: 'refused-with-reason',
    witness: /^payment .* and was told exists_with_different_amount, and nothing is under its id$/,
    lie: refusedAsUsed,
  },
  {
    bug: 'a payment was answered as if it had been looked up',
    law: 'refused-with-reason',
    witness: /^payment .* and was refused with operation_not_found, which is not so$/,
    lie: refusedAsNotFound,
  },
  {
    bug: 'a payment was refused for the want of a hold',
    law: 'refused-with-reason',
    witness:
      /and was refused with pending_transfer_not_found, which no pay can be \(entry \d+ of shard \d\)$/,
    lie: paymentWithoutHold,
  },
];

const RISK: readonly PlantedLie[] = [
  {
    bug: 'risk control declined a payment as over the limit that was not',
    law: 'risk-as-agreed',
    witness: /^payment .* and was declined as over the limit of one payment, which is 50\.00$/,
    lie: declinedAsTooLarge,
  },
  {
    bug: 'risk control declined a payment as one too many of a user who had paid a few times',
    law: 'risk-as-agreed',
    witness: /and was declined as one too many, where its payer had at most \d+ in any window$/,
    lie: declinedAsTooMany,
  },
  {
    bug: 'risk control let a payment go over the limit',
    law: 'risk-as-agreed',
    witness:
      /and went, and is over the limit of one payment, which is \S+ \(entry \d+ of shard \d\)$/,
    lie: limitForgotten,
  },
  {
    bug: 'risk control let a payer pay once more than the agreed number of times',
    law: 'risk-as-agreed',
    witness: /and went as one too many: its payer had at least \d+ in 3600 s, and may have \d+$/,
    lie: wentTooOften,
  },
  {
    bug: 'risk control let a payer pay more together than agreed',
    law: 'risk-as-agreed',
    witness:
      /and went as too much together: its payer had at least \S+ in 3600 s, and may have \S+$/,
    lie: wentTooMuch,
  },
];

export const REFERENCE_LIES: readonly PlantedLie[] = [
  ...HOLDS,
  ...REFUNDS,
  ...READS,
  ...ORDER,
  ...DECLINES,
  ...REASONS,
  ...RISK,
];
