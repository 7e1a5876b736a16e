/**
 * The records of a run put together again from its Parquet files: columns back to the layout of the wire, a row group at
 * a time. The other way round is operations-file.ts and books-file.ts; what they leave out (tags, currency, reserved
 * words) comes back as zeros.
 */
import { ACK, LEGS_MAX, OUTCOME } from '../../wire/acks.js';
import {
  ACCOUNT,
  ACCOUNT_BYTES,
  ENTRY,
  ENTRY_HEAD_BYTES,
  ENTRY_LEG_BYTES,
  LEG,
} from '../../wire/ledger-log.js';
import { OP } from '../../wire/operations.js';
import { ColumnReader, type ColumnValues, UnreadableColumnsError } from './column-reader.js';
import { COMPLETION, COMPLETION_BYTES, INVOKE, INVOKE_BYTES } from './journal-layout.js';
import {
  CHANNEL_NAMES,
  COMMAND_NAMES,
  KIND_NAMES,
  type NameTable,
  OUTCOME_NAMES,
  PENDING_NAMES,
  RESOLUTION_NAMES,
  RESULT_NAMES,
  ROLE_NAMES,
} from './names.js';
import type { Slab } from './slabs.js';
import { ACCOUNT_COLUMNS, ENTRY_COLUMNS, OPERATION_COLUMNS } from './table-columns.js';

export function* invokeSlabs(path: string): Generator<Slab> {
  const reader = new ColumnReader(path, OPERATION_COLUMNS);
  for (const { group, rows } of groupsOf(reader)) {
    const words = new Int32Array((rows * INVOKE_BYTES) / 4);
    const step = INVOKE_BYTES / 4;
    const column = (name: string): ColumnValues => reader.read(group, name);
    putId(words, step, OP.id / 4, rows, column('id_hi'), column('id_lo'));
    putId(words, step, OP.reference / 4, rows, column('reference_hi'), column('reference_lo'));
    putPairs(words, step, OP.account / 4, rows, column('account'));
    putPairs(words, step, OP.counterparty / 4, rows, column('counterparty'));
    putPairs(words, step, OP.amount / 4, rows, column('amount'));
    putWords(words, step, OP.timeoutS / 4, rows, column('timeout_s'));
    putBytes(words, step, OP.kind, rows, column('kind'), KIND_NAMES);
    putBytes(words, step, OP.channel, rows, column('channel'), CHANNEL_NAMES);
    putPairs(words, step, INVOKE.intendedUs / 4, rows, column('intended_us'));
    putPairs(words, step, INVOKE.invokedUs / 4, rows, column('invoked_us'));
    yield { words, length: words.length };
  }
}

export function* completionSlabs(path: string): Generator<Slab> {
  const reader = new ColumnReader(path, OPERATION_COLUMNS);
  const step = COMPLETION_BYTES / 4;
  let first = 0;
  for (const { group, rows } of groupsOf(reader)) {
    const column = (name: string): ColumnValues => reader.read(group, name);
    const results = column('result');
    const words = new Int32Array(results.present * step);
    const rowOf = rowsOf(results, rows);
    const sequences = column('sequence').words;
    for (let row = 0; row < rows; row++)
      if (sequences[row] !== first + row)
        throw new UnreadableColumnsError(`${path} does not count its operations from 0 on`);
    first += rows;
    const outcomes = column('outcome').bytes;
    const present = results.present;
    for (let k = 0; k < present; k++) {
      words[k * step + ACK.tag / 4] = sequences[rowOf[k]];
      const outcome = numberOf(OUTCOME_NAMES)[outcomes[rowOf[k]]] ?? OUTCOME.unknown;
      words[k * step + ACK.outcome / 4] = outcome;
    }
    const dense = (name: string): ColumnValues => ({ ...column(name), bits: undefined });
    putBytes(words, step, ACK.legs, present, dense('receipt_legs'), undefined);
    putCodes(words, step, ACK.code, present, dense('result'), RESULT_NAMES);
    putPairs(words, step, ACK.timestamp / 4, present, dense('receipt_timestamp_us'));
    putPairs(words, step, COMPLETION.completedUs / 4, present, dense('completed_us'));
    putBytes(words, step, COMPLETION.attempts, present, dense('attempts'), undefined);
    putBytes(words, step, COMPLETION.resolution, present, dense('resolution'), RESOLUTION_NAMES);
    putWords(words, step, COMPLETION.sentAfterUs / 4, present, dense('sent_after_us'));
    putReceiptLegs(reader, group, words, present, dense('receipt_legs').bytes);
    yield { words, length: words.length };
  }
}

function putReceiptLegs(
  reader: ColumnReader,
  group: number,
  words: Int32Array,
  rows: number,
  legs: Uint8Array,
): void {
  const step = COMPLETION_BYTES / 4;
  for (let leg = 0; leg < LEGS_MAX; leg++) {
    const account = reader.read(group, `receipt_account_${leg + 1}`).words;
    const balance = reader.read(group, `receipt_balance_${leg + 1}`).words;
    const version = reader.read(group, `receipt_version_${leg + 1}`).words;
    let k = 0;
    for (let row = 0; row < rows; row++) {
      if (legs[row] <= leg) continue;
      const at = row * step;
      words[at + ACK.accounts / 4 + leg * 2] = account[k * 2];
      words[at + ACK.accounts / 4 + leg * 2 + 1] = account[k * 2 + 1];
      words[at + ACK.balances / 4 + leg * 2] = balance[k * 2];
      words[at + ACK.balances / 4 + leg * 2 + 1] = balance[k * 2 + 1];
      words[at + ACK.versions / 4 + leg] = version[k];
      k++;
    }
  }
}

/** Throws UnreadableColumnsError where shard or lsn are not what they must be: they are not in the records. */
export function* entrySlabs(path: string, shard: number): Generator<Slab> {
  const reader = new ColumnReader(path, ENTRY_COLUMNS);
  let lsn = 0;
  for (const { group, rows } of groupsOf(reader)) {
    const column = (name: string): ColumnValues => reader.read(group, name);
    const lsns = column('lsn').words;
    const shards = column('shard').bytes;
    const legs = column('legs').bytes;
    const at = new Int32Array(rows + 1);
    for (let row = 0; row < rows; row++) {
      if (lsns[row] !== lsn++ || shards[row] !== shard || legs[row] > LEGS_MAX)
        throw new UnreadableColumnsError(`${path} is not the log of shard ${shard}`);
      at[row + 1] = at[row] + (ENTRY_HEAD_BYTES + legs[row] * ENTRY_LEG_BYTES) / 4;
    }
    const words = new Int32Array(at[rows]);
    putHeads(words, at, rows, column);
    putLegs(words, at, rows, legs, column);
    yield { words, length: words.length };
  }
}

function putHeads(
  words: Int32Array,
  at: Int32Array,
  rows: number,
  column: (name: string) => ColumnValues,
): void {
  putId(words, at, ENTRY.id / 4, rows, column('id_hi'), column('id_lo'));
  putId(words, at, ENTRY.reference / 4, rows, column('reference_hi'), column('reference_lo'));
  putPairs(words, at, ENTRY.timestamp / 4, rows, column('timestamp_us'));
  putPairs(words, at, ENTRY.amount / 4, rows, column('amount'));
  putCodes(words, at, ENTRY.code, rows, column('result'), RESULT_NAMES);
  putBytes(words, at, ENTRY.command, rows, column('command'), COMMAND_NAMES);
  putBytes(words, at, ENTRY.kind, rows, column('kind'), KIND_NAMES);
  putBytes(words, at, ENTRY.legs, rows, column('legs'), undefined);
  putBytes(words, at, ENTRY.flags, rows, column('role'), ROLE_NAMES);
  putBytes(words, at, ENTRY.channel, rows, column('channel'), CHANNEL_NAMES);
  putBytes(words, at, ENTRY.peer, rows, column('peer'), undefined);
  putWords(words, at, ENTRY.timeoutS / 4, rows, column('timeout_s'));
}

function putLegs(
  words: Int32Array,
  at: Int32Array,
  rows: number,
  legs: Uint8Array,
  column: (name: string) => ColumnValues,
): void {
  for (let leg = 0; leg < LEGS_MAX; leg++) {
    const having = Int32Array.from({ length: rows }, (_, row) => row).filter(
      (row) => legs[row] > leg,
    );
    const starts = having.map((row) => at[row] + (ENTRY_HEAD_BYTES + leg * ENTRY_LEG_BYTES) / 4);
    const dense = (name: string): ColumnValues => {
      const values = column(`${name}_${leg + 1}`);
      if (values.present !== having.length)
        throw new UnreadableColumnsError('legs and their columns do not agree');
      return { ...values, bits: undefined };
    };
    putPairs(words, starts, LEG.account / 4, having.length, dense('account'));
    putPairs(words, starts, LEG.posting / 4, having.length, dense('posting'));
    putPairs(words, starts, LEG.balance / 4, having.length, dense('balance'));
    putWords(words, starts, LEG.version / 4, having.length, dense('version'));
    putBytes(words, starts, LEG.pending, having.length, dense('pending'), PENDING_NAMES);
  }
}

export function* accountSlabs(path: string): Generator<Slab> {
  const reader = new ColumnReader(path, ACCOUNT_COLUMNS);
  const step = ACCOUNT_BYTES / 4;
  for (const { group, rows } of groupsOf(reader)) {
    const words = new Int32Array(rows * step);
    const put = (name: string, at: number): void =>
      putPairs(words, step, at / 4, rows, reader.read(group, name));
    put('account', ACCOUNT.account);
    put('opening', ACCOUNT.opening);
    put('debits_pending', ACCOUNT.debitsPending);
    put('debits_posted', ACCOUNT.debitsPosted);
    put('credits_pending', ACCOUNT.creditsPending);
    put('credits_posted', ACCOUNT.creditsPosted);
    putWords(words, step, ACCOUNT.version / 4, rows, reader.read(group, 'version'));
    putWords(words, step, ACCOUNT.flags / 4, rows, reader.read(group, 'flags'));
    yield { words, length: words.length };
  }
}

/** How many rows a part has. */
export function rowsIn(path: string): number {
  const reader = new ColumnReader(path, OPERATION_COLUMNS);
  reader.close();
  return reader.rows;
}

/** Closes the reader when the last group was had, or whoever asks gives up. */
function* groupsOf(reader: ColumnReader): Generator<{ group: number; rows: number }> {
  try {
    for (let group = 0; group < reader.rowGroups; group++)
      yield { group, rows: reader.groupRows(group) };
  } finally {
    reader.close();
  }
}

/** Where each record begins: a step, or a start each. */
type Starts = number | Int32Array;

function startOf(starts: Starts, row: number): number {
  return typeof starts === 'number' ? starts * row : starts[row];
}

/** The row of each present value. */
function rowsOf(column: ColumnValues, rows: number): Int32Array {
  const { bits, present } = column;
  const found = new Int32Array(present);
  if (present === 0) return found;
  let k = 0;
  for (let row = 0; row < rows; row++)
    if (bits === undefined || ((bits[row >>> 3] >>> (row & 7)) & 1) === 1) found[k++] = row;
  return found;
}

function putId(
  words: Int32Array,
  starts: Starts,
  at: number,
  rows: number,
  hi: ColumnValues,
  lo: ColumnValues,
): void {
  const rowOf = rowsOf(hi, rows);
  for (let k = 0; k < hi.present; k++) {
    const start = startOf(starts, rowOf[k]) + at;
    words[start] = hi.words[k * 2 + 1];
    words[start + 1] = hi.words[k * 2];
    words[start + 2] = lo.words[k * 2 + 1];
    words[start + 3] = lo.words[k * 2];
  }
}

function putPairs(
  words: Int32Array,
  starts: Starts,
  at: number,
  rows: number,
  column: ColumnValues,
): void {
  const rowOf = rowsOf(column, rows);
  for (let k = 0; k < column.present; k++) {
    const start = startOf(starts, rowOf[k]) + at;
    words[start] = column.words[k * 2];
    words[start + 1] = column.words[k * 2 + 1];
  }
}

function putWords(
  words: Int32Array,
  starts: Starts,
  at: number,
  rows: number,
  column: ColumnValues,
): void {
  const rowOf = rowsOf(column, rows);
  for (let k = 0; k < column.present; k++) words[startOf(starts, rowOf[k]) + at] = column.words[k];
}

/** `at`: byte offset in the record. Without a table the byte is the value itself. */
function putBytes(
  words: Int32Array,
  starts: Starts,
  at: number,
  rows: number,
  column: ColumnValues,
  table: NameTable | undefined,
): void {
  const numbers = table === undefined ? undefined : numberOf(table);
  const rowOf = rowsOf(column, rows);
  const shift = (at & 3) * 8;
  for (let k = 0; k < column.present; k++) {
    const byte = column.bytes[k];
    const number = numbers === undefined ? byte : (numbers[byte] ?? UNRECOGNISED_BYTE);
    words[startOf(starts, rowOf[k]) + (at >>> 2)] |= number << shift;
  }
}

/** As putBytes, for 16 bits. */
function putCodes(
  words: Int32Array,
  starts: Starts,
  at: number,
  rows: number,
  column: ColumnValues,
  table: NameTable,
): void {
  const numbers = numberOf(table);
  const rowOf = rowsOf(column, rows);
  const shift = (at & 3) * 8;
  for (let k = 0; k < column.present; k++)
    words[startOf(starts, rowOf[k]) + (at >>> 2)] |=
      (numbers[column.bytes[k]] ?? UNRECOGNISED_CODE) << shift;
}

const UNRECOGNISED_BYTE = 255;
const UNRECOGNISED_CODE = 65_535;
const NUMBERS = new Map<NameTable, readonly (number | undefined)[]>();

/** The wire's number by index in the table's names. */
function numberOf(table: NameTable): readonly (number | undefined)[] {
  let numbers = NUMBERS.get(table);
  if (numbers === undefined) {
    numbers = table.names.map((_, index) => {
      const number = index === 0 ? -1 : table.indexOf.indexOf(index);
      return number < 0 ? undefined : number;
    });
    NUMBERS.set(table, numbers);
  }
  return numbers;
}
