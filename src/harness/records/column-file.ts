/**
 * A Parquet file written from typed arrays as they lie: what the journal and the books become when the load is
 * over. Rows go into column buffers; a full row group goes to disk in one write. Encodings are chosen so that no
 * value is touched twice: 64- and 32-bit columns are PLAIN, columns of at most 256 distinct values are one byte
 * a row, bit-packed at width 8 over a dictionary (so the bytes are the page). Page heads and the footer are
 * hyparquet-writer's; its own value path (a BigInt and four passes a value) costs some 240 ns a value.
 * Refuses to compress: the drill waits for it, and who judges the folder again reads the columns as they lie.
 *
 *   row group = for each column: [dictionary page] data page = head | levels | values
 */
import { closeSync, openSync, writevSync } from 'node:fs';
import type { ColumnChunk, RowGroup, SchemaElement } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';

/** What DuckDB scans in parallel: one row group a thread. */
export const ROW_GROUP_ROWS = 122_880;

const MAGIC = Uint8Array.of(0x50, 0x41, 0x52, 0x31);

export interface ColumnSpec {
  readonly name: string;
  /** `uint64`, `int64`: two words a row, low first. `uint32`: one word. `text`, `small`: one byte, an index in `values`. */
  readonly type: 'uint64' | 'int64' | 'uint32' | 'text' | 'small';
  readonly values?: readonly (string | number)[];
  /** Columns with the same name here are null in the same rows; see `Presence`. Absent: never null. */
  readonly presence?: string;
}

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
  readonly dictionary: Uint8Array | undefined;
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

  get rowsWritten(): number {
    return this.#rows;
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
    for (const column of this.#columns) {
      const chunk = encodeChunk(column, this.row, at);
      parts.push(...chunk.parts);
      chunks.push(chunk.meta);
      at += chunk.bytes;
    }
    this.#write(parts);
    this.#groups.push({
      columns: chunks,
      total_byte_size: BigInt(at - start),
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

  /** Writes what is left and the footer. Without it the file cannot be read, and says so. */
  finish(): void {
    this.flush();
    const footer = new ByteWriter();
    const root: SchemaElement = { name: 'schema', num_children: this.#columns.length };
    writeMetadata(footer, {
      version: 2,
      created_by: 'paydrill',
      schema: [root, ...this.#columns.map((column) => schemaElement(column.spec))],
      num_rows: BigInt(this.#rows),
      row_groups: this.#groups,
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
      dictionary: spec.values === undefined ? undefined : dictionaryBytes(spec.values),
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

export const BYTES_PER_ROW = { uint64: 8, int64: 8, uint32: 4, text: 1, small: 1 } as const;

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

export function dictionaryBytes(values: readonly (string | number)[]): Uint8Array {
  if (values.length > 256) throw new Error('a dictionary column has at most 256 values');
  const writer = new ByteWriter();
  for (const value of values) {
    if (typeof value === 'number') {
      writer.appendInt32(value);
      continue;
    }
    const text = new TextEncoder().encode(value);
    writer.appendUint32(text.length);
    writer.appendBytes(text);
  }
  return writer.getBytes().slice();
}

function encodeChunk(
  column: Column,
  rows: number,
  offset: number,
): { readonly parts: Uint8Array[]; readonly meta: ColumnChunk; readonly bytes: number } {
  const { spec, presence, dictionary } = column;
  const head = new ByteWriter(256);
  const parts: Uint8Array[] = [];
  if (dictionary !== undefined) {
    writePageHeader(head, {
      type: 'DICTIONARY_PAGE',
      uncompressed_page_size: dictionary.length,
      compressed_page_size: dictionary.length,
      dictionary_page_header: { num_values: spec.values?.length ?? 0, encoding: 'PLAIN' },
    });
    parts.push(head.getBytes().slice(), dictionary);
  }
  const dictionaryLength = parts.reduce((sum, part) => sum + part.length, 0);
  const present = presence === undefined ? rows : presence.count;
  const levels = presence === undefined ? [] : levelParts(presence, rows);
  const values =
    dictionary === undefined
      ? [column.bytes.subarray(0, present * column.bytesPerRow)]
      : indexParts(column.bytes, present);
  const levelBytes = levels.reduce((sum, part) => sum + part.length, 0);
  const pageBytes = values.reduce((sum, part) => sum + part.length, levelBytes);
  const encoding = dictionary === undefined ? 'PLAIN' : 'RLE_DICTIONARY';
  const page = new ByteWriter(256);
  writePageHeader(page, {
    type: 'DATA_PAGE_V2',
    uncompressed_page_size: pageBytes,
    compressed_page_size: pageBytes,
    data_page_header_v2: {
      num_values: rows,
      num_nulls: rows - present,
      num_rows: rows,
      encoding,
      definition_levels_byte_length: levelBytes,
      repetition_levels_byte_length: 0,
      is_compressed: false,
    },
  });
  parts.push(page.getBytes().slice(), ...levels, ...values);
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  const { type } = schemaElement(spec);
  if (type === undefined) throw new Error('a column has a type');
  return {
    parts,
    bytes,
    meta: {
      file_offset: BigInt(offset),
      meta_data: {
        type,
        encodings: dictionary === undefined ? ['PLAIN'] : ['PLAIN', 'RLE_DICTIONARY'],
        path_in_schema: [spec.name],
        codec: 'UNCOMPRESSED',
        num_values: BigInt(rows),
        total_uncompressed_size: BigInt(bytes),
        total_compressed_size: BigInt(bytes),
        data_page_offset: BigInt(offset + dictionaryLength),
        ...(dictionary === undefined ? {} : { dictionary_page_offset: BigInt(offset) }),
      },
    },
  };
}

/** Definition levels, RLE/bit-packed hybrid at width 1: one repeated run, or the bits as they lie. */
function levelParts(presence: Presence, rows: number): Uint8Array[] {
  if (presence.count === 0 || presence.count === rows)
    return [Uint8Array.from([...varint(rows * 2), presence.count === 0 ? 0 : 1])];
  const groups = (rows + 7) >>> 3;
  return [Uint8Array.from(varint(groups * 2 + 1)), presence.bits.subarray(0, groups)];
}

/** Dictionary indices, hybrid at width 8: one repeated run where they are all one, else the bytes as they lie. */
function indexParts(bytes: Uint8Array, count: number): Uint8Array[] {
  if (count === 0) return [Uint8Array.of(8)];
  const first = bytes[0];
  let same = 1;
  while (same < count && bytes[same] === first) same++;
  if (same === count) return [Uint8Array.from([8, ...varint(count * 2), first])];
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
