/**
 * One pass through the log of one shard, in its order: every account's chain of versions and balances is followed, every
 * branch and hold from its making to its end, every entry tied to the operation that asked for it. What the pass notes
 * per operation goes into memory of this shard; what two shards say of one operation is put together in scan.ts.
 *
 *   entry -> its operation (by id) -> once, asked, as asked?
 *         -> each leg -> its account -> next version? right balance? enough free? in real-time order?
 *         -> the open branch or hold it makes or ends
 */
import { ENTRY_COLUMNS } from '../../journal/books-file.js';
import { ColumnReader, UnreadableColumnsError } from '../../journal/column-reader.js';
import {
  COMMAND_NAMES,
  KIND_NAMES,
  PENDING_NAMES,
  RESULT_NAMES,
  ROLE_NAMES,
} from '../../journal/names.js';
import { AccountStates, STATE, STATE_FIELDS, STATE_FLAG } from './account-states.js';
import {
  bodyDigest,
  isClearing,
  legDigest,
  namedAccountDigest,
  postingDigest,
  referenceDigest,
  timestampDigest,
} from './digest.js';
import {
  type BalanceRead,
  presenceOf,
  questionDigest,
  TOWARDS_ACCOUNT,
  VOID_KIND,
} from './load-operations.js';
import { find, type OperationMemory, STATUS } from './operation-index.js';

export const WALK_MODULE = import.meta.url;

export interface WalkJob {
  readonly shard: number;
  readonly transfersPath: string;
  readonly accountsPath: string;
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
}

export const SUSPECTS_MAX = 1000;

export function run(job: WalkJob): WalkFacts {
  return new Walk(job).run();
}

const TWO_32 = 4294967296;
/** Entries whose accounts are found together. */
const BLOCK_ROWS = 512;
const FOREVER = Number.POSITIVE_INFINITY;
const command = (name: string): number => COMMAND_NAMES.names.indexOf(name);
const [TRY, CONFIRM, CANCEL, HOLD] = ['try_', 'confirm', 'cancel', 'hold'].map(command);
const EXPIRE = command('expire');
const CREATED = RESULT_NAMES.names.indexOf('created');
const CANCELLED = RESULT_NAMES.names.indexOf('cancelled');
const PRIMARY = ROLE_NAMES.names.indexOf('primary');
const SECONDARY = ROLE_NAMES.names.indexOf('secondary');
const [POSTED, MADE, CONFIRMED] = ['posted', 'made', 'confirmed'].map((name) =>
  PENDING_NAMES.names.indexOf(name),
);
/** By command: takes effect; ends a hold; must move money when it is created. */
const EFFECT = COMMAND_NAMES.names.map((name) =>
  ['post', 'hold', 'capture', 'void_', 'confirm'].includes(name),
);
const ENDS_HOLD = COMMAND_NAMES.names.map((name) => ['release', 'void_', 'expire'].includes(name));
/** By command: makes or ends a branch or a hold. */
const RESERVES = COMMAND_NAMES.names.map((name) =>
  ['try_', 'confirm', 'cancel', 'hold', 'release', 'void_', 'expire'].includes(name),
);
const MUST_MOVE = COMMAND_NAMES.names.map((name) =>
  ['post', 'try_', 'confirm', 'hold', 'capture', 'void_', 'release', 'expire'].includes(name),
);
const PAYS = KIND_NAMES.names.map((name) =>
  ['pay', 'transfer', 'refund', 'capture'].includes(name),
);

interface LegColumns {
  readonly account: Int32Array;
  readonly posting: Int32Array;
  readonly balance: Int32Array;
  readonly version: Int32Array;
  readonly pending: Uint8Array;
  readonly present: number;
  next: number;
  /** Index of the account of each leg of the block being walked; the first is that of leg `statesFrom`. */
  readonly states: Int32Array;
  statesFrom: number;
}

class Walk {
  readonly #job: WalkJob;
  readonly #states: AccountStates;
  readonly #fields: Float64Array;
  readonly #facts: WalkFacts = {
    entries: 0,
    entriesWithLegs: 0,
    legs: 0,
    effects: 0,
    accounts: 0,
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
  };
  /** Holds with a timeout: operation and deadline, alternately. */
  readonly #deadlines: number[] = [];
  readonly #suspects = new Set<number>();
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
    this.#states = new AccountStates(job.accountsPath);
    this.#fields = this.#states.fields;
    for (const read of job.reads) if (!this.#states.expectRead(read)) this.#facts.wrongReads++;
    for (const reads of this.#states.reads) this.#readsExpected += reads?.size ?? 0;
  }

  run(): WalkFacts {
    const reader = new ColumnReader(this.#job.transfersPath, ENTRY_COLUMNS);
    for (let group = 0; group < reader.rowGroups; group++) this.#walkGroup(reader, group);
    reader.close();
    const facts = this.#facts;
    facts.wrongReads += this.#readsExpected - this.#readsFound;
    facts.wrongHistory += this.#states.differences();
    facts.stuck += this.#overdueHolds();
    facts.suspectAccounts = [...this.#suspects];
    const touched = this.#states.touched();
    facts.accounts = touched.accounts;
    facts.boundedAccounts = touched.bounded;
    return facts;
  }

  #walkGroup(reader: ColumnReader, group: number): void {
    const rows = reader.groupRows(group);
    const facts = this.#facts;
    const { operations } = this.#job;
    const hi = reader.read(group, 'id_hi').words;
    const lo = reader.read(group, 'id_lo').words;
    const commands = reader.read(group, 'command').bytes;
    const kinds = reader.read(group, 'kind').bytes;
    const results = reader.read(group, 'result').bytes;
    const roles = reader.read(group, 'role').bytes;
    const peers = reader.read(group, 'peer').bytes;
    const timestamps = reader.read(group, 'timestamp_us').words;
    const amounts = reader.read(group, 'amount').words;
    const lsns = reader.read(group, 'lsn').words;
    const shards = reader.read(group, 'shard').bytes;
    const legCounts = reader.read(group, 'legs').bytes;
    const referenceHi = reader.read(group, 'reference_hi');
    const referenceLo = reader.read(group, 'reference_lo').words;
    const timeouts = reader.read(group, 'timeout_s');
    const hasReference = presenceOf(referenceHi);
    const hasTimeout = presenceOf(timeouts);
    const legs = [1, 2, 3, 4].map((leg) => legColumns(reader, group, leg));
    let reference = 0;
    let timeout = 0;
    for (let row = 0; row < rows; row++) {
      if (row % BLOCK_ROWS === 0)
        this.#lookAhead(legs, legCounts, row, Math.min(row + BLOCK_ROWS, rows));
      const pair = row * 2;
      const legCount = legCounts[row];
      const cmd = commands[row];
      const created = results[row] === CREATED;
      const operation = find(operations, hi[pair + 1], hi[pair], lo[pair + 1], lo[pair]);
      this.#operation = operation;
      if (lsns[row] !== facts.entries++ || shards[row] !== this.#job.shard) facts.brokenChain++;
      this.#clock(timestamps[pair], timestamps[pair + 1]);
      const from = hasReference(row) ? reference++ * 2 : -1;
      const seconds = hasTimeout(row) ? timeouts.words[timeout++] >>> 0 : 0;
      const kind = kinds[row];
      const isHalf = cmd === CONFIRM && roles[row] === SECONDARY;
      const isEffect = created && EFFECT[cmd] === true && !isHalf;
      let body = questionDigest(kind, amounts[pair], amounts[pair + 1]);
      if (from >= 0) body = referenceDigest(body, referenceHi.words, referenceLo, from);
      if (legCount > 0) {
        const size = kind === VOID_KIND ? Number.NaN : toNumber(amounts, pair);
        this.#walkLegs(legs, legCount, cmd, body, TOWARDS_ACCOUNT[kind] === true ? size : -size);
      } else {
        this.#noLegs();
      }
      this.#balanced(cmd, results[row], created, legCount);
      if (operation < 0) {
        facts.unasked++;
        if (legCount > 0) facts.phantom++;
        continue;
      }
      const peer = peers[row];
      if (isEffect) {
        this.#effect(
          kind,
          roles[row],
          peer,
          timestampDigest(timestamps[pair], timestamps[pair + 1]),
        );
      }
      if (created && isHalf) this.#half(kind, peer);
      if (cmd === TRY && created) this.#made(BRANCH.tried);
      else if ((cmd === CONFIRM && created) || (cmd === CANCEL && legCount > 0))
        this.#ended(operation, BRANCH.tried, BRANCH.ended);
      else if (cmd === HOLD && created) {
        this.#made(BRANCH.held);
        if (seconds > 0) this.#deadlines.push(operation, this.#lastUs + seconds * 1_000_000);
      } else if (ENDS_HOLD[cmd] === true && created) {
        const held =
          from < 0
            ? -1
            : find(
                operations,
                referenceHi.words[from + 1],
                referenceHi.words[from],
                referenceLo[from + 1],
                referenceLo[from],
              );
        if (held < 0) facts.stuck++;
        else this.#ended(held, BRANCH.held, BRANCH.released);
      }
    }
    for (const leg of legs)
      if (leg.next !== leg.present)
        throw new UnreadableColumnsError('legs and their columns do not agree');
  }

  #clock(lo: number, hi: number): void {
    const us = hi * TWO_32 + (lo >>> 0);
    if (us <= this.#lastUs) this.#facts.brokenChain++;
    this.#lastUs = us;
  }

  #noLegs(): void {
    this.#legSum = 0;
    this.#legsDigest = 0;
    this.#toldDigest = 0;
    this.#bodyFits = false;
    this.#payeeFits = false;
  }

  /** `body`: of the entry, still without the account. `towards`: what its account must be posted; NaN = anything. */
  #walkLegs(
    columns: readonly LegColumns[],
    legCount: number,
    cmd: number,
    body: number,
    towards: number,
  ): void {
    const { operations } = this.#job;
    const operation = this.#operation;
    const isKnown = operation >= 0;
    const asked = isKnown ? operations.body[operation] : 0;
    const payee = isKnown ? operations.payee[operation] : 0;
    const binds = isKnown && (operations.status[operation] & STATUS.ok) !== 0;
    const isAfter = cmd === CANCEL || cmd === EXPIRE;
    const completedUs = binds && !isAfter ? operations.completedUs[operation] : FOREVER;
    const invokedUs = isKnown ? operations.invokedUs[operation] : -1;
    const isTold = EFFECT[cmd] === true;
    const isReserved = RESERVES[cmd] === true;
    const wrongBefore = this.#facts.brokenChain + this.#facts.overdrawn;
    let legSum = 0;
    let legsDigest = 0;
    let toldDigest = 0;
    let bodyFits = !isTold;
    let payeeFits = payee === 0 || !isTold;
    for (let leg = 0; leg < legCount; leg++) {
      const column = columns[leg];
      if (column === undefined) throw new UnreadableColumnsError('an entry has too many legs');
      const k = column.next++;
      const pair = k * 2;
      const lo = column.account[pair];
      const hi = column.account[pair + 1];
      const postingLo = column.posting[pair];
      const postingHi = column.posting[pair + 1];
      const balanceLo = column.balance[pair];
      const balanceHi = column.balance[pair + 1];
      const version = column.version[k];
      const posting = postingHi * TWO_32 + (postingLo >>> 0);
      legSum += posting;
      if (isReserved) legsDigest = postingDigest(legsDigest, lo, hi, postingLo, postingHi);
      if (isTold && !isClearing(lo, hi))
        toldDigest = (toldDigest + legDigest(lo, hi, balanceLo, balanceHi, version)) | 0;
      if (!bodyFits && bodyDigest(body, lo, hi) === asked)
        bodyFits = posting === towards || Number.isNaN(towards);
      if (!payeeFits) payeeFits = namedAccountDigest(lo, hi) === payee;
      const state = column.states[k - column.statesFrom] ?? -1;
      if (state < 0) {
        this.#facts.wrongHistory++;
        this.#facts.brokenChain++;
        continue;
      }
      const balance = balanceHi * TWO_32 + (balanceLo >>> 0);
      this.#step(state, posting, balance, version >>> 0, column.pending[k]);
      const at = state * STATE_FIELDS + STATE.invokedMaxUs;
      const before = this.#fields[at];
      if (completedUs < before) this.#facts.brokenChain++;
      if (invokedUs > before) this.#fields[at] = invokedUs;
    }
    if (this.#facts.brokenChain + this.#facts.overdrawn > wrongBefore)
      this.#suspect(columns, legCount);
    this.#facts.legs += legCount;
    this.#facts.entriesWithLegs++;
    this.#legSum = legSum;
    this.#legsDigest = legsDigest;
    this.#toldDigest = toldDigest;
    this.#bodyFits = bodyFits;
    this.#payeeFits = payeeFits;
  }

  /** Notes the accounts of the entry whose last leg was just walked. */
  #suspect(columns: readonly LegColumns[], legCount: number): void {
    for (const { account, next } of columns.slice(0, legCount)) {
      const suspect = toNumber(account, (next - 1) * 2);
      if (this.#suspects.has(suspect) || this.#suspects.size > SUSPECTS_MAX) continue;
      this.#suspects.add(suspect);
    }
  }

  /** The account takes its next version. */
  #step(state: number, posting: number, balance: number, version: number, pending: number): void {
    const facts = this.#facts;
    const fields = this.#fields;
    const at = state * STATE_FIELDS;
    const next = fields[at + STATE.version] + 1;
    fields[at + STATE.version] = next;
    let expected = fields[at + STATE.balance];
    if (pending === POSTED || pending === CONFIRMED) {
      expected += posting;
      fields[at + STATE.balance] = expected;
    }
    if (version !== next || balance !== expected) facts.brokenChain++;
    if (pending !== POSTED) {
      const size = posting < 0 ? -posting : posting;
      const side = at + (posting < 0 ? STATE.debitsPending : STATE.creditsPending);
      fields[side] = fields[side] + (pending === MADE ? size : -size);
    }
    const flags = fields[at + STATE.flags];
    if ((flags & STATE_FLAG.bounded) !== 0 && balance < fields[at + STATE.debitsPending])
      facts.overdrawn++;
    if ((flags & STATE_FLAG.read) !== 0) this.#compareRead(state, version, balance);
  }

  #compareRead(state: number, version: number, balance: number): void {
    const read = this.#states.reads[state]?.get(version);
    if (read === undefined) return;
    this.#readsFound++;
    if (read !== balance) this.#facts.wrongReads++;
  }

  /**
   * Finds the accounts of a block of entries before it is walked, and touches them: look-ups that do not depend on each
   * other wait for memory together instead of one after the other, which is most of the time of a walk.
   */
  #lookAhead(
    columns: readonly LegColumns[],
    legCounts: Uint8Array,
    first: number,
    end: number,
  ): void {
    const fields = this.#fields;
    const { tables } = this.#states;
    let touched = 0;
    for (let leg = 0; leg < columns.length; leg++) {
      const column = columns[leg];
      if (column === undefined) continue;
      const { account, states } = column;
      let legs = 0;
      for (let row = first; row < end; row++) if (legCounts[row] > leg) legs++;
      const from = column.next;
      column.statesFrom = from;
      for (let i = 0; i < legs; i++) {
        const pair = (from + i) * 2;
        const table = tables[account[pair + 1]];
        states[i] = table === undefined ? -1 : (table[account[pair] >>> 0] ?? 0) - 1;
      }
      for (let i = 0; i < legs; i++) touched += fields[states[i] * STATE_FIELDS] ?? 0;
    }
    if (Number.isNaN(touched)) throw new Error('an account has no state');
  }

  #balanced(cmd: number, result: number, created: boolean, legCount: number): void {
    const taken = created || result === CANCELLED;
    const wrong =
      legCount === 1 ||
      this.#legSum !== 0 ||
      (legCount > 0 && !taken) ||
      (legCount === 0 && created && MUST_MOVE[cmd] === true);
    if (wrong) this.#facts.unbalanced++;
  }

  #effect(kind: number, role: number, peer: number, timestamp: number): void {
    const facts = this.#facts;
    const { operations, seen, shard } = this.#job;
    const operation = this.#operation;
    const status = operations.status[operation];
    facts.effects++;
    seen.effects[operation] = Math.min(255, seen.effects[operation] + 1);
    seen.told[operation] = (seen.told[operation] + this.#toldDigest + timestamp) | 0;
    if (peer !== shard) {
      if (role === PRIMARY) facts.crossShard++;
      if (seen.committedWith[operation] !== 0 || role !== PRIMARY) facts.stuck++;
      seen.committedWith[operation] = peer + 1;
    }
    if ((status & STATUS.definiteDecline) !== 0) facts.declinedButDone++;
    const paid = PAYS[kind] !== true || peer !== shard || this.#payeeFits;
    const fits = this.#bodyFits && paid;
    const refused = (status & STATUS.refusedAsOther) !== 0;
    if (refused || !fits) facts.wrongBody++;
  }

  #half(kind: number, peer: number): void {
    const facts = this.#facts;
    const { seen } = this.#job;
    const operation = this.#operation;
    seen.halves[operation] = Math.min(255, seen.halves[operation] + 1);
    seen.told[operation] = (seen.told[operation] + this.#toldDigest) | 0;
    if (seen.confirmedFor[operation] !== 0) facts.stuck++;
    seen.confirmedFor[operation] = peer + 1;
    if (PAYS[kind] === true && !this.#payeeFits) facts.wrongBody++;
  }

  #made(as: number): void {
    const { seen } = this.#job;
    const operation = this.#operation;
    this.#facts.branchesAndHolds++;
    if (seen.branch[operation] !== 0) this.#facts.stuck++;
    seen.branch[operation] = seen.branch[operation] | as;
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
      const bits = branch[this.#deadlines[i]];
      if (isOver && (bits & BRANCH.released) === 0) overdue++;
    }
    return overdue;
  }
}

function legColumns(reader: ColumnReader, group: number, leg: number): LegColumns {
  const account = reader.read(group, `account_${leg}`);
  return {
    account: account.words,
    posting: reader.read(group, `posting_${leg}`).words,
    balance: reader.read(group, `balance_${leg}`).words,
    version: reader.read(group, `version_${leg}`).words,
    pending: reader.read(group, `pending_${leg}`).bytes,
    present: account.present,
    next: 0,
    states: new Int32Array(BLOCK_ROWS),
    statesFrom: 0,
  };
}

function toNumber(words: Int32Array, at: number): number {
  return words[at + 1] * TWO_32 + (words[at] >>> 0);
}
