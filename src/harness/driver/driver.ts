/**
 * An operation becomes an attempt or more and, in the end, one outcome. One driver a worker, one transport a driver: bytes
 * and connections are the transport's (transport.ts), all that is decided about an operation is decided here.
 *
 *   submit -> journal invoke -> transport, with this turn's others -> flush
 *   acks   -> definite?  yes: journal completion, measure, tell the script
 *                        no:  wait, then send again with the same id, until definite, or out of attempts (parked)
 *
 * Only two things make an operation definite: `ok` or a refusal whose scope is the operation; or a refusal
 * whose scope is the attempt when no earlier attempt can have had an effect. All else is unknown, and what is
 * still unknown when the load has ended is looked up, never sent again.
 * Refuses to send without a journalled invoke, and to hold more than IN_FLIGHT_MAX operations.
 */
import { ACK, ACK_BYTES, OUTCOME, type Outcome } from '../../wire/acks.js';
import { OP, OPERATION_FLAG, OPERATION_KIND } from '../../wire/operations.js';
import { RESULTS, resultScope } from '../../wire/results.js';
import type { CompletionStamp } from '../journal/completion-record.js';
import { writeTag } from '../journal/invoke-record.js';
import type { JournalWriter } from '../journal/writer.js';
import type { SampleContext } from '../ports/metrics.js';
import type { Caller, OperationRequest, OperationResult, PayPort, Waiter } from '../ports/pay.js';
import { RESOLUTION } from '../records/journal-layout.js';
import { Deadlines } from './deadlines.js';
import { IN_FLIGHT_MAX, InFlight, OPERATION_WORDS, SLOT_STATE } from './in-flight.js';
import { Invocations, type InvocationsOptions } from './invocations.js';
import { JournalledResult } from './journalled-result.js';
import { RETRY_POLICY, Retries, type RetryPolicy } from './retries.js';
import type { OpenTransport, Transport } from './transport.js';

/** The word of an operation record that holds kind, channel and flags. */
const HEAD_WORD = OP.kind / 4;
const OUTCOMES: readonly Outcome[] = ['ok', 'declined', 'unknown'];

/**
 * About an operation that became definite; times in integer microseconds on the drill clock. One object a driver,
 * filled anew for each operation: valid during the call.
 */
export interface DefiniteFacts {
  outcome: Outcome;
  /** Why, by its number in wire/results.ts. */
  code: number;
  /** As `seriesOf` said when it was submitted. */
  series: number;
  /** `onUnknown` was told of it before. */
  wasUnknown: boolean;
  completedUs: number;
  intendedUs: number;
  sentUs: number;
}

/** To be filled. */
export function noFacts(): DefiniteFacts {
  return {
    outcome: 'unknown',
    code: 0,
    series: 0,
    wasUnknown: false,
    completedUs: 0,
    intendedUs: 0,
    sentUs: 0,
  };
}

export interface OperationListener {
  /** Something waits for the next `flush`. */
  onSubmitted(): void;
  /** Under which number the operation is counted, 32 bits: kept with it, and told at its end. */
  seriesOf(request: Pick<OperationRequest, 'kind' | 'tags'>, caller: SampleContext): number;
  /** The target's answer; not of what was looked up after the load. */
  onDefinite(facts: Readonly<DefiniteFacts>): void;
  /** The script is told `unknown`. */
  onUnknown(series: number): void;
  /** Refused here: no byte of it can have left. */
  onNotSent(series: number): void;
}

export interface DriverOptions extends InvocationsOptions {
  /** The way to the target. */
  readonly transport: OpenTransport;
  /** Floats in [0, 1). */
  readonly random: () => number;
  readonly listener: OperationListener;
  /** For each attempt. */
  readonly deadlineMs: number;
  readonly retry?: RetryPolicy;
}

const NO_ANSWER = RESULTS.deadline_passed.code;
const NOT_HERE_YET = RESULTS.reference_not_here_yet.code;

export class Driver implements PayPort {
  readonly inFlight = new InFlight<Waiter>();
  readonly transport: Transport;
  /** Counted and shown: operations refused here because IN_FLIGHT_MAX were under way. */
  boundReached = 0;
  retried = 0;
  readonly #options: DriverOptions;
  readonly #journal: JournalWriter;
  readonly #deadlines = new Deadlines();
  readonly #retries: Retries;
  readonly #invocations: Invocations;
  readonly #completionStamp: CompletionStamp = {
    sequence: 0,
    completedUs: 0,
    attempts: 0,
    resolution: RESOLUTION.answered,
    sentAfterUs: 0,
  };
  readonly #answeredWaiters: Waiter[] = [];
  readonly #answers: OperationResult[] = [];
  readonly #record = new Uint32Array(OPERATION_WORDS);
  readonly #facts = noFacts();
  #retrying = true;
  #fenced = false;
  #unknown = 0;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#invocations = new Invocations(options);
    this.#journal = options.journal;
    this.#retries = new Retries(options.retry ?? RETRY_POLICY, options.random);
    this.transport = options.transport({
      onAcks: (content) => this.#onAcks(content),
      onLost: () => this.#onLost(),
    });
  }

  get connected(): boolean {
    return this.transport.connected;
  }

  /** Operations of which an attempt may have had an effect and no definite answer came yet. */
  get unknown(): number {
    return this.#unknown;
  }

  /** Sends nothing by itself: the operation leaves with the next `flush`. */
  submit(request: OperationRequest, caller: Caller, waiter: Waiter): OperationResult | undefined {
    const sequence = this.#journal.invoked;
    const at = this.#invocations.invoke(request, caller);
    const { intendedUs, invokedUs } = this.#invocations.stamp;
    const series = this.#options.listener.seriesOf(request, caller);
    const slot = this.transport.connected ? this.inFlight.acquire() : -1;
    if (slot < 0) return this.#notSent(sequence, series);
    const flight = this.inFlight;
    const words = this.#journal.invokeWords;
    writeTag(words, at, flight.tag[slot]);
    flight.sequence[slot] = sequence;
    flight.series[slot] = series;
    flight.intendedUs[slot] = intendedUs;
    flight.invokedUs[slot] = invokedUs;
    this.#send(slot, invokedUs, words, at);
    flight.waiter[slot] = waiter;
    this.#options.listener.onSubmitted();
    return undefined;
  }

  /** Writes what was submitted in this turn: first the journal, then the frames. Throws JournalError. */
  flush(): void {
    if (this.transport.empty) return;
    this.#journal.flushInvokes();
    this.transport.send();
  }

  /** Once a turn: runs out deadlines and sends due retries (with the next `flush`). */
  tick(nowUs: number): void {
    const flight = this.inFlight;
    for (let tag = this.#deadlines.takeExpired(nowUs); tag >= 0; ) {
      const slot = flight.find(tag);
      const stillAway = slot >= 0 && flight.state[slot] === SLOT_STATE.sent;
      if (stillAway && nowUs - flight.sentUs[slot] >= this.#options.deadlineMs * 1000) {
        this.#becomeUnknown(slot);
      }
      tag = this.#deadlines.takeExpired(nowUs);
    }
    for (const tag of this.#retries.takeDue(nowUs)) this.#retry(tag, nowUs);
    this.#resumeAnswered();
  }

  /** The load has ended: no retries from here on; scripts still waiting are told `unknown`. */
  stopRetrying(): void {
    this.#retrying = false;
    const flight = this.inFlight;
    for (let slot = 0; slot < IN_FLIGHT_MAX; slot++) {
      if (flight.state[slot] === SLOT_STATE.waiting) this.#park(slot);
    }
    this.#resumeAnswered();
  }

  /** How many operations are not definite yet, whether away, waiting or parked. */
  get unresolved(): number {
    return this.inFlight.count;
  }

  /**
   * Fences: breaks the connection so that no answer and no attempt of before can still arrive, and makes a new one.
   * To be called when the faults are healed and nothing is being sent.
   */
  fence(): void {
    this.#retrying = false;
    this.#fenced = true;
    this.transport.renew();
  }

  /** Asks for up to `limit` unresolved operations under their ids; call `flush` after it. Returns how many. */
  lookUp(limit: number, nowUs: number): number {
    const flight = this.inFlight;
    let asked = 0;
    for (let slot = 0; slot < IN_FLIGHT_MAX && asked < limit; slot++) {
      if (flight.state[slot] !== SLOT_STATE.parked) continue;
      const record = this.#recordOf(slot);
      record[HEAD_WORD] = OPERATION_KIND.lookup | (record[HEAD_WORD] & 0xff00);
      flight.state[slot] = SLOT_STATE.sent;
      flight.sentUs[slot] = nowUs;
      this.#deadlines.add(flight.tag[slot], nowUs + this.#options.deadlineMs * 1000);
      this.transport.add(record, 0);
      asked++;
    }
    return asked;
  }

  close(): void {
    this.transport.close();
  }

  /** Sends the operation record at word `at` of `words`. */
  #send(slot: number, nowUs: number, words: Uint32Array, at: number): void {
    const flight = this.inFlight;
    flight.state[slot] = SLOT_STATE.sent;
    flight.attempts[slot]++;
    flight.sentUs[slot] = nowUs;
    this.#deadlines.add(flight.tag[slot], nowUs + this.#options.deadlineMs * 1000);
    this.transport.add(words, at);
  }

  /** The operation as it was first sent, from the journal; in scratch memory. */
  #recordOf(slot: number): Uint32Array {
    const invoke = this.#journal.readInvoke(this.inFlight.sequence[slot]);
    for (let i = 0; i < OPERATION_WORDS; i++) this.#record[i] = invoke.getUint32(i * 4, true);
    return this.#record;
  }

  #retry(tag: number, nowUs: number): void {
    const flight = this.inFlight;
    const slot = flight.find(tag);
    if (slot < 0 || flight.state[slot] !== SLOT_STATE.waiting) return;
    if (!this.transport.connected) {
      this.#retries.schedule(tag, flight.attempts[slot]);
      return;
    }
    const record = this.#recordOf(slot);
    record[HEAD_WORD] |= OPERATION_FLAG.retry << 16;
    this.retried++;
    this.#send(slot, nowUs, record, 0);
  }

  /** The attempt that is away may have had its effect, now or later. */
  #becomeUnknown(slot: number, code: number = NO_ANSWER): void {
    const flight = this.inFlight;
    if (flight.uncertain[slot] === 0) {
      flight.uncertain[slot] = 1;
      this.#unknown++;
    }
    // What it waits for is another operation, which may wait for its script to go on.
    if (code === NOT_HERE_YET || !this.#retrying || !this.#retries.allows(flight.attempts[slot])) {
      this.#park(slot, code === NOT_HERE_YET ? code : NO_ANSWER);
      return;
    }
    flight.state[slot] = SLOT_STATE.waiting;
    this.#retries.schedule(flight.tag[slot], flight.attempts[slot]);
  }

  #park(slot: number, code: number = NO_ANSWER): void {
    const flight = this.inFlight;
    flight.state[slot] = SLOT_STATE.parked;
    const waiter = flight.waiter[slot];
    if (waiter === undefined) return;
    flight.waiter[slot] = undefined;
    this.#options.listener.onUnknown(flight.series[slot]);
    this.#answeredWaiters.push(waiter);
    this.#answers.push(this.#result(slot, OUTCOME.unknown, code));
  }

  #onLost(): void {
    const flight = this.inFlight;
    for (let slot = 0; slot < IN_FLIGHT_MAX; slot++) {
      if (flight.state[slot] === SLOT_STATE.sent) this.#becomeUnknown(slot);
    }
    this.#resumeAnswered();
  }

  #onAcks(content: Uint8Array): void {
    const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
    const now = this.#options.nowUs();
    for (let at = 0; at + ACK_BYTES <= content.byteLength; at += ACK_BYTES) {
      const slot = this.inFlight.find(view.getUint32(at + ACK.tag, true));
      if (slot >= 0) this.#onAck(slot, view, at, now);
    }
    this.#resumeAnswered();
  }

  /** Scripts go on when all slots are in order: what they do next may take slots and release others. */
  #resumeAnswered(): void {
    const waiters = this.#answeredWaiters;
    const answers = this.#answers;
    for (let i = 0; i < waiters.length; i++) waiters[i].resume(answers[i]);
    waiters.length = 0;
    answers.length = 0;
  }

  #onAck(slot: number, view: DataView, at: number, now: number): void {
    const flight = this.inFlight;
    const outcome = view.getUint8(at + ACK.outcome);
    const code = view.getUint16(at + ACK.code, true);
    if (outcome !== OUTCOME.ok && !this.#isDefinite(slot, code)) {
      if (flight.state[slot] === SLOT_STATE.sent) this.#becomeUnknown(slot, code);
      return;
    }
    this.#complete(slot, view, at, now);
    const waiter = flight.waiter[slot];
    const result = waiter === undefined ? undefined : this.#result(slot, outcome, code);
    if (code !== RESULTS.not_sent.code) this.#listen(slot, outcome, code, now);
    else this.#options.listener.onNotSent(flight.series[slot]);
    if (flight.uncertain[slot] === 1) this.#unknown--;
    flight.release(slot);
    if (waiter === undefined || result === undefined) return;
    this.#answeredWaiters.push(waiter);
    this.#answers.push(result);
  }

  #isDefinite(slot: number, code: number): boolean {
    const scope = resultScope(code);
    if (scope === 'operation') return true;
    if (code === RESULTS.operation_not_found.code) return this.#fenced;
    return scope === 'attempt' && this.inFlight.uncertain[slot] === 0;
  }

  #complete(slot: number, view: DataView, at: number, now: number): void {
    const flight = this.inFlight;
    const stamp = this.#completionStamp;
    stamp.sequence = flight.sequence[slot];
    stamp.completedUs = now;
    stamp.attempts = flight.attempts[slot];
    stamp.resolution = this.#fenced ? RESOLUTION.lookUp : RESOLUTION.answered;
    stamp.sentAfterUs = flight.sentUs[slot] - flight.invokedUs[slot];
    this.#journal.complete(view, at, stamp);
  }

  #listen(slot: number, outcome: number, code: number, now: number): void {
    if (this.#fenced) return;
    const flight = this.inFlight;
    const facts = this.#facts;
    facts.outcome = OUTCOMES[outcome];
    facts.code = code;
    facts.series = flight.series[slot];
    facts.wasUnknown = flight.waiter[slot] === undefined;
    facts.completedUs = now;
    facts.intendedUs = flight.intendedUs[slot];
    facts.sentUs = flight.sentUs[slot];
    this.#options.listener.onDefinite(facts);
  }

  #result(slot: number, outcome: number, code: number): OperationResult {
    return this.#journalled(OUTCOMES[outcome], code, this.inFlight.sequence[slot]);
  }

  #journalled(outcome: Outcome, code: number, sequence: number): OperationResult {
    const completion = this.#journal.completed - 1;
    return new JournalledResult(outcome, code, this.#journal, sequence, completion);
  }

  /** No byte can have left: definite for this operation, which was never sent before. */
  #notSent(sequence: number, series: number): OperationResult {
    if (this.transport.connected) this.boundReached++;
    const { code } = RESULTS.not_sent;
    this.#journal.completeBare({
      sequence,
      outcome: OUTCOME.declined,
      code,
      completedUs: this.#invocations.stamp.invokedUs,
      attempts: 0,
      sentAfterUs: 0,
      resolution: RESOLUTION.answered,
    });
    this.#options.listener.onNotSent(series);
    return this.#journalled('declined', code, sequence);
  }
}
