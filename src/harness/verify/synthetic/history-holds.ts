/** Holds of a made-up history: made, captured, voided, and run out where nobody ends them in time. */
import { SYSTEM_ACCOUNT, systemAccount } from '../../../wire/accounts.js';
import { COMMAND, COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { ENTRY_COMMAND } from '../../../wire/ledger-log.js';
import type { OperationIdWords } from '../../../wire/operation-id.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import { answer } from './answers.js';
import type { HistoryBooks } from './history-books.js';
import type { Behind, Posting } from './ledger.js';
import { type Running, secondaryBranch } from './payment-steps.js';
import type { EntryRecord, OperationRecord } from './records.js';

export interface Hold {
  readonly id: OperationIdWords;
  readonly account: number;
  readonly counterparty: number;
  readonly amount: number;
  readonly behind: Behind;
  readonly legs: readonly Posting[];
  /** Of this history's clock; Infinity = none. */
  readonly deadlineUs: number;
  isOpen: boolean;
  /** What whoever wants to end it afterwards is told; only where it is not open. */
  endCode: number;
}

export class HistoryHolds {
  /** That somebody may yet end. */
  readonly open: Hold[] = [];
  readonly ended: Hold[] = [];
  readonly #books: HistoryBooks;
  readonly #originUs: number;
  /** They run out where nobody ends them. */
  #timed: Hold[] = [];

  /** `originUs`: Unix microseconds at 0 of the history's clock. */
  constructor(books: HistoryBooks, originUs: number) {
    this.#books = books;
    this.#originUs = originUs;
  }

  holdInAStep(running: Running): void {
    const { operation, steps } = running;
    const ledger = this.#books.ledgerOf(operation.account);
    const clearing = systemAccount(SYSTEM_ACCOUNT.clearing + ledger.shard, ledger.shard);
    const legs = [
      { account: operation.account, posting: -operation.amount },
      { account: clearing, posting: operation.amount },
    ];
    steps.push(() => {
      const behind = this.#books.behind(operation);
      const entry = ledger.reserve(behind, COMMAND.hold, legs);
      running.completion = answer([entry]);
      if (entry.code !== 0) return;
      const { id, account, amount, counterparty, timeoutS } = operation;
      const madeUs = entry.timestampUs - this.#originUs;
      const deadlineUs = timeoutS === 0 ? Number.POSITIVE_INFINITY : madeUs + timeoutS * 1_000_000;
      const made = { id, account, counterparty, amount, behind, legs, deadlineUs };
      const hold: Hold = { ...made, isOpen: true, endCode: 0 };
      this.open.push(hold);
      if (timeoutS > 0) this.#timed.push(hold);
    });
  }

  voidInAStep(running: Running, hold: Hold): void {
    const { operation, steps } = running;
    operation.kind = OPERATION_KIND.void;
    operation.account = hold.account;
    operation.reference = hold.id;
    operation.amount = 0;
    const ledger = this.#books.ledgerOf(hold.account);
    steps.push(() => {
      this.#end(hold, RESULTS.pending_transfer_already_voided.code);
      const behind = this.#books.behind(operation);
      running.completion = answer([ledger.release(behind, COMMAND.void_, hold.legs)]);
    });
  }

  /** `running` names the hold (`nameHold`), and an amount of at most that. */
  captureInSteps(running: Running, hold: Hold): void {
    const { operation, steps } = running;
    const books = this.#books;
    const ledger = books.ledgerOf(hold.account);
    const payee = books.payeeOf(operation, ledger.shard);
    const peer = books.shardOf(payee);
    const debit = { account: operation.account, posting: -operation.amount };
    if (peer === ledger.shard) {
      steps.push(() => {
        const legs = [debit, ...books.credits(operation.amount, payee, peer)];
        running.completion = answer([this.#capture(operation, hold, { legs, flags: 0, peer })]);
      });
      return;
    }
    const secondary = secondaryBranch(books, operation, {
      ...{ home: ledger.shard, payee, peer },
      charged: true,
    });
    const clearing = systemAccount(SYSTEM_ACCOUNT.clearing + peer, ledger.shard);
    const legs = [debit, { account: clearing, posting: operation.amount }];
    let first: EntryRecord;
    steps.push(
      () => secondary.try_(),
      () => {
        first = this.#capture(operation, hold, { legs, flags: COMMAND_FLAG.primary, peer });
      },
      () => {
        running.completion = answer([first, secondary.confirm()]);
      },
    );
  }

  /** Those whose time is over by now. */
  runOut(nowUs: number): void {
    for (const hold of this.#timed) {
      if (!hold.isOpen || hold.deadlineUs > nowUs) continue;
      this.#end(hold, RESULTS.pending_transfer_expired.code);
      const ledger = this.#books.ledgerOf(hold.account);
      ledger.expire({ ...hold.behind, reference: hold.id }, hold.legs);
    }
    this.#timed = this.#timed.filter(({ isOpen }) => isOpen);
  }

  #capture(
    operation: OperationRecord,
    hold: Hold,
    {
      legs,
      ...branch
    }: { readonly legs: readonly Posting[]; readonly flags: number; readonly peer: number },
  ): EntryRecord {
    const ledger = this.#books.ledgerOf(hold.account);
    const behind = this.#books.behind(operation, branch);
    this.#end(hold, RESULTS.pending_transfer_already_posted.code);
    const { id, reference, kind } = behind;
    ledger.release({ ...hold.behind, id, reference, kind }, ENTRY_COMMAND.release, hold.legs);
    return ledger.post(behind, COMMAND.capture, legs);
  }

  #end(hold: Hold, endCode: number): void {
    hold.isOpen = false;
    hold.endCode = endCode;
    this.ended.push(hold);
  }
}

/** Makes a capture of it; the amount is whoever asks for it's affair. */
export function nameHold(operation: OperationRecord, hold: Hold): void {
  operation.kind = OPERATION_KIND.capture;
  operation.account = hold.account;
  operation.counterparty = hold.counterparty;
  operation.reference = hold.id;
}
