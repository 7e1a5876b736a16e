/** Whole drills under faults that overlap, do not happen, cannot be healed or cannot be planned: exit code, words, run folder. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startDrillProcess } from './testing/drill-process.js';
import { descendantsOf } from './testing/process-tree.js';
import {
  payments,
  readSummary,
  startDrill,
  startProgram,
  until,
  writeFaults,
  writeScript,
} from './testing/program.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-fault-drills-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function commandLine(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
}

/** A few iterations that are over long before `maxDuration`. */
const EARLY = payments('1s').replace(
  /plateau: {[^}]*}/,
  `plateau: { executor: 'shared-iterations', vus: 2, iterations: 20, maxDuration: '60s', exec: 'buy' }`,
);

describe('a drill', { timeout: 90_000 }, () => {
  test('in which a process is killed again while it restarts ends with both faults healed', async () => {
    const kill = { kind: 'kill', target: 'gateway' };
    const faults = writeFaults(folder, [
      { ...kill, atMs: 900, durationMs: 200 },
      { kind: 'pause', target: 'gateway', atMs: 1000, durationMs: 200 },
      { ...kill, atMs: 1150, durationMs: 200 },
      { kind: 'partition', target: 'clients', atMs: 1000, durationMs: 200 },
      { kind: 'cut_replies', target: 'clients', atMs: 1100, durationMs: 200 },
    ]);
    const drill = startDrill(folder, writeScript(folder, payments('6s')), '--faults', faults);
    expect(await drill.ended, drill.errors()).toBe(0);
    const summary = readSummary(folder);
    expect(summary).toMatchObject({ verdict: 'valid', exit_code: 0 });
    for (const fault of summary.faults) {
      expect(fault).toMatchObject({ error: null, recovered_ms: null });
      expect(fault.healed_ms).toBeGreaterThanOrEqual(fault.applied_ms ?? Number.NaN);
      expect(fault.overlaps.length).toBeGreaterThan(0);
    }
    expect(drill.output()).toMatch(/#1 kill gateway: at .* long, overlaps #2/);
  });

  test('that is over before a planned fault came names it, and ends with 114', async () => {
    const fault = { kind: 'kill', target: 'shard-1', atMs: 30_000, durationMs: 500 };
    const script = writeScript(folder, EARLY);
    const drill = startDrill(folder, script, '--faults', writeFaults(folder, [fault]));
    expect(await drill.ended, drill.errors()).toBe(114);
    expect(readSummary(folder)).toMatchObject({ verdict: 'valid', exit_code: 114 });
    const screen = drill.output().replace(/\s+/g, ' ');
    expect(screen).toMatch(/^valid: 1 of 1 planned fault did not happen \(#1 kill shard-1\)/);
    expect(screen).toContain('did not happen: its time never came: the load ended after');
    const again = startProgram('verify', join(folder, 'run'));
    expect(await again.ended).toBe(114);
  });

  test('whose shard cannot open its store again ends within seconds, and stays undecided', async () => {
    const fault = { kind: 'kill', target: 'shard-1', atMs: 1000, durationMs: 1500 };
    const drill = startDrillProcess({
      folder,
      script: payments('300s'),
      args: ['--faults', writeFaults(folder, [fault])],
    });
    await until(() => drill.errors().includes('kill shard-1: applied'));
    const [temporary = ''] = drill.temporaryLeft();
    const store = join(folder, 'temporary', temporary, 'shard-1');
    rmSync(store, { recursive: true });
    writeFileSync(store, 'no folder any more');
    const brokenMs = performance.now();
    expect(await drill.ended, drill.errors()).toBe(112);
    expect(performance.now() - brokenMs).toBeLessThan(40_000);
    const reason = /kill shard-1 could not be healed: shard-1: ended .* before it was ready/;
    const bounds = JSON.parse(readFileSync(join(drill.runFolder, 'drill.json'), 'utf8'));
    expect(bounds.failures[0]).toMatch(reason);
    expect(readSummary(folder).run.ended_by).toMatch(reason);
    const record = JSON.parse(readFileSync(join(drill.runFolder, 'faults.json'), 'utf8'));
    expect(record.faults[0]).toMatchObject({
      healed_ms: null,
      error: expect.stringMatching(/^could not be healed: /),
    });
    const again = startProgram('verify', drill.runFolder);
    expect(await again.ended).toBe(112);
    await until(() => drill.temporaryLeft().length === 0);
  });
});

describe('a drill of which somebody else kills a process', { timeout: 90_000 }, () => {
  test.each([
    // Its branches stay between their steps: what holds only at rest is nobody's fault.
    ['gateway', /undecided: the target was not at rest when its books were read/],
    // Whatever its books would tell is not known.
    ['shard --shard 1', /^the books are not complete: shard 1: /],
  ])('accuses nobody, however often it is judged: %s', async (name, reason) => {
    const args = ['--faults', 'none', '--workers', '2'];
    const drill = startDrillProcess({ folder, script: payments('60s'), args });
    await until(() => /ok [1-9]/.test(drill.errors()));
    const found = descendantsOf(drill.pid).filter((pid) => commandLine(pid).includes(` ${name} `));
    expect(found.length).toBe(1);
    for (const pid of found) process.kill(pid, 'SIGKILL');
    expect(await drill.ended, drill.errors()).toBe(112);
    const { verdict, reason: told, run, operations, laws } = readSummary(folder);
    expect({ verdict, ending: run.ending }).toEqual({ verdict: 'unknown', ending: 'lost' });
    expect(told).toMatch(reason);
    expect(laws.filter(({ status }) => status === 'broken')).toEqual([]);
    // Of what could not be asked nobody says that it did not happen.
    const absent = operations.unknown_resolved_absent;
    expect(absent).toBeLessThanOrEqual(operations.unknown_looked_up);
    for (const exact of [[], ['--exact']])
      expect(await startProgram('verify', drill.runFolder, ...exact).ended).toBe(112);
  });
});

describe('a fault plan that cannot be carried out', { timeout: 60_000 }, () => {
  test('is refused with all that is wrong before anything is started', async () => {
    const faults = writeFaults(folder, [
      { kind: 'kill', target: 'shard-7', atMs: -3, durationMs: 10 },
      { kind: 'disable', target: 'clients', atMs: 9000, durationMs: 10 },
    ]);
    const drill = startDrill(folder, writeScript(folder, payments('1s')), '--faults', faults);
    expect(await drill.ended).toBe(104);
    expect(drill.errors()).toBe(
      `paydrill: ${faults}: faults[0]: "atMs" must be 0 or more, not -3; no process named "shard-7"; there are: gateway, shard-0, shard-1; ` +
        'faults[1]: begins 9000 ms after the start of the load, which ends after 1000 ms\n',
    );
    expect(existsSync(join(folder, 'run'))).toBe(false);
  });

  test('and belongs to the script does not vanish where the target has no such process', async () => {
    const script = writeScript(folder, payments('1s'));
    const plan = join(folder, 'night.faults.json');
    const fault = { kind: 'kill', target: 'shard-0', atMs: 1, durationMs: 10 };
    writeFileSync(plan, JSON.stringify({ faults: [fault] }));
    const drill = startDrill(folder, script, '--target', '127.0.0.1:9');
    expect(await drill.ended).toBe(104);
    expect(drill.errors()).toBe(
      `paydrill: ${plan}: faults[0]: no process named "shard-0"; there are: none; ` +
        'this plan belongs to the script: against 127.0.0.1:9 leave it out with --faults none, or name another\n',
    );
    expect(readdirSync(folder).sort()).toEqual(['night.faults.json', 'night.js']);
  });
});
