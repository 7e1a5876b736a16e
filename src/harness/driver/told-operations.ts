/**
 * Journals and measures operations that scripts carry out themselves (ports/told.ts). What is never told stays without a
 * completion: it is unknown to whoever judges the journal.
 */
import { OUTCOME } from '../../wire/acks.js';
import type { OperationIdWords } from '../../wire/operation-id.js';
import { RESULTS } from '../../wire/results.js';
import type { AccountNames } from '../journal/account-names.js';
import type { Caller, OperationRequest } from '../ports/pay.js';
import type { ToldOperation, ToldOutcome, ToldPort } from '../ports/told.js';
import { noFacts, type OperationListener } from './driver.js';
import { Invocations, type InvocationsOptions } from './invocations.js';
import { backOffMs, RETRY_POLICY } from './retries.js';

export interface ToldOptions extends InvocationsOptions {
  /** Floats in [0, 1). */
  readonly random: () => number;
  readonly names: AccountNames;
  readonly listener: Omit<OperationListener, 'onSubmitted'>;
}

class Told implements ToldOperation {
  readonly idWords: OperationIdWords;
  readonly sequence: number;
  readonly series: number;
  readonly intendedUs: number;
  readonly invokedUs: number;
  sentUs: number;
  attempts = 1;
  isUncertain = false;
  outcome: ToldOutcome | undefined = undefined;

  /** Positional, because one is made per operation: see the fields. */
  constructor(
    idWords: OperationIdWords,
    sequence: number,
    series: number,
    intendedUs: number,
    invokedUs: number,
  ) {
    this.idWords = idWords;
    this.sequence = sequence;
    this.series = series;
    this.intendedUs = intendedUs;
    this.invokedUs = invokedUs;
    this.sentUs = invokedUs;
  }
}

export class ToldOperations implements ToldPort {
  readonly #options: ToldOptions;
  readonly #invocations: Invocations;
  /** Of which nothing was said. */
  readonly #open = new Set<Told>();
  readonly #facts = noFacts();

  constructor(options: ToldOptions) {
    this.#options = options;
    this.#invocations = new Invocations(options);
  }

  begin(request: OperationRequest, caller: Caller): ToldOperation {
    const { journal, listener } = this.#options;
    const sequence = journal.invoked;
    this.#invocations.invoke(request, caller);
    const { idWords, intendedUs, invokedUs } = this.#invocations.stamp;
    const [word0, word1, word2] = idWords;
    const id = request.idWords ?? [word0, word1, word2, sequence];
    const series = listener.seriesOf(request, caller);
    const told = new Told(id, sequence, series, intendedUs, invokedUs);
    this.#open.add(told);
    return told;
  }

  retryMs(operation: ToldOperation, isUncertain: boolean): number | undefined {
    const told = own(operation);
    told.isUncertain ||= isUncertain;
    if (told.attempts >= RETRY_POLICY.attemptsMax) return undefined;
    return backOffMs(RETRY_POLICY, told.attempts) * this.#options.random();
  }

  again(operation: ToldOperation): void {
    const told = own(operation);
    told.attempts++;
    told.sentUs = this.#options.nowUs();
  }

  end(operation: ToldOperation, outcome: ToldOutcome): void {
    const told = own(operation);
    if (told.outcome !== undefined) return;
    told.outcome = outcome;
    this.#open.delete(told);
    const { journal, listener, nowUs } = this.#options;
    if (outcome === 'unknown') {
      listener.onUnknown(told.series);
      return;
    }
    const completedUs = nowUs();
    const { code } = RESULT[outcome];
    const isSent = outcome !== 'not sent';
    journal.completeBare({
      sequence: told.sequence,
      outcome: outcome === 'ok' ? OUTCOME.ok : OUTCOME.declined,
      code,
      completedUs,
      attempts: isSent ? told.attempts : 0,
      sentAfterUs: isSent ? told.sentUs - told.invokedUs : 0,
    });
    if (!isSent) {
      listener.onNotSent(told.series);
      return;
    }
    const facts = this.#facts;
    facts.outcome = outcome;
    facts.code = code;
    facts.series = told.series;
    facts.completedUs = completedUs;
    facts.intendedUs = told.intendedUs;
    facts.sentUs = told.sentUs;
    listener.onDefinite(facts);
  }

  /** The load is over: of what is still open nothing will be said. */
  endOpen(): void {
    for (const told of this.#open) this.end(told, 'unknown');
  }

  accountNumber(name: string, asset: string): number {
    return this.#options.names.number(name, asset);
  }
}

const RESULT = {
  ok: RESULTS.created,
  declined: RESULTS.declined_by_target,
  'not sent': RESULTS.not_sent,
} as const;

function own(operation: ToldOperation): Told {
  if (operation instanceof Told) return operation;
  throw new TypeError('this operation was begun elsewhere');
}
