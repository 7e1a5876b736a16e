/** Loads one part of the journal into the shared operations: `first` is the index of its first row. */
import { RESULTS } from '../../../wire/results.js';
import { ColumnReader } from '../../journal/column-reader.js';
import { KIND_NAMES, OUTCOME_NAMES, RESOLUTION_NAMES, RESULT_NAMES } from '../../journal/names.js';
import { OPERATION_COLUMNS } from '../../journal/operations-file.js';
import {
  askedDigest,
  bodyDigest,
  isClearing,
  legDigest,
  namedAccountDigest,
  referenceDigest,
  timestampDigest,
} from './digest.js';
import { enter, type OperationMemory, STATUS } from './operation-index.js';
import { emptyTally, type Tally } from './tally.js';

export const LOAD_MODULE = import.meta.url;

export interface LoadJob {
  readonly path: string;
  readonly first: number;
  readonly memory: OperationMemory;
}

/** A balance that was read: it must have been the account's at that version. */
export interface BalanceRead {
  readonly account: number;
  readonly version: number;
  readonly balance: number;
}

export interface Loaded {
  readonly operations: number;
  readonly ok: number;
  readonly definiteDeclines: number;
  readonly receipts: number;
  readonly reads: readonly BalanceRead[];
  readonly tally: Tally;
}

/** What is counted along the way. */
type Counts = { -readonly [Name in Exclude<keyof Loaded, 'reads' | 'tally'>]: number } & {
  readonly reads: BalanceRead[];
  readonly tally: Tally;
};

const TWO_32 = 4294967296;
const KINDS = indices(KIND_NAMES.names);
const OK = OUTCOME_NAMES.names.indexOf('ok');
const DECLINED = OUTCOME_NAMES.names.indexOf('declined');
const ANSWERED = RESOLUTION_NAMES.names.indexOf('answered');
const BALANCE = KINDS.get('balance') ?? -1;
const LOOKUP = KINDS.get('lookup') ?? -1;

/** Whether an operation of the kind can move money, by the kind's index. */
const MOVES = KIND_NAMES.names.map((_, kind) => kind !== 0 && kind !== BALANCE && kind !== LOOKUP);
/** Whether it names a counterparty that must be paid. */
const PAYS = KIND_NAMES.names.map((name) =>
  ['pay', 'transfer', 'refund', 'capture'].includes(name),
);
export const VOID_KIND = KINDS.get('void') ?? -1;
export const TOWARDS_ACCOUNT = KIND_NAMES.names.map(
  (name) => name === 'topUp' || name === 'refund',
);

/** By index of the result: 1 = definite for the operation, 2 = for the attempt, 4 = used for another body. */
const RESULT_SCOPES = Uint8Array.from(RESULT_NAMES.names, (name) => {
  if (name.startsWith('exists_with_different')) return 4;
  const scope = Object.entries(RESULTS).find(([known]) => known === name)?.[1].scope;
  return scope === 'operation' ? 1 : scope === 'attempt' ? 2 : 0;
});

export function run(job: LoadJob): Loaded {
  const reader = new ColumnReader(job.path, OPERATION_COLUMNS);
  const counts: Counts = {
    operations: 0,
    ok: 0,
    definiteDeclines: 0,
    receipts: 0,
    reads: [],
    tally: emptyTally(),
  };
  let first = job.first;
  for (let group = 0; group < reader.rowGroups; group++) {
    const rows = reader.groupRows(group);
    loadAsked(reader, group, first, job.memory);
    loadTold(reader, group, first, job.memory, counts);
    for (let row = 0; row < rows; row++) enter(job.memory, first + row);
    first += rows;
  }
  reader.close();
  return counts;
}

function loadAsked(
  reader: ColumnReader,
  group: number,
  first: number,
  memory: OperationMemory,
): void {
  const rows = reader.groupRows(group);
  const { ids, body, payee, invokedUs } = memory;
  const hi = reader.read(group, 'id_hi').words;
  const lo = reader.read(group, 'id_lo').words;
  const kinds = reader.read(group, 'kind').bytes;
  const account = reader.read(group, 'account').words;
  const counterparty = reader.read(group, 'counterparty').words;
  const amount = reader.read(group, 'amount').words;
  const referenceHi = reader.read(group, 'reference_hi');
  const referenceLo = reader.read(group, 'reference_lo').words;
  const invoked = reader.read(group, 'invoked_us').words;
  const has = presenceOf(referenceHi);
  let reference = 0;
  for (let row = 0; row < rows; row++) {
    const pair = row * 2;
    const index = first + row;
    const at = index * 4;
    ids[at] = hi[pair + 1];
    ids[at + 1] = hi[pair];
    ids[at + 2] = lo[pair + 1];
    ids[at + 3] = lo[pair];
    const kind = kinds[row];
    const accountLo = account[pair];
    const accountHi = account[pair + 1];
    let digest = questionDigest(kind, amount[pair], amount[pair + 1]);
    if (has(row)) {
      const from = reference++ * 2;
      digest = referenceDigest(digest, referenceHi.words, referenceLo, from);
    }
    body[index] = bodyDigest(digest, accountLo, accountHi);
    const otherLo = counterparty[pair];
    const otherHi = counterparty[pair + 1];
    const isSelf = otherLo === accountLo && otherHi === accountHi;
    payee[index] = PAYS[kind] ? namedAccountDigest(otherLo, otherHi) + (isSelf ? 1 : 0) : 0;
    invokedUs[index] = invoked[pair + 1] * TWO_32 + (invoked[pair] >>> 0);
  }
}

/** Kind and amount; a void's amount is not its own. */
export function questionDigest(kind: number, amountLo: number, amountHi: number): number {
  return kind === VOID_KIND ? askedDigest(kind, 0, 0) : askedDigest(kind, amountLo, amountHi);
}

function loadTold(
  reader: ColumnReader,
  group: number,
  first: number,
  memory: OperationMemory,
  counts: Counts,
): void {
  const rows = reader.groupRows(group);
  const { completedUs, invokedUs, receipt, status } = memory;
  const { tally } = counts;
  const kinds = reader.read(group, 'kind').bytes;
  const outcomes = reader.read(group, 'outcome').bytes;
  const results = reader.read(group, 'result');
  const attempts = reader.read(group, 'attempts').bytes;
  const resolutions = reader.read(group, 'resolution').bytes;
  const completed = reader.read(group, 'completed_us').words;
  const timestamps = reader.read(group, 'receipt_timestamp_us').words;
  const legs = reader.read(group, 'receipt_legs').bytes;
  const has = presenceOf(results);
  const digestLeg = receiptLegs(reader, group);
  let index = 0;
  for (let row = 0; row < rows; row++) {
    const kind = kinds[row];
    const moves = MOVES[kind] === true;
    const at = first + row;
    let bits = moves ? STATUS.moves : 0;
    if (moves) counts.operations++;
    if (kind !== LOOKUP) tally.attempted++;
    if (!has(row)) {
      if (kind !== LOOKUP) tally.unknown++;
      status[at] = bits | STATUS.unknown;
      continue;
    }
    const k = index++;
    const outcome = outcomes[row];
    const isAnswered = resolutions[k] === ANSWERED;
    const isUnknown = !isAnswered || (outcome !== OK && outcome !== DECLINED);
    if (isUnknown) bits |= STATUS.unknown;
    if (kind !== LOOKUP) {
      if (isUnknown) tally.unknown++;
      else if (outcome === OK) tally.ok++;
      else tally.declined++;
      if (attempts[k] > 1) tally.retried++;
      const result = results.bytes[k];
      if (outcome === DECLINED) tally.declines[result] = (tally.declines[result] ?? 0) + 1;
    }
    completedUs[at] = completed[k * 2 + 1] * TWO_32 + (completed[k * 2] >>> 0);
    if (outcome === DECLINED) {
      const scope = RESULT_SCOPES[results.bytes[k]];
      const once = attempts[k] <= 1 && isAnswered;
      if (scope === 4) bits |= STATUS.refusedAsOther;
      if (scope === 1 || (scope === 2 && once)) bits |= STATUS.definiteDecline;
      if (moves && (bits & STATUS.definiteDecline) !== 0) counts.definiteDeclines++;
    }
    const digest = digestLeg(
      legs[k],
      outcome === OK && kind === BALANCE ? counts.reads : undefined,
    );
    if (outcome === OK && kind !== LOOKUP) counts.receipts++;
    if (outcome === OK && moves) {
      bits |= STATUS.ok;
      counts.ok++;
      if (isAnswered) tallyDone(tally, invokedUs[at], completedUs[at]);
      receipt[at] = (digest + timestampDigest(timestamps[k * 2], timestamps[k * 2 + 1])) | 0;
    }
    status[at] = bits;
  }
}

function tallyDone(tally: Tally, invokedUs: number, completedUs: number): void {
  const second = Math.floor(completedUs / 1e6);
  tally.donePerSecond[second] = (tally.donePerSecond[second] ?? 0) + 1;
  if (invokedUs < tally.invokedMinUs) tally.invokedMinUs = invokedUs;
  if (completedUs > tally.completedMaxUs) tally.completedMaxUs = completedUs;
}

/** Sums the digests of a row's receipt legs; rows must come in order. Legs of a balance read go to `reads`. */
function receiptLegs(
  reader: ColumnReader,
  group: number,
): (legs: number, reads: BalanceRead[] | undefined) => number {
  const columns = [1, 2, 3, 4].map((leg) => ({
    account: reader.read(group, `receipt_account_${leg}`).words,
    balance: reader.read(group, `receipt_balance_${leg}`).words,
    version: reader.read(group, `receipt_version_${leg}`).words,
    next: 0,
  }));
  return (legs, reads) => {
    let digest = 0;
    for (let leg = 0; leg < legs; leg++) {
      const column = columns[leg];
      if (column === undefined) break;
      const { account, balance, version } = column;
      const k = column.next++;
      const lo = account[k * 2];
      const hi = account[k * 2 + 1];
      const balanceLo = balance[k * 2];
      const balanceHi = balance[k * 2 + 1];
      if (isClearing(lo, hi)) continue;
      digest = (digest + legDigest(lo, hi, balanceLo, balanceHi, version[k])) | 0;
      reads?.push({
        account: hi * TWO_32 + (lo >>> 0),
        version: version[k] >>> 0,
        balance: balanceHi * TWO_32 + (balanceLo >>> 0),
      });
    }
    return digest;
  };
}

/** Whether a row has a value; rows may be asked in any order. */
export function presenceOf(column: {
  readonly bits: Uint8Array | undefined;
  readonly present: number;
}): (row: number) => boolean {
  const { bits } = column;
  if (bits !== undefined) return (row) => ((bits[row >>> 3] >>> (row & 7)) & 1) === 1;
  const all = column.present > 0;
  return () => all;
}

function indices(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name, index) => [name, index]));
}
