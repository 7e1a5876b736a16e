/** `paydrill baseline`, `compare`, `ab` and `run --baseline` as their users start them, on real drills that are short. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Comparison } from '../harness/campaign/compare/comparison-file.js';
import { freePort } from '../harness/campaign/testing/free-port.js';
import { startTestServer } from '../harness/http/testing/test-server.js';
import { payments, startProgramIn, writeFaults, writeScript } from './testing/program.js';

let folder: string;

async function paydrill(...args: readonly string[]) {
  const program = startProgramIn({ cwd: folder }, ...args);
  const code = await program.ended;
  return { code, output: program.output(), errors: program.errors() };
}

async function drill(name: string, ...args: readonly string[]) {
  const { code, errors } = await paydrill(
    ...['run', 'night.js', '--out', name, '--quiet', '--keep', 'none', ...args],
  );
  expect(code, errors).toBe(0);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-compare-'));
  writeScript(folder, payments('2s', 200));
  writeFileSync(join(folder, 'other.js'), payments('2s', 201));
  await drill('runs/one', '--seed', '1');
  await drill('runs/two', '--seed', '2');
  await drill('runs/three', '--seed', '3');
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a script that pays nobody', { timeout: 120_000 }, () => {
  test('is compared by its requests, and with no run of payments', async () => {
    const server = await startTestServer();
    const script = `import http from 'k6/http';
export const options = { vus: 2, duration: '2s' };
export default function () { http.get(__ENV.TARGET + '/delay/20'); }`;
    writeFileSync(join(folder, 'requests.js'), script);
    for (const name of ['gets/one', 'gets/two', 'gets/three'])
      await paydrill(
        ...['run', 'requests.js', '--out', name, '--quiet', '-e', `TARGET=${server.url}`],
      );
    await server.close();
    const { code, output, errors } = await paydrill(
      ...['compare', 'gets/one', 'gets/two', 'gets/three', '--format', 'json'],
    );
    expect(code, errors).toBe(0);
    const { rows, baseline }: Comparison = JSON.parse(output);
    expect(baseline.labels).toMatchObject({ measured: 'requests', load_model: 'closed' });
    const p50 = rows.find(({ what }) => what === 'p50');
    expect(p50?.name).toBe('request duration p50');
    expect(p50?.baseline).toBeGreaterThan(19_000);
    const throughput = rows.find(({ what }) => what === 'throughput')?.baseline;
    expect(throughput).toBeGreaterThan(10);
    expect(throughput).toBeLessThan(100);
    const other = await paydrill('compare', 'runs/one', 'gets/one');
    expect(other).toMatchObject({ code: 104, errors: expect.stringContaining('not of one kind') });
  });
});

describe('two versions of a service that nobody is paid at', { timeout: 120_000 }, () => {
  test('are started, asked and compared in turn: the one that takes longer is worse', async () => {
    writeFileSync(
      join(folder, 'service.mjs'),
      `import { createServer } from 'node:http';
createServer((_, answer) => setTimeout(() => answer.end('ok'), Number(process.argv[3]))).listen(Number(process.argv[2]), '127.0.0.1');`,
    );
    writeFileSync(
      join(folder, 'ask.js'),
      `import http from 'k6/http';
export const options = { scenarios: { asks: { executor: 'constant-arrival-rate', rate: 100, timeUnit: '1s', duration: '1s', preAllocatedVUs: 20 } } };
export default function () { http.get(__ENV.BASE_URL); }`,
    );
    const port = await freePort();
    const address = `127.0.0.1:${port}`;
    const { code, output, errors } = await paydrill(
      ...['ab', 'ask.js', '-e', `BASE_URL=http://${address}/`, '--rounds', '3', '--format', 'json'],
      ...['--a', address, '--a-start', `exec node service.mjs ${port} 4`],
      ...['--b', address, '--b-start', `exec node service.mjs ${port} 60`],
    );
    expect(code, errors).toBe(113);
    const { rows }: Comparison = JSON.parse(output);
    const [slower] = rows.filter(({ answer }) => answer === 'worse');
    expect(slower?.name).toBe('request duration p50');
    expect(slower?.ratio).toBeGreaterThan(5);
  });
});

describe('paydrill compare', { timeout: 120_000 }, () => {
  test('runs are kept as a small file, and compared with it: of itself nothing is worse', async () => {
    const saved = await paydrill('baseline', 'save', 'runs', '-o', 'baseline.json');
    expect(saved).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^baseline\.json: 3 runs, \d+ KiB\n$/),
    });
    expect(readFileSync(join(folder, 'baseline.json')).length).toBeLessThan(30_000);
    const like = await paydrill(
      'compare',
      'baseline.json',
      'runs/two',
      'runs/three',
      '--format',
      'json',
    );
    expect(like.code, like.errors).toBe(0);
    const comparison: Comparison = JSON.parse(like.output);
    expect(comparison.rows.map(({ what }) => what)).toContain('p99');
    expect(comparison.rows.find(({ what }) => what === 'throughput')?.ratio).toBeCloseTo(1, 1);
  });

  test('a run is compared with a baseline as it ends; one of another script is refused before it starts', async () => {
    await paydrill('baseline', 'save', 'runs', '-o', 'of-run.json');
    const asked = [
      '--baseline',
      'of-run.json',
      '--tolerance',
      'all=100%',
      '--quiet',
      '--keep',
      'none',
    ];
    const end = await paydrill('run', 'night.js', '--out', 'later', ...asked);
    expect([0, 113]).toContain(end.code);
    expect(end.output).toMatch(/later \(1 run\) against of-run\.json \(3 runs\)/);
    const other = await paydrill('run', 'other.js', '--out', 'never', ...asked);
    expect(other.code).toBe(104);
    expect(other.errors).toMatch(/of-run\.json is of night\.js, not of other\.js as it is now/);
    expect(readdirSync(folder)).not.toContain('never');
  });

  test('two sides in turn: what is slower on purpose is found, 113', async () => {
    const slow = { kind: 'latency', target: 'clients', atMs: 0, durationMs: 1900, ms: 600 };
    writeFaults(folder, [slow]);
    const { code, output, errors } = await paydrill(
      ...['ab', 'night.js', '--a', 'reference', '--b', 'reference', '--rounds', '3', '--seed', '4'],
      ...[
        '--b-faults',
        'faults.json',
        '--allow-different',
        'faults',
        '--out',
        'ab',
        '--format',
        'json',
      ],
      ...['--a-faults', 'none', '--tolerance', 'all=10%'],
    );
    expect(code, errors).toBe(113);
    const comparison: Comparison = JSON.parse(output);
    expect(comparison).toMatchObject({ answer: 'worse', are_pairs: true, seed: 4 });
    expect([comparison.baseline.name, comparison.candidate.name]).toEqual([
      'a: reference',
      'b: reference',
    ]);
    expect(comparison.rows.find(({ what }) => what === 'p50')).toMatchObject({ answer: 'worse' });
    expect(comparison.flags[0]).toMatch(/^the sides differ: faults none and [0-9a-f]{12}$/);
    expect(readdirSync(join(folder, 'ab'))).toEqual([
      'comparison.json',
      'comparison.md',
      'junit.xml',
      'runs',
    ]);
    expect(readdirSync(join(folder, 'ab', 'runs'))).toEqual([
      '01-a',
      '01-b',
      '02-a',
      '02-b',
      '03-a',
      '03-b',
    ]);
  });

  test.each<[string, readonly string[], RegExp]>([
    [
      'what is not there',
      ['compare', 'none.json', 'runs'],
      /none\.json is not there: name a baseline file/,
    ],
    ['a folder without a run', ['compare', 'empty', 'runs'], /empty holds no run/],
    ['a run named twice', ['compare', 'runs/one', 'runs/two', 'runs'], /two of .* is named twice/],
    [
      'a tolerance of nothing known',
      ['compare', 'runs', 'runs', '--tolerance', 'p(77)=1%'],
      /figures are p\(50\), p\(90\)/,
    ],
    [
      'a label that there is not',
      ['compare', 'runs', 'runs', '--allow-different', 'mood'],
      /It must be one of .*shards/,
    ],
    ['no file to write', ['baseline', 'save', 'runs'], /required option '-o, --output <file>'/],
    ['nothing to save', ['baseline', 'save', 'empty', '-o', 'x.json'], /empty holds no run/],
    [
      'one round',
      ['ab', 'night.js', '--a', 'reference', '--b', 'reference', '--rounds', '1'],
      /--rounds .*integer from 2/,
    ],
    [
      'a side that is nothing',
      ['ab', 'night.js', '--a', 'reference', '--b', 'elsewhere'],
      /--b elsewhere: It must be 'reference', 'none', host:port/,
    ],
    [
      'two scripts and one more',
      ['ab', 'night.js', '--a', 'night.js', '--b', 'other.js'],
      /is a script, and so is night\.js/,
    ],
    [
      'no script',
      ['ab', '--a', 'reference', '--b', 'reference'],
      /name a script, or give scripts as --a and --b/,
    ],
    [
      'a command without an address',
      ['ab', 'night.js', '--a', 'reference', '--b', 'reference', '--a-start', 'x'],
      /give host:port/,
    ],
  ])('%s is one line and exit code 104', async (_, args, line) => {
    mkdirSync(join(folder, 'empty'), { recursive: true });
    const { code, errors } = await paydrill(...args);
    expect(code).toBe(104);
    expect(errors).toMatch(line);
    expect(errors.trim().split('\n').length).toBe(1);
  });
});
