/**
 * Reads columns of a file that column-file.ts wrote, back into typed arrays as they lie: one read a column and row
 * group, decompressed, nothing decoded. It knows exactly one layout and refuses every other (another writer, other codecs,
 * other dictionaries) with UnreadableColumnsError; such a file is still a Parquet file, for readers that know them all. Footer
 * and page heads are read by files inside of hyparquet (all of it would be 26 files more to load on every thread), so its
 * version is exact.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ColumnMetaData, FileMetaData } from 'hyparquet';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import { decodeDelta } from './column-delta-decoder.js';
import { BYTES_PER_ROW, type ColumnSpec, dictionaryBytes } from './column-spec.js';
import { readFooter, readFully } from './parquet-footer.js';
import { UnreadableColumnsError } from './unreadable.js';
import { unzstd } from './zstd.js';

const PAGE_HEAD_MAX = 128;
/** What stands before indices or levels, and what rounds them up to eight. */
const INDEX_HEAD_MAX = 64;
/** Of the greatest row groups there are, decompressed. */
const PAGE_BYTES_MAX = 2 ** 28;
/** Of a row group; a file that claims more was not written by column-file.ts, and is not believed. */
const GROUP_ROWS_MAX = 2 ** 22;
/** DELTA_BINARY_PACKED in Parquet's table of encodings. */
const DELTA = 5;

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
  /** In the file, and once it is decompressed. */
  readonly storedBytes: number;
  readonly dataBytes: number;
  readonly isCompressed: boolean;
  readonly encoding: unknown;
  readonly levelsAt: number;
  readonly levelsBytes: number;
  readonly present: number;
}

export class ColumnReader {
  readonly rowGroups: number;
  readonly #path: string;
  readonly #descriptor: number;
  readonly #fileBytes: number;
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
      this.#fileBytes = fstatSync(this.#descriptor).size;
      this.#metadata = readFooter(this.#descriptor, path);
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
    return this.#size(this.#metadata.row_groups[group]?.num_rows ?? 0, GROUP_ROWS_MAX);
  }

  read(group: number, name: string): ColumnValues {
    const column = this.#columns.get(name);
    if (column === undefined) throw new Error(`column ${name} was not asked for`);
    const { spec, index } = column;
    const meta = this.#metadata.row_groups[group]?.columns[index]?.meta_data;
    if (meta === undefined) throw this.#unreadable(`has no row group ${group}`);
    if (meta.codec !== 'ZSTD') throw this.#unreadable(`is compressed with ${meta.codec}`);
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
    const bytes = page.present * BYTES_PER_ROW[spec.type];
    const buffer = this.#buffer(spec.name, bytes);
    if (page.encoding === DELTA) this.#differences(spec, page, new Int32Array(buffer));
    else if (page.dataBytes === bytes) this.#values(new Uint8Array(buffer, 0, bytes), page);
    else throw this.#unreadable(`has a page of another length in ${spec.name}`);
    return { words: new Int32Array(buffer), bytes: NO_BYTES, present: page.present, bits };
  }

  #differences(spec: ColumnSpec, page: Page, words: Int32Array): void {
    // They are only where they are shorter.
    if (page.dataBytes >= page.present * BYTES_PER_ROW[spec.type])
      throw this.#unreadable(`has a page of another length in ${spec.name}`);
    const raw = new Uint8Array(page.dataBytes);
    this.#values(raw, page);
    const { type } = spec;
    if (type === 'text' || type === 'small') throw this.#unreadable(`has other pages`);
    try {
      decodeDelta(raw, { words, type, count: page.present });
    } catch (cause) {
      if (!(cause instanceof UnreadableColumnsError)) throw cause;
      throw this.#unreadable(`${cause.message} in ${spec.name}`);
    }
  }

  /** Indices at width 8: one repeated run, or one bit-packed run, which is the bytes themselves. */
  #bytes(spec: ColumnSpec, page: Page, bits: Uint8Array | undefined): ColumnValues {
    if (page.dataBytes > page.present + INDEX_HEAD_MAX)
      throw this.#unreadable(`has a page of another length in ${spec.name}`);
    const buffer = this.#buffer(spec.name, page.present + INDEX_HEAD_MAX);
    const raw = new Uint8Array(buffer, 0, page.dataBytes);
    this.#values(raw, page);
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
      rows += this.groupRows(group);
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

  /** Reads the values of a page, which are as long as `into`. */
  #values(into: Uint8Array, page: Page): void {
    if (page.isCompressed) into.set(this.#decompressed(page.dataAt, page.storedBytes, into.length));
    else this.#pread(into, page.dataAt);
  }

  #decompressed(at: number, storedBytes: number, bytes: number): Uint8Array {
    const stored = new Uint8Array(storedBytes);
    this.#pread(stored, at);
    try {
      return unzstd(stored, bytes);
    } catch (cause) {
      throw this.#unreadable(`cannot be decompressed: ${String(cause)}`);
    }
  }

  #page(meta: ColumnMetaData, rows: number): Page {
    const { head, end } = this.#pageHead(this.#size(meta.data_page_offset));
    const v2 = head.field_8;
    if (typeof v2 !== 'object' || v2.field_1 !== rows) throw this.#unreadable('has other pages');
    const levelsBytes = this.#size(v2.field_5, (rows >>> 3) + INDEX_HEAD_MAX);
    const isCompressed = v2.field_7 !== false;
    const storedBytes = this.#size(head.field_3) - levelsBytes;
    const dataBytes = this.#size(head.field_2, PAGE_BYTES_MAX) - levelsBytes;
    const present = rows - this.#size(v2.field_2, rows);
    const isWhole = isCompressed ? storedBytes <= dataBytes : storedBytes === dataBytes;
    if (storedBytes < 0 || !isWhole) throw this.#unreadable('has other pages');
    const dataAt = end + levelsBytes;
    const sizes = { levelsAt: end, levelsBytes, dataAt, storedBytes, dataBytes };
    return { ...sizes, isCompressed, encoding: v2.field_4, present };
  }

  /** A count or a place that stands in the file: whole, and not more than the file has. */
  #size(value: unknown, most = this.#fileBytes): number {
    const size = Number(value);
    if (!Number.isSafeInteger(size) || size < 0 || size > most)
      throw this.#unreadable('has other pages');
    return size;
  }

  #pageHead(at: number): {
    readonly head: ReturnType<typeof deserializeTCompactProtocol>;
    /** Where the page's bytes begin. */
    readonly end: number;
  } {
    const raw = new Uint8Array(PAGE_HEAD_MAX);
    const read = readSync(this.#descriptor, raw, 0, PAGE_HEAD_MAX, at);
    const reader = { view: new DataView(raw.buffer, 0, read), offset: 0 };
    try {
      return { head: deserializeTCompactProtocol(reader), end: at + reader.offset };
    } catch (cause) {
      throw this.#unreadable(`has other pages: ${String(cause)}`);
    }
  }

  #checkDictionary(spec: ColumnSpec, meta: ColumnMetaData): void {
    const expected = dictionaryBytes(spec.values ?? []);
    const { head, end } = this.#pageHead(this.#size(meta.dictionary_page_offset));
    const storedBytes = this.#size(this.#size(meta.data_page_offset) - end);
    const isAlike = head.field_2 === expected.length && head.field_3 === storedBytes;
    if (
      !isAlike ||
      Buffer.compare(this.#decompressed(end, storedBytes, expected.length), expected) !== 0
    )
      throw this.#unreadable(`has another dictionary in ${spec.name}`);
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
    if (!readFully(this.#descriptor, into, at)) throw this.#unreadable('is cut short');
  }

  #unreadable(reason: string): UnreadableColumnsError {
    return new UnreadableColumnsError(`${this.#path} ${reason}`);
  }
}

/** How many of the first `rows` bits are set; -1 where there are not so many. */
function countBits(bits: Uint8Array, rows: number): number {
  if (bits.length * 8 < rows) return -1;
  const whole = rows >>> 3;
  let count = 0;
  for (let i = 0; i < whole; i++) count += BITS_SET[bits[i]];
  return (rows & 7) === 0 ? count : count + BITS_SET[bits[whole] & ((1 << (rows & 7)) - 1)];
}

const BITS_SET = new Uint8Array(256);
for (let byte = 1; byte < 256; byte++) BITS_SET[byte] = BITS_SET[byte >>> 1] + (byte & 1);

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
