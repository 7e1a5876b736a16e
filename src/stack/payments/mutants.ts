/**
 * The planted bugs of this room that need more than an `if` (src/wire/mutants names them all): each is made in place of the
 * sound one, so that a sound gateway pays nothing for them.
 */
import {
  ACCOUNT_CLASS,
  accountParts,
  merchantSubAccount,
  SYSTEM_ACCOUNT,
  systemAccount,
} from '../../wire/accounts.js';
import { ACK, ACK_BYTES, OUTCOME } from '../../wire/acks.js';
import { readUint64, writeUint64 } from '../../wire/bytes.js';
import type { Mutant } from '../../wire/mutants.js';
import { OP, OPERATION_BYTES, OPERATION_KIND } from '../../wire/operations.js';
import { RESULTS } from '../../wire/results.js';
import type { AckSink } from './ack-sink.js';
import { isCreated, writeBareAck } from './ack-writer.js';
import { Legs } from './legs.js';
import { productBug } from './product-mutants.js';
import { DEFAULT_RATES } from './rates.js';

/** Undefined: the sound ones. */
export function templateBug(mutant: Mutant | undefined): Legs | undefined {
  switch (mutant) {
    case 'fee-rounded-up':
      return new OtherFee(Math.ceil);
    case 'fee-as-float':
      return new OtherFee(Math.round);
    case 'forget-fee':
      return new ForgottenFee();
    case 'swap-fee-and-commission':
      return new SwappedFee();
    case 'credit-neighbour':
      return new NeighbourCredited();
    case 'clearing-with-itself':
      return new ClearingWithItself();
    case 'cut-amount-to-32-bits':
      return new CutAmount();
    default:
      return productBug(mutant);
  }
}

/** Legs come in the order payer, payee, fee, platform: what the fee takes more the payee gets less. */
class OtherFee extends Legs {
  readonly #round: (minor: number) => number;

  constructor(round: (minor: number) => number) {
    super();
    this.#round = round;
  }

  override add(account: number, postingMinor: number): void {
    if (!isSystem(account, SYSTEM_ACCOUNT.fee)) {
      super.add(account, postingMinor);
      return;
    }
    const feeMinor = this.#round((-this.postings[0] * DEFAULT_RATES.feePer10k) / 10_000);
    this.postings[this.count - 1] += postingMinor - feeMinor;
    super.add(account, feeMinor);
  }
}

const FORGOTTEN_ONE_IN = 100;

class ForgottenFee extends Legs {
  #fees = 0;

  override add(account: number, postingMinor: number): void {
    const isFee = isSystem(account, SYSTEM_ACCOUNT.fee) && postingMinor > 0;
    if (isFee && ++this.#fees % FORGOTTEN_ONE_IN === 0) {
      this.postings[this.count - 1] += postingMinor;
    } else {
      super.add(account, postingMinor);
    }
  }
}

class SwappedFee extends Legs {
  override add(account: number, postingMinor: number): void {
    const { fee, platform } = SYSTEM_ACCOUNT;
    const shard = accountParts(account).slot - 1;
    if (isSystem(account, fee)) super.add(systemAccount(platform, shard), postingMinor);
    else if (isSystem(account, platform)) super.add(systemAccount(fee, shard), postingMinor);
    else super.add(account, postingMinor);
  }
}

const NEIGHBOUR_ONE_IN = 100;

class NeighbourCredited extends Legs {
  #credits = 0;

  override add(account: number, postingMinor: number): void {
    const { accountClass, slot, number } = accountParts(account);
    const isSplit = accountClass === ACCOUNT_CLASS.merchant && slot > 0 && postingMinor > 0;
    const bites = isSplit && ++this.#credits % NEIGHBOUR_ONE_IN === 0;
    // Number 1 is split wherever any merchant is.
    const neighbour = number === 1 ? 2 : 1;
    super.add(bites ? merchantSubAccount(neighbour, slot - 1) : account, postingMinor);
  }
}

class ClearingWithItself extends Legs {
  override add(account: number, postingMinor: number): void {
    const shard = accountParts(account).slot - 1;
    // Home names its clearing account second, the peer first.
    const isHome = this.count === 1 && accountParts(account).accountClass === ACCOUNT_CLASS.system;
    const isClearing = accountParts(account).number >= SYSTEM_ACCOUNT.clearing;
    const own = systemAccount(SYSTEM_ACCOUNT.clearing + shard, shard);
    super.add(isHome && isClearing ? own : account, postingMinor);
  }
}

class CutAmount extends Legs {
  override add(account: number, postingMinor: number): void {
    super.add(account, postingMinor % 2 ** 32);
  }
}

function isSystem(account: number, number: number): boolean {
  const parts = accountParts(account);
  return parts.accountClass === ACCOUNT_CLASS.system && parts.number === number;
}

/** Changes the answer at `at`, which is about to leave, to an operation of this kind. */
export interface AnswerBug {
  bite(kind: number, answer: DataView, at: number, tag: number): void;
}

export function answerBug(mutant: Mutant | undefined): AnswerBug | undefined {
  switch (mutant) {
    case 'decline-after-commit':
      return new DeclineAfterCommit();
    case 'swap-receipt-balances':
      return new SwapBalances();
    default:
      return undefined;
  }
}

const DECLINED_ONE_IN = 200;

class DeclineAfterCommit implements AnswerBug {
  #paid = 0;

  bite(kind: number, answer: DataView, at: number, tag: number): void {
    if (kind !== OPERATION_KIND.pay || !isCreated(answer, at)) return;
    if (++this.#paid % DECLINED_ONE_IN !== 0) return;
    const { code } = RESULTS.exceeds_credits;
    writeBareAck(answer, at, { tag, outcome: OUTCOME.declined, code });
  }
}

const SWAPPED_ONE_IN = 200;

class SwapBalances implements AnswerBug {
  #paid = 0;

  bite(kind: number, answer: DataView, at: number): void {
    if (kind !== OPERATION_KIND.pay || answer.getUint8(at + ACK.legs) < 2) return;
    if (++this.#paid % SWAPPED_ONE_IN !== 0) return;
    const first = readUint64(answer, at + ACK.balances);
    writeUint64(answer, at + ACK.balances, readUint64(answer, at + ACK.balances + 8));
    writeUint64(answer, at + ACK.balances + 8, first);
  }
}

/** retry-with-new-id: what was lost is kept, to be submitted again once a link is there. Across shards only: else no record is kept. */
export class SentAgain {
  #kept: DataView[] = [];
  /** Nobody waits for the answers. */
  readonly sink: AckSink = {
    view: new DataView(new ArrayBuffer(ACK_BYTES)),
    place: () => 0,
    placed: () => undefined,
  };

  keep(operations: DataView, at: number): void {
    const copy = new DataView(operations.buffer.slice(at, at + OPERATION_BYTES));
    copy.setInt32(OP.id + 12, ~copy.getInt32(OP.id + 12, true), true);
    this.#kept.push(copy);
  }

  take(): readonly DataView[] {
    const kept = this.#kept;
    this.#kept = [];
    return kept;
  }
}
