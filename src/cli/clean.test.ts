import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRuns, oldRuns } from '../harness/records/old-runs.js';
import { cleanCommand } from './clean.js';

const DAY_MS = 86_400_000;
const NOW = Date.now();

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-clean-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A run folder of so many days ago. */
function run(name: string, days: number, files: readonly string[] = ['summary.json']): void {
  const path = join(folder, name);
  mkdirSync(join(path, 'books'), { recursive: true });
  const at = new Date(NOW - days * DAY_MS);
  const put = (file: string, text: string): void => {
    writeFileSync(join(path, file), text);
    utimesSync(join(path, file), at, at);
  };
  put('plan.json', '{ "schema": "paydrill.plan/1" }');
  put('log.txt', 'begun');
  put(join('books', 'accounts-0.parquet'), 'x'.repeat(1000));
  for (const file of files) put(file, '{}');
}

async function clean(...args: readonly string[]): Promise<void> {
  await cleanCommand().parseAsync([folder, ...args], { from: 'user' });
}

function left(): string[] {
  return readdirSync(folder).sort();
}

describe('clean', () => {
  it('removes nothing until it is told to', async () => {
    for (const days of [1, 2, 3]) run(`run-${days}`, days);
    await clean('--newest', '0');
    expect(left()).toEqual(['run-1', 'run-2', 'run-3']);
    await clean('--newest', '1', '--yes');
    expect(left()).toEqual(['run-1']);
  });

  it('keeps the newest, and those that are young, whichever are more', async () => {
    for (const days of [1, 2, 3, 40, 50]) run(`run-${days}`, days);
    await clean('--newest', '1', '--older-than', '30', '--yes');
    expect(left()).toEqual(['run-1', 'run-2', 'run-3']);
    await clean('--newest', '2', '--yes');
    expect(left()).toEqual(['run-1', 'run-2']);
  });

  it('never touches what is not a run folder', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'paydrill-outside-'));
    writeFileSync(join(outside, 'plan.json'), '{ "schema": "paydrill.plan/1" }');
    mkdirSync(join(folder, 'holiday photos'));
    mkdirSync(join(folder, 'plan of others'));
    writeFileSync(join(folder, 'plan of others', 'plan.json'), '{ "schema": "house/1" }');
    mkdirSync(join(folder, 'plan broken'));
    writeFileSync(join(folder, 'plan broken', 'plan.json'), '{ "schema": "paydrill.plan/1"');
    mkdirSync(join(folder, 'plan linked'));
    symlinkSync(join(outside, 'plan.json'), join(folder, 'plan linked', 'plan.json'));
    symlinkSync(outside, join(folder, 'a link'));
    writeFileSync(join(folder, 'README.md'), '');
    run('gone', 400);
    const before = left().filter((name) => name !== 'gone');
    await clean('--newest', '0', '--yes');
    expect(left()).toEqual(before);
    expect(readdirSync(outside)).toEqual(['plan.json']);
    rmSync(outside, { recursive: true });
  });

  it('takes the folder of a campaign as one, and none that holds something else', async () => {
    for (const step of ['01-1000', '02-2000']) run(join('capacity of old', 'steps', step), 40);
    for (const side of ['01-a', '01-b']) run(join('two sides', 'runs', side), 30);
    for (const side of ['01-a', '01-b']) run(join('rounds under way', 'runs', side), 0);
    for (const name of ['notes beside', 'other folder', 'other run'])
      run(join(name, 'runs', '01-a'), 50);
    const at = new Date(NOW - 30 * DAY_MS);
    for (const file of ['comparison.json', 'comparison.md', 'junit.xml']) {
      writeFileSync(join(folder, 'two sides', file), '{}');
      utimesSync(join(folder, 'two sides', file), at, at);
    }
    writeFileSync(join(folder, 'notes beside', 'notes.txt'), '');
    mkdirSync(join(folder, 'other folder', 'pictures'));
    mkdirSync(join(folder, 'other run', 'runs', 'pictures'));
    run('newest', 1);
    const others = ['notes beside', 'other folder', 'other run'];
    await clean('--newest', '2', '--older-than', '35', '--yes');
    expect(left()).toEqual(['newest', ...others, 'rounds under way', 'two sides'].sort());
    await clean('--newest', '0', '--yes');
    expect(left()).toEqual([...others, 'rounds under way'].sort());
  });

  it('leaves a drill that may be running, and removes one that was cut short', async () => {
    run('running', 0, []);
    run('cut short', 2, []);
    await clean('--newest', '0', '--yes');
    expect(left()).toEqual(['running']);
  });

  it('takes latest away with the run it points to, and with no other', async () => {
    run('old', 3);
    run('new', 1);
    symlinkSync('new', join(folder, 'latest'));
    await clean('--newest', '1', '--yes');
    expect(left()).toEqual(['latest', 'new']);
    await clean('--newest', '0', '--yes');
    expect(left()).toEqual([]);
  });

  it('says in one line where there is nothing to list', async () => {
    await expect(
      cleanCommand().parseAsync([join(folder, 'nowhere')], { from: 'user' }),
    ).rejects.toThrow(/^cannot list .*nowhere: ENOENT.*name the folder/);
  });

  it('tells what it would free', () => {
    run('one', 1);
    const runs = findRuns(folder);
    expect(runs[0]?.bytes).toBeGreaterThan(1000);
    expect(oldRuns(runs, { newest: 0, olderThanMs: 0, nowUnixMs: NOW }).length).toBe(1);
  });
});
