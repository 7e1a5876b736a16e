/**
 * The records of a run put together again from its Parquet files: columns back to the layout of the wire, a row group at
 * a time. The other way round is operations-file.ts and books-file.ts; what they leave out (tags, currency, reserved
 * words) comes back as zeros.
 */
import { ACK, OUTCOME, RECEIPT_LEGS } from '../../wire/acks.js';
import { LEGS_MAX } from '../../wire/ledger-commands.js';
import {
  ACCOUNT,
  ACCOUNT_BYTES,
  ENTRY,
  ENTRY_HEAD_BYTES,
  ENTRY_LEG_BYTES,
  LEG,
} from '../../wire/ledger-log.js';
import { OP } from '../../wire/operations.js';
import { ColumnReader, type ColumnValues } from './column-reader.js';
import { COMPLETION, COMPLETION_BYTES, INVOKE, INVOKE_BYTES } from './journal-layout.js';
import {
  BYTE_VALUES,
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
import { UnreadableColumnsError } from './unreadable.js';

const INVOKE_WORDS = INVOKE_BYTES / 4;
const COMPLETION_WORDS = COMPLETION_BYTES / 4;
const ACCOUNT_WORDS = ACCOUNT_BYTES / 4;
const UNRECOGNISED_BYTE = 255;
const UNRECOGNISED_CODE = 65_535;

/** By index in a column's values: the wire's number. */
const NUMBERS = {
  kind: numbersOf(KIND_NAMES, UNRECOGNISED_BYTE),
  channel: numbersOf(CHANNEL_NAMES, UNRECOGNISED_BYTE),
  outcome: numbersOf(OUTCOME_NAMES, OUTCOME.unknown),
  resolution: numbersOf(RESOLUTION_NAMES, UNRECOGNISED_BYTE),
  result: numbersOf(RESULT_NAMES, UNRECOGNISED_CODE),
  command: numbersOf(COMMAND_NAMES, UNRECOGNISED_BYTE),
  role: numbersOf(ROLE_NAMES, UNRECOGNISED_BYTE),
  pending: numbersOf(PENDING_NAMES, UNRECOGNISED_BYTE),
  itself: Int32Array.from(BYTE_VALUES),
};

function numbersOf({ names, indexOf }: NameTable, unrecognised: number): Int32Array {
  const numbers = new Int32Array(256).fill(unrecognised);
  for (let index = 1; index < names.length; index++) {
    const number = indexOf.indexOf(index);
    if (number >= 0) numbers[index] = number;
  }
  return numbers;
}

export function* invokeSlabs(path: string): Generator<Slab> {
  const reader = new ColumnReader(path, OPERATION_COLUMNS);
  const memory = new SlabMemory();
  for (const { group, rows } of groupsOf(reader)) {
    const column = (name: string): ColumnValues => reader.read(group, name);
    const length = rows * INVOKE_WORDS;
    const words = memory.words(length);
    const all = evenPlaces(rows, INVOKE_WORDS);
    putAsked(words, all, OP, column);
    putPairs(words, all, OP.account / 4, column('account'));
    putPairs(words, all, OP.counterparty / 4, column('counterparty'));
    putPairs(words, all, INVOKE.intendedUs / 4, column('intended_us'));
    putPairs(words, all, INVOKE.invokedUs / 4, column('invoked_us'));
    yield { words, length };
  }
}

export function* completionSlabs(path: string): Generator<Slab> {
  const reader = new ColumnReader(path, OPERATION_COLUMNS);
  const memory = new SlabMemory();
  let first = 0;
  for (const { group, rows } of groupsOf(reader)) {
    const column = (name: string): ColumnValues => reader.read(group, name);
    const results = column('result');
    const length = results.present * COMPLETION_WORDS;
    const words = memory.words(length);
    const all = evenPlaces(results.present, COMPLETION_WORDS);
    const sequences = column('sequence').words;
    for (let row = 0; row < rows; row++)
      if (sequences[row] !== first + row)
        throw new UnreadableColumnsError(`${path} does not count its operations from 0 on`);
    putHead(words, placesHaving(evenPlaces(rows, 1), results), first, column('outcome').bytes);
    first += rows;
    const legs = column('receipt_legs');
    putBytes(words, all, ACK.legs, legs, NUMBERS.itself);
    putBytes(words, all, ACK.code, results, NUMBERS.result);
    putPairs(words, all, ACK.timestamp / 4, column('receipt_timestamp_us'));
    putPairs(words, all, COMPLETION.completedUs / 4, column('completed_us'));
    putBytes(words, all, COMPLETION.attempts, column('attempts'), NUMBERS.itself);
    putBytes(words, all, COMPLETION.resolution, column('resolution'), NUMBERS.resolution);
    putWords(words, all, COMPLETION.sentAfterUs / 4, column('sent_after_us'));
    for (let leg = 0; leg < RECEIPT_LEGS; leg++)
      putReceiptLeg(words, placesOfLeg(all, legs.bytes, leg), leg, column);
    yield { words, length };
  }
}

/** Number and outcome of each completion, of which `rows` says the rows. */
function putHead(words: Int32Array, rows: Places, first: number, outcomes: Uint8Array): void {
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k];
    const at = k * COMPLETION_WORDS;
    words[at + ACK.tag / 4] = first + row;
    words[at + ACK.outcome / 4] = NUMBERS.outcome[outcomes[row]];
  }
}

function putReceiptLeg(
  words: Int32Array,
  places: Places,
  leg: number,
  column: (name: string) => ColumnValues,
): void {
  const values = (name: string): ColumnValues =>
    exactly(places, column(`receipt_${name}_${leg + 1}`));
  putPairs(words, places, ACK.accounts / 4 + leg * 2, values('account'));
  putPairs(words, places, ACK.balances / 4 + leg * 2, values('balance'));
  putWords(words, places, ACK.versions / 4 + leg, values('version'));
}

/** Throws UnreadableColumnsError where shard or lsn are not what they must be: they are not in the records. */
export function* entrySlabs(path: string, shard: number): Generator<Slab> {
  const reader = new ColumnReader(path, ENTRY_COLUMNS);
  const memory = new SlabMemory();
  let lsn = 0;
  for (const { group, rows } of groupsOf(reader)) {
    const column = (name: string): ColumnValues => reader.read(group, name);
    const lsns = column('lsn').words;
    const shards = column('shard').bytes;
    const legs = column('legs').bytes;
    const places = new Int32Array(rows);
    let length = 0;
    for (let row = 0; row < rows; row++) {
      if (lsns[row] !== lsn++ || shards[row] !== shard || legs[row] > LEGS_MAX)
        throw new UnreadableColumnsError(`${path} is not the log of shard ${shard}`);
      places[row] = length;
      length += (ENTRY_HEAD_BYTES + legs[row] * ENTRY_LEG_BYTES) / 4;
    }
    const words = memory.words(length);
    putHeads(words, places, column);
    for (let leg = 0; leg < LEGS_MAX; leg++)
      putLeg(words, placesOfLeg(places, legs, leg), leg, column);
    yield { words, length };
  }
}

/** What operations and entries have alike: where they have it is told by `at`, in bytes. */
function putAsked(
  words: Int32Array,
  all: Places,
  at: Readonly<Record<'id' | 'reference' | 'amount' | 'timeoutS' | 'kind' | 'channel', number>>,
  column: (name: string) => ColumnValues,
): void {
  const references = column('reference_hi');
  const referring = placesHaving(all, references);
  const timeouts = column('timeout_s');
  putId(words, all, at.id / 4, column('id_hi'), column('id_lo'));
  putId(words, referring, at.reference / 4, references, column('reference_lo'));
  putPairs(words, all, at.amount / 4, column('amount'));
  putWords(words, placesHaving(all, timeouts), at.timeoutS / 4, timeouts);
  putBytes(words, all, at.kind, column('kind'), NUMBERS.kind);
  putBytes(words, all, at.channel, column('channel'), NUMBERS.channel);
}

function putHeads(words: Int32Array, all: Places, column: (name: string) => ColumnValues): void {
  putAsked(words, all, ENTRY, column);
  putPairs(words, all, ENTRY.timestamp / 4, column('timestamp_us'));
  putBytes(words, all, ENTRY.code, column('result'), NUMBERS.result);
  putBytes(words, all, ENTRY.command, column('command'), NUMBERS.command);
  putBytes(words, all, ENTRY.legs, column('legs'), NUMBERS.itself);
  putBytes(words, all, ENTRY.flags, column('role'), NUMBERS.role);
  putBytes(words, all, ENTRY.peer, column('peer'), NUMBERS.itself);
}

function putLeg(
  words: Int32Array,
  places: Places,
  leg: number,
  column: (name: string) => ColumnValues,
): void {
  const at = (ENTRY_HEAD_BYTES + leg * ENTRY_LEG_BYTES) / 4;
  const values = (name: string): ColumnValues => exactly(places, column(`${name}_${leg + 1}`));
  putPairs(words, places, at + LEG.account / 4, values('account'));
  putPairs(words, places, at + LEG.posting / 4, values('posting'));
  putPairs(words, places, at + LEG.balance / 4, values('balance'));
  putWords(words, places, at + LEG.version / 4, values('version'));
  putBytes(words, places, at * 4 + LEG.pending, values('pending'), NUMBERS.pending);
}

export function* accountSlabs(path: string): Generator<Slab> {
  const reader = new ColumnReader(path, ACCOUNT_COLUMNS);
  const memory = new SlabMemory();
  for (const { group, rows } of groupsOf(reader)) {
    const length = rows * ACCOUNT_WORDS;
    const words = memory.words(length);
    const all = evenPlaces(rows, ACCOUNT_WORDS);
    const put = (name: string, at: number): void =>
      putPairs(words, all, at / 4, reader.read(group, name));
    put('account', ACCOUNT.account);
    put('opening', ACCOUNT.opening);
    put('debits_pending', ACCOUNT.debitsPending);
    put('debits_posted', ACCOUNT.debitsPosted);
    put('credits_pending', ACCOUNT.creditsPending);
    put('credits_posted', ACCOUNT.creditsPosted);
    putWords(words, all, ACCOUNT.version / 4, reader.read(group, 'version'));
    putWords(words, all, ACCOUNT.flags / 4, reader.read(group, 'flags'));
    yield { words, length };
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

/** Zeros for a slab; the same memory for each, as a slab is valid until the next one is asked for. */
class SlabMemory {
  #words = new Int32Array(0);

  words(length: number): Int32Array {
    if (this.#words.length < length) this.#words = new Int32Array(length);
    else this.#words.fill(0, 0, length);
    return this.#words;
  }
}

/** Where the record begins that each value of a column belongs to, in words. */
type Places = Int32Array;

function evenPlaces(records: number, step: number): Places {
  const places = new Int32Array(records);
  for (let record = 0, at = 0; record < records; record++, at += step) places[record] = at;
  return places;
}

/** Of those rows that have a value. */
function placesHaving(all: Places, { bits, present }: ColumnValues): Places {
  if (bits === undefined) return present === 0 ? NOWHERE : all;
  const places = new Int32Array(present);
  let k = 0;
  for (let row = 0; k < present; row++)
    if (((bits[row >>> 3] >>> (row & 7)) & 1) === 1) places[k++] = all[row];
  return places;
}

/** Of those rows that have so many legs. */
function placesOfLeg(all: Places, legs: Uint8Array, leg: number): Places {
  const places = new Int32Array(all.length);
  let k = 0;
  for (let row = 0; row < all.length; row++) if (legs[row] > leg) places[k++] = all[row];
  return places.subarray(0, k);
}

const NOWHERE: Places = new Int32Array(0);

function exactly(places: Places, column: ColumnValues): ColumnValues {
  if (column.present !== places.length)
    throw new UnreadableColumnsError('legs and their columns do not agree');
  return column;
}

function putId(
  words: Int32Array,
  places: Places,
  at: number,
  { words: hi }: ColumnValues,
  { words: lo }: ColumnValues,
): void {
  for (let k = 0; k < places.length; k++) {
    const to = places[k] + at;
    words[to] = hi[k * 2 + 1];
    words[to + 1] = hi[k * 2];
    words[to + 2] = lo[k * 2 + 1];
    words[to + 3] = lo[k * 2];
  }
}

function putPairs(
  words: Int32Array,
  places: Places,
  at: number,
  { words: values }: ColumnValues,
): void {
  for (let k = 0; k < places.length; k++) {
    const to = places[k] + at;
    words[to] = values[k * 2];
    words[to + 1] = values[k * 2 + 1];
  }
}

function putWords(
  words: Int32Array,
  places: Places,
  at: number,
  { words: values }: ColumnValues,
): void {
  for (let k = 0; k < places.length; k++) words[places[k] + at] = values[k];
}

/** `at`: byte offset in the record. `numbers`: by index in the column's values, what stands in the record. */
function putBytes(
  words: Int32Array,
  places: Places,
  at: number,
  { bytes }: ColumnValues,
  numbers: Int32Array,
): void {
  const word = at >>> 2;
  const shift = (at & 3) * 8;
  for (let k = 0; k < places.length; k++) words[places[k] + word] |= numbers[bytes[k]] << shift;
}
