/**
 * SIGINT and SIGTERM at every phase of a drill: what ran is judged, the run folder is complete, nothing is left running.
 */
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Random } from '../harness/entropy/random.js';
import { startProxyServer } from '../proxy/server.js';
import { type DrillProcess, startDrillProcess } from './testing/drill-process.js';
import { descendantsOf, isAlive, processesWith } from './testing/process-tree.js';
import { payments, readSummary, startProgram, until, writeFaults } from './testing/program.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-signals-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Every file that a drill leaves. */
const FILES = [
  ...['plan.json', 'summary.json', 'report.html', 'junit.xml', 'metrics.json', 'faults.json'],
  ...['response-time.hlog', 'service-time.hlog', 'journal.parquet', 'books', 'log.txt'],
];

/** Sends the signal at the fact; resolves to the exit code once everything that ran is gone. */
async function signalled(
  drill: DrillProcess,
  fact: () => boolean,
  signal: NodeJS.Signals,
): Promise<number | null> {
  await until(() => fact() || drill.process.exitCode !== null);
  const children = descendantsOf(drill.pid);
  drill.process.kill(signal);
  const code = await drill.ended;
  await until(() => !children.some(isAlive) && drill.temporaryLeft().length === 0);
  return code;
}

describe('a signal', { timeout: 90_000 }, () => {
  type Fact = (drill: DrillProcess) => boolean;
  const early: readonly (readonly [string, NodeJS.Signals, RegExp, Fact])[] = [
    ['while the script is loaded', 'SIGINT', /^no_claim/, (it) => it.errors().includes('-- start')],
    ['while the stack starts', 'SIGTERM', /^no_claim/, (it) => it.temporaryLeft().length > 0],
    [
      'as the load begins',
      'SIGINT',
      /no_claim|unknown|valid/,
      (it) => it.errors().includes('-- load'),
    ],
    ['under load', 'SIGTERM', /^valid/, (it) => / ok [1-9]/.test(it.errors())],
  ];
  test.each(early)('%s ends the drill early, and what ran is judged', async (...row) => {
    const [, signal, verdict, fact] = row;
    const drill = startDrillProcess({
      folder,
      script: payments('600s'),
      args: ['--faults', 'none'],
    });
    expect(await signalled(drill, () => fact(drill), signal), drill.errors()).toBe(105);
    if (!existsSync(drill.runFolder)) {
      // A stack that is not ready soon after the signal is given up, and there is nothing to tell of.
      expect(drill.errors()).toMatch(/ended while the target started .*: nothing was run/);
      expect(verdict.source).toBe('^no_claim');
      return;
    }
    expect(readSummary(folder).run.ending).toBe('interrupted');
    expect(readSummary(folder).verdict).toMatch(verdict);
    expect(FILES.filter((file) => !existsSync(join(drill.runFolder, file)))).toEqual([]);
  });

  test.each([
    ['heal', 'SIGINT'],
    ['settle', 'SIGTERM'],
    ['books', 'SIGINT'],
    ['verify', 'SIGTERM'],
    ['keep', 'SIGINT'],
  ] as const)('during %s changes nothing: the load is over', async (phase, signal) => {
    const drill = startDrillProcess({ folder, script: payments('1s'), args: ['--faults', 'none'] });
    const fact = (): boolean => drill.errors().includes(`-- ${phase}`);
    expect(await signalled(drill, fact, signal), drill.errors()).toBe(0);
    expect(readSummary(folder)).toMatchObject({ verdict: 'valid', run: { ending: 'completed' } });
    expect(FILES.filter((file) => !existsSync(join(drill.runFolder, file)))).toEqual([]);
  });

  test('that comes twice leaves at once, and still leaves nothing running', async () => {
    const drill = startDrillProcess({
      folder,
      script: payments('600s'),
      args: ['--faults', overlapping(1)],
    });
    await until(() => / ok [1-9]/.test(drill.errors()));
    drill.process.kill('SIGINT');
    await until(() => drill.errors().includes('once more leaves at once'));
    const again = setInterval(() => drill.process.kill('SIGINT'), 50);
    const begunMs = performance.now();
    expect(await drill.ended).toBe(105);
    expect(performance.now() - begunMs).toBeLessThan(5_000);
    clearInterval(again);
    await nothingLeft(drill);
  });

  test('ends a start that would never end, with one line and no run folder', async () => {
    const drill = startDrillProcess({ folder, script: payments('9s'), args: ['--faults', 'none'] });
    const shard = (): number | undefined =>
      descendantsOf(drill.pid).find((pid) => commandOf(pid).includes('shard'));
    await until(() => shard() !== undefined);
    process.kill(shard() ?? 0, 'SIGSTOP');
    drill.process.kill('SIGINT');
    expect(await drill.ended, drill.errors()).toBe(105);
    expect(drill.errors()).toMatch(
      /\npaydrill: ended while the target started \(SIGINT or SIGTERM\): nothing was run\n$/,
    );
    expect(existsSync(drill.runFolder)).toBe(false);
    await nothingLeft(drill);
  });

  test('is heard while a Toxiproxy does not answer', async () => {
    const silent = createServer((socket) => socket.on('error', () => {}).resume());
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const bound = silent.address();
    const address = `127.0.0.1:${bound !== null && typeof bound === 'object' ? bound.port : 0}`;
    const args = ['--faults', 'none', '--toxiproxy', address];
    const asked = once(silent, 'connection');
    const drill = startDrillProcess({ folder, script: payments('9s'), args });
    await asked;
    drill.process.kill('SIGTERM');
    expect([104, 105]).toContain(await drill.ended);
    expect(existsSync(drill.runFolder)).toBe(false);
    await nothingLeft(drill);
    silent.close();
  });
});

describe('kill -9 of a drill', { timeout: 90_000 }, () => {
  test.each([1, 2, 3, 4, 5, 6])(
    'at a moment drawn by seed %i, under overlapping faults, leaves nothing',
    async (seed) => {
      const proxy = await startProxyServer({ listen: '127.0.0.1:0', seed });
      const random = new Random(seed);
      const args = ['--faults', overlapping(seed), '--toxiproxy', proxy.address];
      const drill = startDrillProcess({ folder, script: payments('600s'), args });
      const phase = random.nextFloat() < 0.3 ? '-- start' : '-- load';
      await until(() => drill.errors().includes(phase));
      await delay(random.nextFloat() * 2_000);
      drill.process.kill('SIGKILL');
      await drill.ended;
      await nothingLeft(drill);
      const links = await fetch(`http://${proxy.address}/proxies`);
      expect(await links.json()).toEqual({});
      await proxy.close();
    },
  );
});

describe('a target that vanishes under a drill', { timeout: 120_000 }, () => {
  test.each(['SIGKILL', 'SIGSTOP'] as const)(
    'by %s does not hold the drill beyond its end',
    async (signal) => {
      const population = ['--users', '2000', '--merchants', '50', '--split-merchants', '10'];
      const ports = ['--bolt', '127.0.0.1:0', '--http', '127.0.0.1:0'];
      const stack = startProgram('stack', ...population, ...ports);
      await until(() => stack.output().includes('Ctrl-C stops it'));
      const processes = [...descendantsOf(stack.process.pid ?? 0), stack.process.pid ?? 0];
      const target = /bolt +(\S+)/.exec(stack.output())?.[1] ?? '';
      const script = payments('3s').replace("gracefulStop: '20s'", "gracefulStop: '1s'");
      const drill = startDrillProcess({ folder, script, args: ['--target', target] });
      await until(() => / ok [1-9]/.test(drill.errors()));
      for (const pid of processes) process.kill(pid, signal);
      await until(() => drill.errors().includes('-- settle'));
      const settleMs = performance.now();
      expect(await drill.ended, drill.errors()).toBe(112);
      expect(performance.now() - settleMs).toBeLessThan(40_000);
      const waited = /not at rest after ([\d.]+) s/.exec(drill.errors())?.[1];
      expect(Number(waited)).toBeLessThan(15);
      for (const pid of processes.filter(isAlive)) process.kill(pid, 'SIGKILL');
      await stack.ended;
      await nothingLeft(drill);
    },
  );
});

test('a process that is lost while its books are judged bounds the verdict for ever', async () => {
  const script = payments('2s');
  const drill = startDrillProcess({ folder, script, args: ['--faults', 'none', '--shards', '4'] });
  await until(() => drill.errors().includes('-- books'));
  const gateway = descendantsOf(drill.pid).find((pid) => commandOf(pid).includes(' gateway '));
  process.kill(gateway ?? 0, 'SIGKILL');
  const code = await drill.ended;
  const { verdict } = readSummary(folder);
  // Where the verdict was faster nothing was lost.
  expect(['valid 0', 'unknown 112']).toContain(`${verdict} ${code}`);
  const again = startProgram('verify', drill.runFolder, '--json');
  expect(await again.ended, again.errors()).toBe(code);
  expect(JSON.parse(again.output()).verdict).toBe(verdict);
}, 60_000);

/** Waits until no process of the drill is left, nor a temporary folder. */
async function nothingLeft(drill: DrillProcess): Promise<void> {
  const variable = `TMPDIR=${join(folder, 'temporary')}`;
  await until(() => processesWith(variable).length === 0 && drill.temporaryLeft().length === 0);
}

/** Faults on everything, for as long as the load lasts. */
function overlapping(seed: number): string {
  const random = new Random(seed);
  const draw = (): object => ({
    atMs: 100 + Math.floor(random.nextFloat() * 1_500),
    durationMs: 1 + Math.floor(random.nextFloat() * 3_000),
  });
  return writeFaults(folder, [
    { kind: 'kill', target: 'shard-0', ...draw() },
    { kind: 'pause', target: 'shard-0', ...draw() },
    { kind: 'pause', target: 'gateway', ...draw() },
    { kind: 'kill', target: 'gateway', ...draw() },
    { kind: 'pause', target: 'shard-1', ...draw() },
    { kind: 'disable', target: 'clients', ...draw() },
    { kind: 'partition', target: 'shard-1', ...draw() },
    { kind: 'cut_replies', target: 'shard-1', ...draw() },
  ]);
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it has ended meanwhile
  }
}
