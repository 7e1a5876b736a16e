/** A run with secrets leaves none of them: not in its folder, not on a screen, however the script comes to tell of them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startDrill, writeScript } from './testing/program.js';

const SECRET = 'hunter"2';

const SCRIPT = `
import exec from 'k6/execution';
import secrets from 'k6/secrets';
import http from 'k6/http';
const pin = await secrets.get('pin');
export const options = {
  tags: { pin },
  scenarios: { once: { executor: 'per-vu-iterations', iterations: 3, env: { PIN: pin } } },
};
export async function setup() { /* in setup */ }
export default async function () {
  console.log(await secrets.get('pin'));
  http.get('http://127.0.0.1:1/' + pin);
  /* in the load */
}
export function teardown() { /* in teardown */ }
export function handleSummary() { /* in handleSummary */ return {}; }
/* in init */
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-secrets-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('no secret is told by', () => {
  test.each([
    ['in setup', "throw new Error('no ' + pin);", 107],
    ['in setup', "exec.test.abort('no ' + pin);", 108],
    ['in the load', "Promise.reject(new Error('no ' + pin));", 107],
    ['in teardown', 'throw { no: pin };', 107],
    ['in handleSummary', "console.log('no ' + pin); throw new Error('no ' + pin);", 0],
    ['in init', "if (__VU > 0) throw new Error('no ' + pin);", 107],
    ['in init', "if (__VU > 0) exec.test.abort('no ' + pin);", 108],
    ['in init', "throw new Error('no ' + pin);", 107],
    ['in init', "exec.test.abort('no ' + pin);", 108],
  ])('a script that %s does %s', async (place, code, exit) => {
    const script = writeScript(folder, SCRIPT.replace(`/* ${place} */`, code));
    const drill = startDrill(folder, script, `--secret-source=mock=pin=${SECRET}`);
    expect(await drill.ended, drill.errors()).toBe(exit);
    const told = new Map([
      ['stderr', drill.errors()],
      ['stdout', drill.output()],
      ...textsIn(join(folder, 'run')),
    ]);
    expect(drill.errors()).toContain('***SECRET_REDACTED***');
    expect([...told].filter(([, text]) => text.includes('hunter')).map(([name]) => name)).toEqual(
      [],
    );
  });
});

function textsIn(run: string): readonly (readonly [name: string, text: string])[] {
  return filesIn(run).map((path) => [path, readFileSync(path, 'latin1')]);
}

function filesIn(path: string): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) return found === undefined ? [] : [path];
  return readdirSync(path).flatMap((name) => filesIn(join(path, name)));
}
