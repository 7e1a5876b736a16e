/** `paydrill capacity` as its users start it: what is wrong with what was typed is one line; a search is real drills. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CapacityReport } from '../harness/campaign/capacity/capacity-file.js';
import { startTestServer } from '../harness/http/testing/test-server.js';
import { payments, runProgramIn, startProgramIn, writeScript } from './testing/program.js';

let folder: string;
let script: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-capacity-'));
  script = writeScript(folder, payments('5s'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SLO = ['--slo', 'pay_ok>0.5'];
const RATES = ['--from', '50', '--max', '100'];

describe('paydrill capacity', { timeout: 120_000 }, () => {
  test.each<[string, readonly string[], RegExp]>([
    ['no SLO', RATES, /say what must hold at a rate, as in --slo 'p\(99\)<200'/],
    [
      'an SLO that is none',
      [...RATES, '--slo', 'pay_okk>1'],
      /no metric pay_okk; did you mean pay_ok\?/,
    ],
    ['no rates', SLO, /say between which rates to look: --from 1000 --max 100000/],
    [
      'rates the wrong way round',
      [...SLO, '--from', '9', '--max', '8'],
      /--max 8 is below --from 9/,
    ],
    [
      'multiples of nothing',
      [...SLO, '--multiples', '1,2'],
      /--multiples and --of belong together/,
    ],
    [
      'multiples that are none',
      [...SLO, '--multiples', '1,x', '--of', '9'],
      /numbers above 0, commas between them/,
    ],
    [
      'multiples and a search',
      [...SLO, ...RATES, '--multiples', '1', '--of', '9'],
      /leave out --from and --max/,
    ],
    [
      'a precision of nothing',
      [...SLO, ...RATES, '--precision', '0%'],
      /a share above 0, such as 5% or 0\.05/,
    ],
    ['a hold too short', [...SLO, ...RATES, '--hold', '10ms'], /a duration of at least 1s/],
    [
      'a plan that is not there',
      [...SLO, ...RATES, '--faults', 'none.json'],
      /no fault plan at none\.json/,
    ],
  ])('%s is one line and exit code 104, and leaves nothing', async (_, args, line) => {
    const { code, errors } = await runProgramIn(folder, 'capacity', script, ...args);
    expect(code).toBe(104);
    expect(errors).toMatch(line);
    expect(errors.trim().split('\n').length).toBe(1);
    expect(readdirSync(folder)).toEqual(['night.js']);
  });

  test('a target that is not there is one line, and leaves nothing', async () => {
    const args = [...SLO, ...RATES, '--target', '127.0.0.1:1', '--out', 'found', '--quiet'];
    const { code, errors } = await runProgramIn(folder, 'capacity', script, ...args);
    expect(code).toBe(104);
    expect(errors).toMatch(/no target at 127\.0\.0\.1:1/);
    expect(readdirSync(folder)).toEqual(['night.js']);
  });

  test('the first Ctrl-C ends it with what was found so far', async () => {
    const args = ['--hold', '2s', '--warm-up', '0s', '--out', 'found'];
    const program = startProgramIn({ cwd: folder }, 'capacity', script, ...SLO, ...RATES, ...args);
    let isTold = false;
    program.process.stderr?.on('data', () => {
      if (isTold || !program.errors().includes('-- step 2')) return;
      isTold = true; // twice would leave at once
      program.process.kill('SIGINT');
    });
    expect(await program.ended, program.errors()).toBe(105);
    const found = join(folder, 'found');
    const report: CapacityReport = JSON.parse(readFileSync(join(found, 'capacity.json'), 'utf8'));
    expect(report).toMatchObject({ ended_by: 'stopped by a signal', exit_code: 105 });
    expect(report.steps.map(({ rate_per_s: rate }) => rate)).toEqual([50]);
    expect(report.answer?.text).toMatch(/^ended before it was known/);
  });

  test('a script without an arrival rate is refused', async () => {
    writeFileSync(
      script,
      'export const options = { vus: 1, iterations: 1 }; export default () => {};',
    );
    const { code, errors } = await runProgramIn(folder, 'capacity', script, ...SLO, ...RATES);
    expect(code).toBe(104);
    expect(errors).toMatch(/night\.js has no scenario with an arrival rate/);
  });

  test('a script that pays nobody starts no stack; the environment says what its requests are, not how many', async () => {
    const server = await startTestServer();
    try {
      script = writeScript(
        folder,
        `import http from 'k6/http';
export const options = { scenarios: { a: { executor: 'constant-arrival-rate', rate: 9, duration: '9s', preAllocatedVUs: 9 } } };
export default function () { http.get(__ENV.SHOP_URL); }`,
      );
      const env = { ...process.env, SHOP_URL: server.url, K6_USER_AGENT: 'env/1', K6_VUS: '3' };
      const run = startProgramIn(
        { cwd: folder, env },
        ...['capacity', script, '--slo', 'http_req_failed<0.1', ...RATES, '--precision', '100%'],
        ...['--hold', '1s', '--warm-up', '0s', '--rounds', '1', '--out', 'found', '--json'],
      );
      expect(await run.ended, run.errors()).toBe(0);
      const { labels, steps }: CapacityReport = JSON.parse(run.output());
      expect(labels?.target).toBe('none');
      expect(steps.map(({ verdict }) => verdict)).toEqual(['no_claim', 'no_claim']);
      expect(server.received[0]?.headers['user-agent']).toBe('env/1');
    } finally {
      await server.close();
    }
  });

  test('real drills: each step judged, slim and of the rate asked for; what was typed is told', async () => {
    const args = [...SLO, '--multiples', '1,2', '--of', '40', '--rounds', '1', '--seed', '3'];
    const program = startProgramIn(
      { cwd: folder },
      ...['capacity', script, ...args, '--hold', '1s', '--warm-up', '1s', '--out', 'found'],
    );
    expect(await program.ended, program.errors()).toBe(0);
    const found = join(folder, 'found');
    const report: CapacityReport = JSON.parse(readFileSync(join(found, 'capacity.json'), 'utf8'));
    expect(report.multiples.map(({ multiple, held, of }) => [multiple, held, of])).toEqual([
      [1, 1, 1],
      [2, 1, 1],
    ]);
    for (const step of report.steps) {
      expect(step).toMatchObject({ verdict: 'valid', held: true, dropped_iterations: 0 });
      expect(step.offered_per_s).toBe(step.rate_per_s);
      expect(step.slos).toMatchObject([{ metric: 'pay_ok{step:hold}', ok: true }]);
      const run = join(found, step.folder);
      expect(existsSync(join(run, 'summary.json'))).toBe(true);
      expect(existsSync(join(run, 'journal.parquet'))).toBe(false);
    }
    expect(report.command).toBe(
      `paydrill capacity ${script} --slo 'pay_ok>0.5' --multiples 1,2 --of 40 --rounds 1 --hold 1s --warm-up 1s --seed 3`,
    );
    expect(program.output()).toMatch(/2 x +80\/s held in 1 of 1/);
    expect(existsSync(join(folder, 'reports'))).toBe(false);

    // A step is a drill like any other: its command runs it again.
    const step = join('found', report.steps[0]?.folder ?? '');
    const { run } = JSON.parse(readFileSync(join(folder, step, 'summary.json'), 'utf8'));
    expect(run.command).toBe(`paydrill run --replay ${step} --keep unproved`);
    const again = await runProgramIn(folder, 'run', '--replay', step, '--out', 'again', '--quiet');
    expect(again.code, again.errors).toBe(0);
    const planOf = (of: string): object => {
      const plan = JSON.parse(readFileSync(join(folder, of, 'plan.json'), 'utf8'));
      const { scenarios, constant_rate: rate, seed } = plan;
      return { scenarios, rate, seed };
    };
    expect(planOf('again')).toEqual(planOf(step));
  });

  test('a law that is broken ends it: 111, with the step that shows it kept whole', async () => {
    const laws = join(folder, 'laws');
    const law = `-- nobody pays\nselect id_hi, id_lo, 'paid' as problem from journal where outcome = 'ok'\n`;
    mkdirSync(laws);
    writeFileSync(join(laws, 'nobody-pays.sql'), law);
    const { code, errors } = await runProgramIn(
      folder,
      ...['capacity', script, ...SLO, ...RATES, '--laws', laws, '--out', 'found', '--quiet'],
      ...['--hold', '1s', '--warm-up', '0s'],
    );
    expect(code, errors).toBe(111);
    const found = join(folder, 'found');
    const report: CapacityReport = JSON.parse(readFileSync(join(found, 'capacity.json'), 'utf8'));
    expect(report.ended_by).toMatch(/^step 1 broke a law: /);
    expect(existsSync(join(found, report.steps[0]?.folder ?? '', 'journal.parquet'))).toBe(true);
  });
});
