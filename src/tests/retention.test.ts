/** What drills leave behind in a project: which files stay, where `reports/latest` points, what a failed start leaves. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runProgramIn, writeScript } from './testing/program.js';

const script = (threshold: string): string => `
import { pay } from 'k6/x/pay';
export const options = {
  ext: { paydrill: { users: 10, merchants: 2, splitMerchants: 1 } },
  scenarios: { once: { executor: 'per-vu-iterations', vus: 1, iterations: 2 } },
  thresholds: { pay_ok: ['${threshold}'] },
};
export default function () { pay({ payer: 1, merchant: 1, amountMinor: 100 }); }
`;

const PAGES = [
  'faults.json',
  'junit.xml',
  'log.txt',
  'metrics.json',
  'plan.json',
  'report.html',
  'response-time.hlog',
  'service-time.hlog',
  'summary.json',
];

let project: string;

beforeEach(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'paydrill-project-')));
});

afterEach(() => {
  rmSync(project, { recursive: true, force: true });
});

/** The program, called in the project. */
const paydrill = (...args: readonly string[]) => runProgramIn(project, ...args);

function run(name: string, threshold: string, ...args: readonly string[]) {
  writeScript(project, script(threshold));
  return paydrill('run', 'night.js', '--quiet', '--out', name, ...args);
}

function files(name: string): string[] {
  return readdirSync(join(project, name)).sort();
}

describe('run --keep', { timeout: 60_000 }, () => {
  test('none leaves what people and programs read, and verify says why it cannot judge', async () => {
    expect(await run('kept', 'rate==1', '--keep', 'none')).toMatchObject({ code: 0 });
    expect(files('kept')).toEqual(expect.arrayContaining(PAGES));
    expect(files('kept').filter((name) => /^(journal|books)/.test(name))).toEqual([]);
    const summary = JSON.parse(readFileSync(join(project, 'kept', 'summary.json'), 'utf8'));
    expect(summary).toMatchObject({ verdict: 'valid', run: { records_kept: false } });
    const again = await paydrill('verify', 'kept');
    expect(again.code).toBe(104);
    expect(again.errors).toMatch(/^paydrill: kept: its journal and books were not kept/);
  });

  test('failed keeps the records of a run that does not end 0, and of no other', async () => {
    expect(await run('well', 'rate==1', '--keep', 'failed')).toMatchObject({ code: 0 });
    expect(existsSync(join(project, 'well', 'books'))).toBe(false);
    expect(await run('ill', 'rate==0', '--keep', 'failed')).toMatchObject({ code: 99 });
    expect(files('ill')).toEqual(expect.arrayContaining(['books', 'journal.parquet', ...PAGES]));
    expect(await paydrill('verify', 'ill')).toMatchObject({ code: 99 });
  });
});

describe('reports/latest', { timeout: 60_000 }, () => {
  const latest = (): string => realpathSync(join(project, 'reports', 'latest'));

  test('points to the newest, also where it was named; a start that fails leaves all as it was', async () => {
    expect(await run('named', 'rate==1')).toMatchObject({ code: 0 });
    expect(latest()).toBe(join(project, 'named'));
    const before = [...files('reports'), ...files('.')];
    const failed = await run('other', 'rate==1', '--target', '127.0.0.1:9');
    expect(failed.code).toBe(104);
    expect([...files('reports'), ...files('.')]).toEqual(before);
    expect(latest()).toBe(join(project, 'named'));
  });

  test('two drills that start at once both end well, each in a folder of its own', async () => {
    writeScript(project, script('rate==1'));
    const both = await Promise.all([1, 2].map(() => paydrill('run', 'night.js', '--quiet')));
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const runs = files('reports').filter(
      (name) => name.endsWith('Z-night') || /-night-\d+$/.test(name),
    );
    expect(runs.length).toBe(2);
    expect(runs.map((name) => join(project, 'reports', name))).toContain(latest());
  });
});
