/**
 * Where an operation goes: which shard is its home (the user's), which other shard it touches, and between which
 * two accounts the money moves. Read from a checked operation record into one reused object. Pure.
 */
import { detailWord, idDetails } from '../../products/details.js';
import { DETAILED, kindFlags } from '../../products/kinds.js';
import {
  ACCOUNT_CLASS,
  accountParts,
  merchantSubAccount,
  type Placement,
  SYSTEM_ACCOUNT,
  shardOfAccount,
  systemAccount,
} from '../../wire/accounts.js';
import { readUint64 } from '../../wire/bytes.js';
import { OP, OPERATION_KIND } from '../../wire/operations.js';

const TOWARDS_USER = kindFlags(({ direction }) => direction === 'towards-home');
/** Money moves between the two at once. */
const HAS_COUNTERPARTY = kindFlags(
  ({ counterparty, effect }) => counterparty !== undefined && effect === 'posts',
);

export class Route {
  kind = 0;
  home = 0;
  /** Shard of the counterparty; `home` when the operation stays on one shard. */
  peer = 0;
  /** The operation's `account`. */
  user = 0;
  /** The account on the other side, a split merchant already as its sub-account; 0 where there is none. */
  counterparty = 0;
  amountMinor = 0;
  /** `detailWord`; of kinds with details alone. */
  details = 0;
  /** Refund, topUp: the user gets the money. Otherwise the user pays. */
  towardsUser = false;
  /** A merchant is paid: fee and commission go off. */
  charged = false;

  get crossesShards(): boolean {
    return this.home !== this.peer;
  }

  /** Fills this route from the operation record at `at`. */
  read(operation: DataView, at: number, placement: Placement): void {
    this.kind = operation.getUint8(at + OP.kind);
    this.user = readUint64(operation, at + OP.account);
    this.amountMinor = readUint64(operation, at + OP.amount);
    this.home = shardOfAccount(this.user, placement.shards);
    this.peer = this.home;
    this.towardsUser = TOWARDS_USER[this.kind] === 1;
    this.charged = false;
    this.counterparty = 0;
    switch (this.kind) {
      case OPERATION_KIND.topUp:
        this.counterparty = systemAccount(SYSTEM_ACCOUNT.bank, this.home);
        break;
      case OPERATION_KIND.hold:
        this.counterparty = systemAccount(SYSTEM_ACCOUNT.clearing + this.home, this.home);
        break;
      case OPERATION_KIND.pay:
      case OPERATION_KIND.transfer:
      case OPERATION_KIND.refund:
      case OPERATION_KIND.capture:
        this.#readCounterparty(readUint64(operation, at + OP.counterparty), placement);
        break;
      default:
        if (HAS_COUNTERPARTY[this.kind] === 1)
          this.#readCounterparty(readUint64(operation, at + OP.counterparty), placement);
        if (DETAILED[this.kind] === 1) this.details = detailsIn(operation, at);
        break;
    }
  }

  #readCounterparty(account: number, placement: Placement): void {
    const { accountClass, number } = accountParts(account);
    const isMerchant = accountClass === ACCOUNT_CLASS.merchant;
    this.charged = isMerchant && this.kind !== OPERATION_KIND.refund;
    if (isMerchant && number <= placement.splitMerchants) {
      this.counterparty = merchantSubAccount(number, this.home);
      return;
    }
    this.counterparty = account;
    this.peer = number % placement.shards;
  }
}

/** `detailWord` of the operation record at `at`. */
export function detailsIn(operation: DataView, at: number): number {
  const own = operation.getUint32(at + OP.id + 4, true);
  return detailWord(idDetails(own), idDetails(operation.getUint32(at + OP.reference + 4, true)));
}
