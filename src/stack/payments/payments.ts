/**
 * The payments room's front: takes checked operations, sends each where its template says, and gives every one
 * exactly one answer.
 *
 *   submit -> admission -> deadline -> shard there? -> may it go? -> one command at home            (most of them)
 *                                                                 -> Try/Confirm/Cancel             (cross-shard.ts)
 *                                                                 -> waits: the shard takes no more (waiting.ts)
 *
 * What is refused before a command is placed is refused for this attempt, definitely. Once a command is placed
 * only a shard's answer is definite; if the link breaks first the answer is `unknown`. Whether an id was used
 * before is not known here but in the ledger; only ids being coordinated at this moment are joined. So a client that says
 * that it repeats itself is not believed: the ledger is asked for the id first, and one it does not know is judged as new.
 */

import { kindFlags } from '../../products/kinds.js';
import type { Placement } from '../../wire/accounts.js';
import { ACK_BYTES, OUTCOME } from '../../wire/acks.js';
import type { BrownOutStep } from '../../wire/brown-out.js';
import { COMMAND, COMMAND_FLAG } from '../../wire/ledger-commands.js';
import type { Mutant } from '../../wire/mutants.js';
import { OP, OPERATION_FLAG, OPERATION_KIND } from '../../wire/operations.js';
import { RESULTS } from '../../wire/results.js';
import type { AckSink } from './ack-sink.js';
import { ackCode, isDeclined, writeBareAck } from './ack-writer.js';
import { type Ask, Board, singleAsk } from './board.js';
import { BrownOut } from './brown-out.js';
import { CrossShard } from './cross-shard.js';
import { ChunkPool } from './frame-output.js';
import { SentAgain } from './mutants.js';
import { checkRates, DEFAULT_RATES, type Rates } from './rates.js';
import { RECOVERY_AGE_MS, Recovery } from './recovery.js';
import { LINK_TICK_MS, ShardLink } from './shard-link.js';
import { PHASE, SLOTS_MAX, Slots, STEP, slotOfTag, stepOfTag } from './slots.js';
import { homeBranchLegs, localLegs } from './templates.js';
import type { Turn } from './turn.js';
import { Waiting } from './waiting.js';

export type Judge = (operation: DataView, at: number, nowMs: number) => number;

export interface PaymentsOptions {
  readonly placement: Placement;
  /** `host:port` of each shard, in order of shard number. */
  readonly shardAddresses: readonly string[];
  readonly turn: Turn;
  readonly now: () => number;
  readonly log: (line: string) => void;
  readonly rates?: Rates;
  /** Operations admitted at a time; default 65,536. */
  readonly inFlightMax?: number;
  /** What is refused first while much is in flight; default nothing. */
  readonly brownOut?: readonly BrownOutStep[];
  /** Commands a shard may owe answers for before operations are not admitted; default 32,768. */
  readonly inFlightPerShardMax?: number;
  readonly mutant?: Mutant;
  /**
   * May the operation record at `at` go? 0, or the code with which it is declined. Asked once for each operation that is
   * admitted and that the ledger does not know.
   */
  readonly judge: Judge;
  /** By number: the kinds of which a repeat is asked about only where the ledger does not know it; default those that risk control judges. */
  readonly judgesOnce?: Uint8Array;
  /** Branches left open for so long are settled; default RECOVERY_AGE_MS. */
  readonly recoveryAgeMs?: number;
  /** How often they are looked for; default 1,000. */
  readonly recoveryEveryMs?: number;
}

/** What operations that arrived together have in common. */
export interface Arrival {
  readonly sink: AckSink;
  /** Monotonic milliseconds. */
  readonly nowMs: number;
  /** Monotonic milliseconds; Infinity = none. */
  readonly deadlineMs: number;
}

/** Slots beyond the admission bound, for recovery. */
const RECOVERY_SLOTS = 4096;
/** In place of a refusal: not judged yet, the ledger is to say whether it knows the id. */
const UNJUDGED = 0xffff;
const JUDGED = kindFlags((row) => row.judgedByRisk);

const POST = singleAsk(COMMAND.post);
const HOLD = singleAsk(COMMAND.hold);
const CAPTURE = singleAsk(COMMAND.capture);
const VOID = { ...singleAsk(COMMAND.void_), withLegs: false };
const BALANCE = singleAsk(COMMAND.balance);
const LOOKUP: Ask = {
  step: STEP.homeLookup,
  command: COMMAND.lookup,
  flags: 0,
  withLegs: false,
  code: 0,
};
/** Whether home knows the id that the client says it repeats. */
const KNOWN: Ask = { ...LOOKUP, step: STEP.homeKnown };
const DECLINE = singleAsk(COMMAND.record_decline);
/** Answered like a look-up: the id may turn out to be an operation across shards that happened. */
const DECLINE_ACROSS: Ask = { ...DECLINE, step: STEP.homeLookup, flags: COMMAND_FLAG.primary };

export class Payments {
  readonly #board: Board;
  readonly #slots: Slots;
  readonly #crossShard: CrossShard;
  readonly #recovery: Recovery;
  readonly #waiting: Waiting;
  readonly #judge: Judge;
  readonly #judgesOnce: Uint8Array;
  readonly #mutant: Mutant | undefined;
  readonly #sentAgain: SentAgain | undefined;
  readonly #brownOut: BrownOut | undefined;
  readonly #inFlightMax: number;
  readonly #inFlightPerShardMax: number;
  readonly #recoveryAgeMs: number;
  readonly #recoveryTicks: number;
  #ticks = 0;
  readonly #timer: NodeJS.Timeout;
  admitted = 0;
  notAdmitted = 0;
  brownedOut = 0;
  expired = 0;

  constructor(options: PaymentsOptions) {
    this.#judge = options.judge;
    this.#judgesOnce = options.judgesOnce ?? JUDGED;
    this.#mutant = options.mutant;
    this.#sentAgain = options.mutant === 'retry-with-new-id' ? new SentAgain() : undefined;
    this.#brownOut = options.brownOut && new BrownOut(options.brownOut, options.mutant);
    this.#inFlightMax = options.inFlightMax ?? 65_536;
    this.#inFlightPerShardMax = options.inFlightPerShardMax ?? 32_768;
    const capacity = Math.min(this.#inFlightMax + RECOVERY_SLOTS, SLOTS_MAX);
    this.#slots = new Slots(capacity);
    this.#board = new Board({
      slots: this.#slots,
      placement: options.placement,
      rates: checkRates(options.rates ?? DEFAULT_RATES),
      log: options.log,
      mutant: options.mutant,
    });
    this.#waiting = new Waiting({
      board: this.#board,
      now: options.now,
      dispatch: (slot, operation, at) => this.#dispatch(slot, operation, at),
      refuse: (slot, code) => this.#refuse(slot, code),
      answersAtOnce: options.mutant === 'empty-answer-in-flight',
    });
    this.#crossShard = new CrossShard({
      board: this.#board,
      mutant: options.mutant,
    });
    this.#recovery = new Recovery(this.#board, options.mutant);
    this.#recoveryAgeMs = options.recoveryAgeMs ?? RECOVERY_AGE_MS;
    this.#recoveryTicks = Math.max(1, Math.round((options.recoveryEveryMs ?? 1000) / LINK_TICK_MS));
    const pool = new ChunkPool();
    for (const [shard, address] of options.shardAddresses.entries()) {
      this.#board.links.push(
        new ShardLink({
          shard,
          address,
          pool,
          turn: options.turn,
          log: options.log,
          onAcks: (from, acks, count) => this.#onAcks(from, acks, count),
          onDown: (from) => this.#onDown(from),
          onReady: () => this.#onReady(),
        }),
      );
    }
    this.#timer = setInterval(() => this.#tick(), LINK_TICK_MS);
  }

  get links(): readonly ShardLink[] {
    return this.#board.links;
  }

  get inFlight(): number {
    return this.#slots.used;
  }

  get crossShard(): number {
    return this.#crossShard.started;
  }

  get recovery(): Recovery {
    return this.#recovery;
  }

  /**
   * Takes the checked operation record at `at`; its one answer goes to the arrival's sink, at `position`, now or
   * later.
   */
  submit(operation: DataView, at: number, arrival: Arrival, position: number): void {
    const { route, links, placement } = this.#board;
    route.read(operation, at, placement);
    const home = links[route.home];
    const peer = links[route.peer];
    const code = this.#shedCode(home, peer, route.kind);
    if (code !== 0 || home === undefined || peer === undefined) {
      this.shed(operation, at, arrival.sink, position, code);
      return;
    }
    const slot = this.#slots.take();
    if (slot < 0) {
      this.shed(operation, at, arrival.sink, position, RESULTS.not_admitted.code);
      return;
    }
    this.admitted++;
    const slots = this.#slots;
    slots.kind[slot] = route.kind;
    slots.home[slot] = route.home;
    slots.peer[slot] = route.peer;
    const unjudged = this.#judgesOnce[route.kind] === 1 && isRetry(operation, at);
    slots.refusal[slot] = unjudged ? UNJUDGED : this.#judge(operation, at, arrival.nowMs);
    slots.position[slot] = position;
    slots.clientTag[slot] = operation.getUint32(at + OP.tag, true);
    slots.deadlineMs[slot] = arrival.deadlineMs;
    slots.sink[slot] = arrival.sink;
    if (home.blocked || peer.blocked) this.#waiting.park(slot, operation, at);
    else this.#dispatch(slot, operation, at);
  }

  /** Answers without having done anything: declined with this code. */
  shed(operation: DataView, at: number, sink: AckSink, position: number, code: number): void {
    if (code === RESULTS.not_admitted.code) this.notAdmitted++;
    if (code === RESULTS.browned_out.code) this.brownedOut++;
    if (code === RESULTS.expired_before_execution.code) this.expired++;
    const to = sink.place(position);
    const tag = operation.getUint32(at + OP.tag, true);
    writeBareAck(sink.view, to, { tag, outcome: OUTCOME.declined, code });
    sink.placed();
  }

  /** Settles branches without a coordinator; `olderThanMs` 0 when no coordinator can be alive. */
  recover(olderThanMs: number): void {
    this.#recovery.run(olderThanMs);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const link of this.#board.links) link.close();
  }

  #shedCode(home: ShardLink | undefined, peer: ShardLink | undefined, kind: number): number {
    if (!home?.up || !peer?.up) return RESULTS.shard_unavailable.code;
    const perShardMax = this.#inFlightPerShardMax;
    if (home.inFlight >= perShardMax || peer.inFlight >= perShardMax) {
      return RESULTS.not_admitted.code;
    }
    const inFlight = this.#slots.used;
    if (inFlight >= this.#inFlightMax) return RESULTS.not_admitted.code;
    return this.#brownOut?.refuses(kind, inFlight) ? RESULTS.browned_out.code : 0;
  }

  /** `board.route` is the operation's; its links are up. */
  #dispatch(slot: number, operation: DataView, at: number): void {
    const { route, legs } = this.#board;
    switch (route.kind) {
      case OPERATION_KIND.lookup:
        this.#slots.keepOperation(slot, operation, at);
        this.#askHome(slot, LOOKUP, operation, at);
        return;
      case OPERATION_KIND.balance:
        legs.accounts[0] = route.user;
        legs.postings[0] = 0;
        legs.count = 1;
        this.#askHome(slot, BALANCE, operation, at);
        return;
      case OPERATION_KIND.void:
        this.#askHome(slot, VOID, operation, at);
        return;
      default:
        this.#dispatchPosting(slot, operation, at);
        return;
    }
  }

  #dispatchPosting(slot: number, operation: DataView, at: number): void {
    const { route, index } = this.#board;
    const leader = route.crossesShards ? index.find(operation, at + OP.id) : -1;
    if (leader >= 0) {
      this.#waiting.join(slot, leader, operation, at);
      return;
    }
    const code = this.#slots.refusal[slot];
    if (code === UNJUDGED) {
      this.#slots.keepOperation(slot, operation, at);
      this.#askHome(slot, KNOWN, operation, at);
    } else if (route.crossesShards) {
      this.#dispatchAcross(slot, operation, at);
    } else {
      this.#dispatchLocal(slot, operation, at);
    }
  }

  #dispatchLocal(slot: number, operation: DataView, at: number): void {
    const { route, legs, rates } = this.#board;
    localLegs(legs, route, rates);
    const code = this.#slots.refusal[slot];
    if (code !== 0) this.#askHome(slot, { ...DECLINE, code }, operation, at);
    else if (route.kind === OPERATION_KIND.hold) this.#askHome(slot, HOLD, operation, at);
    else if (route.kind === OPERATION_KIND.capture) this.#askHome(slot, CAPTURE, operation, at);
    else this.#askHome(slot, POST, operation, at);
  }

  #dispatchAcross(slot: number, operation: DataView, at: number): void {
    const { route, legs } = this.#board;
    const code = this.#slots.refusal[slot];
    if (code !== 0) {
      this.#slots.keepOperation(slot, operation, at);
      homeBranchLegs(legs, route);
      this.#askHome(slot, { ...DECLINE_ACROSS, code }, operation, at);
      return;
    }
    this.#board.enter(slot, operation, at);
    this.#crossShard.start(slot);
  }

  #askHome(slot: number, ask: Ask, operation: DataView, at: number): void {
    if (!this.#board.askHome(slot, ask, operation, at)) this.#board.lose(slot);
  }

  #onAcks(shard: number, acks: DataView, count: number): void {
    const slots = this.#slots;
    for (let i = 0; i < count; i++) {
      const at = i * ACK_BYTES;
      const tag = acks.getUint32(at, true);
      if (!slots.isCurrent(tag)) continue;
      const slot = slotOfTag(tag);
      const step = stepOfTag(tag);
      if (slots.homeStep[slot] === step && slots.home[slot] === shard) {
        slots.homeStep[slot] = STEP.none;
      } else if (slots.peerStep[slot] === step && slots.peer[slot] === shard) {
        slots.peerStep[slot] = STEP.none;
      } else {
        continue;
      }
      if (step === STEP.single) {
        this.#board.answer(slot, acks, at);
        slots.give(slot);
      } else if (step === STEP.homeKnown) {
        this.#onKnown(slot, acks, at);
      } else if (step === STEP.homeRecover || step === STEP.peerSettle) {
        this.#recovery.onAnswer(slot, step, acks, at);
      } else {
        this.#crossShard.onAnswer(slot, step, acks, at);
      }
    }
  }

  /** An id that home does not know is no repeat, whatever the client says. Nothing was sent for it yet. */
  #onKnown(slot: number, acks: DataView, at: number): void {
    const slots = this.#slots;
    const isNew = isDeclined(acks, at) && ackCode(acks, at) === RESULTS.operation_not_found.code;
    const nowMs = this.#waiting.now();
    slots.refusal[slot] = isNew ? this.#judge(slots.operations, slots.operationAt(slot), nowMs) : 0;
    this.#waiting.resume(slot, nowMs);
  }

  #onDown(shard: number): void {
    const slots = this.#slots;
    for (let slot = 0; slot < slots.capacity; slot++) {
      if (slots.phase[slot] !== PHASE.running) continue;
      const home = slots.homeStep[slot] !== STEP.none && slots.home[slot] === shard;
      const peer = slots.peerStep[slot] !== STEP.none && slots.peer[slot] === shard;
      if (!home && !peer) continue;
      if (slots.kind[slot] === 0) this.#recovery.onLost(slot);
      else this.#lose(slot);
    }
    this.#waiting.drain();
  }

  /** What is owed to the slot will never come. */
  #lose(slot: number): void {
    const slots = this.#slots;
    if (this.#mutant === 'cancel-though-committed' && this.#crossShard.takeForNo(slot)) return;
    if (this.#mutant === 'lost-link-is-decline' && slots.answered[slot] === 0) {
      this.#board.answerBare(slot, OUTCOME.declined, RESULTS.exceeds_credits.code);
    }
    if (slots.indexed[slot] === 1) {
      this.#sentAgain?.keep(slots.operations, slots.operationAt(slot));
    }
    this.#board.lose(slot);
  }

  #onReady(): void {
    this.#waiting.drain();
    const { sink } = this.#sentAgain ?? {};
    if (sink === undefined) return;
    const arrival = { sink, nowMs: this.#waiting.now(), deadlineMs: Number.POSITIVE_INFINITY };
    for (const operation of this.#sentAgain?.take() ?? []) this.submit(operation, 0, arrival, 0);
  }

  #tick(): void {
    for (const link of this.#board.links) link.tick();
    this.#waiting.drain();
    this.#ticks++;
    if (this.#ticks % this.#recoveryTicks === 0) this.recover(this.#recoveryAgeMs);
  }

  /** Ends a slot that was never sent. */
  #refuse(slot: number, code: number): void {
    if (code === RESULTS.expired_before_execution.code) this.expired++;
    this.#board.answerBare(slot, OUTCOME.declined, code);
    this.#board.release(slot);
  }
}

function isRetry(operation: DataView, at: number): boolean {
  return (operation.getUint16(at + OP.flags, true) & OPERATION_FLAG.retry) !== 0;
}
