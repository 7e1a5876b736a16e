/** What `paydrill init --target` writes is a target file that is read, and a script that can be run against it. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadTargetFile } from '../harness/targets/file/load-target-file.js';
import { startProgram } from './testing/program.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-init-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it.each([
  ['http', ['clients'], 'url'],
  ['postgres', ['clients', 'database'], 'database'],
  ['mysql', ['clients', 'database'], 'database'],
])('init --target %s', async (kind, links, books) => {
  const init = startProgram('init', '--target', kind, join(folder, 'drills'));
  expect(await init.ended, init.errors()).toBe(0);
  expect(init.output()).toMatch(/next: .* check .*target\.ts\n$/);
  expect(readdirSync(join(folder, 'drills')).sort()).toEqual([
    'drill.faults.json',
    'drill.ts',
    'target.ts',
    'tsconfig.json',
  ]);
  const loaded = await loadTargetFile('drills/target.ts', { folder, random: Math.random });
  expect(Object.keys(loaded.file.links ?? {})).toEqual(links);
  expect(loaded.file.books?.entries).toHaveProperty(books);
  if (kind !== 'http') expect(loaded.file.databases?.books).toMatch(new RegExp(`^${kind}:`));
  expect(loaded.env.BASE_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const inspect = startProgram('inspect', join(folder, 'drills', 'drill.ts'));
  expect(await inspect.ended, inspect.errors()).toBe(0);
});
