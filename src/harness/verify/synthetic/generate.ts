/**
 * A clean history: what a harness would journal and what a correct stack would write while festival traffic runs
 * over it, with retries, lost answers, declines and holds in it. Seeded. Operations run in windows: those of
 * one window are all under way at once and take their steps in random order, so that branches interleave.
 */
import {
  merchantAccount,
  merchantSubAccount,
  SYSTEM_ACCOUNT,
  shardOfAccount,
  systemAccount,
  userAccount,
} from '../../../wire/accounts.js';
import { OUTCOME } from '../../../wire/acks.js';
import type { RiskRules } from '../../../wire/admin.js';
import { COMMAND, COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { ENTRY_COMMAND } from '../../../wire/ledger-log.js';
import { makeOperationId, type OperationIdWords } from '../../../wire/operation-id.js';
import { CHANNEL, OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import { RESOLUTION } from '../../records/journal-layout.js';
import type { MoneyRules } from '../../records/target-facts.js';
import { type Behind, type Posting, SyntheticLedger } from './ledger.js';
import { SeededRandom } from './random.js';
import type { CompletionRecord, EntryRecord, OperationRecord } from './records.js';

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

interface Hold {
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

interface Paid {
  readonly id: OperationIdWords;
  readonly account: number;
  readonly counterparty: number;
  /** What is not refunded yet. */
  readonly left: number;
}

/** An operation under way: its steps are run one at a time, between those of others. */
interface Running {
  readonly operation: OperationRecord;
  readonly steps: (() => void)[];
  completion: CompletionRecord | undefined;
}

/** What a merchant is charged per 10,000, as in the reference stack. */
const FEE_PER_10K = 60;
const COMMISSION_PER_10K = 10;

export class History {
  /** What was agreed before it began. */
  readonly money: MoneyRules;
  readonly ledgers: readonly SyntheticLedger[];
  readonly shards: number;
  readonly #random: SeededRandom;
  readonly #options: Required<HistoryOptions>;
  readonly #sink: HistorySink;
  readonly #sequences: number[];
  /** Holds that somebody may yet end; and those that run out where nobody does. */
  readonly #holds: Hold[] = [];
  #timed: Hold[] = [];
  readonly #ended: Hold[] = [];
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
    this.ledgers = Array.from(
      { length: this.shards },
      (_, shard) =>
        new SyntheticLedger(
          shard,
          () => ORIGIN_US + ++this.#nowUs,
          (entry) => sink.entry(entry),
        ),
    );
    this.#open();
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
    const now = this.#nowUs;
    for (const hold of this.#timed) {
      if (!hold.isOpen || hold.deadlineUs > now) continue;
      this.#end(hold, RESULTS.pending_transfer_expired.code);
      this.#at(hold.account).expire({ ...hold.behind, reference: hold.id }, hold.legs);
    }
    this.#timed = this.#timed.filter(({ isOpen }) => isOpen);
  }

  #end(hold: Hold, endCode: number): void {
    hold.isOpen = false;
    hold.endCode = endCode;
    this.#ended.push(hold);
  }

  #open(): void {
    const { users, merchants, splitMerchants, openingMinor } = this.#options;
    for (let user = 1; user <= users; user++)
      this.#at(userAccount(user)).open(userAccount(user), openingMinor, true);
    for (let merchant = 1; merchant <= merchants; merchant++) {
      if (merchant > splitMerchants) {
        const account = merchantAccount(merchant);
        this.#at(account).open(account, 0, true);
        continue;
      }
      for (const ledger of this.ledgers)
        ledger.open(merchantSubAccount(merchant, ledger.shard), 0, true);
    }
    for (const ledger of this.ledgers) {
      const shardUsers = [...ledger.accounts.values()].reduce(
        (sum, { opening }) => sum + opening,
        0,
      );
      ledger.open(systemAccount(SYSTEM_ACCOUNT.fee, ledger.shard), 0, false);
      ledger.open(systemAccount(SYSTEM_ACCOUNT.platform, ledger.shard), 0, false);
      ledger.open(systemAccount(SYSTEM_ACCOUNT.bank, ledger.shard), -shardUsers, false);
      for (let peer = 0; peer < this.shards; peer++)
        ledger.open(systemAccount(SYSTEM_ACCOUNT.clearing + peer, ledger.shard), 0, false);
    }
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
      const leg = this.#at(operation.account).read(operation.account);
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
      this.#at(operation.account).recordDecline(this.#behind(operation), code);
      running.completion = declined(code);
    });
  }

  #planTopUp(running: Running): void {
    const { operation } = running;
    operation.kind = OPERATION_KIND.topUp;
    const shard = this.#shard(operation.account);
    this.#planLocal(running, COMMAND.post, [
      { account: systemAccount(SYSTEM_ACCOUNT.bank, shard), posting: -operation.amount },
      { account: operation.account, posting: operation.amount },
    ]);
  }

  #planHold(running: Running): void {
    const { operation, steps } = running;
    operation.kind = OPERATION_KIND.hold;
    operation.counterparty = merchantAccount(1 + this.#random.below(this.#options.merchants));
    operation.timeoutS = HOLD_TIMES_S[this.#random.below(HOLD_TIMES_S.length)] ?? 0;
    const ledger = this.#at(operation.account);
    const clearing = systemAccount(SYSTEM_ACCOUNT.clearing + ledger.shard, ledger.shard);
    const legs = [
      { account: operation.account, posting: -operation.amount },
      { account: clearing, posting: operation.amount },
    ];
    steps.push(() => {
      const behind = this.#behind(operation);
      const entry = ledger.reserve(behind, COMMAND.hold, legs);
      running.completion = answer([entry]);
      if (entry.code !== 0) return;
      const { id, account, amount, counterparty, timeoutS } = operation;
      const madeUs = entry.timestampUs - ORIGIN_US;
      const deadlineUs = timeoutS === 0 ? Number.POSITIVE_INFINITY : madeUs + timeoutS * 1_000_000;
      const hold = {
        id,
        account,
        counterparty,
        amount,
        behind,
        legs,
        deadlineUs,
        isOpen: true,
        endCode: 0,
      };
      this.#holds.push(hold);
      if (timeoutS > 0) this.#timed.push(hold);
    });
  }

  /** Captures or voids a hold made before; pays where there is none. */
  #planHoldEnd(running: Running): void {
    const hold = this.#random.take(this.#holds);
    if (hold?.isOpen !== true) {
      this.#planPay(running);
      return;
    }
    const { operation, steps } = running;
    operation.account = hold.account;
    operation.reference = hold.id;
    const ledger = this.#at(hold.account);
    if (this.#random.chance(0.3)) {
      operation.kind = OPERATION_KIND.void;
      operation.amount = 0;
      steps.push(() => {
        this.#end(hold, RESULTS.pending_transfer_already_voided.code);
        running.completion = answer([
          ledger.release(this.#behind(operation), COMMAND.void_, hold.legs),
        ]);
      });
      return;
    }
    operation.kind = OPERATION_KIND.capture;
    operation.amount = 1 + this.#random.below(hold.amount);
    operation.counterparty = hold.counterparty;
    const payee = this.#payee(operation, ledger.shard);
    const peer = this.#shard(payee);
    const capture = (legs: readonly Posting[], flags: number): EntryRecord => {
      const behind = this.#behind(operation, { flags, peer });
      this.#end(hold, RESULTS.pending_transfer_already_posted.code);
      const { id, reference, kind } = behind;
      ledger.release({ ...hold.behind, id, reference, kind }, ENTRY_COMMAND.release, hold.legs);
      return ledger.post(behind, COMMAND.capture, legs);
    };
    const debit = { account: operation.account, posting: -operation.amount };
    if (peer === ledger.shard) {
      steps.push(() => {
        const legs = [debit, ...this.#credits(operation.amount, payee, peer)];
        running.completion = answer([capture(legs, 0)]);
      });
      steps.push(() => this.#mayBeRefunded(running, 0.4));
      return;
    }
    const secondary = this.#secondaryBranch(operation, ledger.shard, payee, peer);
    const clearing = systemAccount(SYSTEM_ACCOUNT.clearing + peer, ledger.shard);
    let first: EntryRecord;
    steps.push(
      () => secondary.try_(),
      () => {
        first = capture(
          [debit, { account: clearing, posting: operation.amount }],
          COMMAND_FLAG.primary,
        );
      },
      () => {
        running.completion = answer([first, secondary.confirm()]);
      },
      () => this.#mayBeRefunded(running, 0.4),
    );
  }

  /** Something that what it refers to forbids; pays where there is nothing to refer to. */
  #planRefused(running: Running): void {
    const hold = this.#random.chance(0.5) ? this.#random.take(this.#ended) : undefined;
    if (hold === undefined) this.#planTooMuch(running);
    else if (this.#random.chance(0.5)) {
      const { operation } = running;
      operation.kind = OPERATION_KIND.void;
      operation.account = hold.account;
      operation.reference = hold.id;
      operation.amount = 0;
      this.#planRefusal(running, COMMAND.void_, hold.endCode);
    } else {
      this.#nameHold(running.operation, hold);
      this.#planRefusal(running, COMMAND.capture, hold.endCode);
    }
  }

  /** A refund, or a capture, of more than there is. */
  #planTooMuch(running: Running): void {
    const { operation, steps } = running;
    const hold = this.#random.chance(0.5) ? this.#random.take(this.#holds) : undefined;
    const paid = hold === undefined ? this.#random.take(this.#paid) : undefined;
    if (paid !== undefined && !this.#crosses(paid)) {
      operation.kind = OPERATION_KIND.refund;
      operation.account = paid.account;
      operation.counterparty = paid.counterparty;
      operation.reference = paid.id;
      operation.amount = paid.left + 1;
      this.#planRefusal(running, COMMAND.post, RESULTS.refund_exceeds_payment.code);
    } else if (hold?.isOpen === true) {
      this.#nameHold(operation, hold);
      operation.amount = hold.amount + 1;
      const code = RESULTS.exceeds_pending_transfer_amount.code;
      this.#planRefusal(running, COMMAND.capture, code);
      steps.push(() => this.#holds.push(hold));
    } else this.#planPay(running);
  }

  #crosses(operation: Pick<OperationRecord, 'account' | 'counterparty'>): boolean {
    const home = this.#shard(operation.account);
    return this.#shard(this.#payee(operation, home)) !== home;
  }

  #nameHold(operation: OperationRecord, hold: Hold): void {
    operation.kind = OPERATION_KIND.capture;
    operation.account = hold.account;
    operation.counterparty = hold.counterparty;
    operation.reference = hold.id;
  }

  #planRefusal(running: Running, command: number, code: number): void {
    const { operation, steps } = running;
    steps.push(() => {
      const behind = this.#behind(operation);
      running.completion = answer([this.#at(operation.account).refuse(behind, command, code)]);
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
    this.#planPayment(running, false);
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
    this.#planPayment(running, false);
  }

  #planPay(running: Running): void {
    const { operation, steps } = running;
    operation.counterparty = merchantAccount(1 + this.#random.below(this.#options.merchants));
    this.#planPayment(running, true);
    steps.push(() => this.#mayBeRefunded(running, 0.1));
  }

  #planPayment(running: Running, charged: boolean): void {
    const { operation } = running;
    const home = this.#shard(operation.account);
    const payee = this.#payee(operation, home);
    const peer = this.#shard(payee);
    const towardsUser = operation.kind === OPERATION_KIND.refund;
    const sign = towardsUser ? -1 : 1;
    const user = { account: operation.account, posting: -sign * operation.amount };
    if (peer === home) {
      const others = charged
        ? this.#credits(operation.amount, payee, peer)
        : [{ account: payee, posting: sign * operation.amount }];
      this.#planLocal(running, COMMAND.post, [user, ...others]);
      return;
    }
    this.#planAcross(running, user, payee, { home, peer, charged });
  }

  #planLocal(running: Running, command: number, legs: readonly Posting[]): void {
    const { operation, steps } = running;
    steps.push(() => {
      running.completion = answer([
        this.#at(operation.account).post(this.#behind(operation), command, legs),
      ]);
    });
  }

  /** Try both branches, then Confirm primary and secondary, or Cancel both. */
  #planAcross(
    running: Running,
    user: Posting,
    payee: number,
    where: { readonly home: number; readonly peer: number; readonly charged: boolean },
  ): void {
    const { operation, steps } = running;
    const { home, peer } = where;
    const ledger = this.#at(operation.account);
    const behind = this.#behind(operation, { flags: COMMAND_FLAG.primary, peer });
    const clearing = systemAccount(SYSTEM_ACCOUNT.clearing + peer, home);
    const primary = [user, { account: clearing, posting: -user.posting }];
    const secondary = this.#secondaryBranch(operation, home, payee, peer, where.charged);
    let tried: EntryRecord;
    // Now and then it does not arrive before a recovery cancels: a Cancel without legs, after which no Try is taken.
    const isTryLost = operation.amount % 41 === 0;
    let triedThere: EntryRecord | undefined;
    let confirmed: EntryRecord;
    steps.push(
      () => {
        tried = ledger.reserve(behind, COMMAND.try_, primary);
      },
      () => {
        if (!isTryLost) triedThere = secondary.try_();
      },
      () => {
        const refusal = tried.code || triedThere?.code;
        if (refusal === 0) {
          confirmed = ledger.confirm(behind, primary);
          return;
        }
        const code = refusal ?? RESULTS.cancelled.code;
        if (tried.code === 0) ledger.cancel(behind, primary, code);
        running.completion = declined(code);
      },
      () => {
        if (confirmed !== undefined) running.completion = answer([confirmed, secondary.confirm()]);
        else if (triedThere?.code !== RESULTS.exceeds_credits.code)
          secondary.cancel(triedThere !== undefined, tried.code);
      },
    );
  }

  #secondaryBranch(
    operation: OperationRecord,
    home: number,
    payee: number,
    peer: number,
    charged = true,
  ) {
    const ledger = this.#ledger(peer);
    const behind = this.#behind(operation, { flags: COMMAND_FLAG.secondary, peer: home });
    const sign = operation.kind === OPERATION_KIND.refund ? -1 : 1;
    const clearing = systemAccount(SYSTEM_ACCOUNT.clearing + home, peer);
    const legs: Posting[] = [
      { account: clearing, posting: -sign * operation.amount },
      ...(charged
        ? this.#credits(operation.amount, payee, peer)
        : [{ account: payee, posting: sign * operation.amount }]),
    ];
    return {
      try_: () => ledger.reserve(behind, COMMAND.try_, legs),
      confirm: () => ledger.confirm(behind, legs),
      // Now and then a recovery is quicker, which knows of no refusal.
      cancel: (wasTried: boolean, refusal: number) => {
        const isKnown = refusal !== 0 && operation.amount % 2 === 0;
        ledger.cancel(behind, wasTried ? legs : [], isKnown ? refusal : RESULTS.cancelled.code);
      },
    };
  }

  #credits(amount: number, payee: number, shard: number): Posting[] {
    const fee = Math.floor((amount * FEE_PER_10K) / 10_000);
    const commission = Math.floor((amount * COMMISSION_PER_10K) / 10_000);
    return [
      { account: payee, posting: amount - fee - commission },
      { account: systemAccount(SYSTEM_ACCOUNT.fee, shard), posting: fee },
      { account: systemAccount(SYSTEM_ACCOUNT.platform, shard), posting: commission },
    ].filter(({ posting }) => posting !== 0);
  }

  #payee(operation: Pick<OperationRecord, 'counterparty'>, home: number): number {
    const number = operation.counterparty - merchantAccount(0);
    const isSplit = number >= 1 && number <= this.#options.splitMerchants;
    return isSplit ? merchantSubAccount(number, home) : operation.counterparty;
  }

  #behind(
    operation: OperationRecord,
    branch: { readonly flags: number; readonly peer: number } = {
      flags: 0,
      peer: this.#shard(operation.account),
    },
  ): Behind {
    const { id, reference, kind, amount, channel, timeoutS } = operation;
    return { id, reference, kind, amount, channel, timeoutS, ...branch };
  }

  #shard(account: number): number {
    return shardOfAccount(account, this.shards);
  }

  #at(account: number): SyntheticLedger {
    return this.#ledger(this.#shard(account));
  }

  #ledger(shard: number): SyntheticLedger {
    const ledger = this.ledgers[shard];
    if (ledger === undefined) throw new Error(`no shard ${shard}`);
    return ledger;
  }
}

function isRead(operation: OperationRecord): boolean {
  return operation.kind === OPERATION_KIND.balance;
}

function declined(code: number): CompletionRecord {
  return {
    outcome: OUTCOME.declined,
    code,
    timestampUs: 0,
    legs: [],
    completedUs: 0,
    attempts: 1,
    resolution: RESOLUTION.answered,
  };
}

/** The ack that the entries of one operation amount to: no clearing legs, the first entry's timestamp. */
function answer(entries: readonly EntryRecord[]): CompletionRecord {
  const [first] = entries;
  if (first === undefined) throw new Error('an answer comes from an entry');
  if (first.code !== 0) return declined(first.code);
  const across = entries.length > 1;
  return {
    ...declined(0),
    outcome: OUTCOME.ok,
    timestampUs: first.timestampUs,
    legs: entries
      .flatMap((entry) => entry.legs)
      .filter((leg) => !across || !isClearing(leg.account))
      .map(({ account, balance, version }) => ({ account, balance, version })),
  };
}

function isClearing(account: number): boolean {
  return account >= 2 * 2 ** 40 && account % 2 ** 32 >= SYSTEM_ACCOUNT.clearing;
}
