/**
 * Journals and measures operations that scripts carry out themselves (ports/told.ts). What is never told, and is not found out
 * by asking (told-look-ups.ts), stays without a completion: it is unknown to whoever judges the journal.
 */

import { parseAccount } from '../../wire/accounts.js';
import { OUTCOME } from '../../wire/acks.js';
import { parseTargetAddress, type TargetPorts } from '../../wire/address.js';
import { formatOperationId, type OperationIdWords } from '../../wire/operation-id.js';
import { CHANNEL } from '../../wire/operations.js';
import { RESULTS } from '../../wire/results.js';
import type { AccountNames } from '../journal/account-names.js';
import type { ToldLegs } from '../journal/told-legs.js';
import type { Caller, OperationRequest } from '../ports/pay.js';
import type {
  AskedAgain,
  LookedUp,
  LookUp,
  ReadBalance,
  ToldLeg,
  ToldOperation,
  ToldOutcome,
  ToldPort,
} from '../ports/told.js';
import { RESOLUTION } from '../records/journal-layout.js';
import { type DefiniteFacts, noFacts, type OperationListener } from './driver.js';
import type { Asked } from './http-answer.js';
import { Invocations, type InvocationsOptions } from './invocations.js';
import { backOffMs, RETRY_POLICY } from './retries.js';
import { ToldAnswer } from './told-answer.js';
import { ToldLookUps } from './told-look-ups.js';

export interface ToldOptions extends InvocationsOptions {
  /** Floats in [0, 1). */
  readonly random: () => number;
  readonly names: AccountNames;
  readonly legs: ToldLegs;
  /** How the reference stack is reached, whose accounts have names of their own; undefined: the target is another, or none. */
  readonly target: TargetPorts | undefined;
  readonly listener: Omit<OperationListener, 'onSubmitted'>;
  /** What a script's function threw that was to ask what became of an operation. */
  readonly onLookUpThrew: (error: unknown) => void;
  /** Of a check: told of each operation that was asked again; undefined, none is. */
  readonly onAskedAgain: ((asked: AskedAgain) => void) | undefined;
}

class Told implements ToldOperation {
  readonly idWords: OperationIdWords;
  readonly kind: number;
  readonly sequence: number;
  readonly series: number;
  readonly intendedUs: number;
  readonly invokedUs: number;
  sentUs: number;
  attempts = 1;
  isUncertain = false;
  outcome: ToldOutcome | undefined = undefined;
  lookUp: LookUp | undefined = undefined;
  /** Undefined until it is asked again; 'open' until something is told of that. */
  repeat: ToldOutcome | 'open' | undefined = undefined;

  /** Positional, because one is made per operation: see the fields. */
  constructor(
    idWords: OperationIdWords,
    kind: number,
    sequence: number,
    series: number,
    intendedUs: number,
    invokedUs: number,
  ) {
    this.idWords = idWords;
    this.kind = kind;
    this.sequence = sequence;
    this.series = series;
    this.intendedUs = intendedUs;
    this.invokedUs = invokedUs;
    this.sentUs = invokedUs;
  }
}

export class ToldOperations implements ToldPort {
  readonly targetUrl: string | undefined;
  readonly urlsOver: Readonly<Record<string, string>>;
  readonly channel: number;
  readonly asksAgain: boolean;
  readonly #options: ToldOptions;
  readonly #invocations: Invocations;
  /** Of which nothing was said. */
  readonly #open = new Set<Told>();
  #retried = 0;
  #unknown = 0;
  readonly #facts = noFacts();
  readonly #answer = new ToldAnswer();
  /** Of what is unknown and can be asked for. */
  readonly #lookUps: ToldLookUps<Told>;

  constructor(options: ToldOptions) {
    this.#options = options;
    const { target } = options;
    const isHttp = target !== undefined && parseTargetAddress(target.address)?.protocol === 'http';
    this.targetUrl = isHttp ? target.address : undefined;
    this.urlsOver = isHttp ? target.over : {};
    this.channel = target === undefined ? CHANNEL.other : CHANNEL.balance;
    this.asksAgain = options.onAskedAgain !== undefined;
    this.#invocations = new Invocations(options);
    this.#lookUps = new ToldLookUps({
      nowUs: options.nowUs,
      resolve: (told, found) => this.#resolve(told, found),
      onThrew: options.onLookUpThrew,
    });
  }

  begin(request: OperationRequest, caller: Caller, legs?: readonly ToldLeg[]): ToldOperation {
    const { journal, listener } = this.#options;
    const sequence = journal.invoked;
    if (legs !== undefined) this.#options.legs.add(sequence, legs);
    this.#invocations.invoke(request, caller);
    const { idWords, intendedUs, invokedUs } = this.#invocations.stamp;
    const [word0, word1, word2] = idWords;
    const id = request.idWords ?? [word0, word1, word2, sequence];
    const series = listener.seriesOf(request, caller);
    const told = new Told(id, request.kind, sequence, series, intendedUs, invokedUs);
    this.#open.add(told);
    return told;
  }

  /** Begun, and nothing was said of them yet. */
  get open(): number {
    return this.#open.size;
  }

  /** Attempts beyond the first of each operation. */
  get retried(): number {
    return this.#retried;
  }

  /** Said to be unknown, and not found out by asking. */
  get unknown(): number {
    return this.#unknown;
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
    this.#retried++;
    told.sentUs = this.#options.nowUs();
  }

  end(operation: ToldOperation, outcome: ToldOutcome, answer?: unknown): void {
    const told = own(operation);
    if (told.repeat === 'open') told.repeat = outcome;
    if (told.outcome !== undefined) return;
    told.outcome = outcome;
    this.#open.delete(told);
    const { listener, nowUs } = this.#options;
    if (told.lookUp !== undefined && this.#isToLookUp(told)) this.#lookUps.add(told, told.lookUp);
    if (outcome === 'unknown') {
      this.#unknown++;
      listener.onUnknown(told.series);
      return;
    }
    const completedUs = nowUs();
    const code = this.#complete(told, outcome, { completedUs, answer });
    if (outcome === 'not sent') {
      listener.onNotSent(told.series);
      return;
    }
    this.#tell(told, { outcome, code, completedUs });
  }

  endRead(operation: ToldOperation, read: ReadBalance): void {
    const told = own(operation);
    if (told.outcome !== undefined) return;
    told.outcome = 'ok';
    this.#open.delete(told);
    const completedUs = this.#options.nowUs();
    const { sequence, attempts } = told;
    const code = this.#answer.writeRead(sequence, read);
    this.#options.journal.complete(this.#answer.ack, 0, {
      sequence,
      completedUs,
      attempts,
      sentAfterUs: told.sentUs - told.invokedUs,
      resolution: RESOLUTION.answered,
    });
    this.#tell(told, { outcome: 'ok', code, completedUs });
  }

  #tell(
    told: Told,
    { outcome, code, completedUs }: Pick<DefiniteFacts, 'outcome' | 'code' | 'completedUs'>,
  ): void {
    const facts = this.#facts;
    facts.outcome = outcome;
    facts.code = code;
    facts.series = told.series;
    facts.completedUs = completedUs;
    facts.intendedUs = told.intendedUs;
    facts.sentUs = told.sentUs;
    this.#options.listener.onDefinite(facts);
  }

  /** Returns the code of the result. */
  #complete(
    told: Told,
    outcome: keyof typeof RESULT,
    { completedUs, answer }: { readonly completedUs: number; readonly answer: unknown },
  ): number {
    const { journal, target } = this.#options;
    const { sequence } = told;
    const isSent = outcome !== 'not sent';
    const stamp = {
      sequence,
      completedUs,
      attempts: isSent ? told.attempts : 0,
      sentAfterUs: isSent ? told.sentUs - told.invokedUs : 0,
    };
    const said =
      target === undefined ? undefined : this.#answer.read(askedOf(told), outcome, answer);
    if (said !== undefined) {
      journal.complete(this.#answer.ack, 0, { ...stamp, resolution: RESOLUTION.answered });
      return said;
    }
    const { code } = RESULT[outcome];
    journal.completeBare({
      ...stamp,
      outcome: outcome === 'ok' ? OUTCOME.ok : OUTCOME.declined,
      code,
      resolution: RESOLUTION.answered,
    });
    return code;
  }

  lookUpBy(operation: ToldOperation, ask: LookUp): void {
    const told = own(operation);
    told.lookUp = ask;
    if (this.#isToLookUp(told)) this.#lookUps.add(told, ask);
  }

  beginRepeat(operation: ToldOperation): void {
    own(operation).repeat = 'open';
  }

  endRepeat(operation: ToldOperation, outcome: ToldOutcome): void {
    const told = own(operation);
    const { idWords, outcome: first, repeat = 'open' } = told;
    const later = repeat === 'open' ? outcome : repeat;
    if (first !== undefined) this.#options.onAskedAgain?.({ how: 'again', idWords, first, later });
  }

  #isToLookUp({ outcome }: Told): boolean {
    return outcome === 'unknown' || (outcome !== undefined && this.asksAgain);
  }

  /** How many are unknown of which can be asked. */
  get toLookUp(): number {
    return this.#lookUps.due;
  }

  /** To be called when the faults are healed and nothing is under way. Until all are definite, or `untilUs`. */
  lookUp(untilUs: number): Promise<void> {
    return this.#lookUps.askAll(untilUs);
  }

  #resolve(told: Told, { outcome, answer }: LookedUp): boolean {
    const { journal, target, nowUs, onAskedAgain } = this.#options;
    const { idWords, outcome: first } = told;
    if (first !== undefined && first !== 'unknown') {
      onAskedAgain?.({ how: 'look-up', idWords, first, later: outcome });
      return true;
    }
    const resolution = RESOLUTION.lookUp;
    const { sequence, attempts } = told;
    const sentAfterUs = told.sentUs - told.invokedUs;
    const stamp = { sequence, completedUs: nowUs(), attempts, sentAfterUs, resolution };
    const said = target === undefined ? undefined : this.#answer.readLookUp(askedOf(told), answer);
    if (said === false) return false;
    if (said === true) journal.complete(this.#answer.ack, 0, stamp);
    else if (outcome === 'unknown') return false;
    else journal.completeBare({ ...stamp, ...FOUND[outcome] });
    this.#unknown--;
    return true;
  }

  /** The load is over: of what is still open nothing will be said. */
  endOpen(): void {
    for (const told of this.#open) this.end(told, 'unknown');
  }

  accountNumber(name: string, asset: string): number {
    const { target, names } = this.#options;
    if (target === undefined) return names.number(name, asset);
    if (asset !== STACK_ASSET)
      throw new TypeError(`the reference stack keeps ${STACK_ASSET}, not ${asset}`);
    const account = parseAccount(name);
    if (account === undefined)
      throw new TypeError(
        `the reference stack has accounts like user:7 and merchant:3, not ${JSON.stringify(name)}`,
      );
    return account;
  }
}

const STACK_ASSET = 'CNY';

const RESULT = {
  ok: RESULTS.accepted_by_target,
  declined: RESULTS.declined_by_target,
  'not sent': RESULTS.not_sent,
} as const;

const FOUND = {
  ok: { outcome: OUTCOME.ok, code: RESULTS.accepted_by_target.code },
  declined: { outcome: OUTCOME.declined, code: RESULTS.declined_by_target.code },
  absent: { outcome: OUTCOME.declined, code: RESULTS.operation_not_found.code },
} as const;

function askedOf({ sequence, kind, idWords }: Told): Asked {
  return { tag: sequence, kind, id: formatOperationId(idWords) };
}

function own(operation: ToldOperation): Told {
  if (operation instanceof Told) return operation;
  throw new TypeError('this operation was begun elsewhere');
}
