/**
 * One pass through the log of one shard, in its order: every account's chain of versions and balances is followed, every
 * branch and hold from its making to its end, every entry tied to the operation that asked for it. What the pass notes
 * per operation goes into memory of this shard; what two shards say of one operation is put together in merge.ts.
 *
 *   entry -> its operation (by id) -> once, asked?                                                effects.ts
 *         -> its legs -> as asked?                                                                moved-as-asked.ts
 *         -> each leg -> its account -> next version? right balance? enough free? in real time?    leg-walk.ts
 *         -> the open branch or hold it makes or ends                                              reservations.ts
 *         -> where it is refused: for a cause?                                                     declines.ts
 *         -> the hold it ends, the payment it refunds: who, how much, when                         holds.ts, refunds.ts
 */
import { COMMAND, COMMAND_FLAG, LEGS_MAX } from '../../../wire/ledger-commands.js';
import { ENTRY, ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES } from '../../../wire/ledger-log.js';
import { EventLoopTurns } from '../../records/event-loop-turns.js';
import type { BooksPart } from '../../records/run-layout.js';
import { entriesOf } from '../../records/run-records.js';
import type { Slab } from '../../records/slabs.js';
import type { MoneyRules } from '../../records/target-facts.js';
import { AccountStates, STATE_FIELDS } from './account-states.js';
import { AgreedAccounts } from './agreed-accounts.js';
import { BEGINS, EFFECT, ENDS_HOLD, MUST_MOVE, RESERVES } from './command-flags.js';
import { Declines, isRefusal } from './declines.js';
import { Effects } from './effects.js';
import { refuseLarge, sizeBits, UnscannableError } from './exact-range.js';
import { Holds } from './holds.js';
import { LegWalk } from './leg-walk.js';
import type { BalanceRead } from './load-operations.js';
import { MovedAsAsked } from './moved-as-asked.js';
import { findAt, type OperationMemory, STATUS } from './operation-index.js';
import { IS_RISK, OverLimit, RISKED } from './over-limit.js';
import { isByReference, isStrange } from './reasons.js';
import { DRAWS, Refunds } from './refunds.js';
import { Reservations } from './reservations.js';
import type { SeenMemory } from './seen.js';
import { noFacts, type WalkFacts } from './walk-facts.js';
import { WalkedEntry } from './walked-entry.js';

export const WALK_MODULE = import.meta.url;

export interface WalkJob {
  readonly shard: number;
  readonly shards: number;
  readonly money: MoneyRules;
  /** So many entries of the log are from before the drill. */
  readonly before: number;
  /** Ledger time when its books were read; 0 = not told. */
  readonly readAtUs: number;
  readonly part: BooksPart;
  readonly operations: OperationMemory;
  readonly seen: SeenMemory;
  /** Balances that clients read of this shard's accounts. */
  readonly reads: readonly BalanceRead[];
  /** Ids that refunds refer to, four words each. */
  readonly refunded: Int32Array;
  /** Operations over the agreed limit, by index. */
  readonly overLimit: readonly number[];
}

/** Throws UnscannableError, and what reading the files throws. */
export function run(job: WalkJob): Promise<WalkFacts> {
  return new Walk(job).run();
}

const TWO_32 = 4294967296;
const HEAD_WORDS = ENTRY_HEAD_BYTES / 4;
const LEG_WORDS = ENTRY_LEG_BYTES / 4;
/** Entries whose accounts are found together. */
const BLOCK_ENTRIES = 256;

class Walk {
  readonly #job: WalkJob;
  readonly #states: AccountStates;
  readonly #facts = noFacts();
  readonly #entry = new WalkedEntry();
  readonly #legs: LegWalk;
  readonly #moved: MovedAsAsked;
  readonly #effects: Effects;
  readonly #reservations: Reservations;
  readonly #holds: Holds;
  readonly #refunds: Refunds;
  readonly #declines: Declines;
  readonly #overLimit: OverLimit;
  /** Row of the account of each leg of the block being walked, in their order. */
  readonly #legStates = new Int32Array(BLOCK_ENTRIES * LEGS_MAX);
  #nextLeg = 0;
  #lastUs = -1;
  #latestUs = -1;
  #readsExpected = 0;

  constructor(job: WalkJob) {
    const { money, operations, part, reads, seen, shard, shards } = job;
    const facts = this.#facts;
    this.#job = job;
    this.#overLimit = new OverLimit(money.risk?.amountMinorMax, job.overLimit);
    this.#states = new AccountStates(part, new AgreedAccounts(money, shard), shards);
    this.#legs = new LegWalk(this.#states, operations, facts);
    this.#moved = new MovedAsAsked(
      { operations, shard, money, states: this.#states },
      facts,
      this.#legs,
    );
    this.#effects = new Effects({ operations, seen, shard }, facts, this.#legs, this.#moved);
    this.#reservations = new Reservations(operations, seen, facts);
    this.#holds = new Holds(operations, facts);
    this.#refunds = new Refunds(operations, job.refunded, facts);
    this.#declines = new Declines(
      { operations, seen },
      { states: this.#states, holds: this.#holds, refunds: this.#refunds },
      facts,
    );
    for (const read of reads) if (!this.#states.expectRead(read)) facts.wrongReads++;
    for (const expected of this.#states.reads) this.#readsExpected += expected?.start() ?? 0;
  }

  async run(): Promise<WalkFacts> {
    const turns = new EventLoopTurns();
    for (const slab of entriesOf(this.#job.part)) {
      for (let at = 0; at < slab.length; ) at = this.#walkBlock(slab, at);
      await turns.after(slab.length * 4);
    }
    const facts = this.#facts;
    const compared = this.#states.compare();
    facts.wrongReads += this.#readsExpected - this.#legs.readsFound + this.#states.misplaced;
    facts.totals = compared;
    facts.wrongHistory += compared.differences;
    facts.accounts = compared.accounts;
    facts.listedAccounts = this.#states.count;
    facts.boundedAccounts = compared.bounded;
    facts.touchedClearing = compared.clearing;
    this.#holds.end();
    facts.wrongOpenings = this.#states.wrongOpenings;
    this.#reservations.countOverdue(Math.max(this.#latestUs, this.#job.readAtUs));
    facts.suspectAccounts = [...this.#legs.suspects];
    return facts;
  }

  /** Walks up to BLOCK_ENTRIES entries from `from` on; returns where the next one is. */
  #walkBlock(slab: Slab, from: number): number {
    const { words } = slab;
    const end = this.#lookAhead(words, from, slab.length);
    this.#nextLeg = 0;
    for (let at = from; at < end; ) {
      const legs = words[at + ENTRY.legs / 4] & 255;
      this.#walkEntry(words, at);
      at += HEAD_WORDS + legs * LEG_WORDS;
    }
    return end;
  }

  /**
   * Finds the accounts of a block of entries before it is walked, and touches them: look-ups that do not depend on each
   * other wait for memory together instead of one after the other.
   */
  #lookAhead(words: Int32Array, from: number, length: number): number {
    const { fields, index } = this.#states;
    const states = this.#legStates;
    let at = from;
    let found = 0;
    for (let entry = 0; entry < BLOCK_ENTRIES && at < length; entry++) {
      const legs = words[at + ENTRY.legs / 4] & 255;
      if (legs > LEGS_MAX) throw new UnscannableError('an entry has too many legs');
      at += HEAD_WORDS;
      for (let leg = 0; leg < legs; leg++) {
        states[found++] = index.find(words[at], words[at + 1]);
        at += LEG_WORDS;
      }
    }
    let touched = 0;
    for (let i = 0; i < found; i++) touched += fields[states[i] * STATE_FIELDS] ?? 0;
    if (Number.isNaN(touched)) throw new Error('an account has no state');
    return at;
  }

  #walkEntry(words: Int32Array, at: number): void {
    const facts = this.#facts;
    const walked = this.#legs;
    const { operations } = this.#job;
    const entry = this.#entry;
    facts.entries++;
    const timestampUs = this.#tick(words, at + ENTRY.timestamp / 4);
    const operation = findAt(operations, words, at);
    entry.read(words, at, operation, timestampUs);
    const { code, command, isCreated, kind, legs, role } = entry;
    if (legs > 0) {
      walked.walk(words, at, entry, this.#legStates, this.#nextLeg);
      this.#nextLeg += legs;
      this.#moved.onEntry(words, at, entry);
      entry.legsDigest = walked.moved;
    } else {
      walked.none();
      this.#moved.none();
    }
    const isHalf = command === COMMAND.confirm && role === COMMAND_FLAG.secondary;
    const isEffect = isCreated && EFFECT[command] === 1;
    if (isCreated && ENDS_HOLD[command] === 1) facts.holdEnds++;
    else if (isRefusal(code, command, legs)) facts.refusals++;
    if (isEffect && !isHalf && RISKED[kind] === 1) this.#onRisked(words, at, kind);
    if (legs === 0 && IS_RISK[code] === 1)
      if (!this.#overLimit.explains(operation, code)) facts.unexplained++;
    if (isByReference(code, command, legs)) facts.reasons++;
    if (isStrange(code, kind)) facts.strange++;
    if (operation >= 0 && operations.refusedWith[operation] === code && !isCreated)
      this.#job.seen.heard[operation] = 1;
    const mayMove = isCreated || command === COMMAND.cancel;
    if (
      legs === 1 ||
      walked.sum !== 0 ||
      (legs > 0 && !mayMove) ||
      (legs === 0 && isCreated && MUST_MOVE[command] === 1)
    )
      facts.unbalanced++;
    if (operation < 0 || (operations.status[operation] & STATUS.moves) === 0) {
      facts.unasked++;
      const isOfDrill = facts.entries > this.#job.before;
      if (legs > 0 && operation < 0 && isOfDrill) facts.phantom++;
      if (legs > 0 && operation >= 0) facts.wrongLegs++;
      this.#holds.onOther();
      return;
    }
    if (BEGINS[command] === 1 || (command === COMMAND.cancel && legs === 0))
      this.#effects.onBeginning(operation);
    if (isCreated && isHalf) this.#effects.onHalf(entry);
    else if (isEffect) this.#effects.onEffect(words, at, entry);
    if (isCreated) {
      this.#holds.onEntry(words, at, entry);
      this.#refunds.onEntry(words, at, entry, isEffect);
    } else {
      this.#holds.onOther();
      this.#declines.onEntry(words, at, entry);
      if (command === COMMAND.cancel && legs > 0 && DRAWS[kind] === 1)
        this.#refunds.onCancel(words, at, role);
    }
    if (RESERVES[command] === 1) this.#reservations.onEntry(words, at, entry);
  }

  /** Something took effect that risk control let go. */
  #onRisked(words: Int32Array, at: number, kind: number): void {
    const amount = at + ENTRY.amount / 4;
    this.#facts.risked++;
    if (this.#overLimit.isOver(kind, words[amount], words[amount + 1])) this.#facts.overLimit++;
  }

  /** Each entry is later than the one before it. */
  #tick(words: Int32Array, at: number): number {
    const high = words[at + 1];
    refuseLarge(sizeBits(high));
    const us = high * TWO_32 + (words[at] >>> 0);
    if (us <= this.#lastUs) this.#facts.brokenChain++;
    if (us > this.#latestUs) this.#latestUs = us;
    this.#lastUs = us;
    return us;
  }
}
