/** The steps that an operation which moves money takes in a made-up history: one on its shard, or Try, Confirm and Cancel of two branches. */
import { SYSTEM_ACCOUNT, systemAccount } from '../../../wire/accounts.js';
import { COMMAND, COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import { answer, declined } from './answers.js';
import type { HistoryBooks } from './history-books.js';
import type { Posting } from './ledger.js';
import type { CompletionRecord, EntryRecord, OperationRecord } from './records.js';

/** An operation under way: its steps are run one at a time, between those of others. */
export interface Running {
  readonly operation: OperationRecord;
  readonly steps: (() => void)[];
  completion: CompletionRecord | undefined;
}

/** Of a payment, a transfer or a refund. */
export function payInSteps(books: HistoryBooks, running: Running, charged: boolean): void {
  const { operation } = running;
  const home = books.shardOf(operation.account);
  const payee = books.payeeOf(operation, home);
  const peer = books.shardOf(payee);
  const towardsUser = operation.kind === OPERATION_KIND.refund;
  const sign = towardsUser ? -1 : 1;
  const user = { account: operation.account, posting: -sign * operation.amount };
  if (peer === home) {
    const others = charged
      ? books.credits(operation.amount, payee, peer)
      : [{ account: payee, posting: sign * operation.amount }];
    postInAStep(books, running, [user, ...others]);
    return;
  }
  payAcross(books, running, { user, payee, home, peer, charged });
}

export function postInAStep(books: HistoryBooks, running: Running, legs: readonly Posting[]): void {
  const { operation, steps } = running;
  steps.push(() => {
    const ledger = books.ledgerOf(operation.account);
    running.completion = answer([ledger.post(books.behind(operation), COMMAND.post, legs)]);
  });
}

interface Across {
  readonly user: Posting;
  readonly payee: number;
  readonly home: number;
  readonly peer: number;
  readonly charged: boolean;
}

/** Try both branches, then Confirm primary and secondary, or Cancel both. */
function payAcross(books: HistoryBooks, running: Running, across: Across): void {
  const { operation, steps } = running;
  const { user, home, peer } = across;
  const ledger = books.ledgerOf(operation.account);
  const behind = books.behind(operation, { flags: COMMAND_FLAG.primary, peer });
  const clearing = systemAccount(SYSTEM_ACCOUNT.clearing + peer, home);
  const primary = [user, { account: clearing, posting: -user.posting }];
  const secondary = secondaryBranch(books, operation, across);
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

interface SecondaryBranch {
  try_(): EntryRecord;
  confirm(): EntryRecord;
  cancel(wasTried: boolean, refusal: number): void;
}

/** On the shard of whoever is paid. */
export function secondaryBranch(
  books: HistoryBooks,
  operation: OperationRecord,
  { home, payee, peer, charged }: Omit<Across, 'user'>,
): SecondaryBranch {
  const ledger = books.ledgerAt(peer);
  const behind = books.behind(operation, { flags: COMMAND_FLAG.secondary, peer: home });
  const sign = operation.kind === OPERATION_KIND.refund ? -1 : 1;
  const clearing = systemAccount(SYSTEM_ACCOUNT.clearing + home, peer);
  const legs: Posting[] = [
    { account: clearing, posting: -sign * operation.amount },
    ...(charged
      ? books.credits(operation.amount, payee, peer)
      : [{ account: payee, posting: sign * operation.amount }]),
  ];
  return {
    try_: () => ledger.reserve(behind, COMMAND.try_, legs),
    confirm: () => ledger.confirm(behind, legs),
    // Now and then a recovery is quicker, which knows of no refusal.
    cancel: (wasTried, refusal) => {
      const isKnown = refusal !== 0 && operation.amount % 2 === 0;
      ledger.cancel(behind, wasTried ? legs : [], isKnown ? refusal : RESULTS.cancelled.code);
    },
  };
}
