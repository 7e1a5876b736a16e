/**
 * Red packets, drilled: a crowd wants a part of one packet, friends share others, some ask twice and get one part; while answers vanish, a shard and the
 * gateway die. An id that is asked for again with another amount is no reason to accuse anybody.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseSummary } from '../harness/report/json.js';
import { type Mutant, mutantRow } from '../wire/mutants.js';
import { readSummary, startDrill, startProgram } from './testing/program.js';

const PACKETS = 'scenarios/red-packets.ts';
const SHORT = [
  '--duration-scale',
  '0.2',
  '-e',
  'RATE=1500',
  '-e',
  'CROWD_MINOR=2000000',
  '--seed',
  '5',
  '--quiet',
];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-packets-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('an honest stack is judged valid, by the laws of the product too, by the scan and by the queries alone', {
  timeout: 120_000,
}, async () => {
  const drill = startDrill(folder, PACKETS, ...SHORT);
  expect(await drill.ended, drill.output()).toBe(0);
  const { laws } = readSummary(folder);
  const held = laws.filter(({ status }) => status === 'holds').map(({ name }) => name);
  expect(held).toEqual(
    expect.arrayContaining([
      'red-packets-kept',
      'red-packets-once',
      'red-packets-own',
      'refund-bounds',
    ]),
  );
  const { declines_by_code: declines } = readSummary(folder);
  expect(declines.refund_exceeds_payment).toBeGreaterThan(0);
  expect(declines.exists_with_different_amount).toBeGreaterThan(0);
  const exact = startProgram('verify', join(folder, 'run'), '--exact');
  expect(await exact.ended, exact.output()).toBe(0);
});

const BUGS: readonly (readonly [Mutant, string])[] = [
  ['take-any-id', 'red-packets-once'],
  ['refund-without-bound', 'refund-bounds'],
];

/** By the laws that were broken, how often. */
function brokenIn(text: string): readonly [string, number][] {
  const { laws } = parseSummary(text, 'summary.json');
  return laws.flatMap((law) => (law.status === 'broken' ? [[law.name, law.violations]] : []));
}

test.each(BUGS)('%s is found, by %s too', { timeout: 120_000 }, async (name, own) => {
  const drill = startDrill(folder, PACKETS, ...SHORT, '--faults', 'none', '--mutant', name);
  expect(await drill.ended, drill.errors()).toBe(111);
  const broken = brokenIn(readFileSync(join(folder, 'run', 'summary.json'), 'utf8'));
  expect(broken.map(([law]) => law)).toEqual(expect.arrayContaining([mutantRow(name).law, own]));
  const exact = startProgram('verify', join(folder, 'run'), '--exact', '--json');
  expect(await exact.ended, exact.errors()).toBe(111);
  expect(brokenIn(exact.output())).toEqual(broken);
});
