/**
 * Loads one worker's journal into the shared operations: first what was asked, then what was told, each in one pass over
 * its records. `first` is the index of the worker's operation 0.
 */

import { kindFlags, operationKind } from '../../../products/kinds.js';
import { isClearing } from '../../../wire/accounts.js';
import { ACK, OUTCOME, RECEIPT_LEGS } from '../../../wire/acks.js';
import { drawsOnEarlier, movesMoney, OPERATION_KINDS } from '../../../wire/operation-kinds.js';
import { OP } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import { EventLoopTurns } from '../../records/event-loop-turns.js';
import {
  COMPLETION,
  COMPLETION_BYTES,
  INVOKE,
  INVOKE_BYTES,
  RESOLUTION,
} from '../../records/journal-layout.js';
import type { JournalPart } from '../../records/run-layout.js';
import { completionsOf, invokesOf } from '../../records/run-records.js';
import type { Slab } from '../../records/slabs.js';
import type { MoneyRules } from '../../records/target-facts.js';
import { type FoundPart, NOTHING_FOUND } from '../journal-found.js';
import { movesTowardsHome, namesNoAmount } from '../kinds.js';
import { AskedEntries } from './asked-entries.js';
import { DECLINE_SCOPES, SCOPE } from './decline-scopes.js';
import {
  askedDigest,
  bodyDigest,
  legDigest,
  namedAccountDigest,
  referenceDigest,
  timestampDigest,
} from './digest.js';
import { refuseLarge, sizeBits, UnscannableError } from './exact-range.js';
import { int64 } from './int64.js';
import {
  ANSWER_US_MAX,
  completedUsOf,
  enter,
  type OperationMemory,
  POOR,
  STATUS,
} from './operation-index.js';
import { IS_RISK, OverLimit } from './over-limit.js';
import { PayerShares } from './payer-shares.js';
import { IS_RECORDED, isReason } from './reasons.js';
import { emptyTally, type Tally, tallyDone, tallyTold } from './tally.js';
import { WordList } from './word-list.js';

export const LOAD_MODULE = import.meta.url;

export interface LoadJob {
  readonly part: JournalPart;
  readonly first: number;
  /** Undefined: it is not known what was agreed, and no entry is derived. */
  readonly money: MoneyRules | undefined;
  readonly memory: OperationMemory;
}

/** A balance that was read: it must have been the account's at that version, between question and answer. */
export interface BalanceRead {
  readonly account: number;
  readonly version: number;
  readonly balance: number;
  readonly invokedUs: number;
  readonly completedUs: number;
}

/** What is counted along the way. */
export interface Loaded {
  /** Whether the part is what was written: see journal-found.ts. */
  readonly found: FoundPart;
  operations: number;
  ok: number;
  definiteDeclines: number;
  /** Look-ups that found nothing, and told as of when. */
  lookedUpInVain: number;
  receipts: number;
  /** Operations over the agreed limit, by index. */
  overLimit: readonly number[];
  /** Declines by risk control; and of these, those that a limit of one payment does not explain. */
  riskDeclines: number;
  unexplained: number;
  /** See payer-shares.ts. */
  payerShares: Float64Array;
  /** Declines for what an operation says or refers to. */
  reasoned: number;
  /** Declines that a shard writes down first. */
  recorded: number;
  /** Balances that were read. */
  balances: number;
  /** Of these, told of another account than was asked for, or of several. */
  strangeReads: number;
  readonly reads: BalanceRead[];
  /** Ids that refunds refer to, four words each. */
  refunded: Int32Array;
  readonly tally: Tally;
}

const BALANCE = OPERATION_KINDS.balance.number;
const LOOKUP = OPERATION_KINDS.lookup.number;
const MONEY = RESULTS.exceeds_credits.code;
const NO_RECEIPT = RESULTS.accepted_by_target.code;
const NOT_FOUND = RESULTS.operation_not_found.code;
const INVOKE_WORDS = INVOKE_BYTES / 4;
const COMPLETION_WORDS = COMPLETION_BYTES / 4;

/** By kind. */
const MOVES = kindFlags(movesMoney);
/** Whom it pays is compared with what it refers to, or with what refers to it. */
const NAMES_PAYEE = kindFlags(
  ({ counterparty, effect, refersTo }) =>
    counterparty !== undefined && (effect === 'reserves' || refersTo.length > 0),
);
export const TOWARDS_ACCOUNT = kindFlags(movesTowardsHome);
export const NO_AMOUNT = kindFlags(namesNoAmount);
const DRAWS = kindFlags(drawsOnEarlier);
const KNOWN = Uint8Array.from({ length: 256 }, (_, kind) => (operationKind(kind) ? 1 : 0));

export async function run(job: LoadJob): Promise<Loaded> {
  const { first, memory, money, part } = job;
  const loaded: Loaded = {
    found: { worker: part.worker, ...NOTHING_FOUND },
    operations: 0,
    ok: 0,
    definiteDeclines: 0,
    lookedUpInVain: 0,
    receipts: 0,
    overLimit: [],
    riskDeclines: 0,
    unexplained: 0,
    payerShares: new Float64Array(0),
    reasoned: 0,
    recorded: 0,
    balances: 0,
    strangeReads: 0,
    reads: [],
    refunded: new Int32Array(0),
    tally: emptyTally(),
  };
  const overLimit = new OverLimit(money?.risk?.amountMinorMax);
  const payers = new PayerShares(money?.risk, money?.users ?? 0);
  const into = { entries: money && new AskedEntries(money), memory, overLimit, payers };
  let at = first;
  const refunded = new WordList();
  const turns = new EventLoopTurns();
  for (const slab of invokesOf(part)) {
    loadAsked(slab, at, into, loaded, refunded);
    at += slab.length / INVOKE_WORDS;
    await turns.after(slab.length * 4);
  }
  loaded.refunded = refunded.words();
  loaded.overLimit = [...overLimit.operations];
  loaded.payerShares = payers.shares;
  const range = { first, operations: part.operations };
  for (const slab of completionsOf(part)) {
    loadTold(slab, range, { memory, overLimit }, loaded);
    await turns.after(slab.length * 4);
  }
  return loaded;
}

interface Into {
  readonly memory: OperationMemory;
  readonly overLimit: OverLimit;
}

function loadAsked(
  slab: Slab,
  first: number,
  {
    entries,
    memory,
    overLimit,
    payers,
  }: Into & { readonly entries: AskedEntries | undefined; readonly payers: PayerShares },
  loaded: Loaded,
  refunded: WordList,
): void {
  const { words, length } = slab;
  const { ids, body, farEntry, homeEntry, invokedUs, payee, receipt, status } = memory;
  let index = first;
  let size = 0;
  for (let at = 0; at < length; at += INVOKE_WORDS) {
    const id = index * 4;
    ids[id] = words[at];
    ids[id + 1] = words[at + 1];
    ids[id + 2] = words[at + 2];
    ids[id + 3] = words[at + 3];
    const kind = words[at + OP.kind / 4] & 255;
    const accountLo = words[at + OP.account / 4];
    const accountHi = words[at + OP.account / 4 + 1];
    const reference = referenceDigest(words, at + OP.reference / 4);
    const asked =
      questionDigest(kind, words[at + OP.amount / 4], words[at + OP.amount / 4 + 1]) + reference;
    body[index] = bodyDigest(asked, accountLo, accountHi);
    receipt[index] = accountLo & ~POOR;
    if (overLimit.isOver(kind, words[at + OP.amount / 4], words[at + OP.amount / 4 + 1]))
      overLimit.operations.add(index);
    payers.add(
      kind,
      accountLo,
      accountHi,
      words[at + OP.amount / 4],
      words[at + OP.amount / 4 + 1],
    );
    if (DRAWS[kind] === 1) refunded.addId(words, at + OP.reference / 4);
    if (NAMES_PAYEE[kind] === 1) {
      const otherLo = words[at + OP.counterparty / 4];
      const otherHi = words[at + OP.counterparty / 4 + 1];
      const isSelf = otherLo === accountLo && otherHi === accountHi;
      payee[index] = namedAccountDigest(otherLo, otherHi) + (isSelf ? 1 : 0);
    }
    size |=
      sizeBits(words[at + INVOKE.invokedUs / 4 + 1]) |
      sizeBits(accountHi) |
      sizeBits(words[at + OP.counterparty / 4 + 1]) |
      sizeBits(words[at + OP.amount / 4 + 1]);
    if (entries !== undefined) {
      entries.derive(words, at, reference);
      homeEntry[index] = entries.home;
      farEntry[index] = entries.far;
    }
    invokedUs[index] = int64(words, at + INVOKE.invokedUs / 4);
    if (KNOWN[kind] === 0) Atomics.add(memory.counters, 0, 1);
    status[index] = STATUS.unknown | (MOVES[kind] === 1 ? STATUS.moves : 0);
    loaded.operations += MOVES[kind];
    if (kind === BALANCE) status[index] |= STATUS.read;
    if (kind !== LOOKUP) {
      loaded.tally.attempted++;
      loaded.tally.unknown++;
    } else status[index] |= STATUS.lookup;
    enter(memory, index);
    index++;
  }
  const { found } = loaded;
  found.invokes += index - first;
  refuseLarge(size);
}

/** Kind and amount; what only gives back names no amount of its own. */
export function questionDigest(kind: number, amountLo: number, amountHi: number): number {
  return NO_AMOUNT[kind] === 1 ? askedDigest(kind, 0, 0) : askedDigest(kind, amountLo, amountHi);
}

function loadTold(
  slab: Slab,
  range: { readonly first: number; readonly operations: number },
  { memory, overLimit }: Into,
  loaded: Loaded,
): void {
  const { words, length } = slab;
  const { answerUs, invokedUs, receipt, status } = memory;
  const { found } = loaded;
  let size = 0;
  for (let at = 0; at < length; at += COMPLETION_WORDS) {
    const sequence = words[at + ACK.tag / 4] >>> 0;
    found.completions++;
    if (sequence >= range.operations) {
      found.strays++;
      continue;
    }
    const index = range.first + sequence;
    const head = words[at + ACK.outcome / 4];
    const tail = words[at + COMPLETION.attempts / 4];
    const outcome = head & 255;
    const isAnswered = ((tail >>> 16) & 255) === RESOLUTION.answered;
    const completedUs = int64(words, at + COMPLETION.completedUs / 4);
    if (completedUs < invokedUs[index])
      throw new UnscannableError('an operation was answered before it was asked');
    answerUs[index] = Math.min(completedUs - invokedUs[index], ANSWER_US_MAX);
    size |= sizeBits(words[at + COMPLETION.completedUs / 4 + 1]);
    const before = status[index];
    if (!isAnswered) found.lookUps++;
    if ((before & STATUS.told) !== 0) {
      found.doubled++;
      Atomics.add(memory.counters, 0, 1);
    }
    let bits = before | STATUS.told;
    if (isAnswered && outcome <= OUTCOME.declined) bits &= ~STATUS.unknown;
    if (outcome === OUTCOME.declined) {
      const scope = DECLINE_SCOPES[head >>> 16];
      const once = (tail & 0xffff) <= 1 && isAnswered;
      if (head >>> 16 === MONEY) receipt[index] |= POOR;
      if (IS_RISK[head >>> 16] === 1) {
        loaded.riskDeclines++;
        if (!overLimit.explains(index, head >>> 16)) loaded.unexplained++;
      }
      if ((bits & STATUS.moves) !== 0) noteReason(head >>> 16, isAnswered, index, memory, loaded);
      if (scope === SCOPE.otherBody) bits |= STATUS.refusedAsOther;
      if (scope === SCOPE.operation || (scope === SCOPE.attempt && once)) {
        bits |= STATUS.definiteDecline;
        if ((bits & STATUS.moves) !== 0) loaded.definiteDeclines++;
      } else if (head >>> 16 === NOT_FOUND && !isAnswered && (bits & STATUS.moves) !== 0) {
        const atUs = int64(words, at + ACK.timestamp / 4);
        if (atUs > 0) loaded.lookedUpInVain++;
      }
    } else if (outcome === OUTCOME.ok && (bits & STATUS.lookup) === 0) {
      if (head >>> 16 !== NO_RECEIPT) loaded.receipts++;
      const digest = receiptDigest(words, at, (head >>> 8) & 255);
      if ((bits & STATUS.moves) !== 0) {
        bits |= STATUS.ok;
        loaded.ok++;
        receipt[index] = digest;
        if (isAnswered) tallyDone(loaded.tally, invokedUs[index], completedUs);
      } else if ((bits & STATUS.read) !== 0 && head >>> 16 !== NO_RECEIPT)
        noteRead(words, at, memory, index, loaded);
    }
    status[index] = bits;
    if ((bits & STATUS.lookup) === 0) tallyTold(loaded.tally, bits, head, tail);
  }
  refuseLarge(size);
}

function noteReason(
  code: number,
  isAnswered: boolean,
  index: number,
  memory: OperationMemory,
  loaded: Loaded,
): void {
  if (isReason(code, isAnswered)) loaded.reasoned++;
  if (IS_RECORDED[code] === 0) return;
  loaded.recorded++;
  memory.refusedWith[index] = code;
}

/** Ledger time and all legs but those of clearing accounts. */
function receiptDigest(words: Int32Array, at: number, legs: number): number {
  let digest = timestampDigest(words[at + ACK.timestamp / 4], words[at + ACK.timestamp / 4 + 1]);
  for (let leg = 0; leg < legs && leg < RECEIPT_LEGS; leg++) {
    const account = at + ACK.accounts / 4 + leg * 2;
    const balance = at + ACK.balances / 4 + leg * 2;
    const lo = words[account];
    const hi = words[account + 1];
    if (isClearing(lo, hi)) continue;
    const version = words[at + ACK.versions / 4 + leg];
    digest = (digest + legDigest(lo, hi, words[balance], words[balance + 1], version)) | 0;
  }
  return digest;
}

/** What a balance read asks beside its account: no amount, no reference. */
const READ_DIGEST = questionDigest(BALANCE, 0, 0) + referenceDigest(new Int32Array(4), 0);

function noteRead(
  words: Int32Array,
  at: number,
  memory: OperationMemory,
  index: number,
  loaded: Loaded,
): void {
  const legs = (words[at + ACK.outcome / 4] >>> 8) & 255;
  const asked = bodyDigest(
    READ_DIGEST,
    words[at + ACK.accounts / 4],
    words[at + ACK.accounts / 4 + 1],
  );
  loaded.balances++;
  if (legs !== 1 || asked !== memory.body[index]) loaded.strangeReads++;
  for (let leg = 0; leg < legs && leg < RECEIPT_LEGS; leg++) {
    refuseLarge(sizeBits(words[at + ACK.balances / 4 + leg * 2 + 1]));
    loaded.reads.push({
      account: int64(words, at + ACK.accounts / 4 + leg * 2),
      version: words[at + ACK.versions / 4 + leg] >>> 0,
      balance: int64(words, at + ACK.balances / 4 + leg * 2),
      invokedUs: memory.invokedUs[index],
      completedUs: completedUsOf(memory, index),
    });
  }
}
