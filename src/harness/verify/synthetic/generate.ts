/**
 * A clean history: what a harness would journal and what a correct stack would write while festival traffic runs
 * over it, with retries, lost answers, declines and holds in it. Seeded. Operations run in windows: those of
 * one window are all under way at once and take their steps in random order, so that branches interleave.
 */
import {
  merchantAccount,
  SYSTEM_ACCOUNT,
  systemAccount,
  userAccount,
} from '../../../wire/accounts.js';
import { OUTCOME } from '../../../wire/acks.js';
import type { RiskRules } from '../../../wire/admin.js';
import { COMMAND } from '../../../wire/ledger-commands.js';
import { makeOperationId, type OperationIdWords } from '../../../wire/operation-id.js';
import { CHANNEL, OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import { RESOLUTION } from '../../records/journal-layout.js';
import type { MoneyRules } from '../../records/target-facts.js';
import { answer, declined, isRead } from './answers.js';
import { HistoryBooks } from './history-books.js';
import { HistoryHolds, nameHold } from './history-holds.js';
import type { SyntheticLedger } from './ledger.js';
import { payInSteps, postInAStep, type Running } from './payment-steps.js';
import { SeededRandom } from './random.js';
import type { EntryRecord, OperationRecord } from './records.js';

const RISK: RiskRules = {
  amountMinorMax: 5000,
  velocity: [{ windowMs: 60_000, countMax: 1000, amountMinorMax: 2 ** 40 }],
};

export interface HistoryOptions {
  readonly seed: number;
  readonly operations: number;
  readonly shards?: number;
  readonly workers?: number;
  readonly users?: number;
  readonly merchants?: number;
  readonly splitMerchants?: number;
  readonly openingMinor?: number;
}

export interface HistorySink {
  operation(operation: OperationRecord): void;
  entry(entry: EntryRecord): void;
}

/** Unix microseconds at drill clock 0. */
const ORIGIN_US = 1_731_254_400_000_000;
const WINDOW = 48;

/** Between some windows, so that holds run out. */
const PAUSE_EVERY = 4;
const PAUSE_US = 1_300_000;
const HOLD_TIMES_S = [0, 1, 3, 3600] as const;

interface Paid {
  readonly id: OperationIdWords;
  readonly account: number;
  readonly counterparty: number;
  /** What is not refunded yet. */
  readonly left: number;
}

/** What a merchant is charged per 10,000, as in the reference stack. */
const FEE_PER_10K = 60;
const COMMISSION_PER_10K = 10;

export class History {
  /** What was agreed before it began. */
  readonly money: MoneyRules;
  readonly ledgers: readonly SyntheticLedger[];
  readonly shards: number;
  readonly #books: HistoryBooks;
  readonly #random: SeededRandom;
  readonly #options: Required<HistoryOptions>;
  readonly #sink: HistorySink;
  readonly #sequences: number[];
  readonly #holds: HistoryHolds;
  readonly #paid: Paid[] = [];
  #nowUs = 1000;

  constructor(options: HistoryOptions, sink: HistorySink) {
    this.#options = {
      shards: 2,
      workers: 2,
      users: 200,
      merchants: 20,
      splitMerchants: 4,
      openingMinor: 50_000,
      ...options,
    };
    this.shards = this.#options.shards;
    const { shards, users, merchants, splitMerchants, openingMinor } = this.#options;
    const rates = { feePer10k: FEE_PER_10K, commissionPer10k: COMMISSION_PER_10K };
    this.money = {
      shards,
      users,
      merchants,
      splitMerchants,
      openingMinor,
      products: [],
      ...rates,
      risk: RISK,
    };
    this.#random = new SeededRandom(options.seed);
    this.#sink = sink;
    this.#sequences = Array.from({ length: this.#options.workers }, () => 0);
    this.#books = new HistoryBooks(
      this.money,
      () => ORIGIN_US + ++this.#nowUs,
      (entry) => sink.entry(entry),
    );
    this.ledgers = this.#books.ledgers;
    this.#holds = new HistoryHolds(this.#books, ORIGIN_US);
  }

  /** Unix microseconds when it was over. */
  get endUs(): number {
    return ORIGIN_US + this.#nowUs;
  }

  run(): void {
    let left = this.#options.operations;
    for (let window = 1; left > 0; window++) {
      const size = Math.min(left, WINDOW);
      this.#window(size);
      left -= size;
      if (window % PAUSE_EVERY === 0) this.#pause();
    }
    this.#pause();
  }

  /** Time passes, and holds run out. */
  #pause(): void {
    this.#nowUs += PAUSE_US;
    this.#holds.runOut(this.#nowUs);
  }

  #window(size: number): void {
    const running = Array.from({ length: size }, () => this.#begin());
    const live = [...running];
    while (live.length > 0) {
      const at = this.#random.below(live.length);
      const next = live[at];
      const step = next?.steps.shift();
      if (step === undefined) {
        const last = live.pop();
        if (last !== undefined && at < live.length) live[at] = last;
      } else {
        step();
      }
    }
    for (const { operation, completion } of running) {
      operation.completion = completion;
      if (completion !== undefined)
        completion.completedUs = this.#nowUs + 1 + this.#random.below(400);
      this.#sink.operation(operation);
    }
  }

  /** Draws an operation, invokes it and plans its steps. */
  #begin(): Running {
    const random = this.#random;
    this.#nowUs += 1 + random.below(8);
    const worker = random.below(this.#options.workers);
    const sequence = this.#sequences[worker] ?? 0;
    this.#sequences[worker] = sequence + 1;
    const operation: OperationRecord = {
      worker,
      sequence,
      id: makeOperationId({
        unixMs: Math.floor((ORIGIN_US + this.#nowUs) / 1000),
        free12: worker,
        free30: this.#options.seed,
        free32: sequence,
      }),
      reference: undefined,
      kind: OPERATION_KIND.pay,
      channel: random.below(Object.keys(CHANNEL).length),
      account: userAccount(1 + random.below(this.#options.users)),
      counterparty: 0,
      amount: 1 + random.below(3000),
      timeoutS: 0,
      intendedUs: this.#nowUs - random.below(50),
      invokedUs: this.#nowUs,
      completion: undefined,
    };
    const running: Running = { operation, steps: [], completion: undefined };
    this.#plan(running);
    this.#disturb(running);
    return running;
  }

  #plan(running: Running): void {
    const dice = this.#random.below(1000);
    if (dice < 20) this.#planRead(running);
    else if (dice < 40) this.#planRiskDecline(running);
    else if (dice < 100) this.#planTopUp(running);
    else if (dice < 180) this.#planHold(running);
    else if (dice < 235) this.#planHoldEnd(running);
    else if (dice < 270) this.#planRefund(running);
    else if (dice < 295) this.#planRefused(running);
    else if (dice < 350) this.#planTransfer(running);
    else this.#planPay(running);
  }

  /** Answers get lost: retried, looked up at the end, or never known. Or the request never arrives. */
  #disturb(running: Running): void {
    const dice = this.#random.below(1000);
    const { operation, steps } = running;
    if (dice < 15) {
      steps.push(() => {
        if (running.completion !== undefined) running.completion.attempts = 2;
      });
    } else if (dice < 19) {
      steps.push(() => {
        running.completion = undefined;
      });
    } else if (dice < 22) {
      steps.push(() => {
        if (running.completion === undefined || isRead(operation)) return;
        running.completion.resolution = RESOLUTION.lookUp;
      });
    } else if (dice < 26) {
      const lookedUp = dice < 24;
      steps.length = 0;
      steps.push(() => {
        running.completion = lookedUp
          ? {
              ...declined(RESULTS.operation_not_found.code),
              timestampUs: this.endUs,
              resolution: RESOLUTION.lookUp,
            }
          : undefined;
      });
    }
  }

  #planRead(running: Running): void {
    const { operation, steps } = running;
    operation.kind = OPERATION_KIND.balance;
    operation.amount = 0;
    steps.push(() => {
      const leg = this.#books.ledgerOf(operation.account).read(operation.account);
      running.completion = {
        ...declined(0),
        outcome: OUTCOME.ok,
        legs: [{ account: leg.account, balance: leg.balance, version: leg.version }],
      };
    });
  }

  #planRiskDecline(running: Running): void {
    const { operation, steps } = running;
    operation.counterparty = merchantAccount(1 + this.#random.below(this.#options.merchants));
    const { code } = RESULTS.risk_amount_limit;
    operation.amount += RISK.amountMinorMax;
    steps.push(() => {
      this.#books.ledgerOf(operation.account).recordDecline(this.#books.behind(operation), code);
      running.completion = declined(code);
    });
  }

  #planTopUp(running: Running): void {
    const { operation } = running;
    operation.kind = OPERATION_KIND.topUp;
    const shard = this.#books.shardOf(operation.account);
    postInAStep(this.#books, running, [
      { account: systemAccount(SYSTEM_ACCOUNT.bank, shard), posting: -operation.amount },
      { account: operation.account, posting: operation.amount },
    ]);
  }

  #planHold(running: Running): void {
    const { operation } = running;
    operation.kind = OPERATION_KIND.hold;
    operation.counterparty = merchantAccount(1 + this.#random.below(this.#options.merchants));
    operation.timeoutS = HOLD_TIMES_S[this.#random.below(HOLD_TIMES_S.length)] ?? 0;
    this.#holds.holdInAStep(running);
  }

  /** Captures or voids a hold made before; pays where there is none. */
  #planHoldEnd(running: Running): void {
    const hold = this.#random.take(this.#holds.open);
    if (hold?.isOpen !== true) {
      this.#planPay(running);
      return;
    }
    if (this.#random.chance(0.3)) {
      this.#holds.voidInAStep(running, hold);
      return;
    }
    nameHold(running.operation, hold);
    running.operation.amount = 1 + this.#random.below(hold.amount);
    this.#holds.captureInSteps(running, hold);
    running.steps.push(() => this.#mayBeRefunded(running, 0.4));
  }

  /** Something that what it refers to forbids; pays where there is nothing to refer to. */
  #planRefused(running: Running): void {
    const hold = this.#random.chance(0.5) ? this.#random.take(this.#holds.ended) : undefined;
    if (hold === undefined) this.#planTooMuch(running);
    else if (this.#random.chance(0.5)) {
      const { operation } = running;
      operation.kind = OPERATION_KIND.void;
      operation.account = hold.account;
      operation.reference = hold.id;
      operation.amount = 0;
      this.#planRefusal(running, COMMAND.void_, hold.endCode);
    } else {
      nameHold(running.operation, hold);
      this.#planRefusal(running, COMMAND.capture, hold.endCode);
    }
  }

  /** A refund, or a capture, of more than there is. */
  #planTooMuch(running: Running): void {
    const { operation, steps } = running;
    const hold = this.#random.chance(0.5) ? this.#random.take(this.#holds.open) : undefined;
    const paid = hold === undefined ? this.#random.take(this.#paid) : undefined;
    if (paid !== undefined && !this.#books.crosses(paid)) {
      operation.kind = OPERATION_KIND.refund;
      operation.account = paid.account;
      operation.counterparty = paid.counterparty;
      operation.reference = paid.id;
      operation.amount = paid.left + 1;
      this.#planRefusal(running, COMMAND.post, RESULTS.refund_exceeds_payment.code);
    } else if (hold?.isOpen === true) {
      nameHold(operation, hold);
      operation.amount = hold.amount + 1;
      const code = RESULTS.exceeds_pending_transfer_amount.code;
      this.#planRefusal(running, COMMAND.capture, code);
      steps.push(() => this.#holds.open.push(hold));
    } else this.#planPay(running);
  }

  #planRefusal(running: Running, command: number, code: number): void {
    const { operation, steps } = running;
    steps.push(() => {
      const behind = this.#books.behind(operation);
      running.completion = answer([
        this.#books.ledgerOf(operation.account).refuse(behind, command, code),
      ]);
    });
  }

  #mayBeRefunded({ completion, operation }: Running, share: number): void {
    const { id, account, counterparty, amount } = operation;
    if (completion?.outcome === OUTCOME.ok && this.#random.chance(share))
      this.#paid.push({ id, account, counterparty, left: amount });
  }

  #planRefund(running: Running): void {
    const paid = this.#random.take(this.#paid);
    if (paid === undefined) {
      this.#planPay(running);
      return;
    }
    const { operation, steps } = running;
    operation.kind = OPERATION_KIND.refund;
    operation.account = paid.account;
    operation.counterparty = paid.counterparty;
    operation.reference = paid.id;
    operation.amount = 1 + this.#random.below(paid.left);
    payInSteps(this.#books, running, false);
    steps.push(() => {
      const left = paid.left - operation.amount;
      const isDone = running.completion?.outcome === OUTCOME.ok;
      if (isDone && left > 0) this.#paid.push({ ...paid, left });
    });
  }

  #planTransfer(running: Running): void {
    const { operation } = running;
    operation.kind = OPERATION_KIND.transfer;
    const { users } = this.#options;
    const step = 1 + this.#random.below(users - 1);
    operation.counterparty = userAccount(1 + ((operation.account - 1 + step) % users));
    payInSteps(this.#books, running, false);
  }

  #planPay(running: Running): void {
    const { operation, steps } = running;
    operation.counterparty = merchantAccount(1 + this.#random.below(this.#options.merchants));
    payInSteps(this.#books, running, true);
    steps.push(() => this.#mayBeRefunded(running, 0.1));
  }
}
