/**
 * Try / Confirm / Cancel: one operation on two ledger shards. The user's shard (home) holds the primary branch;
 * its Confirm is the commit point. Drawn for a payment:
 *
 *   home    Try ----+               Confirm --------+
 *                   | both tried       | committed  |
 *   peer    Try ----+                               Confirm ---- ok, receipt of both
 *
 *   one Try declined            -> Cancel what was tried, with the code of the decline; home's record of it is the answer
 *   what it refers to may come  -> home's Try before the peer's: a peer that had tried would have to Cancel, and the id were used up
 *   capture of a hold           -> the peer's Try, then `capture` at home is the commit point, then Confirm
 *   an answer that never comes  -> `unknown` when the connection breaks; recovery settles the branches
 *   an answer late or twice     -> its step is not owed any more: ignored before it gets here
 *
 * A branch is cancelled here only when its Try was accepted: one refused because the id belongs to another
 * operation must not pull that one down. An id is known to the shards its operation touches and to no other: asking
 * every shard, or one chosen by the id, would cost each payment a second durable record. Sources: Seata's TCC fence (empty rollback, anti-hanging).
 */
import { AWAITS, WIDE } from '../../products/kinds.js';
import { OUTCOME } from '../../wire/acks.js';
import { COMMAND, COMMAND_FLAG } from '../../wire/ledger-commands.js';
import type { Mutant } from '../../wire/mutants.js';
import { OPERATION_KIND } from '../../wire/operations.js';
import { RESULTS, resultScope } from '../../wire/results.js';
import {
  ackCode,
  ackOutcome,
  clearingPeer,
  isCreated,
  isDeclined,
  mergeReceipts,
} from './ack-writer.js';
import type { Ask, Board } from './board.js';
import { PHASE, STEP } from './slots.js';
import { homeBranchLegs, peerBranchLegs } from './templates.js';

const PRIMARY = COMMAND_FLAG.primary;
const SECONDARY = COMMAND_FLAG.secondary;

const HOME_TRY = ask(STEP.homeTry, COMMAND.try_, PRIMARY, true);
const PEER_TRY = ask(STEP.peerTry, COMMAND.try_, SECONDARY, true);
const HOME_CONFIRM = ask(STEP.homeConfirm, COMMAND.confirm, PRIMARY, true);
const PEER_CONFIRM = ask(STEP.peerConfirm, COMMAND.confirm, SECONDARY, true);
const PEER_CONFIRM_BY_ID = ask(STEP.peerConfirm, COMMAND.confirm, SECONDARY, false);
const HOME_CANCEL = ask(STEP.homeCancel, COMMAND.cancel, PRIMARY, false);
const PEER_CANCEL = ask(STEP.peerCancel, COMMAND.cancel, SECONDARY, false);
const PEER_CREDIT = ask(STEP.peerConfirm, COMMAND.post, SECONDARY, true);
const HOME_CAPTURE = ask(STEP.homeCapture, COMMAND.capture, PRIMARY, true);
const HOME_DECLINE = ask(STEP.homeDecline, COMMAND.record_decline, PRIMARY, true);

function ask(step: number, command: number, flags: number, withLegs: boolean): Ask {
  return { step, command, flags, withLegs, code: 0 };
}

export interface CrossShardOptions {
  readonly board: Board;
  readonly mutant: Mutant | undefined;
}

export class CrossShard {
  readonly #board: Board;
  readonly #mutant: Mutant | undefined;
  #payments = 0;
  /** Operations coordinated so far. */
  started = 0;

  constructor(options: CrossShardOptions) {
    this.#board = options.board;
    this.#mutant = options.mutant;
  }

  /** Begins; `board.route` is the operation's, and the slot has entered the index. Both links were up. */
  start(slot: number): void {
    this.started++;
    const isCapture = this.#board.slots.kind[slot] === OPERATION_KIND.capture;
    if (!isCapture && !this.#askHome(slot, HOME_TRY)) return;
    if (AWAITS[this.#board.slots.kind[slot]] === 1) return;
    if (this.#mutant !== undefined && this.#skipsTry(slot)) return;
    this.#askPeer(slot, PEER_TRY);
  }

  /** The step was owed by that shard and is not any more. */
  onAnswer(slot: number, step: number, view: DataView, at: number): void {
    switch (step) {
      case STEP.homeTry:
        this.#onHomeTry(slot, view, at);
        return;
      case STEP.peerTry:
        this.#onPeerTry(slot, view, at);
        return;
      case STEP.homeConfirm:
      case STEP.homeCapture:
      case STEP.homeDecline:
        this.#onDecision(slot, view, at);
        return;
      case STEP.homeCancel:
        this.#onHomeCancel(slot, view, at);
        return;
      case STEP.peerConfirm:
        this.#onPeerConfirm(slot, view, at);
        return;
      case STEP.homeLookup:
        this.#onHomeLookup(slot, view, at);
        return;
      default:
        this.#board.release(slot);
        return;
    }
  }

  #onHomeTry(slot: number, view: DataView, at: number): void {
    const { slots } = this.#board;
    if (isTried(view, at)) {
      slots.homeTried[slot] = 1;
      if (AWAITS[slots.kind[slot]] === 1) {
        this.#askPeer(slot, PEER_TRY);
        return;
      }
    } else if (isDeclined(view, at)) {
      this.#board.keepAck(slot, view, at);
      this.#board.answerKept(slot);
    } else {
      this.#abandon(slot, view, at);
      return;
    }
    this.#afterTries(slot);
  }

  #onPeerTry(slot: number, view: DataView, at: number): void {
    const { slots } = this.#board;
    if (isTried(view, at)) {
      slots.peerTried[slot] = 1;
    } else if (!isDeclined(view, at)) {
      this.#abandon(slot, view, at);
      return;
    } else if (slots.answered[slot] === 0) {
      this.#board.keepAck(slot, view, at);
    }
    if (slots.kind[slot] === OPERATION_KIND.capture) this.#afterCaptureTry(slot, ackCode(view, at));
    else this.#afterTries(slot);
  }

  #afterTries(slot: number): void {
    const { slots } = this.#board;
    if (slots.homeStep[slot] !== STEP.none || slots.peerStep[slot] !== STEP.none) return;
    const homeTried = slots.homeTried[slot] === 1;
    const peerTried = slots.peerTried[slot] === 1;
    if (homeTried && peerTried) this.#askHome(slot, HOME_CONFIRM);
    else if (homeTried) this.#askHome(slot, { ...HOME_CANCEL, code: this.#keptCode(slot) });
    else if (peerTried) this.#cancelPeer(slot);
    else this.#board.release(slot);
  }

  /** The hold stays as it is when the payee cannot be paid; the id of the capture is used up. */
  #afterCaptureTry(slot: number, code: number): void {
    const tried = this.#board.slots.peerTried[slot] === 1;
    this.#askHome(slot, tried ? HOME_CAPTURE : { ...HOME_DECLINE, code });
  }

  /** Home has decided, for ever. */
  #onDecision(slot: number, view: DataView, at: number): void {
    const board = this.#board;
    if (isCreated(view, at)) {
      board.keepAck(slot, view, at);
      if (this.#sendsCreditAlone(slot)) this.#sendCredit(slot);
      else this.#askPeer(slot, PEER_CONFIRM);
    } else if (isDeclined(view, at)) {
      board.keepAck(slot, view, at);
      board.answerKept(slot);
      if (board.slots.peerTried[slot] === 1) this.#cancelPeer(slot);
      else board.release(slot);
    } else {
      this.#abandon(slot, view, at);
    }
  }

  /**
   * What home has recorded is the answer, now and to every repeat: the peer's code, or another where a recovery was quicker
   * or that code says nothing of the operation. Unless home turns out to have confirmed before.
   */
  #onHomeCancel(slot: number, view: DataView, at: number): void {
    if (isCancelled(view, at)) {
      this.#board.keepAck(slot, view, at);
      this.#board.answerKept(slot);
      this.#board.release(slot);
    } else {
      this.#onDecision(slot, view, at);
    }
  }

  /** Home has declined, with the code that was kept: the peer remembers the same. */
  #cancelPeer(slot: number): void {
    this.#askPeer(slot, { ...PEER_CANCEL, code: this.#keptCode(slot) });
  }

  #keptCode(slot: number): number {
    const { slots } = this.#board;
    return ackCode(slots.acks, slots.ackAt(slot));
  }

  #onPeerConfirm(slot: number, view: DataView, at: number): void {
    const { slots } = this.#board;
    const confirmed = isCreated(view, at);
    if (!confirmed && !isDeclined(view, at)) {
      this.#abandon(slot, view, at);
      return;
    }
    if (!confirmed) {
      const shards = `home ${slots.home[slot]}, peer ${slots.peer[slot]}`;
      const code = ackCode(view, at);
      this.#board.log(`confirmed at home and refused at the peer with code ${code} (${shards})`);
    }
    const isTold = confirmed && WIDE[slots.kind[slot]] === 0;
    mergeReceipts(slots.acks, slots.ackAt(slot), isTold ? view : undefined, at);
    this.#board.answerKept(slot);
    this.#board.release(slot);
  }

  /** Home may name a peer whose legs complete the receipt; as home has confirmed, so may the peer. */
  #onHomeLookup(slot: number, view: DataView, at: number): void {
    const board = this.#board;
    const peer = isCreated(view, at) ? clearingPeer(view, at) : -1;
    if (peer < 0 || peer >= board.placement.shards) {
      board.answer(slot, view, at);
      board.release(slot);
      return;
    }
    board.keepAck(slot, view, at);
    board.slots.peer[slot] = peer;
    if (!board.askPeer(slot, PEER_CONFIRM_BY_ID)) board.lose(slot);
  }

  #askHome(slot: number, what: Ask): boolean {
    const board = this.#board;
    const at = board.slots.operationAt(slot);
    if (what.withLegs) {
      board.route.read(board.slots.operations, at, board.placement);
      homeBranchLegs(board.legs, board.route);
    }
    const asked = board.askHome(slot, what, board.slots.operations, at);
    if (!asked) board.lose(slot);
    return asked;
  }

  #askPeer(slot: number, what: Ask): void {
    const board = this.#board;
    if (what.withLegs) {
      const at = board.slots.operationAt(slot);
      board.route.read(board.slots.operations, at, board.placement);
      peerBranchLegs(board.legs, board.route, board.rates);
    }
    if (!board.askPeer(slot, what)) board.lose(slot);
  }

  /** The shard itself does not know: nor do we. */
  #abandon(slot: number, view: DataView, at: number): void {
    if (this.#board.slots.answered[slot] === 0) {
      const code = ackOutcome(view, at) === OUTCOME.unknown ? ackCode(view, at) : UNREADABLE;
      this.#board.answerBare(slot, OUTCOME.unknown, code);
    }
    this.#board.release(slot);
  }

  /** Planted bugs `confirm-without-try` and `credit-without-try`. */
  #skipsTry(slot: number): boolean {
    const { slots } = this.#board;
    const isPayment = slots.kind[slot] === OPERATION_KIND.pay;
    const skips = this.#mutant === 'confirm-without-try' && isPayment;
    if (!this.#sendsCreditAlone(slot) && !(skips && ++this.#payments % SKIPPED_ONE_IN === 0))
      return false;
    slots.peerTried[slot] = 1;
    return true;
  }

  #sendsCreditAlone(slot: number): boolean {
    return (
      this.#mutant === 'credit-without-try' &&
      this.#board.slots.kind[slot] === OPERATION_KIND.transfer
    );
  }

  /** Planted bug `credit-without-try`: and nobody waits for it. */
  #sendCredit(slot: number): void {
    const board = this.#board;
    mergeReceipts(board.slots.acks, board.slots.ackAt(slot), undefined, 0);
    board.answerKept(slot);
    this.#askPeer(slot, PEER_CREDIT);
    if (board.slots.phase[slot] !== PHASE.free) board.release(slot);
  }

  /** Planted bug `cancel-though-committed`: whether home was asked to Confirm, and has not answered. */
  takeForNo(slot: number): boolean {
    const board = this.#board;
    if (board.slots.homeStep[slot] !== STEP.homeConfirm) return false;
    board.slots.homeStep[slot] = STEP.none;
    board.answerBare(slot, OUTCOME.declined, RESULTS.cancelled.code);
    this.#cancelPeer(slot);
    return true;
  }
}

/** confirm-without-try: of payments across shards. */
const SKIPPED_ONE_IN = 20;

const UNREADABLE = RESULTS.answer_malformed.code;

/** A Try that holds: accepted now, or before and still (or for ever) good. */
export function isTried(view: DataView, at: number): boolean {
  return isCreated(view, at) || ackCode(view, at) === RESULTS.tried.code;
}

/**
 * The answer to Cancel of a branch that will never be confirmed. One that was shed, or whose id home has forgotten, says nothing:
 * home may confirm yet, or may have.
 */
export function isCancelled(view: DataView, at: number): boolean {
  return isDeclined(view, at) && resultScope(ackCode(view, at)) === 'operation';
}
