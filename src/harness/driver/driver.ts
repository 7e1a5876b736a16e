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
import { makeOperationId, type OperationIdWords } from '../../wire/operation-id.js';
import { CURRENCY_CNY, OPERATION_FLAG, OPERATION_KIND } from '../../wire/operations.js';
import { RESULTS, resultScope } from '../../wire/results.js';
import type { JournalWriter } from '../journal/writer.js';
import { RESOLUTION } from '../records/journal-layout.js';
import { Deadlines } from './deadlines.js';
import { IN_FLIGHT_MAX, InFlight, OPERATION_WORDS, SLOT_STATE } from './in-flight.js';
import { OperationResult } from './operation-result.js';
import { RETRY_POLICY, Retries, type RetryPolicy } from './retries.js';
import type { OpenTransport, Transport } from './transport.js';

const TWO_32 = 4294967296;
const ACK_WORDS = ACK_BYTES / 4;
const OUTCOMES: readonly Outcome[] = ['ok', 'declined', 'unknown'];

/**
 * About an operation that became definite; times in integer microseconds on the drill clock. One object a driver,
 * filled anew for each operation: valid during the call.
 */
export interface DefiniteFacts {
  outcome: Outcome;
  scenario: number;
  completedUs: number;
  intendedUs: number;
  sentUs: number;
}

export interface OperationListener {
  /** Something waits for the next `flush`. */
  onSubmitted(): void;
  onDefinite(facts: Readonly<DefiniteFacts>): void;
}

export interface DriverOptions {
  /** The way to the target. */
  readonly transport: OpenTransport;
  /** 0..4095; part of every id. */
  readonly worker: number;
  readonly seed: number;
  /** Microseconds on the drill clock. */
  readonly nowUs: () => number;
  /** Milliseconds since the Unix epoch at drill clock 0, for the ids. */
  readonly originUnixMs: number;
  readonly random: () => number;
  readonly journal: JournalWriter;
  readonly listener: OperationListener;
  /** For each attempt. */
  readonly deadlineMs: number;
  readonly retry?: RetryPolicy;
}

/** What the caller of one operation says about itself. */
export interface Caller {
  /** Intended start of the iteration, drill clock; -1 once its first operation was submitted. */
  intendedUs: number;
  readonly scenario: number;
}

/** Who is told the result of one operation, once. */
export interface Waiter {
  resume(result: OperationResult): void;
}

export class Driver {
  readonly inFlight = new InFlight<Waiter>();
  readonly transport: Transport;
  /** Counted and shown: operations refused here because IN_FLIGHT_MAX were under way. */
  boundReached = 0;
  retried = 0;
  readonly #options: DriverOptions;
  readonly #journal: JournalWriter;
  readonly #deadlines = new Deadlines();
  readonly #retries: Retries;
  readonly #answeredWaiters: Waiter[] = [];
  readonly #answers: OperationResult[] = [];
  readonly #record = new Uint32Array(OPERATION_WORDS);
  readonly #facts: DefiniteFacts = {
    outcome: 'unknown',
    scenario: 0,
    completedUs: 0,
    intendedUs: 0,
    sentUs: 0,
  };
  #retrying = true;
  #fenced = false;
  #unknown = 0;
  #idMs = -1;
  #idWord0 = 0;
  #idWord1 = 0;
  #idWord2 = 0;

  constructor(options: DriverOptions) {
    this.#options = options;
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

  /**
   * Sends nothing by itself: the operation leaves with the next `flush`. `waiter` is resumed with its result in a later
   * turn, unless the result is there at once and returned. The arguments are the fields of an operation record
   * (wire/operations.ts), positional because this is called once per operation.
   */
  submit(
    kind: number,
    account: number,
    counterparty: number,
    amountMinor: number,
    channel: number,
    timeoutS: number,
    reference: { readonly idWords: OperationIdWords } | undefined,
    caller: Caller,
    waiter: Waiter,
  ): OperationResult | undefined {
    const now = this.#options.nowUs();
    const intended = caller.intendedUs >= 0 ? caller.intendedUs : now;
    caller.intendedUs = -1;
    const sequence = this.#journal.invoked;
    const at = this.#journal.beginInvoke();
    const words = this.#journal.invokeWords;
    this.#writeId(words, at, sequence, now);
    writeReference(words, at + 4, reference?.idWords);
    writeUint64(words, at + 8, account);
    writeUint64(words, at + 10, counterparty);
    writeUint64(words, at + 12, amountMinor);
    words[at + 14] = 0;
    words[at + 15] = timeoutS;
    words[at + 16] = kind | (channel << 8);
    words[at + 17] = CURRENCY_CNY;
    writeUint64(words, at + 18, intended);
    writeUint64(words, at + 20, now);
    words[at + 22] = caller.scenario | (this.#options.worker << 16);
    words[at + 23] = 0;
    const slot = this.transport.connected ? this.inFlight.acquire() : -1;
    if (slot < 0) return this.#notSent(caller, sequence, intended, now);
    const flight = this.inFlight;
    const tag = flight.tag[slot];
    words[at + 14] = tag;
    flight.sequence[slot] = sequence;
    flight.scenario[slot] = caller.scenario;
    flight.intendedUs[slot] = intended;
    flight.invokedUs[slot] = now;
    this.#send(slot, now, words, at);
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
      record[16] = OPERATION_KIND.lookup | (record[16] & 0xff00);
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

  #writeId(words: Uint32Array, at: number, sequence: number, nowUs: number): void {
    const ms = Math.floor(nowUs / 1000);
    if (ms !== this.#idMs) this.#newIdMs(ms);
    words[at] = this.#idWord0;
    words[at + 1] = this.#idWord1;
    words[at + 2] = this.#idWord2;
    words[at + 3] = sequence;
  }

  #newIdMs(ms: number): void {
    const words = makeOperationId({
      unixMs: this.#options.originUnixMs + ms,
      free12: this.#options.worker,
      free30: this.#options.seed,
      free32: 0,
    });
    this.#idMs = ms;
    this.#idWord0 = words[0];
    this.#idWord1 = words[1];
    this.#idWord2 = words[2];
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
    record[16] |= OPERATION_FLAG.retry << 16;
    this.retried++;
    this.#send(slot, nowUs, record, 0);
  }

  /** The attempt that is away may have had its effect, now or later. */
  #becomeUnknown(slot: number): void {
    const flight = this.inFlight;
    if (flight.uncertain[slot] === 0) {
      flight.uncertain[slot] = 1;
      this.#unknown++;
    }
    if (!this.#retrying || !this.#retries.allows(flight.attempts[slot])) {
      this.#park(slot);
      return;
    }
    flight.state[slot] = SLOT_STATE.waiting;
    this.#retries.schedule(flight.tag[slot], flight.attempts[slot]);
  }

  #park(slot: number): void {
    const flight = this.inFlight;
    flight.state[slot] = SLOT_STATE.parked;
    const waiter = flight.waiter[slot];
    if (waiter === undefined) return;
    flight.waiter[slot] = undefined;
    this.#answeredWaiters.push(waiter);
    this.#answers.push(this.#result(slot, OUTCOME.unknown, RESULTS.deadline_passed.code));
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
      if (flight.state[slot] === SLOT_STATE.sent) this.#becomeUnknown(slot);
      return;
    }
    const words = this.#journal.completionWords;
    const to = this.#journal.beginCompletion();
    for (let i = 0; i < ACK_WORDS; i++) words[to + i] = view.getUint32(at + i * 4, true);
    this.#finish(slot, to, now);
    const waiter = flight.waiter[slot];
    const result = waiter === undefined ? undefined : this.#result(slot, outcome, code);
    this.#listen(slot, outcome, now);
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

  /** The words behind the ack in a completion record. */
  #finish(slot: number, to: number, now: number): void {
    const flight = this.inFlight;
    const words = this.#journal.completionWords;
    const lookedUp = this.#fenced ? RESOLUTION.lookUp : RESOLUTION.answered;
    words[to] = flight.sequence[slot];
    writeUint64(words, to + 24, now);
    words[to + 26] = flight.attempts[slot] | (lookedUp << 16);
    words[to + 27] = flight.sentUs[slot] - flight.invokedUs[slot];
  }

  #listen(slot: number, outcome: number, now: number): void {
    if (this.#fenced) return;
    const flight = this.inFlight;
    const facts = this.#facts;
    facts.outcome = OUTCOMES[outcome];
    facts.scenario = flight.scenario[slot];
    facts.completedUs = now;
    facts.intendedUs = flight.intendedUs[slot];
    facts.sentUs = flight.sentUs[slot];
    this.#options.listener.onDefinite(facts);
  }

  #result(slot: number, outcome: number, code: number): OperationResult {
    return new OperationResult(
      OUTCOMES[outcome],
      code,
      this.#journal,
      this.inFlight.sequence[slot],
      this.#journal.completed - 1,
    );
  }

  /** No byte can have left: definite for this operation, which was never sent before. */
  #notSent(caller: Caller, sequence: number, intendedUs: number, now: number): OperationResult {
    if (this.transport.connected) this.boundReached++;
    const words = this.#journal.completionWords;
    const to = this.#journal.beginCompletion();
    words.fill(0, to, to + 28);
    words[to] = sequence;
    words[to + 1] = OUTCOME.declined | (RESULTS.not_sent.code << 16);
    writeUint64(words, to + 24, now);
    const facts = this.#facts;
    facts.outcome = 'declined';
    facts.scenario = caller.scenario;
    facts.completedUs = now;
    facts.intendedUs = intendedUs;
    facts.sentUs = now;
    this.#options.listener.onDefinite(facts);
    const completion = this.#journal.completed - 1;
    return new OperationResult(
      'declined',
      RESULTS.not_sent.code,
      this.#journal,
      sequence,
      completion,
    );
  }
}

/** Word indices are the byte offsets of the layouts divided by four. */
function writeUint64(words: Uint32Array, at: number, value: number): void {
  words[at] = value >>> 0;
  words[at + 1] = value / TWO_32;
}

function writeReference(words: Uint32Array, at: number, id: OperationIdWords | undefined): void {
  for (let i = 0; i < 4; i++) words[at + i] = id === undefined ? 0 : id[i];
}
