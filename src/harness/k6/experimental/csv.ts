/**
 * The module `k6/experimental/csv`, on csv-parse: `parse()` makes an array that the VUs of a thread share, a Parser reads record by
 * record, each VU for itself. The library is loaded with the first file.
 */
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import type * as CsvParse from 'csv-parse';
import type * as CsvParseSync from 'csv-parse/sync';
import { instantiatingVu } from '../../vu/init-code.js';
import type { Vu } from '../../vu/virtual-user.js';
import { sharedArray } from '../data.js';
import type { ModuleApi } from '../module-api.js';
import { type CsvOptions, csvOptions } from './csv-options.js';
import { File } from './fs.js';

export const csvApi: ModuleApi = {
  exports: { parse: 'plain', Parser: 'plain' },
  create: (vu) => csvOf(vu),
};

const require = createRequire(import.meta.url);
const PIECE_BYTES = 65_536;

type CsvRecord = string[] | Readonly<Record<string, string>>;

function csvOf(vu: Vu): object {
  const module = {
    /** Rejects for what is no CSV, for options that do not go together, and after init code. */
    async parse(file: unknown, options?: unknown): Promise<object> {
      refuseLater('csv.parse()');
      const { path, bytes } = fileOf(file);
      const asked = csvOptions(options);
      return sharedArray(vu, `csv ${path} ${JSON.stringify(asked)}`, () => records(bytes, asked));
    },
    Parser,
    get default(): object {
      return module;
    },
  };
  return module;
}

/** As in k6: what a VU reads, all of them have read before the load. */
function refuseLater(what: string): void {
  if (instantiatingVu() === undefined)
    throw new Error(`${what} must be called in init code: at the top level of the script`);
}

class Parser {
  readonly #options: CsvOptions;
  readonly #bytes: Uint8Array;
  #records: AsyncIterator<CsvRecord> | undefined;

  constructor(file: unknown, options?: unknown) {
    refuseLater('csv.Parser');
    this.#options = csvOptions(options);
    this.#bytes = fileOf(file).bytes;
  }

  async next(): Promise<{ readonly done: boolean; readonly value: CsvRecord | null }> {
    this.#records ??= this.#begin();
    const { done, value } = await this.#records.next();
    return done === true ? { done: true, value: null } : { done: false, value };
  }

  #begin(): AsyncIterator<CsvRecord> {
    const { parse }: typeof CsvParse = require('csv-parse');
    return Readable.from(pieces(this.#bytes))
      .pipe(parse(rules(this.#options)))
      [Symbol.asyncIterator]();
  }
}

function records(bytes: Uint8Array, options: CsvOptions): readonly CsvRecord[] {
  const { parse }: typeof CsvParseSync = require('csv-parse/sync');
  return parse(Buffer.from(bytes), rules(options));
}

/** As csv-parse has them; it counts lines from 1. */
function rules({ delimiter, first, last, asObjects }: CsvOptions): CsvParse.Options {
  return {
    delimiter,
    columns: asObjects,
    bom: true,
    skip_empty_lines: true,
    relax_column_count: true,
    from_line: first + 1,
    ...(last === undefined ? {} : { to_line: last + 1 }),
  };
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES)
    yield bytes.subarray(at, at + PIECE_BYTES);
}

function fileOf(file: unknown): { readonly path: string; readonly bytes: Uint8Array } {
  if (!(file instanceof File))
    throw new TypeError('a file is wanted, as open() of k6/experimental/fs gives it');
  return { path: file.path, bytes: File.bytesOf(file) };
}
