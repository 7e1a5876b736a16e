/** The lies about holds, refunds and reads, at random places. */
import type { Corruption } from './corruption.js';
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
import { earlyRead, readGoesBack, readOfAnother, staleRead } from './lies-of-reads.js';
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

function atRandom(name: string, lie: Lie): Corruption {
  return {
    name,
    apply: (recorded, random) => lie(recorded, (things) => things[random.below(things.length)]),
  };
}

export const REFERENCE_CORRUPTIONS: readonly Corruption[] = [
  atRandom('a capture takes more than was held', captureMoreThanHeld),
  atRandom('a capture pays another than the hold named', captureForAnother),
  atRandom('a capture releases nothing', captureWithoutRelease),
  atRandom('a capture takes what another hold reserved', captureOfAnotherHold),
  atRandom('a hold is captured or voided after its time', captureTooLate),
  atRandom('a hold runs out before its time', expiryTooEarly),
  atRandom('a hold without an end runs out', expiryOfEndless),
  atRandom('a hold is voided by somebody else', voidByAnother),
  atRandom('a refund is of more than was paid', refundMoreThanPaid),
  atRandom('a payment is refunded twice', refundTwice),
  atRandom('a refund is of a payment that did not happen', refundOfNothing),
  atRandom('a refund is of a hold', refundOfHold),
  atRandom('a refund goes to somebody else', refundToAnother),
  atRandom('a read tells what was known to be over', staleRead),
  atRandom('a read tells what was still to come', earlyRead),
  atRandom('a read goes back behind another', readGoesBack),
  atRandom('a read tells of another account', readOfAnother),
  atRandom('a payment is refused for lack of money that was there', refusedForMoney),
  atRandom('a payment is refused as its payer is not found', refusedAsUnknownAccount),
  atRandom('a decline for lack of money comes from no shard', declinedByNobody),
  atRandom('a client is told of lack of money and no shard knows', toldOfNoMoney),
  atRandom('a hold that ended is refused for another end', refusedByAnotherEnd),
  atRandom('a hold that was made is not found', refusedAsNoHold),
  atRandom('a refund is refused as too much and is not', refundRefusedInVain),
  atRandom('a capture is refused as too much and is not', captureRefusedInVain),
];
