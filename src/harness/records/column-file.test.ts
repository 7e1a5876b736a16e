import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ColumnFile, type ColumnSpec } from './column-file.js';
import { ColumnReader, UnreadableColumnsError } from './column-reader.js';

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
  file.finish();
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
