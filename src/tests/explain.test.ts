/** `paydrill explain` and `paydrill laws --sql` as their users start them, over a made-up run with a bug in it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LAWS } from '../harness/verify/laws/registry.js';
import { PLANTED_BUGS } from '../harness/verify/synthetic/planted.js';
import { recordHistory, writeRecorded } from '../harness/verify/synthetic/run-folder.js';
import { PROGRAM, startProgram } from './testing/program.js';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-explain-'));
  const recorded = recordHistory({ seed: 11, operations: 900, users: 60, merchants: 12 });
  PLANTED_BUGS.find(({ law }) => law === 'no-lost-ack')?.plant(recorded);
  await writeRecorded(folder, recorded);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what verify finds broken is explained by the command that it ends with', async () => {
  const judged = startProgram('verify', folder);
  expect(await judged.ended, judged.errors()).toBe(111);
  const [, where = '', id = ''] = /paydrill explain (\S+) (\S+)\n$/.exec(judged.output()) ?? [];
  const told = startProgram('explain', where, id);
  expect(await told.ended, told.errors()).toBe(0);
  expect(told.output()).toMatch(/^BREAKS +no-lost-ack: Every acknowledged operation/m);
  const json = startProgram('explain', where, id.toUpperCase(), '--json');
  expect(await json.ended, json.errors()).toBe(0);
  expect(JSON.parse(json.output())).toMatchObject({ schema: 'paydrill.explain/1', id });
});

test.each(['01234567-89ab-7cde-8f01-23456789abcd', 'nonsense'])(
  'an operation that is not there (%s) is one line and exit code 104',
  async (id) => {
    const told = startProgram('explain', folder, id);
    expect(await told.ended).toBe(104);
    expect(told.output()).toBe('');
    expect(told.errors()).toMatch(/^paydrill: [^\n]*operation[^\n]*\n$/);
  },
);

test('a law is printed as a query that can be asked of the run', async () => {
  const printed = startProgram('laws', '--sql', 'no-lost-ack');
  expect(await printed.ended, printed.errors()).toBe(0);
  const { statement } = LAWS.find(({ name }) => name === 'no-lost-ack') ?? {};
  expect(printed.output().startsWith(`-- ${statement}\n`)).toBe(true);
  const asked = spawnSync(process.execPath, [PROGRAM, 'query', folder, '-', '--format', 'json'], {
    input: printed.output(),
    encoding: 'utf8',
  });
  expect(asked.status, asked.stderr).toBe(0);
  expect(JSON.parse(asked.stdout)).toEqual([
    expect.objectContaining({ problem: expect.stringContaining('is not in') }),
  ]);
  const wrong = startProgram('laws', '--sql', 'no-such-law');
  expect(await wrong.ended).toBe(104);
  expect(wrong.errors()).toMatch(/^paydrill: there is no law 'no-such-law'[^\n]*\n$/);
});
