/** Goes through every option that `paydrill run` has: one that is added and not thought of here fails. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLine } from '../harness/drill/command-line.js';
import type { DrillOptions } from '../harness/report/progress.js';
import { drillOptions, type RunOptions, runOptions } from './run-options.js';

/** It is read as soon as it is named. */
const PRODUCTS = mkdtempSync(join(tmpdir(), 'my products '));
writeFileSync(join(PRODUCTS, 'points.json'), '{"name":"points","title":"Points","operations":{}}');

afterAll(() => rmSync(PRODUCTS, { recursive: true }));

/** The long name of each option that decides something of a drill, and values for it. */
const DECIDING: Readonly<Record<string, readonly (string | undefined)[]>> = {
  '--target': ['127.0.0.1:12200'],
  '--peak': ['5000'],
  '--duration-scale': ['0.5'],
  '--seed': ['0'],
  '--execution-segment': ['1/4:1/2'],
  '--execution-segment-sequence': ['0,1/4,1/2,1'],
  '--workers': ['3'],
  '--shards': ['4'],
  '--faults': ['my faults.json'],
  '--toxiproxy': ['127.0.0.1:8474'],
  '--laws': ['my laws'],
  '--keep': ['failed', 'unproved', 'none'],
  '--env': ['USERS=10', 'EMPTY=', "WORDS=it's $HOME"],
  '--mutant': ['lose-credit-leg'],
  '--allow-target': ['pay.example'],
  '--modules': ['my modules'],
  '--products': [PRODUCTS],
  '--allow-little-disk': [undefined],
  '--include-system-env-vars': ['false'],
  '--vus': ['5'],
  '--duration': ['1m30s'],
  '--iterations': ['7'],
  '--stage': ['30s:10', '5s:0,1m:20'],
  '--tag': ['run=a b'],
  '--rps': ['100'],
  '--max-redirects': ['3'],
  '--batch': ['4'],
  '--batch-per-host': ['2'],
  '--user-agent': ['shop test/1'],
  '--min-iteration-duration': ['2s'],
  '--blacklist-ip': ['10.0.0.0/8,::1'],
  '--block-hostnames': ['*.test'],
  '--summary-trend-stats': ['avg,p(99)'],
  '--summary-time-unit': ['ms'],
  '--system-tags': ['url,name'],
  '--local-ips': ['127.0.0.2'],
  '--dns': ['ttl=5m'],
  '--console-output': ['my console.log'],
  ...Object.fromEntries(
    [
      ...['--no-setup', '--no-teardown', '--no-thresholds', '--http-debug', '--throw', '--paused'],
      ...['--insecure-skip-tls-verify', '--no-connection-reuse', '--no-vu-connection-reuse'],
      ...['--discard-response-bodies', '--linger', '--no-usage-report'],
    ].map((flag) => [flag, [undefined]]),
  ),
};

/** A folder holds one drill; what is printed is not part of the drill, nor is whether it may fetch what it imports. */
const NOT_REPEATED = [
  '--out',
  '--json',
  '--quiet',
  '--mirror',
  '--baseline',
  '--tolerance',
  '--config',
  '--log-format',
  '--ui',
  '--offline',
  '--secret-source',
  '--summary-mode',
  '--no-summary',
  '--summary-export',
];

const REPLAY = '--replay';

const signal = new AbortController().signal;

async function asked(...argv: readonly string[]): Promise<DrillOptions> {
  let parsed: Promise<DrillOptions> | undefined;
  const command = runOptions().action((script: string | undefined, options: RunOptions) => {
    parsed = drillOptions(script, options, { command, signal });
    return parsed.then(() => undefined);
  });
  await command.parseAsync([...argv], { from: 'user' });
  if (parsed === undefined) throw new Error('the command did not run');
  return parsed;
}

/** What a shell hands to the program, without its name and that of the command. */
function typedAgain(options: DrillOptions): readonly string[] {
  const line = commandLine(options, {
    seed: options.seed ?? 11,
    peakPerSec: undefined,
    folder: 'reports/night',
  });
  const seen = execFileSync('sh', ['-c', `paydrill() { printf '%s\\0' "$@"; }; ${line}`]);
  return seen.toString().split('\0').slice(1, -1);
}

describe('the command that runs a drill again', () => {
  it('knows of every option there is', () => {
    const long = runOptions().options.map((option) => option.long);
    expect(long.sort()).toEqual([...Object.keys(DECIDING), ...NOT_REPEATED, REPLAY].sort());
  });

  const each = Object.entries(DECIDING).flatMap(([name, values]) =>
    values.map((value) => ({ argv: value === undefined ? [name] : [name, value] })),
  );
  it.each(each)('asks for the same drill after $argv', async ({ argv }) => {
    const plain = await asked('night.ts', '--seed', '11');
    const first = await asked('night.ts', '--seed', '11', ...argv);
    expect(first).not.toEqual(plain);
    expect(await asked(...typedAgain(first))).toEqual(first);
  });

  it('asks for the same drill after all of them together', async () => {
    const { '--shards': _, '--mutant': __, ...others } = DECIDING;
    const argv = Object.entries(others).flatMap(([name, values]) =>
      values.flatMap((value) => (value === undefined ? [name] : [name, value])),
    );
    const first = await asked('night.ts', ...argv);
    expect(await asked(...typedAgain(first))).toEqual(first);
  });

  it('takes what may be said beside --replay with it', () => {
    const replayed: DrillOptions = {
      script: 'night.ts',
      target: 'reference',
      durationScale: 1,
      env: {},
      program: [],
      signal,
      faultPlan: { from: 'reports/first/plan.json', document: [] },
      keep: 'none',
      allowTargets: ['pay.example'],
    };
    expect(typedAgain(replayed)).toEqual([
      REPLAY,
      'reports/first',
      '--keep',
      'none',
      '--allow-target',
      'pay.example',
    ]);
  });
});
