import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ColumnFile } from './column-file.js';
import { ColumnReader } from './column-reader.js';
import type { ColumnSpec } from './column-spec.js';
import { UnreadableColumnsError } from './unreadable.js';

const folder = mkdtempSync(join(tmpdir(), 'paydrill-columns-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SPECS: readonly ColumnSpec[] = [
  { name: 'big', type: 'int64' },
  { name: 'id', type: 'uint64', presence: 'odd' },
  { name: 'count', type: 'uint32' },
  { name: 'word', type: 'text', values: ['a', 'bb', 'ccc'] },
  { name: 'same', type: 'text', values: ['x', 'y'] },
  { name: 'size', type: 'small', values: [5, 6, 7], presence: 'odd' },
  { name: 'never', type: 'uint32', presence: 'never' },
  { name: 'always', type: 'uint32', presence: 'always' },
];

/** Row r of the test table; odd rows have all columns. */
function write(path: string, rows: number, rowGroupRows: number): void {
  const file = new ColumnFile(path, SPECS, rowGroupRows);
  for (let r = 0; r < rows; r++) {
    const { row } = file;
    const big = file.words('big');
    big[row * 2] = -r;
    big[row * 2 + 1] = r === 0 ? 0 : -1;
    file.words('count')[row] = -1 - r;
    file.bytes('word')[row] = r % 3;
    file.bytes('same')[row] = 1;
    file.words('always')[file.presence('always').mark(row)] = r;
    if (r % 2 === 1) {
      const index = file.presence('odd').mark(row);
      file.words('id')[index * 2] = r;
      file.words('id')[index * 2 + 1] = -1;
      file.bytes('size')[index] = r % 3;
    }
    file.row = row + 1;
    if (file.row === rowGroupRows) file.flush();
  }
  file.finish(undefined);
}

describe('ColumnFile', () => {
  for (const [rows, rowGroupRows] of [
    [0, 64],
    [1, 64],
    [64, 64],
    [129, 64],
    [1003, 100],
    [70_000, 122_880],
  ] as const) {
    it(`writes ${rows} rows in groups of ${rowGroupRows} that DuckDB reads back`, async () => {
      const path = join(folder, `rows-${rows}.parquet`);
      write(path, rows, rowGroupRows);
      const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
      const connection = await instance.connect();
      const reader = await connection.runAndReadAll(`select * from '${path}'`);
      const found = reader.getRowsJson();
      expect(found.length).toBe(rows);
      const top = 2n ** 64n - 2n ** 32n;
      for (const r of new Set([0, 1, 2, 63, 64, 100, 101, rows - 2, rows - 1])) {
        if (r < 0 || r >= rows) continue;
        const isOdd = r % 2 === 1;
        expect(found[r]).toEqual([
          String(-r),
          isOdd ? String(top + BigInt(r)) : null,
          2 ** 32 - 1 - r,
          ['a', 'bb', 'ccc'][r % 3],
          'y',
          isOdd ? 5 + (r % 3) : null,
          null,
          r,
        ]);
      }
      connection.closeSync();
      instance.closeSync();
    });
  }

  it('compresses with zstd, and tells the least and greatest value and how many are null', async () => {
    const path = join(folder, 'statistics.parquet');
    write(path, 250, 100);
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(
      `select path_in_schema as name, compression, stats_min_value as min, stats_max_value as max, stats_null_count as nulls
       from parquet_metadata('${path}') where row_group_id = 1`,
    );
    const rows: readonly Readonly<Record<string, unknown>>[] = reader.getRowObjectsJson();
    const found = new Map(rows.map((row) => [row.name, row]));
    expect(new Set(rows.map(({ compression }) => compression))).toEqual(new Set(['ZSTD']));
    const of = (name: string) => [
      found.get(name)?.min,
      found.get(name)?.max,
      Number(found.get(name)?.nulls),
    ];
    const top = 2n ** 64n - 2n ** 32n;
    expect(of('big')).toEqual(['-199', '-100', 0]);
    expect(of('id')).toEqual([String(top + 101n), String(top + 199n), 50]);
    expect(of('count')).toEqual([String(2 ** 32 - 200), String(2 ** 32 - 101), 0]);
    expect(of('word')).toEqual(['a', 'ccc', 0]);
    expect(of('same')).toEqual(['y', 'y', 0]);
    expect(of('size')).toEqual(['5', '7', 50]);
    expect(of('never')).toEqual([null, null, 100]);
    const skipped = await connection.runAndReadAll(
      `select count(*) from '${path}' where big between -150 and -149 and word >= 'a'`,
    );
    expect(skipped.getRowsJson()).toEqual([['2']]);
    connection.closeSync();
    instance.closeSync();
  });

  it('refuses a dictionary of more words than a byte can name', () => {
    const values = Array.from({ length: 257 }, (_, index) => index);
    expect(
      () => new ColumnFile(join(folder, 'wide.parquet'), [{ name: 'x', type: 'small', values }]),
    ).toThrow('at most 256');
  });
});

describe('ColumnReader', () => {
  it('reads back what was written, as it lies', () => {
    const path = join(folder, 'back.parquet');
    write(path, 250, 100);
    const reader = new ColumnReader(path, SPECS);
    expect([reader.rows, reader.rowGroups, reader.groupRows(2)]).toEqual([250, 3, 50]);
    const big = reader.read(1, 'big');
    expect([big.words[0], big.words[1]]).toEqual([-100, -1]);
    const id = reader.read(1, 'id');
    expect([id.present, id.words[0], id.bits?.[0]]).toEqual([50, 101, 0b10101010]);
    expect([...reader.read(2, 'word').bytes.subarray(0, 3)]).toEqual([2, 0, 1]);
    expect(new Set(reader.read(0, 'same').bytes)).toEqual(new Set([1]));
    expect([...reader.read(0, 'size').bytes.subarray(0, 3)]).toEqual([1, 0, 2]);
    expect(reader.read(0, 'never')).toMatchObject({ present: 0, bits: undefined });
    expect(reader.read(0, 'always')).toMatchObject({ present: 100, bits: undefined });
    reader.close();
  });

  it('refuses a file that is cut short', () => {
    const path = join(folder, 'cut.parquet');
    write(path, 250, 100);
    truncateSync(path, 3000);
    expect(() => new ColumnReader(path, SPECS)).toThrow();
    writeFileSync(path, 'PAR1');
    expect(() => new ColumnReader(path, SPECS)).toThrow(UnreadableColumnsError);
  });

  it('reads whatever was written: near and far values, in all rows, few or none', () => {
    const specs: readonly ColumnSpec[] = [
      { name: 'int64', type: 'int64', presence: 'some' },
      { name: 'uint64', type: 'uint64', presence: 'some' },
      { name: 'uint32', type: 'uint32', presence: 'some' },
      { name: 'text', type: 'text', values: ['a', 'bb', 'ccc'], presence: 'some' },
    ];
    const path = join(folder, 'whatever.parquet');
    const columns = fc.integer({ min: 0, max: 32 }).chain((bits) =>
      fc.array(
        fc.record({
          has: fc.boolean(),
          low: fc.integer({ min: 0, max: 2 ** bits - 1 }),
          high: bits < 32 ? fc.constant(-7) : fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        }),
        { minLength: 1, maxLength: 700, size: 'max' },
      ),
    );
    fc.assert(
      fc.property(columns, (rows) => {
        const file = new ColumnFile(path, specs, 1000);
        const present = rows.filter(({ has }) => has);
        for (const [row, { has, low, high }] of rows.entries()) {
          if (!has) continue;
          const index = file.presence('some').mark(row);
          for (const name of ['int64', 'uint64']) file.words(name).set([low, high], index * 2);
          file.words('uint32')[index] = low;
          file.bytes('text')[index] = low % 3;
        }
        file.row = rows.length;
        file.finish(undefined);
        const reader = new ColumnReader(path, specs);
        const read = (name: string) => reader.read(0, name);
        const pairs = Int32Array.from(present.flatMap(({ low, high }) => [low, high]));
        expect(read('int64').words.subarray(0, pairs.length)).toEqual(pairs);
        expect(read('uint64').words.subarray(0, pairs.length)).toEqual(pairs);
        const words = Int32Array.from(present, ({ low }) => low);
        expect(read('uint32').words.subarray(0, words.length)).toEqual(words);
        expect(read('text').bytes).toEqual(Uint8Array.from(present, ({ low }) => low % 3));
        expect(read('text').present).toBe(present.length);
        reader.close();
      }),
    );
  });

  it('reads a file in which bytes were changed, or refuses it in words: it never hangs, and fails in no other way', () => {
    const whole = join(folder, 'whole.parquet');
    write(whole, 250, 100);
    const before = readFileSync(whole);
    const change = fc.record({
      at: fc.integer({ min: 0, max: before.length - 1 }),
      byte: fc.integer({ min: 0, max: 255 }),
    });
    const path = join(folder, 'changed.parquet');
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        const bytes = Buffer.from(before);
        for (const { at, byte } of changes) bytes[at] = byte;
        writeFileSync(path, bytes);
        try {
          const reader = new ColumnReader(path, SPECS);
          for (let group = 0; group < reader.rowGroups; group++)
            for (const { name } of SPECS) reader.read(group, name);
          reader.close();
        } catch (cause) {
          expect(cause).toBeInstanceOf(UnreadableColumnsError);
        }
      }),
      { numRuns: 1500, seed: 3 },
    );
  });

  it('refuses a file of another writer, other dictionaries or missing columns', async () => {
    const own = join(folder, 'own.parquet');
    const other = join(folder, 'other.parquet');
    write(own, 10, 100);
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    await connection.run(`copy (from '${own}') to '${other}' (format parquet)`);
    connection.closeSync();
    instance.closeSync();
    expect(() => new ColumnReader(other, SPECS)).toThrow('another writer');
    expect(() => new ColumnReader(own, [{ name: 'absent', type: 'int64' }])).toThrow('no column');
    const renamed = SPECS.map((spec) =>
      spec.name === 'word' ? { ...spec, values: ['a', 'bc', 'ccc'] } : spec,
    );
    const reader = new ColumnReader(own, renamed);
    expect(() => reader.read(0, 'word')).toThrow('another dictionary');
    reader.close();
  });
});
