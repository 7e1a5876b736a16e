/**
 * The legs of one entry: each takes its account one version further (next version? right balance? enough free?), and together they are
 * compared with what their operation asked, and digested for what it was told.
 *
 * Real time is one number: the latest invocation of all that the log puts before here, reads included, which are put right before the
 * version that follows what they read. Where nothing was answered before that, the log itself is an order that explains
 * everything, for each account (version-chain, read-in-real-time) and for all of them (strict-serializable).
 *
 * One object is used for all entries of a shard; what the last walk found lies in its fields.
 */
import { WIDE } from '../../../products/kinds.js';
import { isClearing } from '../../../wire/accounts.js';
import { RECEIPT_LEGS } from '../../../wire/acks.js';
import { COMMAND, COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import {
  ENTRY,
  ENTRY_COMMAND,
  ENTRY_HEAD_BYTES,
  ENTRY_LEG_BYTES,
  LEG,
  LEG_PENDING,
} from '../../../wire/ledger-log.js';
import type { AccountReads } from './account-reads.js';
import {
  type AccountStates,
  STATE,
  STATE_FIELDS,
  STATE_FLAG,
  STATE_WORDS,
} from './account-states.js';
import { DONE, EFFECT, MODES, RESERVES } from './command-flags.js';
import { bodyDigest, legDigest, postingDigest, referenceDigest } from './digest.js';
import { refuseInexact, refuseLarge, sizeBits } from './exact-range.js';
import { int64 } from './int64.js';
import { NO_AMOUNT, questionDigest, TOWARDS_ACCOUNT } from './load-operations.js';
import { completedUsOf, type OperationMemory, STATUS } from './operation-index.js';
import { SUSPECTS_MAX, type WalkFacts } from './walk-facts.js';

const TWO_32 = 4294967296;
const FOREVER = Number.POSITIVE_INFINITY;
const HEAD_WORDS = ENTRY_HEAD_BYTES / 4;
const LEG_WORDS = ENTRY_LEG_BYTES / 4;
const REFERENCE = ENTRY.reference / 4;
const { void_: VOID } = COMMAND;
const { release: RELEASE } = ENTRY_COMMAND;
const { posted: POSTED, made: MADE, confirmed: CONFIRMED } = LEG_PENDING;

/** An entry with legs. `operation`: what it belongs to, or -1. */
export interface EntryWithLegs {
  readonly legs: number;
  readonly command: number;
  readonly kind: number;
  readonly operation: number;
  readonly role: number;
}

/** Legs that a receipt tells of an entry of a wide kind. */
function toldOfWide(role: number): number {
  return role === COMMAND_FLAG.secondary ? 0 : RECEIPT_LEGS;
}

export class LegWalk {
  /** Sum of the postings. */
  sum = 0;
  /** Digest of accounts and postings, of what makes or ends a branch or a hold. */
  moved = 0;
  /** Whether each leg is pending or posted as the command has it, and none is empty. */
  modeFits = false;
  /** Digest of what a receipt tells, where the entry makes an operation happen. */
  toldDigest = 0;
  /** Of a void: whether a leg is on the account that was named, under the body that was sent. All else is moved-as-asked.ts's. */
  bodyFits = false;
  /** Balances that clients read and that the log has. */
  readsFound = 0;
  /** Accounts with a broken chain or an overdraft; no longer added to above SUSPECTS_MAX. */
  readonly suspects = new Set<number>();
  readonly #states: AccountStates;
  readonly #operations: OperationMemory;
  readonly #facts: WalkFacts;
  readonly #fields: Float64Array;
  readonly #rows: Int32Array;
  /** The latest invocation of what comes before. */
  #pastUs = -1;

  constructor(states: AccountStates, operations: OperationMemory, facts: WalkFacts) {
    this.#states = states;
    this.#operations = operations;
    this.#facts = facts;
    this.#fields = states.fields;
    this.#rows = states.words;
  }

  /** An entry without legs. */
  none(): void {
    this.sum = 0;
    this.moved = 0;
    this.modeFits = true;
    this.toldDigest = 0;
    this.bodyFits = false;
  }

  /**
   * An entry with legs, at `entryAt` in `words`. `accounts`: the row of the account of each leg, from `first` on; -1 where the
   * shard has no such account. Throws UnscannableError.
   */
  walk(
    words: Int32Array,
    entryAt: number,
    entry: EntryWithLegs,
    accounts: Int32Array,
    first: number,
  ): void {
    const { legs, command, kind, operation, role } = entry;
    const operations = this.#operations;
    const facts = this.#facts;
    const isKnown = operation >= 0;
    const isEffect = EFFECT[command] === 1;
    const told = isEffect ? (WIDE[kind] === 1 ? toldOfWide(role) : legs) : 0;
    const isReserving = RESERVES[command] === 1;
    const isVoid = command === VOID;
    const mode = MODES[command];
    const status = isKnown ? operations.status[operation] : 0;
    const asked = isKnown && isVoid ? operations.body[operation] : 0;
    const invokedUs = isKnown ? operations.invokedUs[operation] : -1;
    const binds = DONE[command] === 1 && (status & STATUS.ok) !== 0;
    const completedUs = binds ? completedUsOf(operations, operation) : FOREVER;
    const wrongBefore = facts.brokenChain + facts.overdrawn + facts.untimely;
    // Money under the id of something that only asks: what binds it to real time is not in `status`.
    if (isKnown && (status & STATUS.moves) === 0) facts.untimely++;
    if (invokedUs > this.#pastUs) this.#pastUs = invokedUs;
    let isRead = false;
    let body = 0;
    let towards = 0;
    let size = 0;
    if (isEffect) size = sizeBits(words[entryAt + ENTRY.amount / 4 + 1]);
    if (isVoid) {
      const amountLo = words[entryAt + ENTRY.amount / 4];
      const amountHi = words[entryAt + ENTRY.amount / 4 + 1];
      body = questionDigest(kind, amountLo, amountHi) + referenceDigest(words, entryAt + REFERENCE);
      const amount = amountHi * TWO_32 + (amountLo >>> 0);
      towards = TOWARDS_ACCOUNT[kind] === 1 ? amount : -amount;
    }
    const anyPosting = NO_AMOUNT[kind] === 1;
    let sum = 0;
    let moved = 0;
    let modeFits = true;
    let toldDigest = 0;
    let bodyFits = !isVoid;
    let at = entryAt + HEAD_WORDS;
    for (let leg = 0; leg < legs; leg++) {
      const lo = words[at];
      const hi = words[at + 1];
      const postingLo = words[at + LEG.posting / 4];
      const postingHi = words[at + LEG.posting / 4 + 1];
      const balanceLo = words[at + LEG.balance / 4];
      const balanceHi = words[at + LEG.balance / 4 + 1];
      const version = words[at + LEG.version / 4];
      const pending = words[at + LEG.pending / 4] & 255;
      const posting = postingHi * TWO_32 + (postingLo >>> 0);
      at += LEG_WORDS;
      sum += posting;
      size |= sizeBits(postingHi) | sizeBits(balanceHi);
      if (isReserving) moved = (moved + postingDigest(lo, hi, postingLo, postingHi)) | 0;
      if (pending !== mode || posting === 0) modeFits = false;
      if (leg < told && !isClearing(lo, hi))
        toldDigest = (toldDigest + legDigest(lo, hi, balanceLo, balanceHi, version)) | 0;
      if (!bodyFits && bodyDigest(body, lo, hi) === asked)
        bodyFits = anyPosting || posting === towards;
      const state = accounts[first + leg];
      if (state < 0) {
        facts.wrongHistory++;
        facts.brokenChain++;
        facts.wrongTold++;
        continue;
      }
      for (let other = 0; other < leg; other++)
        if (accounts[first + other] === state) facts.wrongTold++;
      const balance = balanceHi * TWO_32 + (balanceLo >>> 0);
      this.#step(state, posting, balance, version, pending);
      if ((this.#rows[state * STATE_WORDS + STATE.flags] & STATE_FLAG.read) !== 0)
        isRead = this.#afterReads(state) || isRead;
    }
    refuseLarge(size);
    if (completedUs < this.#pastUs) facts.untimely++;
    if (isRead) this.#beforeReads(words, entryAt, entry, accounts, first);
    facts.legs += legs;
    facts.entriesWithLegs++;
    if (facts.brokenChain + facts.overdrawn + facts.untimely > wrongBefore)
      this.#suspect(words, entryAt, legs);
    this.sum = sum;
    this.moved = moved;
    this.modeFits = modeFits;
    this.toldDigest = toldDigest;
    this.bodyFits = bodyFits;
  }

  /** Notes the accounts of an entry. */
  #suspect(words: Int32Array, entryAt: number, legs: number): void {
    for (let leg = 0; leg < legs && this.suspects.size <= SUSPECTS_MAX; leg++)
      this.suspects.add(int64(words, entryAt + HEAD_WORDS + leg * LEG_WORDS));
  }

  /** The account takes its next version; `version` as it lies in the entry, 32 bits. */
  #step(state: number, posting: number, balance: number, version: number, pending: number): void {
    const facts = this.#facts;
    const fields = this.#fields;
    const rows = this.#rows;
    const at = state * STATE_FIELDS;
    const row = state * STATE_WORDS;
    const next = (rows[row + STATE.version] + 1) | 0;
    rows[row + STATE.version] = next;
    let expected = fields[at + STATE.balance];
    if (pending === POSTED || pending === CONFIRMED) {
      expected += posting;
      fields[at + STATE.balance] = expected;
    }
    if (version !== next || balance !== expected) {
      facts.brokenChain++;
      // Reads are looked for once each, as versions are dense; where they are not, the query looks.
      if (version !== next) facts.wrongReads++;
      refuseInexact(expected);
    }
    if (pending !== POSTED) {
      const size = posting < 0 ? -posting : posting;
      const moved = pending === MADE ? size : -size;
      const reserved = at + (posting < 0 ? STATE.debitsPending : STATE.creditsPending);
      fields[reserved] += moved;
      refuseInexact(fields[reserved]);
    }
    const flagBits = rows[row + STATE.flags];
    if ((flagBits & STATE_FLAG.bounded) !== 0 && balance < fields[at + STATE.debitsPending])
      facts.overdrawn++;
    if ((flagBits & STATE_FLAG.capped) !== 0 && this.#states.isOver(state)) facts.overdrawn++;
  }

  /** The account moves on from a version that clients may have read. Returns whether they read others later. */
  #afterReads(state: number): boolean {
    const { askedUs, nextVersion } = this.#readsOf(state);
    if (askedUs > this.#pastUs) this.#pastUs = askedUs;
    if (nextVersion >= 0) return true;
    this.#rows[state * STATE_WORDS + STATE.flags] &= ~STATE_FLAG.read;
    return false;
  }

  /** Versions that the entry made, of accounts that clients read. */
  #beforeReads(
    words: Int32Array,
    entryAt: number,
    { command, legs }: EntryWithLegs,
    accounts: Int32Array,
    first: number,
  ): void {
    const facts = this.#facts;
    for (let leg = 0; leg < legs; leg++) {
      const state = accounts[first + leg];
      const isRead = (this.#rows[state * STATE_WORDS + STATE.flags] & STATE_FLAG.read) !== 0;
      if (state < 0 || !isRead) continue;
      const at = entryAt + HEAD_WORDS + leg * LEG_WORDS;
      const reads = this.#readsOf(state);
      if (reads.nextVersion !== words[at + LEG.version / 4] >>> 0) continue;
      const read = reads.pass();
      this.readsFound++;
      if (read.balance !== int64(words, at + LEG.balance / 4)) facts.wrongReads++;
      // A release is one with its capture: nothing is between them.
      if (read.completedMinUs < this.#pastUs || command === RELEASE) facts.untimely++;
    }
  }

  #readsOf(state: number): AccountReads {
    const reads = this.#states.reads[state];
    if (reads === undefined) throw new Error('an account that was read has no reads');
    return reads;
  }
}
