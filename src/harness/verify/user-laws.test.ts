import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../user-error.js';
import { recordHistory, writeRecorded } from './synthetic/run-folder.js';
import { readLawFiles, userLaws } from './user-laws.js';
import { verifyRunFolder } from './verify.js';

const root = mkdtempSync(join(tmpdir(), 'paydrill-user-laws-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const HOLDS = "select 1 from journal where kind = 'unrecognised'";
const BROKEN = "-- Nobody pays.\nselect id_hi, id_lo, 'pays' as problem from asked";

function folderOf(laws: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(root, 'laws-'));
  for (const [file, sql] of Object.entries(laws)) writeFileSync(join(folder, file), sql);
  return folder;
}

async function runWith(laws: Readonly<Record<string, string>>): Promise<string> {
  const folder = mkdtempSync(join(root, 'run-'));
  await writeRecorded(folder, recordHistory({ seed: 4, operations: 300, users: 40 }));
  mkdirSync(join(folder, 'laws'));
  for (const [file, sql] of Object.entries(laws)) writeFileSync(join(folder, 'laws', file), sql);
  return folder;
}

describe('a folder of laws', () => {
  it('is its .sql files, by name, and nothing else in it', () => {
    const folder = folderOf({ 'b.sql': HOLDS, 'a.sql': BROKEN, 'README.md': 'laws of ours' });
    expect(readLawFiles(folder)).toEqual([
      { name: 'a', sql: BROKEN },
      { name: 'b', sql: HOLDS },
    ]);
  });

  it('is refused in one line where it is not there, or a file cannot be read', () => {
    expect(() => readLawFiles(join(root, 'nowhere'))).toThrow(UserError);
    const folder = folderOf({});
    mkdirSync(join(folder, 'folder.sql'));
    expect(() => readLawFiles(folder)).toThrow(
      /^the laws in .*folder\.sql cannot be read: [^\n]+$/,
    );
  });

  it('cannot take the name of a law of paydrill', async () => {
    const laws = { 'conservation.sql': HOLDS };
    expect(() => readLawFiles(folderOf(laws))).toThrow(/paydrill has a law 'conservation'/);
    await expect(verifyRunFolder(await runWith(laws))).rejects.toThrow(/has a law 'conservation'/);
  });
});

describe('laws of a run folder', () => {
  it('are joined by those that are given, which stand in place of one of the same name', async () => {
    const folder = await runWith({ 'ours.sql': BROKEN, 'kept.sql': HOLDS });
    const given = [
      { name: 'ours', sql: HOLDS },
      { name: 'more', sql: `${HOLDS} -- to the end` },
    ];
    expect(userLaws(folder, { given }).map(({ name }) => name)).toEqual(['kept', 'ours', 'more']);
    expect((await verifyRunFolder(folder)).reason).toBe('broken: ours');
    const result = await verifyRunFolder(folder, { userLaws: { given } });
    expect(result.verdict).toBe('valid');
    expect(result.laws.slice(-3).map(({ status }) => status)).toEqual(['holds', 'holds', 'holds']);
  });

  it('count all that they return, and tell the first as they return it', async () => {
    const sql = `select amount, 'is ' || amount as problem from asked order by amount desc, problem`;
    const folder = await runWith({ 'largest.sql': sql });
    const { laws } = await verifyRunFolder(folder);
    const asked = laws.find(({ name }) => name === 'largest');
    const [most] = recordHistory({ seed: 4, operations: 300, users: 40 })
      .operations.map(({ amount }) => amount)
      .sort((a, b) => b - a);
    expect(asked).toMatchObject({ status: 'broken', witness: `is ${most}` });
    expect(asked?.violations).toBeGreaterThan(250);
  });

  it('are undecided where their query runs for ever, and the others are decided all the same', async () => {
    const endless = 'select count(*) from range(1000000000) a, range(1000000000) b';
    const many = 'select a.range from range(1000000000) a, range(1000000000) b';
    const folder = await runWith({ 'a.sql': endless, 'b.sql': many, 'c.sql': BROKEN });
    const { laws, reason } = await verifyRunFolder(folder, { userLaws: { limitS: 0.3 } });
    const late = 'its query failed: it had not ended after 0.3 s';
    expect(laws.slice(-3)).toMatchObject([
      { name: 'a', status: 'undecided', witness: late },
      { name: 'b', status: 'undecided', witness: late },
      { name: 'c', status: 'broken' },
    ]);
    expect(reason).toBe('broken: c');
  });

  it('are given up with the whole judgement when that is aborted, and leave nothing', async () => {
    const endless = 'select count(*) from range(1000000000) a, range(1000000000) b';
    const folder = await runWith({ 'a.sql': endless, 'b.sql': BROKEN });
    const stop = new AbortController();
    const judged = verifyRunFolder(folder, { signal: stop.signal, userLaws: { limitS: 60 } });
    const begunMs = performance.now();
    setTimeout(() => stop.abort(new Error('enough')), 1_000);
    await expect(judged).rejects.toThrow('enough');
    expect(performance.now() - begunMs).toBeLessThan(30_000);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
