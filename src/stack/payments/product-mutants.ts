/** Planted bugs of how products are posted (src/wire/mutants names them all): each is made in place of the sound legs. */

import { productAccount } from '../../products/account-names.js';
import { chargeback } from '../../products/chargeback.js';
import { fund } from '../../products/fund.js';
import { instalments } from '../../products/instalments.js';
import { insurance } from '../../products/insurance.js';
import { loan } from '../../products/loan.js';
import { settlement } from '../../products/settlement.js';
import { tickets } from '../../products/tickets.js';
import { transit } from '../../products/transit.js';
import { ACCOUNT_CLASS, accountParts, CLASS_UNIT, userAccount } from '../../wire/accounts.js';
import type { Mutant } from '../../wire/mutants.js';
import { Legs } from './legs.js';

/** Undefined: no bug of these. */
export function productBug(mutant: Mutant | undefined): Legs | undefined {
  switch (mutant) {
    case 'share-out-backwards':
      return new SharedBackwards();
    case 'skip-first-share':
      return new FirstShareSkipped();
    case 'capitalise-interest':
      return new InterestCapitalised();
    case 'forget-charge':
      return new ChargeForgotten();
    case 'skip-transit':
      return new PaidAtOnce(settlement.accounts.inTransit.class);
    case 'skip-suspense':
      return new PaidAtOnce(chargeback.accounts.disputed.class);
    case 'swap-reserve-and-commissions':
      return new ReserveSwapped();
    case 'sell-units-short':
      return new UnitsSoldShort();
    case 'forget-claim':
      return new ClaimForgotten();
    case 'take-first-segment':
      return new FirstSegmentAlone();
    case 'keep-escrow':
      return new EscrowKept();
    case 'charge-a-stop-more':
      return new StopMoreCharged();
    default:
      return undefined;
  }
}

/** The account that is to take what is left stands before the one that it is left by. */
class SharedBackwards extends Legs {
  override fill(account: number): void {
    super.fill(this.accounts[this.count - 1]);
    this.accounts[this.count - 2] = account;
  }
}

class FirstShareSkipped extends Legs {
  override fill(account: number): void {
    this.accounts[this.count - 1] = account;
  }
}

class InterestCapitalised extends Legs {
  override add(account: number, postingMinor: number): void {
    const { interest, principal } = loan.accounts;
    const isAccrued = isOf(account, interest.class) && postingMinor < 0;
    super.add(isAccrued ? inClass(account, principal.class) : account, postingMinor);
  }
}

class UnitsSoldShort extends Legs {
  override add(account: number, postingMinor: number): void {
    const { issued, units } = fund.accounts;
    const isSold = isOf(account, units.class) && postingMinor < 0;
    const isBack = isOf(account, issued.class) && postingMinor > 0;
    super.add(account, postingMinor + (isSold ? 1 : 0) - (isBack ? 1 : 0));
  }
}

/** What goes back to a rider stands before what the operator gets. */
class StopMoreCharged extends Legs {
  #moreMinor = 0;

  override clear(): void {
    super.clear();
    this.#moreMinor = 0;
  }

  override add(account: number, postingMinor: number): void {
    const isOfRide = this.count > 0 && isOf(this.accounts[0], transit.accounts.riding.class);
    const { accountClass } = accountParts(account);
    if (isOfRide && postingMinor > 0 && accountClass === ACCOUNT_CLASS.user) {
      this.#moreMinor = Math.min(postingMinor, transit.rates.perStop);
      super.add(account, postingMinor - this.#moreMinor);
    } else {
      const isOperator = accountClass === ACCOUNT_CLASS.merchant;
      super.add(account, postingMinor + (isOperator ? this.#moreMinor : 0));
    }
  }
}

/** What the assets owe stands before it. */
class ClaimForgotten extends Legs {
  override add(account: number, postingMinor: number): void {
    if (isOf(account, fund.accounts.inTransit.class) && postingMinor > 0) this.count--;
    else super.add(account, postingMinor);
  }
}

/** The charge stands behind what the user owes. */
class ChargeForgotten extends Legs {
  override add(account: number, postingMinor: number): void {
    if (isOf(account, instalments.accounts.charges.class))
      this.postings[this.count - 1] += postingMinor;
    else super.add(account, postingMinor);
  }
}

/** What is to wait on an account of this class is the user's at once. */
class PaidAtOnce extends Legs {
  readonly #class: number;

  constructor(accountClass: number) {
    super();
    this.#class = accountClass;
  }

  override add(account: number, postingMinor: number): void {
    const waits = isOf(account, this.#class) && postingMinor > 0;
    super.add(waits ? userAccount(accountParts(account).number) : account, postingMinor);
  }
}

class ReserveSwapped extends Legs {
  override add(account: number, postingMinor: number): void {
    const { commissions, reserve } = insurance.accounts;
    if (postingMinor < 0) super.add(account, postingMinor);
    else if (isOf(account, reserve.class))
      super.add(inClass(account, commissions.class), postingMinor);
    else if (isOf(account, commissions.class))
      super.add(inClass(account, reserve.class), postingMinor);
    else super.add(account, postingMinor);
  }
}

class FirstSegmentAlone extends Legs {
  #left = 0;

  override clear(): void {
    super.clear();
    this.#left = 0;
  }

  override add(account: number, postingMinor: number): void {
    const { held, sold } = tickets.accounts;
    if (isSegment(account) && postingMinor < 0 && isSegment(this.accounts[this.count - 1] ?? 0)) {
      this.#left++;
      return;
    }
    const isTaken = (isOf(account, held.class) || isOf(account, sold.class)) && postingMinor > 0;
    super.add(account, postingMinor - (isTaken ? this.#left : 0));
  }
}

/** What is given back stands before the escrow that it comes out of. */
class EscrowKept extends Legs {
  override add(account: number, postingMinor: number): void {
    const { escrow, waiting } = tickets.accounts;
    if (isOf(account, escrow.class) && postingMinor < 0 && this.count > 0)
      this.accounts[this.count - 1] = inClass(account, waiting.class);
    super.add(account, postingMinor);
  }
}

function isSegment(account: number): boolean {
  const { seg1, seg2, seg3, seg4 } = tickets.accounts;
  return [seg1, seg2, seg3, seg4].some((one) => isOf(account, one.class));
}

function isOf(account: number, accountClass: number): boolean {
  return accountParts(account).accountClass === accountClass;
}

/** The same user's or shard's account of another class. */
function inClass(account: number, accountClass: number): number {
  return productAccount(accountClass, account % CLASS_UNIT);
}
