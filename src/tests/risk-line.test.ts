/**
 * The risk engine in line, drilled: festival traffic with schemes of fraud in it, while answers vanish, a shard dies and the gateway dies twice
 * with decisions in its buffers. Whoever lets go what was denied, is not told of a kind, logs otherwise than it answers or forgets over a
 * restart, is named by the law that says so.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseSummary } from '../harness/report/json.js';
import { LINE_LAWS } from '../harness/verify/laws/registry.js';
import { RISK_LINE_MUTANTS } from '../wire/mutants/risk-line.js';
import { type Mutant, mutantRow } from '../wire/mutants.js';
import { readSummary, startDrill, startProgram } from './testing/program.js';

const FRAUD = 'scenarios/fraud.ts';
const SHORT = ['--duration-scale', '0.2', '-e', 'RATE=800', '--seed', '7', '--quiet'];
const OF_LINE = LINE_LAWS.map(({ name }) => name);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-risk-line-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('an honest stack is valid though its gateway is killed, and decides the same again', {
  timeout: 120_000,
}, async () => {
  const drill = startDrill(folder, FRAUD, ...SHORT);
  expect(await drill.ended, drill.output()).toBe(0);
  const { laws, run } = readSummary(folder);
  expect(run.risk_engine).toMatchObject({ decided: { deny: expect.any(Number) }, gaps: 2 });
  expect(drill.output()).toMatch(/risk engine +told of [\d,]+ operations; decided: allow [\d,]+, /);
  const held = laws.filter(({ status }) => status === 'holds').map(({ name }) => name);
  expect(held).toEqual(expect.arrayContaining(OF_LINE));
  const text = readFileSync(join(folder, 'run', 'books', 'decisions.json'), 'utf8');
  expect(JSON.parse(text)).toMatchObject({
    complete: true,
    gaps: [{ fromUs: expect.any(Number) }, { fromUs: expect.any(Number) }],
    state: { undecided: 0, isCold: false },
  });
  const exact = startProgram('verify', join(folder, 'run'), '--exact');
  expect(await exact.ended, exact.output()).toBe(0);
});

const BUGS = Object.keys(RISK_LINE_MUTANTS) as Mutant[];

test.each(BUGS)('%s is found', { timeout: 90_000 }, async (name) => {
  const { law, needsFault } = mutantRow(name);
  const faults = needsFault === true ? [] : ['--faults', 'none'];
  const drill = startDrill(folder, FRAUD, ...SHORT, ...faults, '--mutant', name);
  expect(await drill.ended, drill.output()).toBe(111);
  const broken = readSummary(folder).laws.filter(({ status }) => status === 'broken');
  expect(broken.map((one) => one.name)).toContain(law);
});

test('a script that asks for no engine is asked for none of its laws', {
  timeout: 60_000,
}, async () => {
  const drill = startDrill(
    folder,
    ...['scenarios/starter.ts', '--duration-scale', '0.2', '--faults', 'none', '--quiet'],
  );
  expect(await drill.ended, drill.output()).toBe(0);
  const names = readSummary(folder).laws.map(({ name }) => name);
  expect(names.filter((name) => OF_LINE.includes(name))).toEqual([]);
  expect(existsSync(join(folder, 'run', 'risk.json'))).toBe(false);
});

test('is drilled again by what was agreed then, whatever became of the files', {
  timeout: 90_000,
}, async () => {
  const rules = join(folder, 'rules.json');
  const model = { 'step-up': 0.5, review: 0.6, deny: 0.7 };
  const rule = { name: 'all', when: 'amount > 10.0', decision: 'deny', points: 1, reason: 'all' };
  writeFileSync(rules, JSON.stringify({ rules: [rule], model }));
  const script = join(folder, 'one.ts');
  writeFileSync(
    script,
    `import { pay } from 'k6/x/pay';
     export const options = { iterations: 3, ext: { paydrill: { users: 9, merchants: 3, risk: { rules: 'rules.json' } } } };
     export default () => [100, 2000].map((amountMinor) => pay({ payer: 1, merchant: 1, amountMinor }));`,
  );
  const first = startDrill(folder, script, '--quiet');
  expect(await first.ended, first.output()).toBe(0);
  writeFileSync(rules, JSON.stringify({ rules: [], model }));
  const again = startProgram(
    ...['run', '--replay', join(folder, 'run'), '--out', join(folder, 'again'), '--quiet'],
  );
  expect(await again.ended, again.errors()).toBe(0);
  const text = readFileSync(join(folder, 'again', 'summary.json'), 'utf8');
  expect(parseSummary(text, 'summary.json').run.risk_engine?.decided).toMatchObject({ deny: 3 });
});

test.each([
  ['a rule does not compile', { when: 'amount >' }, "'amount >' does not compile"],
  ['a rule names a feature that there is not', { when: 'luck > 1.0' }, 'luck'],
])('is refused in one line before anything starts where %s', async (_, change, words) => {
  const rule = { name: 'r', decision: 'deny', points: 1, reason: 'because', ...change };
  const rules = { rules: [rule], model: { 'step-up': 0.5, review: 0.6, deny: 0.7 } };
  writeFileSync(join(folder, 'rules.json'), JSON.stringify(rules));
  const script = join(folder, 'one.ts');
  writeFileSync(
    script,
    `import { pay } from 'k6/x/pay';
     export const options = { iterations: 1, ext: { paydrill: { risk: { rules: 'rules.json' } } } };
     export default () => pay({ payer: 1, merchant: 1, amountMinor: 100 });`,
  );
  const drill = startDrill(folder, resolve(script), '--quiet');
  expect(await drill.ended).toBe(104);
  expect(drill.errors().trim()).toMatch(/^paydrill: .*rules\.json: rule 'r': .*$/);
  expect(drill.errors()).toContain(words);
  expect(existsSync(join(folder, 'run'))).toBe(false);
});
