/**
 * The ledger's rules once more, as slowly and plainly as they can be said - plain objects, no bytes, no disk - for the
 * fuzz test to hold the real one against.
 */
import { COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { RESULTS, type ResultName, resultName } from '../../../wire/results.js';
import { type Asked, type Posting, partiesOf } from './ledger-kit.js';

interface Account {
  debitsPending: number;
  debitsPosted: number;
  creditsPending: number;
  creditsPosted: number;
  version: number;
  readonly mustNotOverdraw: boolean;
}

export interface Leg {
  readonly account: number;
  readonly balance: number;
  readonly version: number;
}

export interface Answer {
  readonly outcome: 'ok' | 'declined' | 'unknown';
  readonly code: string;
  readonly legs: readonly Leg[];
}

type State = 'posted' | 'tried' | 'confirmed' | 'dead' | 'held' | 'captured' | 'voided' | 'expired';

interface Remembered {
  state: State;
  /** Why it is dead. */
  readonly code: string;
  readonly asked: Asked;
  receipt: readonly Leg[];
  readonly madeMs: number;
}

type Mode = 'posted' | 'made' | 'confirmed' | 'released';

export class LedgerModel {
  accounts = new Map<number, Account>();
  ids = new Map<number, Remembered>();
  refunded = new Map<number, number>();

  open(account: number, openingMinor: number, mustNotOverdraw: boolean): void {
    this.accounts.set(account, {
      debitsPending: 0,
      debitsPosted: Math.max(0, -openingMinor),
      creditsPending: 0,
      creditsPosted: Math.max(0, openingMinor),
      version: 0,
      mustNotOverdraw,
    });
  }

  copy(): LedgerModel {
    return Object.assign(new LedgerModel(), structuredClone({ ...this }));
  }

  ask(asked: Asked, nowMs: number): Answer {
    const known = this.ids.get(asked.id);
    switch (asked.command) {
      case 'balance':
        return this.#balance(asked);
      case 'lookup':
        return known === undefined ? declined('operation_not_found') : lookedUp(asked, known);
      case 'confirm':
        if (known === undefined) return declined('confirm_without_try');
        if (known.state === 'tried') {
          known.receipt = this.#move(known.asked.legs, 'confirmed');
          known.state = 'confirmed';
        }
        return answerOf(known);
      case 'cancel':
        return this.#cancel(asked, known, nowMs);
      default:
        return known === undefined ? this.#create(asked, nowMs) : repeat(asked, known);
    }
  }

  /** Ends the holds whose time is over. */
  expire(nowMs: number): void {
    const due = [...this.ids.values()].filter((one) => isOver(one, nowMs));
    due.sort((a, b) => endMs(a) - endMs(b));
    for (const hold of due) this.#endHold(hold, 'expired');
  }

  #balance(asked: Asked): Answer {
    const account = asked.legs?.[0]?.[0] ?? 0;
    const found = this.accounts.get(account);
    if (found === undefined) return declined('debit_account_not_found');
    return { outcome: 'ok', code: 'created', legs: [legOf(account, found)] };
  }

  #cancel(asked: Asked, known: Remembered | undefined, madeMs: number): Answer {
    const code = lastingCode(asked);
    if (known === undefined) {
      this.ids.set(asked.id, { state: 'dead', code, asked, receipt: [], madeMs });
    } else if (known.state === 'tried') {
      this.#move(known.asked.legs, 'released');
      if (countsRefund(known.asked)) this.#countRefund(known.asked, -1);
      this.ids.set(asked.id, { ...known, state: 'dead', code });
    } else return answerOf(known);
    return declined(code);
  }

  #create(asked: Asked, madeMs: number): Answer {
    const code = this.#refusal(asked, madeMs);
    if (code !== undefined) {
      this.ids.set(asked.id, { state: 'dead', code, asked, receipt: [], madeMs });
      return declined(code);
    }
    const hold = this.ids.get(asked.reference ?? -1);
    const opens = asked.command === 'try_' || asked.command === 'hold';
    const state = asked.command === 'try_' ? 'tried' : asked.command === 'hold' ? 'held' : 'posted';
    let receipt: readonly Leg[] = [];
    if (asked.command === 'capture' && hold) this.#endHold(hold, 'captured');
    if (asked.command === 'void_' && hold) receipt = this.#endHold(hold, 'voided');
    else receipt = this.#move(asked.legs, opens ? 'made' : 'posted');
    if (countsRefund(asked)) this.#countRefund(asked, 1);
    this.ids.set(asked.id, { state, code: 'created', asked, receipt, madeMs });
    return { outcome: 'ok', code: 'created', legs: receipt };
  }

  #refusal(asked: Asked, nowMs: number): string | undefined {
    const legs = asked.legs ?? [];
    if (asked.command === 'record_decline') return lastingCode(asked);
    if (asked.command === 'void_') return this.#endRefusal(asked, nowMs);
    if (new Set(legs.map(([account]) => account)).size < legs.length) {
      return 'accounts_must_be_different';
    }
    const missing = legs.filter(([account]) => !this.accounts.has(account));
    if (missing.some(([, posting]) => posting < 0)) return 'debit_account_not_found';
    if (missing.length > 0) return 'credit_account_not_found';
    if (asked.command === 'capture') {
      const refused = this.#endRefusal(asked, nowMs) ?? this.#captureRefusal(asked);
      return refused ?? this.#overdraft(asked, payerOf(legs));
    }
    const refused = asked.kind === 'refund' ? this.#refundRefusal(asked) : undefined;
    return refused ?? this.#overdraft(asked, undefined);
  }

  #endRefusal(asked: Asked, nowMs: number): ResultName | undefined {
    const hold = this.ids.get(asked.reference ?? -1);
    if (hold === undefined || hold.state === 'dead') return 'pending_transfer_not_found';
    if (hold.asked.kind !== 'hold') return 'pending_transfer_not_pending';
    if (!sameParties(asked, hold.asked)) return 'reference_has_different_accounts';
    if (isOver(hold, nowMs)) this.#endHold(hold, 'expired');
    switch (hold.state) {
      case 'held':
        return undefined;
      case 'captured':
        return 'pending_transfer_already_posted';
      case 'voided':
        return 'pending_transfer_already_voided';
      case 'expired':
        return 'pending_transfer_expired';
      default:
        return 'pending_transfer_not_pending';
    }
  }

  #captureRefusal(asked: Asked): ResultName | undefined {
    const hold = this.ids.get(asked.reference ?? -1);
    const legs = asked.legs ?? [];
    const held = amountOf(hold?.asked);
    const debited = legs.reduce((sum, [, posting]) => sum + Math.max(0, -posting), 0);
    return amountOf(asked) > held || debited > held ? 'exceeds_pending_transfer_amount' : undefined;
  }

  #refundRefusal(asked: Asked): ResultName | undefined {
    const payment = this.ids.get(asked.reference ?? -1);
    const happened = payment?.state === 'posted' || payment?.state === 'confirmed';
    const kind = payment?.asked.kind ?? 'pay';
    if (!payment || !happened || !['pay', 'capture'].includes(kind)) {
      return 'refunded_operation_not_found';
    }
    if (!sameParties(asked, payment.asked)) return 'reference_has_different_accounts';
    if (!countsRefund(asked)) return undefined;
    const refunded = this.refunded.get(asked.reference ?? -1) ?? 0;
    const over = refunded + amountOf(asked) > amountOf(payment.asked);
    return over ? 'refund_exceeds_payment' : undefined;
  }

  #overdraft(asked: Asked, reserved: number | undefined): ResultName | undefined {
    for (const [number, posting] of asked.legs ?? []) {
      const account = this.accounts.get(number);
      if (!account?.mustNotOverdraw || posting > 0 || number === reserved) continue;
      const debits = account.debitsPending + account.debitsPosted - posting;
      if (debits > account.creditsPosted) return 'exceeds_credits';
    }
    return undefined;
  }

  #countRefund(asked: Asked, sign: number): void {
    const payment = asked.reference ?? -1;
    this.refunded.set(payment, (this.refunded.get(payment) ?? 0) + sign * amountOf(asked));
  }

  #endHold(hold: Remembered, state: State): readonly Leg[] {
    hold.state = state;
    return this.#move(hold.asked.legs, 'released');
  }

  #move(legs: readonly Posting[] = [], mode: Mode): readonly Leg[] {
    return legs.map(([number, posting]) => {
      const account = this.accounts.get(number);
      if (account === undefined) throw new Error(`the model has no account ${number}`);
      const amount = Math.abs(posting);
      const pending = posting < 0 ? 'debitsPending' : 'creditsPending';
      const posted = posting < 0 ? 'debitsPosted' : 'creditsPosted';
      if (mode === 'made') account[pending] += amount;
      if (mode === 'confirmed' || mode === 'released') account[pending] -= amount;
      if (mode === 'confirmed' || mode === 'posted') account[posted] += amount;
      account.version++;
      return legOf(number, account);
    });
  }
}

function legOf(number: number, account: Account): Leg {
  const balance = account.creditsPosted - account.debitsPosted;
  return { account: number, balance, version: account.version };
}

function declined(code: string): Answer {
  return { outcome: 'declined', code, legs: [] };
}

function answerOf(known: Remembered): Answer {
  if (known.state === 'dead') return declined(known.code);
  if (known.state === 'tried') return { outcome: 'unknown', code: 'tried', legs: [] };
  return { outcome: 'ok', code: 'created', legs: known.receipt };
}

function repeat(asked: Asked, known: Remembered): Answer {
  if (known.state === 'dead') return declined(known.code);
  const different = differenceOf(asked, known.asked);
  if (different !== undefined) return declined(`exists_with_different_${different}`);
  if (asked.command !== 'try_' || known.state !== 'tried') return answerOf(known);
  return { outcome: 'ok', code: 'created', legs: known.receipt };
}

function differenceOf(asked: Asked, known: Asked): string | undefined {
  if ((asked.kind ?? 'pay') !== (known.kind ?? 'pay')) return 'flags';
  if (asked.reference !== known.reference) return 'pending_id';
  if ((asked.timeoutS ?? 0) !== (known.timeoutS ?? 0)) return 'timeout';
  const towardsUser = asked.kind === 'refund' || asked.kind === 'topUp';
  const otherUser = partiesOf(asked).user !== partiesOf(known).user;
  const otherSide = partiesOf(asked).counterparty !== partiesOf(known).counterparty;
  if (towardsUser ? otherSide : otherUser) return 'debit_account_id';
  if (towardsUser ? otherUser : otherSide) return 'credit_account_id';
  if (amountOf(asked) !== amountOf(known)) return 'amount';
  if ((asked.channel ?? 0) !== (known.channel ?? 0)) return 'channel';
  if (asked.command === 'record_decline') return undefined;
  const sameFlags = (asked.flags ?? 0) === (known.flags ?? 0);
  return asked.command === known.command && sameFlags ? undefined : 'flags';
}

/** A void names only the user. */
function sameParties(asked: Asked, referred: Asked): boolean {
  const mine = partiesOf(asked);
  const theirs = partiesOf(referred);
  if (mine.user !== theirs.user) return false;
  return asked.kind === 'void' || mine.counterparty === theirs.counterparty;
}

function lookedUp(asked: Asked, known: Remembered): Answer {
  const { user } = partiesOf(known.asked);
  const isDead = known.state === 'dead';
  if (!(isDead && user === 0) && user !== partiesOf(asked).user) {
    return { outcome: 'unknown', code: 'reference_has_different_accounts', legs: [] };
  }
  return answerOf(known);
}

function payerOf(legs: readonly Posting[]): number {
  return legs.find(([, posting]) => posting < 0)?.[0] ?? 0;
}

function amountOf(asked: Asked | undefined): number {
  return asked?.amount ?? -(asked?.legs?.find(([, posting]) => posting < 0)?.[1] ?? 0);
}

function countsRefund(asked: Asked): boolean {
  return asked.kind === 'refund' && ((asked.flags ?? 0) & COMMAND_FLAG.secondary) === 0;
}

function endMs(hold: Remembered): number {
  return hold.madeMs + (hold.asked.timeoutS || Number.POSITIVE_INFINITY) * 1000;
}

function isOver(one: Remembered, nowMs: number): boolean {
  return one.state === 'held' && endMs(one) <= nowMs;
}

/** The reason given, where it is one for which an operation never happens. */
function lastingCode({ code = 0 }: Asked): ResultName {
  const name = resultName(code);
  return name !== undefined && RESULTS[name].scope === 'operation' ? name : 'cancelled';
}

/** Why an id may be declined from outside: by risk control, by another shard; and numbers that are no reason. */
export const DECLINE_CODES = [
  RESULTS.risk_amount_limit.code,
  RESULTS.credit_account_not_found.code,
  RESULTS.exists_with_different_amount.code,
  RESULTS.cancelled.code,
  RESULTS.not_admitted.code,
  RESULTS.tried.code,
  9999,
] as const;
