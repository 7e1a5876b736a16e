/**
 * The night of Double Eleven, small and short, once with each planted bug: its faults must be such that every bug shows.
 * A fault that hides what another one would expose (replies cut while acknowledged payments are lost) is found out here.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MUTANTS } from '../wire/mutants.js';
import { readSummary, startDrill } from './testing/program.js';

const NIGHT = 'scenarios/double-eleven.ts';
const SMALL = ['--peak', '10000', '--duration-scale', '0.25', '--seed', '5', '--quiet'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-mutants-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each(Object.entries(MUTANTS))('the night finds %s', { timeout: 90_000 }, async (name, row) => {
  const drill = startDrill(folder, NIGHT, ...SMALL, '--mutant', name);
  expect(await drill.ended, drill.errors()).toBe(111);
  const summary = readSummary(folder);
  expect(summary.verdict).toBe('invalid');
  // Others may be broken with it; the root of them all is told first.
  const [broken] = summary.laws.filter(({ status }) => status === 'broken');
  expect(broken).toMatchObject({ name: row.law });
  expect(broken?.witness).toMatch(/\S+ \S+/);
});
