/**
 * A Parquet file written from typed arrays as they lie: what the journal and the books become when the load is
 * over. Rows go into column buffers; a full row group goes to disk in one write. The drill waits for it, so encodings are
 * chosen by what they cost: 64- and 32-bit columns are differences where these fit a word (column-delta.ts), else as they lie;
 * columns of at most 256 distinct values one byte a row, bit-packed at width 8 over a dictionary (so the bytes are the page).
 * What is not differences is compressed with zstd. Each column of a row group carries its least and greatest value. Page heads
 * and the footer are hyparquet-writer's (files inside of the package, so its version is exact); its own value path (a BigInt and
 * four passes a value) costs some 240 ns a value.
 *
 *   row group = for each column: [dictionary page] data page = head | levels | values, of which zstd where it helps
 */
import { closeSync, openSync, writevSync } from 'node:fs';
import type { ColumnChunk, Encoding, RowGroup, SchemaElement } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import { areNear, type Range } from './column-delta.js';
import { DeltaEncoder } from './column-delta-encoder.js';
import { BYTES_PER_ROW, type ColumnSpec, dictionaryBytes } from './column-spec.js';
import { type Bounds, boundsOf } from './column-stats.js';
import { runIdEntries } from './parquet-footer.js';
import { zstd, zstdIfSmaller } from './zstd.js';

/** What DuckDB scans in parallel: one row group a thread. */
export const ROW_GROUP_ROWS = 122_880;

const MAGIC = Uint8Array.of(0x50, 0x41, 0x52, 0x31);

/** Which rows of the group have a value. A column's k-th value belongs to the k-th row that is present. */
export class Presence {
  readonly bits: Uint8Array;
  count = 0;

  constructor(rows: number) {
    this.bits = new Uint8Array((rows + 7) >>> 3);
  }

  /** Marks the row present; returns the index its values go to. */
  mark(row: number): number {
    this.bits[row >>> 3] = this.bits[row >>> 3] | (1 << (row & 7));
    return this.count++;
  }
}

interface Column {
  readonly spec: ColumnSpec;
  readonly bytesPerRow: number;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly presence: Presence | undefined;
  readonly dictionary: DictionaryPage | undefined;
}

/** Head and values, as they are written in every row group. */
interface DictionaryPage {
  readonly page: Uint8Array;
  readonly rawBytes: number;
}

export class ColumnFile {
  readonly rowGroupRows: number;
  /** Rows in the group being filled. */
  row = 0;
  readonly #descriptor: number;
  readonly #columns: readonly Column[];
  readonly #presences = new Map<string, Presence>();
  readonly #groups: RowGroup[] = [];
  #offset = 0;
  #rows = 0;

  /** Creates or replaces the file. */
  constructor(path: string, specs: readonly ColumnSpec[], rowGroupRows: number = ROW_GROUP_ROWS) {
    this.rowGroupRows = rowGroupRows;
    this.#columns = specs.map((spec) => this.#column(spec));
    this.#descriptor = openSync(path, 'w');
    this.#write([MAGIC]);
  }

  words(name: string): Int32Array {
    return this.#find(name).words;
  }

  bytes(name: string): Uint8Array {
    return this.#find(name).bytes;
  }

  presence(name: string): Presence {
    const found = this.#presences.get(name);
    if (found === undefined) throw new Error(`no column may be null by '${name}'`);
    return found;
  }

  /** Writes the group being filled. Throws the file system's error. */
  flush(): void {
    if (this.row === 0) return;
    const parts: Uint8Array[] = [];
    const chunks: ColumnChunk[] = [];
    const start = this.#offset;
    let at = start;
    let rawBytes = 0n;
    for (const column of this.#columns) {
      const chunk = encodeChunk(column, this.row, at);
      parts.push(...chunk.parts);
      chunks.push(chunk.meta);
      at += chunk.bytes;
      rawBytes += chunk.meta.meta_data?.total_uncompressed_size ?? 0n;
    }
    this.#write(parts);
    this.#groups.push({
      columns: chunks,
      total_byte_size: rawBytes,
      total_compressed_size: BigInt(at - start),
      num_rows: BigInt(this.row),
    });
    this.#rows += this.row;
    this.row = 0;
    for (const presence of this.#presences.values()) {
      presence.bits.fill(0);
      presence.count = 0;
    }
  }

  /** Writes what is left and the footer, which says of which run it is. Without it the file cannot be read, and says so. */
  finish(runId: string | undefined): void {
    this.flush();
    const footer = new ByteWriter();
    const root: SchemaElement = { name: 'schema', num_children: this.#columns.length };
    writeMetadata(footer, {
      version: 2,
      created_by: 'paydrill',
      schema: [root, ...this.#columns.map((column) => schemaElement(column.spec))],
      num_rows: BigInt(this.#rows),
      row_groups: this.#groups,
      key_value_metadata: [...runIdEntries(runId)],
      metadata_length: 0,
    });
    this.#write([footer.getBytes(), MAGIC]);
    closeSync(this.#descriptor);
  }

  /** Gives the file up half written. */
  abandon(): void {
    closeSync(this.#descriptor);
  }

  #column(spec: ColumnSpec): Column {
    const rows = this.rowGroupRows;
    const bytesPerRow = BYTES_PER_ROW[spec.type];
    const buffer = new ArrayBuffer((rows * bytesPerRow + 7) & ~7);
    if (spec.presence !== undefined && !this.#presences.has(spec.presence))
      this.#presences.set(spec.presence, new Presence(rows));
    return {
      spec,
      bytesPerRow,
      bytes: new Uint8Array(buffer),
      words: new Int32Array(buffer),
      presence: spec.presence === undefined ? undefined : this.#presences.get(spec.presence),
      dictionary: spec.values === undefined ? undefined : dictionaryPage(spec.values),
    };
  }

  #find(name: string): Column {
    const found = this.#columns.find((column) => column.spec.name === name);
    if (found === undefined) throw new Error(`no column '${name}'`);
    return found;
  }

  #write(parts: readonly Uint8Array[]): void {
    let pending = parts.filter((part) => part.length > 0);
    while (pending.length > 0) {
      let written = writevSync(this.#descriptor, pending.slice(0, 512));
      this.#offset += written;
      let whole = 0;
      for (const part of pending) {
        if (written < part.length) break;
        written -= part.length;
        whole++;
      }
      pending = pending.slice(whole);
      const first = pending[0];
      if (written > 0 && first !== undefined) pending[0] = first.subarray(written);
    }
  }
}

function schemaElement(spec: ColumnSpec): SchemaElement {
  const repetition_type = spec.presence === undefined ? 'REQUIRED' : 'OPTIONAL';
  const { name } = spec;
  switch (spec.type) {
    case 'uint64':
      return { name, repetition_type, type: 'INT64', converted_type: 'UINT_64' };
    case 'int64':
      return { name, repetition_type, type: 'INT64' };
    case 'uint32':
      return { name, repetition_type, type: 'INT32', converted_type: 'UINT_32' };
    case 'small':
      return { name, repetition_type, type: 'INT32' };
    case 'text':
      return { name, repetition_type, type: 'BYTE_ARRAY', converted_type: 'UTF8' };
    default:
      spec.type satisfies never;
      throw new Error(`column type ${String(spec.type)}`);
  }
}

function dictionaryPage(values: readonly (string | number)[]): DictionaryPage {
  const raw = dictionaryBytes(values);
  const head = new ByteWriter(256);
  // A dictionary page of a compressed column is compressed, whether it gets smaller or not.
  const packed = zstd(raw);
  writePageHeader(head, {
    type: 'DICTIONARY_PAGE',
    uncompressed_page_size: raw.length,
    compressed_page_size: packed.length,
    dictionary_page_header: { num_values: values.length, encoding: 'PLAIN' },
  });
  return { page: Buffer.concat([head.getBytes(), packed]), rawBytes: head.offset + raw.length };
}

function encodeChunk(
  column: Column,
  rows: number,
  offset: number,
): { readonly parts: Uint8Array[]; readonly meta: ColumnChunk; readonly bytes: number } {
  const { spec, presence, dictionary } = column;
  const parts: Uint8Array[] = dictionary === undefined ? [] : [dictionary.page];
  const dictionaryLength = dictionary?.page.length ?? 0;
  const present = presence === undefined ? rows : presence.count;
  const levels = presence === undefined ? [] : levelParts(presence, rows);
  const bounds = boundsOf(spec, { words: column.words, bytes: column.bytes, present });
  const { encoding, values } = encodedValues(column, present, bounds);
  const packed = encoding === 'DELTA_BINARY_PACKED' ? undefined : zstdIfSmaller(values);
  const written = packed === undefined ? values : [packed];
  const levelBytes = lengthOf(levels);
  const rawPageBytes = levelBytes + lengthOf(values);
  const page = new ByteWriter(256);
  writePageHeader(page, {
    type: 'DATA_PAGE_V2',
    uncompressed_page_size: rawPageBytes,
    compressed_page_size: levelBytes + lengthOf(written),
    data_page_header_v2: {
      num_values: rows,
      num_nulls: rows - present,
      num_rows: rows,
      encoding,
      definition_levels_byte_length: levelBytes,
      repetition_levels_byte_length: 0,
      is_compressed: packed !== undefined,
    },
  });
  parts.push(page.getBytes().slice(), ...levels, ...written);
  const bytes = lengthOf(parts);
  const rawBytes = (dictionary?.rawBytes ?? 0) + page.offset + rawPageBytes;
  const { type } = schemaElement(spec);
  if (type === undefined) throw new Error('a column has a type');
  return {
    parts,
    bytes,
    meta: {
      file_offset: BigInt(offset),
      meta_data: {
        type,
        encodings: dictionary === undefined ? ['RLE', encoding] : ['RLE', 'PLAIN', encoding],
        path_in_schema: [spec.name],
        codec: 'ZSTD',
        num_values: BigInt(rows),
        total_uncompressed_size: BigInt(rawBytes),
        total_compressed_size: BigInt(bytes),
        data_page_offset: BigInt(offset + dictionaryLength),
        ...(dictionary === undefined ? {} : { dictionary_page_offset: BigInt(offset) }),
        statistics: {
          null_count: BigInt(rows - present),
          ...(bounds === undefined ? {} : { min_value: bounds.min, max_value: bounds.max }),
        },
      },
    },
  };
}

function encodedValues(
  { spec, words, bytes, bytesPerRow, dictionary }: Column,
  present: number,
  bounds: Bounds | undefined,
): { readonly encoding: Encoding; readonly values: Uint8Array[] } {
  if (dictionary !== undefined)
    return {
      encoding: 'RLE_DICTIONARY',
      values: indexParts(bytes, present, bounds?.min === bounds?.max),
    };
  const { type } = spec;
  const range = rangeOf(bounds);
  const plain = bytes.subarray(0, present * bytesPerRow);
  const isWords = type === 'int64' || type === 'uint64' || type === 'uint32';
  if (isWords && range !== undefined && areNear(range, type)) {
    const page = delta.encode({ words, type, count: present }, range);
    // A stretch of 128 is written whole: differences of a few values may be longer than these.
    if (page.length < plain.length)
      return { encoding: 'DELTA_BINARY_PACKED', values: [page.slice()] };
  }
  return { encoding: 'PLAIN', values: [plain] };
}

function rangeOf(bounds: Bounds | undefined): Range | undefined {
  if (bounds === undefined) return undefined;
  const { min, max } = bounds;
  return typeof min === 'string' || typeof max === 'string' ? undefined : { min, max };
}

/** Its buffers serve one column after the other. */
const delta = new DeltaEncoder();

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** Definition levels, RLE/bit-packed hybrid at width 1: one repeated run, or the bits as they lie. */
function levelParts(presence: Presence, rows: number): Uint8Array[] {
  if (presence.count === 0 || presence.count === rows)
    return [Uint8Array.from([...varint(rows * 2), presence.count === 0 ? 0 : 1])];
  const groups = (rows + 7) >>> 3;
  return [Uint8Array.from(varint(groups * 2 + 1)), presence.bits.subarray(0, groups)];
}

/** Dictionary indices, hybrid at width 8: one repeated run where they are all one, else the bytes as they lie. */
function indexParts(bytes: Uint8Array, count: number, isOne: boolean): Uint8Array[] {
  if (count === 0) return [Uint8Array.of(8)];
  if (isOne) return [Uint8Array.from([8, ...varint(count * 2), bytes[0]])];
  const groups = (count + 7) >>> 3;
  bytes.fill(0, count, groups * 8);
  return [Uint8Array.from([8, ...varint(groups * 2 + 1)]), bytes.subarray(0, groups * 8)];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest & 127) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}
