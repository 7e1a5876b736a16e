import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRun } from './open-run.js';
import { SPILL_FOLDER } from './spill.js';
import { recordHistory, writeRecorded } from './synthetic/run-folder.js';
import { verifyRunFolder } from './verify.js';

let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-spill-'));
  await writeRecorded(folder, recordHistory({ seed: 3, operations: 100, users: 20 }));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What a process with this id on this machine puts aside. */
function spillOf(pid: number): string {
  const path = join(folder, SPILL_FOLDER.replace(/\d+$/, String(pid)));
  mkdirSync(path);
  writeFileSync(join(path, 'duckdb_temp_storage-0.tmp'), 'rows');
  return path;
}

/** Of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

test('what a process left that was ended on the spot goes when the run is judged again', async () => {
  const [left, used] = [spillOf(deadPid()), spillOf(process.ppid)];
  const elsewhere = join(folder, '.spill-another-machine-1');
  mkdirSync(elsewhere);
  expect((await verifyRunFolder(folder)).verdict).toBe('valid');
  expect([left, used, elsewhere].map(existsSync)).toEqual([false, true, true]);
});

test('the same when the run is asked', async () => {
  const left = spillOf(deadPid());
  const run = await openRun(folder, new AbortController().signal);
  run.close();
  expect(existsSync(left)).toBe(false);
});
