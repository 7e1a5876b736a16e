/**
 * The ways in which a script ends its own drill, in whole drills: each has k6's exit code, leaves every page, and what was
 * paid until then is judged.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OperationFacts } from '../harness/report/summary.js';
import { type Running, readSummary, startDrill, until, writeScript } from './testing/program.js';

/** Every user pays once; parts of it are replaced by what a test is about. */
const SCRIPT = `
import { pay } from 'k6/x/pay';
import exec from 'k6/execution';
import { sleep } from 'k6';
const buy = () => pay({ payer: 1, merchant: 1, amountMinor: 1000 });
export const options = {
  setupTimeout: '1s',
  teardownTimeout: '1s',
  ext: { paydrill: { users: 10, merchants: 2 } },
  scenarios: { once: { executor: 'per-vu-iterations', vus: 1, iterations: 1 } },
};
export function setup() { buy(); /* in setup */ }
export default function () { buy(); /* in the load */ }
export function teardown() { buy(); /* in teardown */ }
/* in init */
`;

const PAGES = ['summary.json', 'report.html', 'junit.xml', 'metrics.json', 'journal.parquet'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-script-ends-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

type Place = 'in setup' | 'in the load' | 'in teardown' | 'in init';

function start(place: Place, code: string, ...args: readonly string[]): Running {
  const script = writeScript(
    folder,
    SCRIPT.replace(`/* ${place} */`, () => code),
  );
  return startDrill(folder, script, '--faults', 'none', ...args);
}

async function ended(drill: Running, code: number): Promise<void> {
  expect(await drill.ended, drill.errors()).toBe(code);
  const run = join(folder, 'run');
  expect(PAGES.filter((page) => !existsSync(join(run, page)))).toEqual([]);
  const junit = readFileSync(join(run, 'junit.xml'), 'utf8');
  expect(junit).toContain(code === 0 ? 'exit code 0, verdict valid' : `exit code ${code}: `);
}

/** One may have been under way when it was interrupted: that is looked up, or it never left. */
function expectAllPaid(operations: OperationFacts): void {
  const { attempted, ok, not_sent: notSent, unknown_resolved_ok: found } = operations;
  expect(attempted, JSON.stringify(operations)).toBe(ok + found + notSent);
  expect(notSent).toBeLessThanOrEqual(1);
}

describe('setup()', { timeout: 60_000 }, () => {
  test('that takes longer than its option allows ends 100, pays nothing more, and is judged', async () => {
    const drill = start('in setup', `for (;;) try { buy(); sleep(0.01); } catch { /* go on */ }`);
    await ended(drill, 100);
    const { verdict, run, operations } = readSummary(folder);
    expect(run.ending).toBe('setup_timeout');
    expect(run.ended_by).toBe('setup() took longer than 1 s (option setupTimeout)');
    expect(verdict).toBe('valid');
    expect(operations.ok).toBeGreaterThan(1);
    expect(operations.started_iterations).toBe(0);
    expectAllPaid(operations);
  });

  test('that computes for longer than its option allows ends 100 too', async () => {
    const drill = start('in setup', `const end = Date.now() + 1500; while (Date.now() < end);`);
    await ended(drill, 100);
    expect(readSummary(folder).operations).toMatchObject({ ok: 1, started_iterations: 0 });
  });

  test('that never waits and never ends is given up, ends 100, and the drill tells what it cannot know', async () => {
    const drill = start('in setup', `for (;;);`);
    await ended(drill, 100);
    const { verdict, reason, run } = readSummary(folder);
    expect(run.ended_by).toBe('setup() took longer than 1 s (option setupTimeout)');
    expect(verdict).toBe('unknown');
    expect(reason).toMatch(/^load worker 0 is gone: the script ran for 10 s without waiting/);
  });

  test('whose option allows more than a timer can wait, and which teardown() shares, runs to its end', async () => {
    const patient = SCRIPT.replaceAll("Timeout: '1s'", "Timeout: '1000h'");
    const code = patient.replace('/* in setup */', 'sleep(0.2);');
    const drill = startDrill(folder, writeScript(folder, code), '--faults', 'none');
    expect(await drill.ended, drill.errors()).toBe(0);
    expect(readSummary(folder).operations).toMatchObject({ ok: 3, started_iterations: 1 });
  });

  test('that calls exec.test.abort() ends 108 with its reason, whatever it catches', async () => {
    const code = `for (;;) try { exec.test.abort('no stock'); } catch { sleep(0.01); buy(); }`;
    const drill = start('in setup', code);
    await ended(drill, 108);
    const { verdict, run, operations } = readSummary(folder);
    expect(run).toMatchObject({
      ending: 'aborted',
      ended_by: 'the script ended the test: no stock',
    });
    expect(verdict).toBe('valid');
    expect(operations).toMatchObject({ attempted: 1, ok: 1, started_iterations: 0 });
  });

  test('that is interrupted pays nothing more, and what it paid is judged', async () => {
    const drill = start('in setup', `console.log('paid'); for (;;) { buy(); sleep(0.01); }`);
    await until(() => /script: info: paid/.test(drill.errors()));
    drill.process.kill('SIGINT');
    await ended(drill, 105);
    const { verdict, run, operations } = readSummary(folder);
    expect(run.ending).toBe('interrupted');
    expect(verdict).toBe('valid');
    expect(operations.ok).toBeGreaterThan(0);
    expectAllPaid(operations);
  });

  test('whose thread ends leaves every page: unknown, with the reason', async () => {
    const program = `Reflect.construct(Function, ['return process'])()`;
    const drill = start('in setup', `${program}.exit(3);`);
    await ended(drill, 112);
    const { verdict, reason, run } = readSummary(folder);
    expect(verdict).toBe('unknown');
    expect(run.ending).toBe('lost');
    expect(reason).toBe('load worker 0 is gone: worker exited with code: 3');
  });
});

describe('init code', { timeout: 60_000 }, () => {
  test('that calls exec.test.abort() is one line with its reason, and ends 108', async () => {
    const drill = start('in init', `exec.test.abort('wrong night');`, '--quiet');
    expect(await drill.ended).toBe(108);
    expect(drill.errors()).toBe(
      'paydrill: the script ended the test in its init code: wrong night\n',
    );
    expect(existsSync(join(folder, 'run'))).toBe(false);
  });

  test('that calls exec.test.abort() for one virtual user ends 108, and what setup() paid is judged', async () => {
    const drill = start('in init', `if (__VU === 1) exec.test.abort('not for one');`);
    await ended(drill, 108);
    const { verdict, run, operations } = readSummary(folder);
    expect(run.ended_by).toBe('the script ended the test: not for one');
    expect(verdict).toBe('valid');
    expect(operations).toMatchObject({ attempted: 1, ok: 1 });
  });

  test('that throws for one virtual user ends 107 with its place, and what setup() paid is judged', async () => {
    const drill = start('in init', `if (__VU === 1) throw new Error('not for one');`);
    await ended(drill, 107);
    const { verdict, run, operations } = readSummary(folder);
    expect(run.ended_by).toMatch(
      /^init code of VU 1 threw at .*night\.js:\d+:\d+: Error: not for one$/,
    );
    expect(verdict).toBe('valid');
    expect(operations).toMatchObject({ attempted: 1, ok: 1 });
  });
});

describe('an iteration', { timeout: 60_000 }, () => {
  test('that calls exec.test.fail() lets the drill go on, which ends 110', async () => {
    const drill = start('in the load', `exec.test.fail('too dear'); buy();`);
    await ended(drill, 110);
    const { verdict, run, operations, thresholds } = readSummary(folder);
    expect(run).toMatchObject({ ending: 'completed', ended_by: null, marked_failed: 'too dear' });
    expect(verdict).toBe('valid');
    expect(operations).toMatchObject({ attempted: 4, ok: 4 });
    expect(thresholds).toEqual([]);
    expect(drill.output()).toMatch(/^valid: the script marked the test as failed: too dear; /);
  });

  test('that calls exec.test.abort() ends 108 with its reason, after teardown()', async () => {
    const drill = start('in the load', `exec.test.abort('enough'); buy();`);
    await ended(drill, 108);
    const { run, operations } = readSummary(folder);
    expect(run).toMatchObject({ ending: 'aborted', ended_by: 'the script ended the test: enough' });
    expect(operations).toMatchObject({ attempted: 3, ok: 3 });
  });
});

describe('an iteration that never waits and never ends', { timeout: 60_000 }, () => {
  const SPINS = SCRIPT.replace(
    'vus: 1, iterations: 1',
    `vus: 2, iterations: 2, maxDuration: '1s', gracefulStop: '0s'`,
  ).replace('/* in the load */', 'if (__VU === 1 && __ITER === 1) for (;;);');

  function startSpinning(text: string): Running {
    return startDrill(folder, writeScript(folder, text), '--faults', 'none', '--workers', '2');
  }

  test('is given up after its grace: the rest goes on, and the drill tells what it cannot know', async () => {
    const drill = startSpinning(SPINS);
    await ended(drill, 112);
    const { verdict, reason, run, operations } = readSummary(folder);
    expect(run.ending).toBe('lost');
    expect(verdict).toBe('unknown');
    expect(reason).toBe(
      'load worker 0 is gone: the script ran for 10 s without waiting for anything; ' +
        'an iteration of scenario "once" (function default) began last',
    );
    // setup(), two iterations of each user, and teardown() on the worker that is left
    expect(operations.attempted).toBe(6);
    expect(operations.ok + operations.unknown_resolved_ok).toBe(6);
    expect(operations.lost).toBe(0);
  });

  test('does not hold a drill that is interrupted', async () => {
    const drill = startSpinning(SPINS.replace(`maxDuration: '1s'`, `maxDuration: '1h'`));
    await until(() => /ok 5/.test(drill.errors()));
    drill.process.kill('SIGINT');
    await ended(drill, 105);
    expect(readSummary(folder)).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringMatching(
        /^load worker 0 is gone: .*"once" \(function default\) began last$/,
      ),
    });
  });
});

describe('a promise that is rejected and that nobody awaits', { timeout: 60_000 }, () => {
  const ROUNDS = SCRIPT.replace('iterations: 1', 'iterations: 4');

  function startRounds(code: string): Running {
    const script = writeScript(folder, ROUNDS.replace('/* in the load */', code));
    return startDrill(folder, script, '--faults', 'none');
  }

  test.each([
    ['made rejected', `Promise.reject(new Error('x'));`, 'Error: x'],
    [
      'of an async function',
      `(async () => { sleep(0.01); throw new TypeError('x'); })();`,
      'TypeError: x',
    ],
    ['whose then() throws', `Promise.resolve().then(() => { throw new Error('x'); });`, 'Error: x'],
    ['two of them', `const two = [1, 2].map(async () => { throw new Error('x'); });`, 'Error: x'],
  ])('fails the iteration, and the drill goes on: %s', async (_, code, what) => {
    const drill = startRounds(`if (__ITER % 2) { ${code} }`);
    await ended(drill, 0);
    const { verdict, run, operations } = readSummary(folder);
    expect(run.ending).toBe('completed');
    expect(verdict).toBe('valid');
    expect(operations).toMatchObject({ ok: 6, started_iterations: 4 });
    const told = [...drill.errors().matchAll(/(\d+) iterations? threw: (.*)/g)];
    expect(told.map(([, count]) => count)).toEqual(['2']);
    expect(told[0]?.[2]).toMatch(
      new RegExp(`night\\.js:\\d+:\\d+: Uncaught \\(in promise\\) ${what}$`),
    );
  });

  test('in every iteration ends the drill as if every iteration had thrown', async () => {
    const drill = startRounds(`Promise.reject('no stock');`);
    await ended(drill, 107);
    expect(readSummary(folder).run.ended_by).toMatch(
      /^every iteration threw, all 4 of them: .*night\.js: Uncaught \(in promise\) no stock$/,
    );
  });

  test('fails nothing where it is awaited before the iteration ends', async () => {
    const drill = startRounds(
      `const refused = Promise.reject(new Error('x')); sleep(0.05); refused.catch(() => buy());`,
    );
    await ended(drill, 0);
    expect(drill.errors()).not.toMatch(/Uncaught/);
    expect(readSummary(folder).operations).toMatchObject({ ok: 10 });
  });

  test.each([
    ['in setup', 'setup() threw', 1],
    ['in teardown', 'teardown() threw', 3],
  ] as const)('%s is told with its place, and ends 107', async (place, told, ok) => {
    const drill = start(place, `Promise.reject(new Error('x'));`);
    await ended(drill, 107);
    const { verdict, run, operations } = readSummary(folder);
    expect(run.ended_by).toMatch(
      new RegExp(
        `^${told.replace('()', '\\(\\)')} at .*night\\.js:\\d+:\\d+: Uncaught \\(in promise\\) Error: x$`,
      ),
    );
    expect(verdict).toBe('valid');
    expect(operations).toMatchObject({ ok });
  });

  test('in init code is one line with its place, and nothing runs', async () => {
    const drill = start('in init', `Promise.reject(new Error('x'));`, '--quiet');
    expect(await drill.ended).toBe(107);
    expect(drill.errors()).toMatch(
      /^paydrill: init code threw at .*night\.js:\d+:\d+: Uncaught \(in promise\) Error: x\n$/,
    );
    expect(existsSync(join(folder, 'run'))).toBe(false);
  });

  test('in init code of one virtual user ends 107, and what setup() paid is judged', async () => {
    const drill = start('in init', `if (__VU === 1) Promise.reject(new Error('x'));`);
    await ended(drill, 107);
    const { verdict, run, operations } = readSummary(folder);
    expect(run.ended_by).toMatch(
      /^init code of VU 1 threw at .*: Uncaught \(in promise\) Error: x$/,
    );
    expect(verdict).toBe('valid');
    expect(operations).toMatchObject({ ok: 1 });
  });

  test("is a bug where it is not the script's, and ends the process", async () => {
    const compile = new URL('../../dist/harness/compile/', import.meta.url).href;
    const program = `
      import { catchRejections } from '${compile}rejections.js';
      import { Positions } from '${compile}positions.js';
      catchRejections(new Positions({ path: '/night.js' }), ({ reason }) => console.log(reason));
      Promise.reject('of a script');
      setTimeout(() => Promise.reject(new Error('of ours')), 1);
      setTimeout(() => console.log('went on'), 60_000);`;
    const node = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    await expect(node).rejects.toMatchObject({
      code: 1,
      stdout: 'of a script\n',
      stderr: expect.stringContaining('Error: of ours'),
    });
  });
});

describe('teardown()', { timeout: 60_000 }, () => {
  test('that takes longer than its option allows ends 101, pays nothing more, and is judged', async () => {
    const drill = start('in teardown', `for (;;) { buy(); sleep(0.01); }`);
    await ended(drill, 101);
    const { verdict, run, operations } = readSummary(folder);
    expect(run).toMatchObject({
      ending: 'teardown_timeout',
      ended_by: 'teardown() took longer than 1 s (option teardownTimeout)',
    });
    expect(verdict).toBe('valid');
    expectAllPaid(operations);
  });

  test('that never waits and never ends is given up, ends 101, and the drill tells what it cannot know', async () => {
    const drill = start('in teardown', `for (;;);`);
    await ended(drill, 101);
    const { verdict, reason, run } = readSummary(folder);
    expect(run.ended_by).toBe('teardown() took longer than 1 s (option teardownTimeout)');
    expect(verdict).toBe('unknown');
    expect(reason).toBe(
      'load worker 0 is gone: the script ran for 10 s without waiting for anything, in teardown()',
    );
  });

  test('that calls exec.test.abort() ends 108 with its reason, told once', async () => {
    const drill = start('in teardown', `exec.test.abort('not all there'); buy();`);
    await ended(drill, 108);
    const { verdict, run, operations } = readSummary(folder);
    expect(run).toMatchObject({
      ending: 'aborted',
      ended_by: 'the script ended the test: not all there',
    });
    expect(drill.errors().match(/not all there/g)?.length).toBe(1);
    expect(verdict).toBe('valid');
    expect(operations).toMatchObject({ attempted: 3, ok: 3 });
  });
});

describe('a threshold with abortOnFail', { timeout: 60_000 }, () => {
  test('ends the load early, and the drill ends 99', async () => {
    const text = SCRIPT.replace('iterations: 1', `iterations: 100000, maxDuration: '50s'`).replace(
      'ext:',
      `thresholds: { pay_ok: [{ threshold: 'rate<0.5', abortOnFail: true }] }, ext:`,
    );
    const drill = startDrill(folder, writeScript(folder, text), '--faults', 'none');
    await ended(drill, 99);
    const { verdict, run, operations } = readSummary(folder);
    expect(run).toMatchObject({
      ending: 'threshold',
      ended_by: 'threshold pay_ok rate<0.5 failed',
    });
    expect(verdict).toBe('valid');
    expect(operations.dropped_iterations).toBe(0);
  });
});
