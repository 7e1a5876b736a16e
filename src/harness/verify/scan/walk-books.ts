/**
 * One pass through the log of one shard, in its order: every account's chain of versions and balances is followed, every
 * branch and hold from its making to its end, every entry tied to the operation that asked for it. What the pass notes
 * per operation goes into memory of this shard; what two shards say of one operation is put together in scan.ts.
 *
 *   entry -> its operation (by id) -> once, asked, as asked?
 *         -> each leg -> its account -> next version? right balance? enough free? in real-time order?
 *         -> the open branch or hold it makes or ends
 */
import { COMMAND, COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import {
  ENTRY,
  ENTRY_COMMAND,
  ENTRY_HEAD_BYTES,
  ENTRY_LEG_BYTES,
  LEG,
  LEG_PENDING,
} from '../../../wire/ledger-log.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import type { BooksPart } from '../../records/run-layout.js';
import { entriesOf } from '../../records/run-records.js';
import type { Slab } from '../../records/slabs.js';
import { UnscannableError } from './account-index.js';
import {
  AccountStates,
  type AccountTotals,
  STATE,
  STATE_FIELDS,
  STATE_FLAG,
  STATE_WORDS,
} from './account-states.js';
import {
  bodyDigest,
  isClearing,
  legDigest,
  namedAccountDigest,
  postingDigest,
  referenceDigest,
  timestampDigest,
} from './digest.js';
import { type BalanceRead, PAYS, questionDigest, TOWARDS_ACCOUNT } from './load-operations.js';
import { find, type OperationMemory, STATUS } from './operation-index.js';

export const WALK_MODULE = import.meta.url;

export interface WalkJob {
  readonly shard: number;
  readonly part: BooksPart;
  readonly operations: OperationMemory;
  readonly seen: SeenMemory;
  /** Balances that clients read of this shard's accounts. */
  readonly reads: readonly BalanceRead[];
}

/** What the books of one shard say of each operation; in shared memory. */
export interface SeenMemory {
  /** How often it took effect here, and how often its far side was confirmed here; 255 = that or more. */
  readonly effects: Uint8Array;
  readonly halves: Uint8Array;
  /** The other shard + 1 of what was committed here, and of what was confirmed here as the far side. */
  readonly committedWith: Uint8Array;
  readonly confirmedFor: Uint8Array;
  /** BRANCH bits. */
  readonly branch: Uint8Array;
  /** Digest of the legs that a branch or hold was made with. */
  readonly branchLegs: Int32Array;
  /** Sum of the digests of all legs that a receipt tells. */
  readonly told: Int32Array;
}

export const BRANCH = { tried: 1, ended: 2, held: 4, released: 8 } as const;

export function allocateSeen(capacity: number): SeenMemory {
  const bytes = (): Uint8Array => new Uint8Array(new SharedArrayBuffer(capacity));
  const words = (): Int32Array => new Int32Array(new SharedArrayBuffer(capacity * 4));
  return {
    effects: bytes(),
    halves: bytes(),
    committedWith: bytes(),
    confirmedFor: bytes(),
    branch: bytes(),
    branchLegs: words(),
    told: words(),
  };
}

export interface WalkFacts {
  entries: number;
  entriesWithLegs: number;
  legs: number;
  effects: number;
  accounts: number;
  /** In the books, touched or not. */
  listedAccounts: number;
  boundedAccounts: number;
  branchesAndHolds: number;
  /** Entries that no operation of the journal explains. */
  unasked: number;
  /** Of these, those with legs. */
  phantom: number;
  declinedButDone: number;
  wrongBody: number;
  unbalanced: number;
  wrongHistory: number;
  brokenChain: number;
  overdrawn: number;
  stuck: number;
  wrongReads: number;
  crossShard: number;
  /** Accounts with a broken chain or an overdraft; more than SUSPECTS_MAX = not all of them. */
  suspectAccounts: number[];
  totals: AccountTotals | undefined;
}

export const SUSPECTS_MAX = 1000;

export function run(job: WalkJob): WalkFacts {
  return new Walk(job).run();
}

const TWO_32 = 4294967296;
const FOREVER = Number.POSITIVE_INFINITY;
const HEAD_WORDS = ENTRY_HEAD_BYTES / 4;
const LEG_WORDS = ENTRY_LEG_BYTES / 4;
const LEGS_MAX = 4;
/** Entries whose accounts are found together. */
const BLOCK_ENTRIES = 256;

const { try_: TRY, confirm: CONFIRM, cancel: CANCEL, hold: HOLD } = COMMAND;
const { expire: EXPIRE } = ENTRY_COMMAND;
const { posted: POSTED, made: MADE, confirmed: CONFIRMED } = LEG_PENDING;
const CREATED = RESULTS.created.code;
const CANCELLED = RESULTS.cancelled.code;
const REFERENCE = ENTRY.reference / 4;

/** By command: takes effect; ends a hold; makes or ends a branch or a hold; must move money when it is created. */
const COMMANDS = { ...COMMAND, ...ENTRY_COMMAND };
const EFFECT = flags(['post', 'hold', 'capture', 'void_', 'confirm']);
const ENDS_HOLD = flags(['release', 'void_', 'expire']);
const RESERVES = flags(['try_', 'confirm', 'cancel', 'hold', 'release', 'void_', 'expire']);
const MUST_MOVE = flags([
  'post',
  'try_',
  'confirm',
  'hold',
  'capture',
  'void_',
  'release',
  'expire',
]);

function flags(commands: readonly (keyof typeof COMMANDS)[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const command of commands) table[COMMANDS[command]] = 1;
  return table;
}

class Walk {
  readonly #job: WalkJob;
  readonly #states: AccountStates;
  readonly #fields: Float64Array;
  readonly #rows: Int32Array;
  readonly #creditsPending: Float64Array;
  readonly #facts: WalkFacts = {
    entries: 0,
    entriesWithLegs: 0,
    legs: 0,
    effects: 0,
    accounts: 0,
    listedAccounts: 0,
    boundedAccounts: 0,
    branchesAndHolds: 0,
    unasked: 0,
    phantom: 0,
    declinedButDone: 0,
    wrongBody: 0,
    unbalanced: 0,
    wrongHistory: 0,
    brokenChain: 0,
    overdrawn: 0,
    stuck: 0,
    wrongReads: 0,
    crossShard: 0,
    suspectAccounts: [],
    totals: undefined,
  };
  /** Holds with a timeout: operation and deadline, alternately. */
  readonly #deadlines: number[] = [];
  readonly #suspects = new Set<number>();
  /** Index of the account of each leg of the block being walked, in their order. */
  readonly #legStates = new Int32Array(BLOCK_ENTRIES * LEGS_MAX);
  #nextLeg = 0;
  #lastUs = -1;
  #readsFound = 0;
  #readsExpected = 0;
  /** The entry being walked. */
  #operation = -1;
  #legSum = 0;
  #legsDigest = 0;
  #toldDigest = 0;
  #bodyFits = false;
  #payeeFits = false;

  constructor(job: WalkJob) {
    this.#job = job;
    this.#states = new AccountStates(job.part);
    this.#fields = this.#states.fields;
    this.#rows = this.#states.words;
    this.#creditsPending = this.#states.creditsPending;
    for (const read of job.reads) if (!this.#states.expectRead(read)) this.#facts.wrongReads++;
    for (const reads of this.#states.reads) this.#readsExpected += reads?.size ?? 0;
  }

  run(): WalkFacts {
    for (const slab of entriesOf(this.#job.part))
      for (let at = 0; at < slab.length; ) at = this.#walkBlock(slab, at);
    const facts = this.#facts;
    const compared = this.#states.compare();
    facts.wrongReads += this.#readsExpected - this.#readsFound;
    facts.totals = compared;
    facts.wrongHistory += compared.differences;
    facts.accounts = compared.accounts;
    facts.listedAccounts = this.#states.count;
    facts.boundedAccounts = compared.bounded;
    facts.stuck += this.#overdueHolds();
    facts.suspectAccounts = [...this.#suspects];
    return facts;
  }

  /** Walks up to BLOCK_ENTRIES entries from `from` on; returns where the next one is. */
  #walkBlock(slab: Slab, from: number): number {
    const { words } = slab;
    const end = this.#lookAhead(words, from, slab.length);
    this.#nextLeg = 0;
    for (let at = from; at < end; ) {
      const legs = words[at + ENTRY.legs / 4] & 255;
      this.#walkEntry(words, at, legs);
      at += HEAD_WORDS + legs * LEG_WORDS;
    }
    return end;
  }

  /**
   * Finds the accounts of a block of entries before it is walked, and touches them: look-ups that do not depend on each
   * other wait for memory together instead of one after the other.
   */
  #lookAhead(words: Int32Array, from: number, length: number): number {
    const { index } = this.#states;
    const fields = this.#fields;
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

  #walkEntry(words: Int32Array, at: number, legs: number): void {
    const facts = this.#facts;
    const { operations } = this.#job;
    const head = words[at + ENTRY.code / 4];
    const code = head & 0xffff;
    const command = (head >>> 16) & 255;
    const kind = head >>> 24;
    const second = words[at + ENTRY.legs / 4];
    const role = (second >>> 8) & 255;
    const operation = find(operations, words[at], words[at + 1], words[at + 2], words[at + 3]);
    this.#operation = operation;
    facts.entries++;
    const us = int64(words, at + ENTRY.timestamp / 4);
    if (us <= this.#lastUs) facts.brokenChain++;
    this.#lastUs = us;
    const isCreated = code === CREATED;
    const isHalf = command === CONFIRM && role === COMMAND_FLAG.secondary;
    if (legs > 0) this.#walkLegs(words, at, { legs, command, kind });
    else this.#noLegs();
    const isTaken = isCreated || code === CANCELLED;
    if (
      legs === 1 ||
      this.#legSum !== 0 ||
      (legs > 0 && !isTaken) ||
      (legs === 0 && isCreated && MUST_MOVE[command] === 1)
    )
      facts.unbalanced++;
    if (operation < 0) {
      facts.unasked++;
      if (legs > 0) facts.phantom++;
      return;
    }
    if (isCreated && isHalf) this.#half(kind, second >>> 24);
    else if (isCreated && EFFECT[command] === 1)
      this.#effect(words, at, { kind, role, peer: second >>> 24 });
    if (RESERVES[command] === 1) this.#reserved(words, at, { command, isCreated, legs });
  }

  #noLegs(): void {
    this.#legSum = 0;
    this.#legsDigest = 0;
    this.#toldDigest = 0;
    this.#bodyFits = false;
    this.#payeeFits = false;
  }

  #walkLegs(
    words: Int32Array,
    entryAt: number,
    entry: { readonly legs: number; readonly command: number; readonly kind: number },
  ): void {
    const { legs, command, kind } = entry;
    const { operations } = this.#job;
    const facts = this.#facts;
    const fields = this.#fields;
    const operation = this.#operation;
    const isKnown = operation >= 0;
    const isTold = EFFECT[command] === 1;
    const isReserved = RESERVES[command] === 1;
    const asked = isKnown ? operations.body[operation] : 0;
    const payee = isKnown ? operations.payee[operation] : 0;
    const invokedUs = isKnown ? operations.invokedUs[operation] : -1;
    const binds =
      isKnown &&
      command !== CANCEL &&
      command !== EXPIRE &&
      (operations.status[operation] & STATUS.ok) !== 0;
    const completedUs = binds ? operations.completedUs[operation] : FOREVER;
    const wrongBefore = facts.brokenChain + facts.overdrawn;
    let body = 0;
    let towards = 0;
    if (isTold) {
      const amountLo = words[entryAt + ENTRY.amount / 4];
      const amountHi = words[entryAt + ENTRY.amount / 4 + 1];
      body = questionDigest(kind, amountLo, amountHi) + referenceDigest(words, entryAt + REFERENCE);
      const amount = amountHi * TWO_32 + (amountLo >>> 0);
      towards = TOWARDS_ACCOUNT[kind] === 1 ? amount : -amount;
    }
    const anyPosting = kind === OPERATION_KIND.void;
    let legSum = 0;
    let legsDigest = 0;
    let toldDigest = 0;
    let bodyFits = !isTold;
    let payeeFits = payee === 0 || !isTold;
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
      legSum += posting;
      if (isReserved) legsDigest = postingDigest(legsDigest, lo, hi, postingLo, postingHi);
      if (isTold && !isClearing(lo, hi))
        toldDigest = (toldDigest + legDigest(lo, hi, balanceLo, balanceHi, version)) | 0;
      if (!bodyFits && bodyDigest(body, lo, hi) === asked)
        bodyFits = anyPosting || posting === towards;
      if (!payeeFits) payeeFits = namedAccountDigest(lo, hi) === payee;
      const state = this.#legStates[this.#nextLeg++];
      if (state < 0) {
        facts.wrongHistory++;
        facts.brokenChain++;
        continue;
      }
      const balance = balanceHi * TWO_32 + (balanceLo >>> 0);
      this.#step(state, posting, balance, version, pending);
      const latest = state * STATE_FIELDS + STATE.invokedMaxUs;
      if (completedUs < fields[latest]) facts.brokenChain++;
      if (invokedUs > fields[latest]) fields[latest] = invokedUs;
    }
    facts.legs += legs;
    facts.entriesWithLegs++;
    if (facts.brokenChain + facts.overdrawn > wrongBefore) this.#suspect(words, entryAt, legs);
    this.#legSum = legSum;
    this.#legsDigest = legsDigest;
    this.#toldDigest = toldDigest;
    this.#bodyFits = bodyFits;
    this.#payeeFits = payeeFits;
  }

  /** Notes the accounts of an entry. */
  #suspect(words: Int32Array, entryAt: number, legs: number): void {
    for (let leg = 0; leg < legs && this.#suspects.size <= SUSPECTS_MAX; leg++)
      this.#suspects.add(int64(words, entryAt + HEAD_WORDS + leg * LEG_WORDS));
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
    if (version !== next || balance !== expected) facts.brokenChain++;
    if (pending !== POSTED) {
      const size = posting < 0 ? -posting : posting;
      const moved = pending === MADE ? size : -size;
      if (posting < 0) fields[at + STATE.debitsPending] += moved;
      else this.#creditsPending[state] += moved;
    }
    const flagBits = rows[row + STATE.flags];
    if ((flagBits & STATE_FLAG.bounded) !== 0 && balance < fields[at + STATE.debitsPending])
      facts.overdrawn++;
    if ((flagBits & STATE_FLAG.read) !== 0) this.#compareRead(state, version >>> 0, balance);
  }

  #compareRead(state: number, version: number, balance: number): void {
    const read = this.#states.reads[state]?.get(version);
    if (read === undefined) return;
    this.#readsFound++;
    if (read !== balance) this.#facts.wrongReads++;
  }

  #effect(
    words: Int32Array,
    at: number,
    entry: { readonly kind: number; readonly role: number; readonly peer: number },
  ): void {
    const facts = this.#facts;
    const { operations, seen, shard } = this.#job;
    const operation = this.#operation;
    const status = operations.status[operation];
    const time = timestampDigest(
      words[at + ENTRY.timestamp / 4],
      words[at + ENTRY.timestamp / 4 + 1],
    );
    facts.effects++;
    seen.effects[operation] = Math.min(255, seen.effects[operation] + 1);
    seen.told[operation] = (seen.told[operation] + this.#toldDigest + time) | 0;
    const crosses = entry.peer !== shard;
    if (crosses) {
      if (entry.role === COMMAND_FLAG.primary) facts.crossShard++;
      else facts.stuck++;
      if (seen.committedWith[operation] !== 0) facts.stuck++;
      seen.committedWith[operation] = entry.peer + 1;
    }
    if ((status & STATUS.definiteDecline) !== 0) facts.declinedButDone++;
    const isPaid = PAYS[entry.kind] === 0 || crosses || this.#payeeFits;
    const isRefused = (status & STATUS.refusedAsOther) !== 0;
    if (isRefused || !this.#bodyFits || !isPaid) facts.wrongBody++;
  }

  #half(kind: number, peer: number): void {
    const facts = this.#facts;
    const { seen } = this.#job;
    const operation = this.#operation;
    seen.halves[operation] = Math.min(255, seen.halves[operation] + 1);
    seen.told[operation] = (seen.told[operation] + this.#toldDigest) | 0;
    if (seen.confirmedFor[operation] !== 0) facts.stuck++;
    seen.confirmedFor[operation] = peer + 1;
    if (PAYS[kind] === 1 && !this.#payeeFits) facts.wrongBody++;
  }

  /** A branch or a hold is made or ended. */
  #reserved(
    words: Int32Array,
    at: number,
    entry: { readonly command: number; readonly isCreated: boolean; readonly legs: number },
  ): void {
    const { command, isCreated, legs } = entry;
    const { operations } = this.#job;
    if (command === TRY && isCreated) this.#made(BRANCH.tried);
    else if ((command === CONFIRM && isCreated) || (command === CANCEL && legs > 0))
      this.#ended(this.#operation, BRANCH.tried, BRANCH.ended);
    else if (command === HOLD && isCreated) {
      this.#made(BRANCH.held);
      const seconds = words[at + ENTRY.timeoutS / 4] >>> 0;
      if (seconds > 0) this.#deadlines.push(this.#operation, this.#lastUs + seconds * 1_000_000);
    } else if (ENDS_HOLD[command] === 1 && isCreated) {
      const from = at + REFERENCE;
      const held = find(operations, words[from], words[from + 1], words[from + 2], words[from + 3]);
      if (held < 0) this.#facts.stuck++;
      else this.#ended(held, BRANCH.held, BRANCH.released);
    }
  }

  #made(as: number): void {
    const { seen } = this.#job;
    const operation = this.#operation;
    this.#facts.branchesAndHolds++;
    if (seen.branch[operation] !== 0) this.#facts.stuck++;
    seen.branch[operation] |= as;
    seen.branchLegs[operation] = this.#legsDigest;
  }

  #ended(operation: number, made: number, ended: number): void {
    const { seen } = this.#job;
    const branch = seen.branch[operation];
    const isOpen = (branch & made) !== 0 && (branch & ended) === 0;
    if (!isOpen || seen.branchLegs[operation] !== this.#legsDigest) this.#facts.stuck++;
    seen.branch[operation] = branch | ended;
  }

  #overdueHolds(): number {
    const { branch } = this.#job.seen;
    let overdue = 0;
    for (let i = 0; i < this.#deadlines.length; i += 2) {
      const isOver = this.#deadlines[i + 1] <= this.#lastUs;
      if (isOver && (branch[this.#deadlines[i]] & BRANCH.released) === 0) overdue++;
    }
    return overdue;
  }
}

function int64(words: Int32Array, at: number): number {
  return words[at + 1] * TWO_32 + (words[at] >>> 0);
}
