import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runDrill, UserError } from './library.js';

const SCRIPT = `
import { pay } from 'k6/x/pay';
export const options = { scenarios: { one: { executor: 'per-vu-iterations', vus: 1, iterations: 1 } } };
export default function () { pay({ payer: 1, merchant: 1, amountMinor: 100 }); }
`;

let before: string;
let folder: string;

beforeEach(() => {
  before = process.cwd();
  folder = mkdtempSync(join(tmpdir(), 'paydrill-library-'));
  process.chdir(folder);
  writeFileSync('night.js', SCRIPT);
  mkdirSync('mine');
  writeFileSync(join('mine', 'letter'), '');
});

afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

/** What programs without types hand over. */
const GIVEN: readonly string[] = [
  'null',
  '{}',
  '{ "script": "night.js", "workers": 0 }',
  '{ "script": "night.js", "workers": 1e9 }',
  '{ "script": "night.js", "shards": 1000 }',
  '{ "script": "night.js", "keep": "bla" }',
  '{ "script": "night.js", "seed": 1.5 }',
  '{ "script": "night.js", "env": { "A": 1 } }',
  '{ "script": "night.js", "mutant": "bla" }',
  '{ "script": "night.js", "sead": 7 }',
  '{ "script": "night.js", "outFolder": "mine" }',
  '{ "script": "night.js", "outFolder": "night.js/below" }',
];

describe('a drill of a program', () => {
  it.each(GIVEN)('that asks for %s is refused before anything is started', async (json) => {
    const phases: string[] = [];
    const end = runDrill(JSON.parse(json), { onPhase: (phase) => phases.push(phase) });
    await expect(end).rejects.toThrow(UserError);
    await expect(end).rejects.toMatchObject({ exitCode: 104 });
    expect(phases).toEqual([]);
    expect(readdirSync('.').sort()).toEqual(['mine', 'night.js']);
    expect(readdirSync('mine')).toEqual(['letter']);
  });
});
