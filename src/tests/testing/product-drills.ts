/** Drills of a product's scenario: which laws hold of an honest stack, and which are broken with a planted bug, by two ways of judging. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parseSummary } from '../../harness/report/json.js';
import { type Mutant, mutantRow } from '../../wire/mutants.js';
import { readSummary, startDrill, startProgram } from './program.js';

export interface ProductDrill {
  /** Run folders are made in it. */
  readonly folder: string;
  readonly script: string;
  readonly options: readonly string[];
}

/** Names of the laws that hold, of a drill that must be valid, by the scan and by the queries alone. */
export async function heldByHonest({ folder, script, options }: ProductDrill): Promise<string[]> {
  const drill = startDrill(folder, script, ...options);
  await drill.ended;
  const { verdict, laws } = readSummary(folder);
  expect(verdict, drill.output()).toBe('valid');
  await expectSameByQueries({ folder });
  return laws.filter(({ status }) => status === 'holds').map(({ name }) => name);
}

/** What a drill was judged, the queries alone judge too. */
async function expectSameByQueries({ folder }: Pick<ProductDrill, 'folder'>): Promise<void> {
  const exact = startProgram('verify', join(folder, 'run'), '--exact', '--json');
  expect(await exact.ended, exact.errors()).toBe(readSummary(folder).exit_code);
  const told = readFileSync(join(folder, 'run', 'summary.json'), 'utf8');
  expect(brokenIn(exact.output())).toEqual(brokenIn(told));
}

/** The bug breaks every law of these, or of those that its row names, as often by the scan as by the queries alone. */
export async function expectFound(
  name: Mutant,
  { folder, script, options }: ProductDrill,
  laws: readonly string[] = lawsOf(name),
) {
  const drill = startDrill(folder, script, ...options, '--faults', 'none', '--mutant', name);
  expect(await drill.ended, drill.errors()).toBe(111);
  const broken = brokenIn(readFileSync(join(folder, 'run', 'summary.json'), 'utf8'));
  expect(broken.map(([one]) => one)).toEqual(expect.arrayContaining([...laws]));
  await expectSameByQueries({ folder });
}

function lawsOf(name: Mutant): readonly string[] {
  const { law, orLaws = [] } = mutantRow(name);
  return law === undefined ? orLaws : [law, ...orLaws];
}

/** By the laws that were broken, how often. */
function brokenIn(text: string): readonly [string, number][] {
  const { laws } = parseSummary(text, 'summary.json');
  return laws.flatMap((law) => (law.status === 'broken' ? [[law.name, law.violations]] : []));
}
