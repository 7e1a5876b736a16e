/**
 * Every operation once more with a planted bug, for a handful of them: traffic and faults of that scenario must be such that
 * each shows. A fault that hides what another one would expose (replies cut while acknowledged payments are lost) is found
 * out here. Without a bug the same drill is valid.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Mutant, mutantRow } from '../wire/mutants.js';
import { readSummary, startDrill } from './testing/program.js';

const EVERY_OPERATION = 'scenarios/every-operation.ts';
const SHORT = ['--duration-scale', '0.6', '--seed', '5', '--quiet'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-mutants-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** One or two of each room; `paydrill mutants --run` plants all of them. */
const SOME: readonly Mutant[] = [
  'ack-before-commit',
  'forget-ids-on-restart',
  'capture-over-hold',
  'read-torn-balance',
  'lost-link-is-decline',
];

test.each(SOME)('%s is found', { timeout: 60_000 }, async (name) => {
  const drill = startDrill(folder, EVERY_OPERATION, ...SHORT, '--mutant', name);
  expect(await drill.ended, drill.errors()).toBe(111);
  const summary = readSummary(folder);
  expect(summary.verdict).toBe('invalid');
  const broken = summary.laws.filter(({ status }) => status === 'broken');
  const { law, orLaws = [] } = mutantRow(name);
  const names = broken.map((one) => one.name);
  expect(names.filter((one) => one === law || orLaws.includes(one))).not.toEqual([]);
  for (const { witness } of broken) expect(witness).toMatch(/\S+ \S+/);
});

test('without a bug every operation is judged valid', { timeout: 60_000 }, async () => {
  const drill = startDrill(folder, EVERY_OPERATION, ...SHORT);
  expect(await drill.ended, drill.output()).toBe(0);
});
