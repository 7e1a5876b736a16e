/** setup() and teardown() in whole drills: both make payments that are judged, both may fail. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSummary, startDrill, writeScript } from './testing/program.js';

const HEAD = `
import { pay } from 'k6/x/pay';
import { sleep } from 'k6';
const buy = () => pay({ payer: 1, merchant: 1, amountMinor: 1000 });
export const options = {
  teardownTimeout: '1s',
  ext: { paydrill: { users: 10, merchants: 2 } },
  scenarios: { once: { executor: 'per-vu-iterations', vus: 1, iterations: 1 } },
};
export function setup() { return { seen: buy().outcome }; }
export default function (data) { if (data.seen === 'ok') buy(); }
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-lifecycle-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function drilled(teardown: string) {
  const script = writeScript(folder, `${HEAD}\nexport function teardown(data) { ${teardown} }`);
  const drill = startDrill(folder, script, '--faults', 'none');
  const exitCode = await drill.ended;
  return { exitCode, errors: drill.errors(), summary: readSummary(folder) };
}

describe('setup()', { timeout: 60_000 }, () => {
  test('that throws after paying leaves a summary with its place, and what it paid is judged', async () => {
    const text = HEAD.replace(
      'return { seen',
      `if (buy().outcome === 'ok') throw new Error('no luck'); return { seen`,
    );
    const drill = startDrill(folder, writeScript(folder, text), '--faults', 'none', '--quiet');
    expect(await drill.ended, drill.errors()).toBe(107);
    const summary = readSummary(folder);
    expect(summary.verdict).toBe('valid');
    expect(summary.operations).toMatchObject({ attempted: 1, ok: 1 });
    expect(summary.run.ended_by).toMatch(/setup\(\) threw at .*night\.js:\d+:\d+: Error: no luck/);
    for (const file of ['report.html', 'junit.xml'])
      expect(existsSync(join(folder, 'run', file)), file).toBe(true);
    expect(drill.output().replaceAll(/\s+/g, ' ')).toMatch(/outside its iterations.*no luck/);
  });
});

describe('what setup() returns', { timeout: 60_000 }, () => {
  test.each([
    ['a cycle', `const a = {}; a.self = a; return { a };`, 'a cycle (data.a again) at data.a.self'],
    ['a function', 'return { users: [{ login() {} }] };', 'a function at data.users[0].login'],
  ])('ends the drill as setup() that throws does where it is %s', async (_, body, line) => {
    const text = HEAD.replace(/(?<=function setup\(\) {) return .*;/, ` buy(); ${body}`);
    const drill = startDrill(folder, writeScript(folder, text), '--faults', 'none');
    expect(await drill.ended, drill.errors()).toBe(107);
    expect(drill.errors()).toContain(`setup() returned ${line}`);
    const { verdict, operations, run } = readSummary(folder);
    expect(verdict).toBe('valid');
    expect(operations).toMatchObject({ attempted: 1, ok: 1 });
    expect(run.ended_by).toContain(line);
  });
});

describe('teardown()', { timeout: 60_000 }, () => {
  test('runs once after the load with what setup() returned, and its payments are judged', async () => {
    const { exitCode, errors, summary } = await drilled(
      `if (data.seen === 'ok') { buy(); buy(); }`,
    );
    expect(exitCode, errors).toBe(0);
    expect(summary.verdict).toBe('valid');
    expect(summary.operations).toMatchObject({ attempted: 4, ok: 4, unknown: 0 });
  });

  test('that throws is told with its place, costs no record and decides the exit code', async () => {
    const { exitCode, errors, summary } = await drilled(`buy(); throw new Error('no luck');`);
    expect(exitCode, errors).toBe(107);
    expect(errors).toMatch(/teardown\(\) threw at .*night\.js:\d+:\d+: Error: no luck/);
    expect(summary.verdict).toBe('valid');
    expect(summary.operations).toMatchObject({ attempted: 3, ok: 3 });
  });

  test('that takes longer than its option allows is given up', async () => {
    const { exitCode, errors, summary } = await drilled(`sleep(600);`);
    expect(exitCode, errors).toBe(101);
    expect(errors).toContain('teardown() took longer than 1 s (option teardownTimeout)');
    expect(summary.verdict).toBe('valid');
  });
});
