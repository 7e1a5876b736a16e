import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { leftovers, processesDoing } from './leftovers.js';

let folder: string;
let temporary: string;
let run: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-left-'));
  temporary = join(folder, 'temporary');
  run = join(folder, 'run');
  for (const path of [temporary, run]) mkdirSync(path);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('of a drill that left nothing is nothing', async () => {
  for (const name of ['plan.json', 'summary.json', 'log.txt']) writeFileSync(join(run, name), '');
  mkdirSync(join(run, 'books'));
  expect(await leftovers(temporary, run)).toEqual([]);
  expect(await leftovers(temporary, join(folder, 'never-made'))).toEqual([]);
});

it('names processes that nobody is the parent of, temporary files and what lies about in the run folder', async () => {
  const wait = 'process.stdout.write("here"); setInterval(() => {}, 1000)';
  const child = spawn(process.execPath, ['-e', wait, 'gateway'], {
    env: { TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  writeFileSync(join(temporary, 'paydrill-1.lock'), '');
  mkdirSync(join(run, '.spill-17'));
  mkdirSync(join(run, 'books'));
  writeFileSync(join(run, 'books', '.accounts-0.parquet.17'), '');
  const found = await leftovers(temporary, run, 0);
  expect(found).toEqual([
    expect.stringMatching(`^process ${child.pid}: .* gateway$`),
    'temporary paydrill-1.lock',
    'in the run folder .spill-17',
    'in the run folder books/.accounts-0.parquet.17',
  ]);
  expect(processesDoing(temporary, wait)).toEqual([child.pid]);
  expect(processesDoing(temporary, 'shard')).toEqual([]);
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
});
