/**
 * Raw entries and accounts of one ledger shard, as its export sent them (wire/ledger-log.ts), become
 * `books/transfers-<shard>.parquet` (one row per entry, in the order of its log, its legs side by side) and
 * `books/accounts-<shard>.parquet`. Every column is a word copy.
 */
import { LEGS_MAX } from '../../wire/ledger-commands.js';
import {
  ACCOUNT,
  ACCOUNT_BYTES,
  ENTRY,
  ENTRY_HEAD_BYTES,
  ENTRY_LEG_BYTES,
  LEG,
} from '../../wire/ledger-log.js';
import { ColumnFile, type Presence } from './column-file.js';
import { EventLoopTurns } from './event-loop-turns.js';
import {
  CHANNEL_NAMES,
  COMMAND_NAMES,
  KIND_NAMES,
  PENDING_NAMES,
  RESULT_NAMES,
  ROLE_NAMES,
} from './names.js';
import { runOf, type Segment } from './record-files.js';
import { entrySlabs, recordSlabs } from './slabs.js';
import { ACCOUNT_COLUMNS, ENTRY_COLUMNS } from './table-columns.js';
import { copyIdWords, copyPair, entryWords, isId } from './words.js';

const HEAD_WORDS = ENTRY_HEAD_BYTES / 4;
const LEG_WORDS = ENTRY_LEG_BYTES / 4;

/** One table of one shard, from its binary files. */
export interface BooksTable {
  readonly from: readonly Segment[];
  readonly to: string;
  readonly shard: number;
  readonly rowGroupRows: number;
}

/** Rejects with the file system's error. */
export async function convertEntries({ from, to, shard, rowGroupRows }: BooksTable): Promise<void> {
  const file = new ColumnFile(to, ENTRY_COLUMNS, rowGroupRows);
  file.bytes('shard').fill(shard & 255);
  const fillHead = headFiller(file);
  const fillOptional = optionalFiller(file);
  const lsn = file.words('lsn');
  let entries = 0;
  const turns = new EventLoopTurns();
  for (const { words, length } of entrySlabs(from)) {
    const bytes = new Uint8Array(words.buffer);
    let at = 0;
    while (at < length) {
      const row = file.row;
      lsn[row] = entries++;
      fillHead(words, bytes, at * 4, row);
      fillOptional(words, bytes, at * 4, row);
      at += entryWords(words, at);
      file.row = row + 1;
      if (file.row === file.rowGroupRows) file.flush();
    }
    await turns.after(length * 4);
  }
  file.finish(runOf(from));
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

/** Throws the file system's error. */
export function convertAccounts({ from, to, shard, rowGroupRows }: BooksTable): void {
  const file = new ColumnFile(to, ACCOUNT_COLUMNS, rowGroupRows);
  file.bytes('shard').fill(shard & 255);
  const pairs = ACCOUNT_PAIRS.map(([name, at]) => ({ column: file.words(name), at: at / 4 }));
  const version = file.words('version');
  const flags = file.words('flags');
  for (const { words, length } of recordSlabs(from, ACCOUNT_BYTES)) {
    for (let first = 0; first < length; ) {
      const rows = Math.min((length - first) / ACCOUNT_WORDS, file.rowGroupRows - file.row);
      const end = first + rows * ACCOUNT_WORDS;
      for (const { column, at } of pairs)
        copyPairs(words.subarray(first + at, end), column, file.row);
      copyWords(words.subarray(first + ACCOUNT.version / 4, end), version, file.row);
      copyWords(words.subarray(first + ACCOUNT.flags / 4, end), flags, file.row);
      first = end;
      file.row += rows;
      if (file.row === file.rowGroupRows) file.flush();
    }
  }
  file.finish(runOf(from));
}

const ACCOUNT_WORDS = ACCOUNT_BYTES / 4;

/** A field of one account after the other, of which the first begins where `from` does. */
function copyPairs(from: Int32Array, to: Int32Array, row: number): void {
  for (let at = 0, index = row * 2; at < from.length; at += ACCOUNT_WORDS, index += 2) {
    to[index] = from[at];
    to[index + 1] = from[at + 1];
  }
}

function copyWords(from: Int32Array, to: Int32Array, row: number): void {
  for (let at = 0, index = row; at < from.length; at += ACCOUNT_WORDS, index++)
    to[index] = from[at];
}

const ACCOUNT_PAIRS = [
  ['account', ACCOUNT.account],
  ['opening', ACCOUNT.opening],
  ['debits_pending', ACCOUNT.debitsPending],
  ['debits_posted', ACCOUNT.debitsPosted],
  ['credits_pending', ACCOUNT.creditsPending],
  ['credits_posted', ACCOUNT.creditsPosted],
] as const;
