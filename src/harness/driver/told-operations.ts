/**
 * Journals and measures operations that scripts carry out themselves (ports/told.ts). What is never told stays without a
 * completion: it is unknown to whoever judges the journal.
 */
import { OUTCOME } from '../../wire/acks.js';
import type { OperationIdWords } from '../../wire/operation-id.js';
import { RESULTS } from '../../wire/results.js';
import type { AccountNames } from '../journal/account-names.js';
import type { InvokeStamp } from '../journal/invoke-record.js';
import type { JournalWriter } from '../journal/writer.js';
import type { Caller, OperationRequest } from '../ports/pay.js';
import type { ToldOperation, ToldOutcome, ToldPort } from '../ports/told.js';
import type { DefiniteFacts, OperationListener } from './driver.js';
import { OperationIds } from './operation-ids.js';
import { backOffMs, RETRY_POLICY } from './retries.js';

export interface ToldOptions {
  readonly worker: number;
  readonly seed: number;
  /** Microseconds on the drill clock. */
  readonly nowUs: () => number;
  readonly originUnixMs: number;
  /** Floats in [0, 1). */
  readonly random: () => number;
  readonly journal: JournalWriter;
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
  readonly #ids: OperationIds;
  readonly #stamp: InvokeStamp;
  /** Of which nothing was said. */
  readonly #open = new Set<Told>();
  readonly #facts: DefiniteFacts = {
    outcome: 'ok',
    code: 0,
    series: 0,
    wasUnknown: false,
    completedUs: 0,
    intendedUs: 0,
    sentUs: 0,
  };

  constructor(options: ToldOptions) {
    this.#options = options;
    this.#ids = new OperationIds(options);
    const { worker } = options;
    this.#stamp = { idWords: this.#ids.words, worker, scenario: 0, intendedUs: 0, invokedUs: 0 };
  }

  begin(request: OperationRequest, caller: Caller): ToldOperation {
    const { journal, listener, nowUs } = this.#options;
    const now = nowUs();
    const stamp = this.#stamp;
    stamp.intendedUs = caller.intendedUs >= 0 ? caller.intendedUs : now;
    stamp.invokedUs = now;
    stamp.scenario = caller.scenario;
    caller.intendedUs = -1;
    this.#ids.at(now);
    const sequence = journal.invoked;
    journal.invoke(request, stamp);
    const [word0, word1, word2] = this.#ids.words;
    const id = request.idWords ?? [word0, word1, word2, sequence];
    const series = listener.seriesOf(request, caller);
    const told = new Told(id, sequence, series, stamp.intendedUs, now);
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
    if (outcome === 'not sent') {
      journal.completeNotSent({
        sequence: told.sequence,
        code: RESULTS.not_sent.code,
        completedUs,
      });
      listener.onNotSent(told.series);
      return;
    }
    const isOk = outcome === 'ok';
    const { code } = isOk ? RESULTS.created : RESULTS.declined_by_target;
    journal.completeTold({
      sequence: told.sequence,
      outcome: isOk ? OUTCOME.ok : OUTCOME.declined,
      code,
      completedUs,
      attempts: told.attempts,
      sentAfterUs: told.sentUs - told.invokedUs,
    });
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

function own(operation: ToldOperation): Told {
  if (operation instanceof Told) return operation;
  throw new TypeError('this operation was begun elsewhere');
}
