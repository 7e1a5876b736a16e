/**
 * What every step of an operation works on: the slots of operations in flight, the links to the shards, the
 * index of ids being coordinated, and the two things a step can do: ask a shard, answer the client. It decides
 * nothing; `payments.ts` and `cross-shard.ts` do.
 */
import type { Placement } from '../../wire/accounts.js';
import { OUTCOME } from '../../wire/acks.js';
import { COMMAND_FLAG } from '../../wire/ledger-commands.js';
import type { Mutant } from '../../wire/mutants.js';
import { OP } from '../../wire/operations.js';
import { RESULTS } from '../../wire/results.js';
import { copyAck, writeBareAck } from './ack-writer.js';
import { type CommandHead, recordsOf, writeCommand } from './commands.js';
import { IdIndex } from './id-index.js';
import { Legs } from './legs.js';
import { type AnswerBug, answerBug, templateBug } from './mutants.js';
import type { Rates } from './rates.js';
import { Route } from './route.js';
import type { ShardLink } from './shard-link.js';
import { type Slots, STEP } from './slots.js';

export interface BoardOptions {
  readonly slots: Slots;
  readonly placement: Placement;
  readonly rates: Rates;
  readonly log: (line: string) => void;
  readonly mutant: Mutant | undefined;
}

/** What to ask; `legs` are those last written into `board.legs`. */
export interface Ask {
  /** STEP */
  readonly step: number;
  /** COMMAND */
  readonly command: number;
  /** COMMAND_FLAG */
  readonly flags: number;
  readonly withLegs: boolean;
  /** record_decline, cancel: RESULTS; 0 = no reason. */
  readonly code: number;
}

export class Board {
  readonly slots: Slots;
  readonly placement: Placement;
  readonly rates: Rates;
  readonly log: (line: string) => void;
  readonly index: IdIndex;
  /** In order of shard number; filled once at start. */
  readonly links: ShardLink[] = [];
  /** Scratch of the step being taken. */
  readonly legs: Legs;
  readonly route = new Route();
  readonly #head: CommandHead = { tag: 0, command: 0, flags: 0, peer: 0, code: 0 };
  readonly #answerBug: AnswerBug | undefined;
  /** Gets the slots that waited for this id when its coordination has ended. */
  onReleased: (firstJoined: number, leader: number) => void = () => {};

  constructor(options: BoardOptions) {
    this.slots = options.slots;
    this.placement = options.placement;
    this.rates = options.rates;
    this.log = options.log;
    this.index = new IdIndex(options.slots.capacity);
    this.legs = templateBug(options.mutant) ?? new Legs();
    this.#answerBug = answerBug(options.mutant);
  }

  /** Asks the home shard about the operation record at `at`; false when its link is down. */
  askHome(slot: number, ask: Ask, operation: DataView, at: number): boolean {
    const { slots } = this;
    const shard = slots.home[slot];
    if (!this.#send(slot, shard, slots.peer[slot], ask, operation, at)) return false;
    slots.homeStep[slot] = ask.step;
    return true;
  }

  /** Asks the peer about the kept operation of the slot; false when its link is down. */
  askPeer(slot: number, ask: Ask): boolean {
    const { slots } = this;
    const shard = slots.peer[slot];
    const home = slots.home[slot];
    const at = slots.operationAt(slot);
    if (!this.#send(slot, shard, home, ask, slots.operations, at)) return false;
    slots.peerStep[slot] = ask.step;
    return true;
  }

  #send(
    slot: number,
    shard: number,
    peer: number,
    ask: Ask,
    operation: DataView,
    operationAt: number,
  ): boolean {
    const link = this.links[shard];
    if (link === undefined || !link.up) return false;
    const legs = ask.withLegs ? this.legs : undefined;
    const at = link.place(recordsOf(legs));
    const head = this.#head;
    head.tag = this.slots.tag(slot, ask.step);
    head.command = ask.command;
    head.flags = legs?.fills === true ? ask.flags | COMMAND_FLAG.fill : ask.flags;
    head.peer = peer;
    head.code = ask.code;
    writeCommand(link.view, at, operation, operationAt, head, legs);
    return true;
  }

  /** The client's answer is the ack at `at`. */
  answer(slot: number, ack: DataView, at: number): void {
    const { slots } = this;
    const sink = slots.sink[slot];
    slots.answered[slot] = 1;
    if (sink === undefined) return;
    const to = sink.place(slots.position[slot]);
    copyAck(sink.view, to, ack, at, slots.clientTag[slot]);
    this.#answerBug?.bite(slots.kind[slot], sink.view, to, slots.clientTag[slot]);
    sink.placed();
  }

  /** The client's answer is what was kept in the slot's ack record. */
  answerKept(slot: number): void {
    this.answer(slot, this.slots.acks, this.slots.ackAt(slot));
  }

  /** The client's answer has no receipt; it is kept for whoever waits for the same id. */
  answerBare(slot: number, outcome: number, code: number): void {
    const at = this.slots.ackAt(slot);
    writeBareAck(this.slots.acks, at, { tag: 0, outcome, code });
    this.answerKept(slot);
  }

  keepAck(slot: number, ack: DataView, at: number): void {
    copyAck(this.slots.acks, this.slots.ackAt(slot), ack, at, 0);
  }

  /** What is still owed will never come: the answer is unknown unless it was given already. */
  lose(slot: number): void {
    if (this.slots.answered[slot] === 0) {
      this.answerBare(slot, OUTCOME.unknown, RESULTS.shard_connection_lost.code);
    }
    this.release(slot);
  }

  /** Ends the slot; answers that come later find nobody. */
  release(slot: number): void {
    const { slots } = this;
    const joined = slots.nextJoined[slot];
    if (slots.indexed[slot] === 1) {
      slots.indexed[slot] = 0;
      this.index.remove(slot);
    }
    if (joined >= 0) this.onReleased(joined, slot);
    slots.give(slot);
  }

  /** Takes the slot into the index, and keeps its operation. */
  enter(slot: number, operation: DataView, at: number): void {
    this.slots.keepOperation(slot, operation, at);
    this.index.add(operation, at + OP.id, slot);
    this.slots.indexed[slot] = 1;
  }
}

/** Asks for one command, whose answer is the operation's. */
export function singleAsk(command: number): Ask {
  return { step: STEP.single, command, flags: 0, withLegs: true, code: 0 };
}
