/**
 * Raw entries and accounts of one ledger shard, as its export sent them (wire/ledger-log.ts), become
 * `books/transfers-<shard>.parquet` (one row per entry, in the order of its log, its legs side by side) and
 * `books/accounts-<shard>.parquet`. Every column is a word copy.
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
import { ColumnFile, type Presence } from './column-file.js';
import {
  CHANNEL_NAMES,
  COMMAND_NAMES,
  KIND_NAMES,
  PENDING_NAMES,
  RESULT_NAMES,
  ROLE_NAMES,
} from './names.js';
import type { BooksPart } from './run-layout.js';
import { recordSlabs, variableSlabs } from './slabs.js';
import { ACCOUNT_COLUMNS, ENTRY_COLUMNS } from './table-columns.js';
import { copyIdWords, copyPair, isId } from './words.js';

const HEAD_WORDS = ENTRY_HEAD_BYTES / 4;
const LEG_WORDS = ENTRY_LEG_BYTES / 4;

/** For thread.ts. */
export const BOOKS_MODULE = import.meta.url;

/** Reads the binary books of one shard, writes its two parts. Throws the file system's error. */
export function run(job: { readonly part: BooksPart; readonly rowGroupRows: number }): void {
  const { accounts, entries, shard } = job.part;
  if (entries === undefined || accounts === undefined)
    throw new Error('the books are converted already');
  convertAccounts(accounts, job.part.accountsPart, shard, job.rowGroupRows);
  convertEntries(entries, job.part.transfersPart, shard, job.rowGroupRows);
}

function convertEntries(from: string, to: string, shard: number, rowGroupRows: number): void {
  const file = new ColumnFile(to, ENTRY_COLUMNS, rowGroupRows);
  file.bytes('shard').fill(shard & 255);
  const fillHead = headFiller(file);
  const fillOptional = optionalFiller(file);
  const lsn = file.words('lsn');
  let entries = 0;
  for (const { words, length } of variableSlabs(from, HEAD_WORDS, entryWords)) {
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
  }
  file.finish();
}

/** Words of the entry at `at`. */
export function entryWords(words: Int32Array, at: number): number {
  const legs = words[at + ENTRY.legs / 4] & 255;
  return HEAD_WORDS + legs * LEG_WORDS;
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

function convertAccounts(from: string, to: string, shard: number, rowGroupRows: number): void {
  const file = new ColumnFile(to, ACCOUNT_COLUMNS, rowGroupRows);
  file.bytes('shard').fill(shard & 255);
  const pairs = ACCOUNT_PAIRS.map(([name, at]) => ({ column: file.words(name), at: at / 4 }));
  const version = file.words('version');
  const flags = file.words('flags');
  for (const { words, length } of recordSlabs(from, ACCOUNT_BYTES)) {
    for (let at = 0; at < length; at += ACCOUNT_BYTES / 4) {
      const row = file.row;
      for (const pair of pairs) copyPair(words, at + pair.at, pair.column, row * 2);
      version[row] = words[at + ACCOUNT.version / 4];
      flags[row] = words[at + ACCOUNT.flags / 4];
      file.row = row + 1;
      if (file.row === file.rowGroupRows) file.flush();
    }
  }
  file.finish();
}

const ACCOUNT_PAIRS = [
  ['account', ACCOUNT.account],
  ['opening', ACCOUNT.opening],
  ['debits_pending', ACCOUNT.debitsPending],
  ['debits_posted', ACCOUNT.debitsPosted],
  ['credits_pending', ACCOUNT.creditsPending],
  ['credits_posted', ACCOUNT.creditsPosted],
] as const;
