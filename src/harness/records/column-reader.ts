/**
 * Reads columns of a file that column-file.ts wrote, back into typed arrays as they lie: one read a column and row
 * group, nothing decoded. It knows exactly one layout and refuses every other (another writer, compression, other
 * dictionaries) with UnreadableColumnsError; such a file is still a Parquet file, for readers that know them all.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type ColumnMetaData, type FileMetaData, parquetMetadata } from 'hyparquet';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import { messageOf } from '../message-of.js';
import { BYTES_PER_ROW, type ColumnSpec, dictionaryBytes } from './column-file.js';

const PAGE_HEAD_MAX = 128;
/** Of a row group; a file that claims more was not written by column-file.ts, and is not believed. */
const GROUP_ROWS_MAX = 1 << 22;
const FOOTER_TAIL = 8;

export class UnreadableColumnsError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UnreadableColumnsError';
  }
}

/** One column of one row group. Valid until the same column is read again. */
export interface ColumnValues {
  /** 64-bit types: two words a value, low first; `uint32`: one. Empty for byte columns. */
  readonly words: Int32Array;
  /** `text`, `small`: an index in the column's values. Empty for others. */
  readonly bytes: Uint8Array;
  /** How many rows have a value. The k-th value belongs to the k-th of them. */
  readonly present: number;
  /** Bit r: row r has a value. Undefined where all have or none has. */
  readonly bits: Uint8Array | undefined;
}

/** Which rows of a group have a value. */
interface Levels {
  readonly group: number;
  readonly rows: number;
  readonly present: number;
  readonly bits: Uint8Array | undefined;
}

interface Page {
  readonly dataAt: number;
  readonly dataBytes: number;
  readonly levelsAt: number;
  readonly levelsBytes: number;
  readonly present: number;
}

export class ColumnReader {
  readonly rowGroups: number;
  readonly #path: string;
  readonly #descriptor: number;
  readonly #size: number;
  readonly #metadata: FileMetaData;
  readonly #columns: ReadonlyMap<string, { readonly spec: ColumnSpec; readonly index: number }>;
  readonly #buffers = new Map<string, ArrayBuffer>();
  /** By presence: as the first column of the group has them. */
  readonly #levelsOf = new Map<string, Levels>();

  /** Throws UnreadableColumnsError, or the file system's error. `specs`: the columns the file must have. */
  constructor(path: string, specs: readonly ColumnSpec[]) {
    this.#path = path;
    this.#descriptor = openSync(path, 'r');
    try {
      this.#size = fstatSync(this.#descriptor).size;
      this.#metadata = this.#readMetadata();
      this.rowGroups = this.#metadata.row_groups.length;
      const names = this.#metadata.schema.slice(1).map((element) => element.name);
      this.#columns = new Map(
        specs.map((spec) => [spec.name, { spec, index: names.indexOf(spec.name) }]),
      );
      this.#checkMetadata();
    } catch (cause) {
      this.close();
      throw cause;
    }
  }

  get rows(): number {
    return Number(this.#metadata.num_rows);
  }

  groupRows(group: number): number {
    return Number(this.#metadata.row_groups[group]?.num_rows ?? 0);
  }

  read(group: number, name: string): ColumnValues {
    const column = this.#columns.get(name);
    if (column === undefined) throw new Error(`column ${name} was not asked for`);
    const { spec, index } = column;
    const meta = this.#metadata.row_groups[group]?.columns[index]?.meta_data;
    if (meta === undefined) throw this.#unreadable(`has no row group ${group}`);
    if (meta.codec !== 'UNCOMPRESSED') throw this.#unreadable('is compressed');
    const rows = this.groupRows(group);
    const page = this.#page(meta, rows);
    const bits = page.levelsBytes === 0 ? undefined : this.#levels(page, rows);
    this.#checkPresence(spec, { group, rows, present: page.present, bits });
    if (spec.values === undefined) return this.#words(spec, page, bits);
    this.#checkDictionary(spec, meta);
    return this.#bytes(spec, page, bits);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #words(spec: ColumnSpec, page: Page, bits: Uint8Array | undefined): ColumnValues {
    if (page.dataBytes !== page.present * BYTES_PER_ROW[spec.type])
      throw this.#unreadable(`has a page of another length in ${spec.name}`);
    const buffer = this.#buffer(spec.name, page.dataBytes);
    this.#pread(new Uint8Array(buffer, 0, page.dataBytes), page.dataAt);
    return { words: new Int32Array(buffer), bytes: NO_BYTES, present: page.present, bits };
  }

  /** Indices at width 8: one repeated run, or one bit-packed run, which is the bytes themselves. */
  #bytes(spec: ColumnSpec, page: Page, bits: Uint8Array | undefined): ColumnValues {
    const buffer = this.#buffer(spec.name, Math.max(page.present, page.dataBytes));
    const raw = new Uint8Array(buffer, 0, page.dataBytes);
    this.#pread(raw, page.dataAt);
    const { present } = page;
    if (present === 0) return { words: NO_WORDS, bytes: NO_BYTES, present, bits };
    const run = readRun(raw, 1);
    if (raw[0] !== 8) throw this.#unreadable(`has indices of another width in ${spec.name}`);
    if (run.packed) {
      if (run.count < present || raw.length < run.at + present)
        throw this.#unreadable(`has several runs in ${spec.name}`);
      return { words: NO_WORDS, bytes: raw.subarray(run.at, run.at + present), present, bits };
    }
    if (run.count !== present) throw this.#unreadable(`has several runs in ${spec.name}`);
    const bytes = new Uint8Array(buffer, 0, present).fill(raw[run.at]);
    return { words: NO_WORDS, bytes, present, bits };
  }

  #levels(page: Page, rows: number): Uint8Array | undefined {
    const raw = new Uint8Array(page.levelsBytes);
    this.#pread(raw, page.levelsAt);
    const run = readRun(raw, 0);
    if (run.packed) return raw.subarray(run.at, run.at + ((rows + 7) >>> 3));
    if (run.count !== rows) throw this.#unreadable('has several runs of levels');
    return undefined;
  }

  #checkMetadata(): void {
    for (const { spec, index } of this.#columns.values())
      if (index < 0) throw this.#unreadable(`has no column ${spec.name}`);
    if (this.#metadata.created_by !== 'paydrill') throw this.#unreadable('is of another writer');
    let rows = 0;
    for (let group = 0; group < this.rowGroups; group++) {
      const count = this.groupRows(group);
      if (!(count >= 0 && count <= GROUP_ROWS_MAX)) throw this.#unreadable('has impossible rows');
      rows += count;
    }
    if (rows !== this.rows) throw this.#unreadable('does not have the rows it claims');
  }

  /** A column has as many values as its levels say, and those of one presence have them in the same rows. */
  #checkPresence(spec: ColumnSpec, levels: Levels): void {
    const { bits, group, present, rows } = levels;
    const isWhole = bits === undefined && (present === rows || present === 0);
    if (!isWhole && (bits === undefined || countBits(bits, rows) !== present))
      throw this.#unreadable(`has levels that do not fit its values in ${spec.name}`);
    if (spec.presence === undefined) {
      if (present !== rows) throw this.#unreadable(`has rows without ${spec.name}`);
      return;
    }
    const other = this.#levelsOf.get(spec.presence);
    if (other?.group !== group) this.#levelsOf.set(spec.presence, levels);
    else if (
      other.present !== present ||
      Buffer.compare(other.bits ?? NO_BYTES, bits ?? NO_BYTES) !== 0
    )
      throw this.#unreadable(`has ${spec.name} in other rows than what belongs to it`);
  }

  #page(meta: ColumnMetaData, rows: number): Page {
    const at = Number(meta.data_page_offset);
    if (!(at >= 0 && at < this.#size)) throw this.#unreadable('has a page that is nowhere');
    const raw = new Uint8Array(PAGE_HEAD_MAX);
    const read = readSync(this.#descriptor, raw, 0, PAGE_HEAD_MAX, at);
    const { head, bytes } = this.#pageHead(new DataView(raw.buffer, 0, read));
    const v2 = head.field_8;
    if (v2 === undefined || v2.field_1 !== rows) throw this.#unreadable('has other pages');
    const levelsBytes = Number(v2.field_5);
    const dataBytes = Number(head.field_3) - levelsBytes;
    const present = rows - Number(v2.field_2);
    const levelsAt = at + bytes;
    const dataAt = levelsAt + levelsBytes;
    const fits = levelsBytes >= 0 && dataBytes >= 0 && dataAt + dataBytes <= this.#size;
    if (!(fits && present >= 0 && present <= rows)) throw this.#unreadable('has impossible pages');
    return { levelsAt, levelsBytes, dataAt, dataBytes, present };
  }

  /** The head of a page, and how long it is. */
  #pageHead(view: DataView): {
    head: ReturnType<typeof deserializeTCompactProtocol>;
    bytes: number;
  } {
    const reader = { view, offset: 0 };
    try {
      return { head: deserializeTCompactProtocol(reader), bytes: reader.offset };
    } catch (cause) {
      throw this.#unreadable(`has a page without a head: ${String(cause)}`);
    }
  }

  #checkDictionary(spec: ColumnSpec, meta: ColumnMetaData): void {
    const expected = dictionaryBytes(spec.values ?? []);
    const end = Number(meta.data_page_offset);
    const found = new Uint8Array(expected.length);
    this.#pread(found, end - expected.length);
    if (Buffer.compare(found, expected) !== 0)
      throw this.#unreadable(`has another dictionary in ${spec.name}`);
  }

  #readMetadata(): FileMetaData {
    const size = this.#size;
    const tail = new Uint8Array(FOOTER_TAIL);
    if (size < FOOTER_TAIL) throw this.#unreadable('is cut short');
    this.#pread(tail, size - FOOTER_TAIL);
    const length = new DataView(tail.buffer).getUint32(0, true) + FOOTER_TAIL;
    if (length > size) throw this.#unreadable('is cut short');
    const footer = new Uint8Array(length);
    this.#pread(footer, size - length);
    try {
      return parquetMetadata(footer.buffer);
    } catch (cause) {
      throw this.#unreadable(messageOf(cause));
    }
  }

  #buffer(name: string, bytes: number): ArrayBuffer {
    let buffer = this.#buffers.get(name);
    if (buffer === undefined || buffer.byteLength < bytes) {
      buffer = new ArrayBuffer((bytes + 7) & ~7);
      this.#buffers.set(name, buffer);
    }
    return buffer;
  }

  #pread(into: Uint8Array, at: number): void {
    if (!(at >= 0)) throw this.#unreadable('has a part that is nowhere');
    let done = 0;
    while (done < into.length) {
      const read = readSync(this.#descriptor, into, done, into.length - done, at + done);
      if (read === 0) throw this.#unreadable('is cut short');
      done += read;
    }
  }

  #unreadable(reason: string): UnreadableColumnsError {
    return new UnreadableColumnsError(`${this.#path} ${reason}`);
  }
}

/** How many of the first `rows` bits are set. */
function countBits(bits: Uint8Array, rows: number): number {
  if (bits.length * 8 < rows) return -1;
  let count = 0;
  for (let row = 0; row < rows; row++) count += (bits[row >>> 3] >>> (row & 7)) & 1;
  return count;
}

const NO_BYTES = new Uint8Array(0);
const NO_WORDS = new Int32Array(0);

/** The head of an RLE/bit-packed hybrid run: how many values it holds (packed: in whole groups of eight). */
function readRun(raw: Uint8Array, from: number): { packed: boolean; count: number; at: number } {
  let value = 0;
  let scale = 1;
  let at = from;
  for (let byte = 128; byte >= 128; at++) {
    if (at >= raw.length) throw new UnreadableColumnsError('a run of values ends before it begins');
    byte = raw[at];
    value += (byte & 127) * scale;
    scale *= 128;
  }
  const packed = value % 2 === 1;
  const half = Math.floor(value / 2);
  return { packed, count: packed ? half * 8 : half, at };
}
