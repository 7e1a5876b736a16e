/**
 * Raw entries and accounts of one ledger shard, as its export sends them (wire/ledger-log.ts), become
 * `books/transfers-<shard>.parquet` (one row per entry, in the order of its log, its legs side by side) and
 * `books/accounts-<shard>.parquet`. Takes chunks of whole records; refuses a record that no ledger writes, because
 * books that cannot be read to the end are not complete.
 */
import { LEGS_MAX } from '../../wire/acks.js';
import {
  ACCOUNT,
  ACCOUNT_BYTES,
  ENTRY,
  ENTRY_HEAD_BYTES,
  ENTRY_LEG_BYTES,
  LEG,
} from '../../wire/ledger-log.js';
import { ColumnFile, type ColumnSpec, type Presence } from './column-file.js';
import {
  BYTE_VALUES,
  CHANNEL_NAMES,
  COMMAND_NAMES,
  KIND_NAMES,
  PENDING_NAMES,
  RESULT_NAMES,
  ROLE_NAMES,
} from './names.js';
import { copyIdWords, copyPair, isId } from './words.js';

export const ENTRY_COLUMNS: readonly ColumnSpec[] = [
  { name: 'shard', type: 'small', values: BYTE_VALUES },
  { name: 'lsn', type: 'uint32' },
  { name: 'id_hi', type: 'uint64' },
  { name: 'id_lo', type: 'uint64' },
  { name: 'command', type: 'text', values: COMMAND_NAMES.names },
  { name: 'kind', type: 'text', values: KIND_NAMES.names },
  { name: 'result', type: 'text', values: RESULT_NAMES.names },
  { name: 'role', type: 'text', values: ROLE_NAMES.names },
  { name: 'peer', type: 'small', values: BYTE_VALUES },
  { name: 'channel', type: 'text', values: CHANNEL_NAMES.names },
  { name: 'timestamp_us', type: 'int64' },
  { name: 'amount', type: 'int64' },
  { name: 'reference_hi', type: 'uint64', presence: 'reference' },
  { name: 'reference_lo', type: 'uint64', presence: 'reference' },
  { name: 'timeout_s', type: 'uint32', presence: 'timeout' },
  { name: 'legs', type: 'small', values: BYTE_VALUES },
  ...Array.from({ length: LEGS_MAX }, (_, leg): readonly ColumnSpec[] => [
    { name: `account_${leg + 1}`, type: 'int64', presence: `leg${leg}` },
    { name: `posting_${leg + 1}`, type: 'int64', presence: `leg${leg}` },
    { name: `balance_${leg + 1}`, type: 'int64', presence: `leg${leg}` },
    { name: `version_${leg + 1}`, type: 'uint32', presence: `leg${leg}` },
    {
      name: `pending_${leg + 1}`,
      type: 'text',
      values: PENDING_NAMES.names,
      presence: `leg${leg}`,
    },
  ]).flat(),
];

export const ACCOUNT_COLUMNS: readonly ColumnSpec[] = [
  { name: 'shard', type: 'small', values: BYTE_VALUES },
  { name: 'account', type: 'int64' },
  { name: 'opening', type: 'int64' },
  { name: 'debits_pending', type: 'int64' },
  { name: 'debits_posted', type: 'int64' },
  { name: 'credits_pending', type: 'int64' },
  { name: 'credits_posted', type: 'int64' },
  { name: 'version', type: 'uint32' },
  { name: 'flags', type: 'uint32' },
];

const HEAD_WORDS = ENTRY_HEAD_BYTES / 4;
const LEG_WORDS = ENTRY_LEG_BYTES / 4;

/** Raised for bytes that are not entries; `message` says which record of which shard. */
export class BooksFormatError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'BooksFormatError';
  }
}

/** Whole entries in a chunk of the export. Throws BooksFormatError on a cut or impossible one. */
export function countEntries(chunk: Uint8Array): number {
  let entries = 0;
  let at = 0;
  while (at < chunk.length) {
    const legs = chunk[at + ENTRY.legs] ?? LEGS_MAX + 1;
    if (legs > LEGS_MAX) throw new BooksFormatError(`an entry claims ${legs} legs`);
    at += ENTRY_HEAD_BYTES + legs * ENTRY_LEG_BYTES;
    entries++;
  }
  if (at > chunk.length) throw new BooksFormatError('an export ends inside an entry');
  return entries;
}

export class EntriesFile {
  readonly #file: ColumnFile;
  readonly #fill: (words: Int32Array, bytes: Uint8Array, at: number, row: number) => void;
  readonly #head: (words: Int32Array, bytes: Uint8Array, at: number, row: number) => void;
  #scratch = new Int32Array(1 << 18);
  #entries = 0;

  constructor(options: {
    readonly path: string;
    readonly shard: number;
    readonly rowGroupRows?: number;
  }) {
    this.#file = new ColumnFile(options.path, ENTRY_COLUMNS, options.rowGroupRows);
    this.#file.bytes('shard').fill(options.shard & 255);
    this.#head = headFiller(this.#file);
    this.#fill = optionalFiller(this.#file);
  }

  get entries(): number {
    return this.#entries;
  }

  /** Adds a chunk of whole entries that continues the one before. */
  push(chunk: Uint8Array): void {
    if (chunk.length > this.#scratch.byteLength) this.#scratch = new Int32Array(chunk.length >>> 2);
    const words = this.#scratch;
    const bytes = new Uint8Array(words.buffer);
    bytes.set(chunk);
    const file = this.#file;
    const lsn = file.words('lsn');
    const end = chunk.length;
    let at = 0;
    while (at < end) {
      const row = file.row;
      lsn[row] = this.#entries++;
      this.#head(words, bytes, at, row);
      this.#fill(words, bytes, at, row);
      at += ENTRY_HEAD_BYTES + bytes[at + ENTRY.legs] * ENTRY_LEG_BYTES;
      file.row = row + 1;
      if (file.row === file.rowGroupRows) file.flush();
    }
  }

  finish(): void {
    this.#file.finish();
  }

  abandon(): void {
    this.#file.abandon();
  }
}

type EntryFiller = (words: Int32Array, bytes: Uint8Array, at: number, row: number) => void;

function headFiller(file: ColumnFile): EntryFiller {
  const idHi = file.words('id_hi');
  const idLo = file.words('id_lo');
  const command = file.bytes('command');
  const kind = file.bytes('kind');
  const result = file.bytes('result');
  const role = file.bytes('role');
  const peer = file.bytes('peer');
  const channel = file.bytes('channel');
  const timestamp = file.words('timestamp_us');
  const amount = file.words('amount');
  const legs = file.bytes('legs');
  const commands = COMMAND_NAMES.indexOf;
  const kinds = KIND_NAMES.indexOf;
  const results = RESULT_NAMES.indexOf;
  const roles = ROLE_NAMES.indexOf;
  const channels = CHANNEL_NAMES.indexOf;
  return (words, bytes, at, row) => {
    const from = at >>> 2;
    copyIdWords(words, from, idHi, idLo, row * 2);
    copyPair(words, from + ENTRY.timestamp / 4, timestamp, row * 2);
    copyPair(words, from + ENTRY.amount / 4, amount, row * 2);
    const code = words[from + ENTRY.code / 4] & 0xffff;
    result[row] = results[code];
    command[row] = commands[bytes[at + ENTRY.command]];
    kind[row] = kinds[bytes[at + ENTRY.kind]];
    role[row] = roles[bytes[at + ENTRY.flags]];
    channel[row] = channels[bytes[at + ENTRY.channel]];
    peer[row] = bytes[at + ENTRY.peer];
    legs[row] = bytes[at + ENTRY.legs];
  };
}

function optionalFiller(file: ColumnFile): EntryFiller {
  const referenceHi = file.words('reference_hi');
  const referenceLo = file.words('reference_lo');
  const timeout = file.words('timeout_s');
  const reference = file.presence('reference');
  const timeouts = file.presence('timeout');
  const fillLeg = Array.from({ length: LEGS_MAX }, (_, leg) => legFiller(file, leg));
  return (words, bytes, at, row) => {
    const from = at >>> 2;
    if (isId(words, from + ENTRY.reference / 4))
      copyIdWords(
        words,
        from + ENTRY.reference / 4,
        referenceHi,
        referenceLo,
        reference.mark(row) * 2,
      );
    const seconds = words[from + ENTRY.timeoutS / 4];
    if (seconds !== 0) timeout[timeouts.mark(row)] = seconds;
    const legs = bytes[at + ENTRY.legs];
    for (let leg = 0; leg < legs; leg++)
      fillLeg[leg]?.(words, from + HEAD_WORDS + leg * LEG_WORDS, row);
  };
}

function legFiller(
  file: ColumnFile,
  leg: number,
): (words: Int32Array, from: number, row: number) => void {
  const account = file.words(`account_${leg + 1}`);
  const posting = file.words(`posting_${leg + 1}`);
  const balance = file.words(`balance_${leg + 1}`);
  const version = file.words(`version_${leg + 1}`);
  const pending = file.bytes(`pending_${leg + 1}`);
  const presence: Presence = file.presence(`leg${leg}`);
  const pendings = PENDING_NAMES.indexOf;
  return (words, from, row) => {
    const index = presence.mark(row);
    copyPair(words, from + LEG.account / 4, account, index * 2);
    copyPair(words, from + LEG.posting / 4, posting, index * 2);
    copyPair(words, from + LEG.balance / 4, balance, index * 2);
    version[index] = words[from + LEG.version / 4];
    pending[index] = pendings[words[from + LEG.pending / 4] & 255];
  };
}

export class AccountsFile {
  readonly #file: ColumnFile;
  #accounts = 0;

  constructor(options: {
    readonly path: string;
    readonly shard: number;
    readonly rowGroupRows?: number;
  }) {
    this.#file = new ColumnFile(options.path, ACCOUNT_COLUMNS, options.rowGroupRows);
    this.#file.bytes('shard').fill(options.shard & 255);
  }

  get accounts(): number {
    return this.#accounts;
  }

  /** Adds a chunk of whole account records. */
  push(chunk: Uint8Array): void {
    if (chunk.length % ACCOUNT_BYTES !== 0)
      throw new BooksFormatError('an export ends inside an account');
    const words = new Int32Array(new Uint8Array(chunk).buffer);
    const file = this.#file;
    const pairs = ACCOUNT_PAIRS.map(([name, at]) => ({ column: file.words(name), at: at / 4 }));
    const version = file.words('version');
    const flags = file.words('flags');
    for (let from = 0; from < words.length; from += ACCOUNT_BYTES / 4) {
      const row = file.row;
      for (const pair of pairs) copyPair(words, from + pair.at, pair.column, row * 2);
      version[row] = words[from + ACCOUNT.version / 4];
      flags[row] = words[from + ACCOUNT.flags / 4];
      this.#accounts++;
      file.row = row + 1;
      if (file.row === file.rowGroupRows) file.flush();
    }
  }

  finish(): void {
    this.#file.finish();
  }

  abandon(): void {
    this.#file.abandon();
  }
}

const ACCOUNT_PAIRS = [
  ['account', ACCOUNT.account],
  ['opening', ACCOUNT.opening],
  ['debits_pending', ACCOUNT.debitsPending],
  ['debits_posted', ACCOUNT.debitsPosted],
  ['credits_pending', ACCOUNT.creditsPending],
  ['credits_posted', ACCOUNT.creditsPosted],
] as const;
