/**
 * SIGINT and SIGTERM at every phase of a drill: what ran is judged, the run folder is complete, nothing is left running.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DrillProcess, startDrillProcess } from './testing/drill-process.js';
import { descendantsOf, isAlive } from './testing/process-tree.js';
import { payments, readSummary, until } from './testing/program.js';

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
      args: ['--faults', 'none'],
    });
    await until(() => / ok [1-9]/.test(drill.errors()));
    const children = descendantsOf(drill.pid);
    const again = setInterval(() => drill.process.kill('SIGINT'), 50);
    expect(await drill.ended).toBe(105);
    clearInterval(again);
    await until(() => !children.some(isAlive) && drill.temporaryLeft().length === 0);
  });
});
