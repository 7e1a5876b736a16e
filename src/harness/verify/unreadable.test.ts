/** Files that are there and are not what they must be: unknown with one line, never valid, never a stack trace. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAWS } from './laws/registry.js';
import { literal } from './sql-text.js';
import { recordHistory, writeRecorded } from './synthetic/run-folder.js';
import { rewriteParquet, writeParquet } from './testing/rewrite-parquet.js';
import type { VerifyResult } from './verdict.js';
import { verifyRunFolder } from './verify.js';

const root = mkdtempSync(join(tmpdir(), 'paydrill-unreadable-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const CLEAN = recordHistory({ seed: 17, operations: 250, users: 40, merchants: 8 });
const FORMS = { parquet: join(root, 'parquet'), binary: join(root, 'binary') } as const;
type Form = keyof typeof FORMS;

beforeAll(async () => {
  for (const form of ['parquet', 'binary'] as const) {
    mkdirSync(FORMS[form]);
    await writeRecorded(FORMS[form], CLEAN, form);
  }
});

function copyOf(form: Form): string {
  const folder = mkdtempSync(join(root, 'run-'));
  cpSync(FORMS[form], folder, { recursive: true });
  return folder;
}

/** Unknown for a reason of one line, by prefilter and by queries alone. */
async function expectUnknown(folder: string): Promise<VerifyResult> {
  const exact = await verifyRunFolder(folder, { exact: true });
  const result = await verifyRunFolder(folder);
  for (const { verdict, reason } of [exact, result]) {
    expect(verdict).toBe('unknown');
    expect(reason).toMatch(/^[^\n]+$/);
  }
  return result;
}

const PARQUET = [
  'journal.parquet/part-0.parquet',
  'books/transfers-1.parquet',
  'books/accounts-0.parquet',
];
const BINARY = ['journal/invokes-0.0.bin', 'books/entries-1.0.bin', 'books/accounts-0.0.bin'];

describe('a part that is cut short', () => {
  it.each(PARQUET)('is unknown: %s', async (path) => {
    const whole = readFileSync(join(FORMS.parquet, path)).length;
    for (const length of [0, 3, 8, Math.floor(whole / 2), whole - 1]) {
      const folder = copyOf('parquet');
      truncateSync(join(folder, path), length);
      const result = await expectUnknown(folder);
      expect(result.reason).toContain(path.split('/').at(-1));
    }
  });

  it.each(BINARY.slice(1))('is unknown in binary: %s', async (path) => {
    const whole = readFileSync(join(FORMS.binary, path)).length;
    for (const length of [0, 10, Math.floor(whole / 2), whole - 1]) {
      const folder = copyOf('binary');
      truncateSync(join(folder, path), length);
      await expectUnknown(folder);
    }
  });

  it.each([...PARQUET, 'books/transfers-0.parquet'])(
    'is unknown where it is gone: %s',
    async (path) => {
      const folder = copyOf('parquet');
      rmSync(join(folder, path));
      expect((await expectUnknown(folder)).reason).toMatch(/missing|gone/);
    },
  );
});

describe('a folder in the place of a file', () => {
  it.each([
    ['parquet', PARQUET[0]],
    ['parquet', PARQUET[1]],
    ['parquet', PARQUET[2]],
    ['binary', BINARY[0]],
    ['binary', BINARY[1]],
    ['binary', BINARY[2]],
    ['parquet', 'books/books.json'],
    ['parquet', 'plan.json'],
    ['parquet', 'drill.json'],
    ['parquet', 'journal.json'],
  ] as const)('is unknown: %s, %s', async (form, path = '') => {
    const folder = copyOf(form);
    rmSync(join(folder, path));
    mkdirSync(join(folder, path));
    await expectUnknown(folder);
  });
});

describe('a part with other columns', () => {
  it.each([
    [PARQUET[0], 'outcome'],
    [PARQUET[1], 'version_1'],
    [PARQUET[2], 'opening'],
  ])('is unknown where one is missing, and names it: %s, %s', async (path = '', column) => {
    const folder = copyOf('parquet');
    await rewriteParquet(join(folder, path), `select * exclude (${column}) from $part`);
    expect((await expectUnknown(folder)).reason).toMatch(
      new RegExp(`${path.split('/')[1]} has no column ${column}$`),
    );
  });

  it.each([
    [PARQUET[0], 'amount', 'double'],
    [PARQUET[0], 'outcome', 'blob'],
    [PARQUET[1], 'command', 'integer'],
    [PARQUET[2], 'opening', 'varchar'],
  ])(
    'is unknown where one has another type, and names it: %s, %s %s',
    async (path = '', column, type) => {
      const folder = copyOf('parquet');
      const change = column === 'command' ? '7 as command' : `${column}::${type} as ${column}`;
      await rewriteParquet(join(folder, path), `select * replace (${change}) from $part`);
      const { reason } = await expectUnknown(folder);
      expect(reason).toContain(` has ${type.toUpperCase()} in ${column}, where `);
    },
  );
});

describe('parts that somebody else wrote', () => {
  const judgedOf = async (folder: string): Promise<unknown> => {
    const { timings_ms: _, ...result } = await verifyRunFolder(folder);
    return result;
  };

  it('are judged as the drill’s own: compressed, other row groups, other encodings', async () => {
    const folder = copyOf('parquet');
    for (const path of PARQUET)
      await rewriteParquet(join(folder, path), 'from $part', ', codec zstd, row_group_size 2048');
    const result = await judgedOf(folder);
    expect(result).toEqual(await judgedOf(copyOf('parquet')));
    expect(result).toMatchObject({ verdict: 'valid' });
  });

  it('are judged as the drill’s own: columns in another order, integers widened', async () => {
    const folder = copyOf('parquet');
    const widened = 'id_hi::decimal(20,0) as id_hi, id_lo::decimal(20,0) as id_lo';
    for (const path of PARQUET.slice(0, 2))
      await rewriteParquet(
        join(folder, path),
        `select amount, * exclude (amount) replace (${widened}) from $part`,
      );
    await rewriteParquet(
      join(folder, PARQUET[2] ?? ''),
      'select version::bigint as version, * exclude (version) from $part',
    );
    expect(await judgedOf(folder)).toEqual(await judgedOf(copyOf('parquet')));
  });
});

describe('tables that somebody else wrote in several files', () => {
  const WITHOUT_UNSIGNED = `id_hi::decimal(20,0) as id_hi, id_lo::decimal(20,0) as id_lo,
    reference_hi::decimal(20,0) as reference_hi, reference_lo::decimal(20,0) as reference_lo`;

  /** As Spark leaves a table: a folder of parts with names of their own, and a mark that all are there. */
  async function asFolder(path: string, files: readonly string[], select: string): Promise<void> {
    const whole = `${path}.whole`;
    mkdirSync(whole);
    for (const [index, file] of files.entries()) cpSync(file, join(whole, `part-${index}.parquet`));
    rmSync(path, { recursive: true });
    mkdirSync(path);
    for (const half of [0, 1]) {
      const part = join(path, `part-0000${half}-9a2c-c000.snappy.parquet`);
      await writeParquet(
        part,
        `select * from (${select} from read_parquet(${literal(`${whole}/*.parquet`)}))
           qualify row_number() over () % 2 = ${half}`,
        ', codec snappy, row_group_size 2048',
      );
    }
    writeFileSync(join(path, '_SUCCESS'), '');
    rmSync(whole, { recursive: true });
  }

  it('are judged as the drill’s own: the books of a shard, a part of the journal', async () => {
    const folder = copyOf('parquet');
    for (const path of PARQUET.slice(0, 2)) {
      const file = join(folder, path);
      await asFolder(file, [file], `select * replace (${WITHOUT_UNSIGNED})`);
    }
    for (const exact of [false, true])
      expect(await verifyRunFolder(folder, { exact })).toMatchObject({ verdict: 'valid' });
  });

  it('are judged as the drill’s own: the whole journal, of which no part is a worker’s', async () => {
    const folder = copyOf('parquet');
    const journal = join(folder, 'journal.parquet');
    const files = readdirSync(journal).map((name) => join(journal, name));
    expect(files.length).toBe(2);
    await asFolder(journal, files, `select * replace (${WITHOUT_UNSIGNED})`);
    for (const exact of [false, true])
      expect(await verifyRunFolder(folder, { exact })).toMatchObject({ verdict: 'valid' });
    const without = mkdtempSync(join(root, 'run-'));
    cpSync(folder, without, { recursive: true });
    rmSync(join(without, 'books'), { recursive: true });
    const alone = await verifyRunFolder(without);
    expect(alone.reason).toBe('the books were never read');
    const answered = await verifyRunFolder(copyOf('parquet'));
    const { attempted, ok, declined, unknown } = answered.operations;
    expect(alone.operations).toMatchObject({ attempted, ok, declined, unknown });
    expect(attempted).toBe(250);
    rmSync(join(journal, 'part-00001-9a2c-c000.snappy.parquet'));
    const { reason } = await expectUnknown(folder);
    expect(reason).toMatch(
      /^the journal of worker \d holds \d+ operations where \d+ were written$/,
    );
  });
});

describe('values that are lost on the way', () => {
  it.each([
    [PARQUET[0], 'outcome', 'null::varchar'],
    [PARQUET[0], 'sent_after_us', 'null::uinteger'],
    [PARQUET[0], 'kind', 'upper(kind)'],
    [PARQUET[0], 'receipt_version_1', 'null::uinteger'],
    [PARQUET[1], 'command', `'posted'`],
    [PARQUET[1], 'balance_2', 'null::bigint'],
    [PARQUET[1], 'pending_1', `''`],
    [PARQUET[2], 'opening', 'null::bigint'],
  ])('are unknown, and named: %s, %s as %s', async (path = '', column, value) => {
    const folder = copyOf('parquet');
    await rewriteParquet(join(folder, path), `select * replace (${value} as ${column}) from $part`);
    expect((await expectUnknown(folder)).reason).toMatch(
      new RegExp(
        `^the (journal has|books have) \\d+ rows with nothing, or nothing known, in ${column}$`,
      ),
    );
  });
});

describe('books.json', () => {
  it.each([
    '',
    '{"complete": tr',
    'null',
    '{"complete": true}',
    '{"complete": true, "shards": 1e9, "entries": [], "accounts": []}',
    '{"complete": true, "shards": 2, "entries": ["a", 1], "accounts": [1, 1]}',
    '{"complete": true, "shards": 2.5, "entries": [1, 1], "accounts": [1, 1]}',
    '{"complete": false, "reason": "two\\nlines"}',
  ])('that says %s is unknown', async (text) => {
    const folder = copyOf('parquet');
    writeFileSync(join(folder, 'books', 'books.json'), text);
    await expectUnknown(folder);
  });
});

describe('a file in which bytes were changed', () => {
  it.each([
    ...PARQUET.map((path) => ['parquet', path] as const),
    ...BINARY.map((path) => ['binary', path] as const),
  ])('never makes judging fail: %s, %s', async (form, path) => {
    const whole = readFileSync(join(FORMS[form], path));
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            at: fc.integer({ min: 0, max: whole.length - 1 }),
            byte: fc.integer({ min: 0, max: 255 }),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        async (changes) => {
          const folder = copyOf(form);
          const bytes = Buffer.from(whole);
          for (const { at, byte } of changes) bytes[at] = byte;
          writeFileSync(join(folder, path), bytes);
          const result = await verifyRunFolder(folder);
          expect(['valid', 'invalid', 'unknown']).toContain(result.verdict);
          if (result.verdict !== 'valid') expect(result.reason).toMatch(/^[^\n]+$/);
          rmSync(folder, { recursive: true });
        },
      ),
      { numRuns: 8, seed: 5 },
    );
  });
});

describe('a law that somebody added', () => {
  it.each([
    ['is no SQL', 'selec nothing'],
    ['asks for a column that is not there', 'select weight from journal'],
    ['fails on a row', "select error('broken: ' || amount) from journal"],
    ['reads another file', "from read_text('/etc/hostname')"],
    ['writes a file', "copy journal to 'stolen.csv'"],
    ['does something else first', 'create table mine as from journal; select 1 from journal'],
    ['takes a table away', 'drop view entries'],
  ])('is undecided where its query %s, and the others are not', async (_, sql) => {
    const folder = copyOf('parquet');
    mkdirSync(join(folder, 'laws'));
    writeFileSync(join(folder, 'laws', 'mine.sql'), sql);
    const result = await expectUnknown(folder);
    const [mine] = result.laws.filter(({ name }) => name === 'mine');
    expect(mine).toMatchObject({ status: 'undecided' });
    expect(mine?.witness).toMatch(/^its query failed: [^\n]+$/);
    expect(result.laws.filter(({ status }) => status === 'holds')).toHaveLength(LAWS.length);
    expect(readdirSync(folder).filter((name) => name.startsWith('.spill'))).toEqual([]);
  });
});
