/** A journal or books that are not what was written: unknown in one line, and nobody is accused of anything. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DRILL_FILE, drillRecordText } from '../records/drill-record.js';
import { JOURNAL_FILE, journalRecordText, readJournalRecord } from '../records/journal-record.js';
import { PLAN_FILE } from '../records/plan-record.js';
import { OPERATION_COLUMNS } from '../records/table-columns.js';
import { convertRun } from '../records/to-parquet.js';
import { DAMAGES } from './synthetic/damages.js';
import { RUN_ID, recordHistory, writeRecorded } from './synthetic/run-folder.js';
import { rewriteParquet } from './testing/rewrite-parquet.js';
import { verifyRunFolder } from './verify.js';

const root = mkdtempSync(join(tmpdir(), 'paydrill-journal-found-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const SHAPE = { operations: 250, users: 40, merchants: 8 };
const [whole, other] = [join(root, 'whole'), join(root, 'other')];

beforeAll(async () => {
  for (const [folder, seed] of [
    [whole, 17],
    [other, 18],
  ] as const) {
    mkdirSync(folder);
    await writeRecorded(folder, recordHistory({ ...SHAPE, seed }), 'binary');
  }
});

function copyOf(folder: string): string {
  const copy = mkdtempSync(join(root, 'run-'));
  cpSync(folder, copy, { recursive: true });
  return copy;
}

function toParquet(folder: string): Promise<void> {
  return convertRun({ folder, shards: 2, keepBinary: false, rowGroupRows: 64 });
}

/** No answer to operation 4. */
const WITHOUT_ANSWER = OPERATION_COLUMNS.filter(
  ({ name, presence }) =>
    name === 'outcome' || presence === 'completion' || /^leg/.test(presence ?? ''),
)
  .map(({ name }) => {
    const nothing = name === 'outcome' ? `'unknown'` : 'null';
    return `case when sequence = 4 then ${nothing} else ${name} end as ${name}`;
  })
  .join(', ');

async function expectUnknown(folder: string, reason: RegExp): Promise<void> {
  for (const exact of [false, true]) {
    const result = await verifyRunFolder(folder, { exact });
    expect(result).toMatchObject({ verdict: 'unknown', reason: expect.stringMatching(reason) });
    expect(new Set(result.laws.map(({ status }) => status))).toEqual(new Set(['undecided']));
  }
}

describe('records that are not what was written', () => {
  it('are what was written, before anything happens to them', async () => {
    for (const folder of [copyOf(whole), copyOf(other)]) {
      expect((await verifyRunFolder(folder)).verdict).toBe('valid');
      await toParquet(folder);
      expect((await verifyRunFolder(folder, { exact: true })).verdict).toBe('valid');
    }
  });

  it.each(DAMAGES)('are unknown: $name', async ({ apply, reason }) => {
    const folder = copyOf(whole);
    apply(folder, other);
    await expectUnknown(folder, reason);
    await toParquet(folder).catch(() => undefined); // what Parquet cannot hold stays as it is
    await expectUnknown(folder, reason);
  });

  it.each([
    [
      'a row is there twice',
      '(from $part union all from $part where sequence = 4)',
      /holds \d+ op/,
    ],
    ['a row is gone', '(from $part where sequence <> 4)', /holds \d+ operations where/],
    [
      'a row is there twice, and another is not',
      `(select * replace (case when sequence = 5 then 4 else sequence end as sequence) from $part)`,
      /does not number its operations/,
    ],
    [
      'an answer is gone',
      `(select * replace (${WITHOUT_ANSWER}) from $part)`,
      /holds \d+ answers where/,
    ],
    [
      'the rows are of another worker',
      '(select * replace (1::integer as worker) from $part)',
      /^the journal of worker \d holds/,
    ],
  ])('are unknown where others wrote the Parquet file: %s', async (_, from, reason) => {
    const folder = copyOf(whole);
    await toParquet(folder);
    await rewriteParquet(join(folder, 'journal.parquet/part-0.parquet'), `from ${from}`);
    await expectUnknown(folder, reason);
  });
});

describe('a Parquet part of another run that holds as much', () => {
  const PARTS = [
    'journal.parquet/part-1.parquet',
    'books/transfers-0.parquet',
    'books/accounts-1.parquet',
  ];
  it.each(PARTS)(
    'is unknown by what it says, and taken as it is where it says nothing: %s',
    async (part) => {
      const [folder, another] = [copyOf(whole), mkdtempSync(join(root, 'run-'))];
      await toParquet(folder);
      const recorded = recordHistory({ ...SHAPE, seed: 17 });
      await writeRecorded(another, recorded, 'parquet', 'another run');
      cpSync(join(another, part), join(folder, part));
      await expectUnknown(folder, new RegExp(`^${part} is of another run$`));
      await rewriteParquet(join(folder, part), 'from $part');
      for (const exact of [false, true])
        expect((await verifyRunFolder(folder, { exact })).verdict).toBe('valid');
    },
  );
});

describe('a journal that was never closed', () => {
  it('is unknown', async () => {
    const folder = copyOf(whole);
    rmSync(join(folder, JOURNAL_FILE));
    await expectUnknown(folder, /^journal.json is missing: nobody closed the journal$/);
  });

  it('is judged as far as it goes where a worker was lost, and never valid', async () => {
    const folder = copyOf(whole);
    const record = readJournalRecord(folder);
    const parts = record?.parts.filter(({ worker }) => worker === 0) ?? [];
    const text = journalRecordText({ runId: RUN_ID, workers: 2, parts });
    writeFileSync(join(folder, JOURNAL_FILE), text);
    const completions = join(folder, 'journal/completions-1.0.bin');
    truncateSync(completions, statSync(completions).size / 2);
    await expectUnknown(folder, /^worker 1 did not close its journal$/);
    const failures = ['load worker 1 is gone'];
    const drill = drillRecordText({ atRest: true, notAtRest: [], failures });
    writeFileSync(join(folder, DRILL_FILE), drill);
    const spoilt = copyOf(folder);
    const damage = DAMAGES.find(({ name }) => name === 'an answer is there twice');
    damage?.apply(spoilt, other);
    await expectUnknown(spoilt, damage?.reason ?? /./);
    for (const exact of [false, true]) {
      const result = await verifyRunFolder(folder, { exact });
      expect(result).toMatchObject({ verdict: 'unknown', reason: failures[0] });
      expect(result.laws.every(({ status }) => status === 'holds')).toBe(true);
    }
  });

  it('is taken as it is where nobody says that a drill has written it', async () => {
    const folder = copyOf(whole);
    for (const file of [PLAN_FILE, DRILL_FILE, JOURNAL_FILE]) rmSync(join(folder, file));
    expect((await verifyRunFolder(folder)).verdict).toBe('valid');
  });

  it('is unknown where journal.json cannot be read', async () => {
    const folder = copyOf(whole);
    for (const text of ['{', '{}', '[]', '{"run_id":"a","workers":2,"parts":[{"worker":0}]}']) {
      writeFileSync(join(folder, JOURNAL_FILE), text);
      await expectUnknown(folder, /^the run cannot be read: journal.json cannot be read: [^\n]+$/);
    }
  });
});
