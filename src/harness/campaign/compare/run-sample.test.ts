/** What a comparison takes from a run folder, and which runs it does not take. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countedValues } from '../../measure/interval-log.js';
import { LatencyMeter, LatencyTotals } from '../../measure/latency.js';
import { summaryJson } from '../../report/json.js';
import { type MetricsRow, metricsJson } from '../../report/metrics.js';
import { type ProcessesRow, processesJson } from '../../report/processes.js';
import type { Summary } from '../../report/summary.js';
import { sampleMetrics, VALID } from '../../report/testing/sample-run.js';
import type { UserError } from '../../user-error.js';
import { sampleOfRun } from './run-sample.js';
import { runsNamed } from './sides.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-sample-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const [ROW] = sampleMetrics();
if (ROW === undefined) throw new Error('no row');

const row = (second: number, over: Partial<MetricsRow> = {}): MetricsRow => ({
  ...{ ...ROW, second, planned: 100, ok: 90, declined: 5, not_sent: 3, dropped_iterations: 2 },
  ...over,
});

const uses = (second: number): ProcessesRow => ({
  ...{ second, machine: 0.95, generator: 0.2, disk_wait: null },
  processes: {
    harness: { cores: 0.9, busiest_thread: 0.8 },
    proxy: { cores: 0.3, busiest_thread: 0.3 },
    gateway: { cores: 0.2, busiest_thread: 0.2 },
    'shard-0': { cores: 0.4, busiest_thread: 0.3 },
  },
});

/** Two seconds with something due, and one in which the last was answered. */
function write(over: Partial<Summary> = {}, plan: object = {}): void {
  const lines: string[] = [];
  const totals = new LatencyTotals(
    () => 0,
    (line) => lines.push(line),
  );
  for (const second of [0, 1, 2]) {
    const meter = new LatencyMeter();
    meter.record(1000 * (second + 1));
    totals.addInterval([meter.takeInterval()], second, second + 1);
  }
  totals.destroy();
  const files = {
    'summary.json': summaryJson({ ...VALID, faults: [], ...over }),
    'metrics.json': metricsJson([row(0), row(1), row(2, { planned: 0 })]),
    'processes.json': processesJson([uses(0), uses(1)]),
    'response-time.hlog': lines.join(''),
    'plan.json': JSON.stringify({
      ...{ script_sha256: 'abc', env: { A: '1' }, cpu: 'a processor', duration_scale: 0.5 },
      ...{ fault_plan: { anchor: 'start', faults: [] }, ...plan },
    }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

describe('a run to be compared', () => {
  it('has its seconds with the CPU of the target, and none of the generator', () => {
    write();
    const sample = sampleOfRun(folder);
    expect(sample.planned_s).toBe(2);
    // 0.95 of two cores, less the 1.8 that the drill used.
    expect(sample.others_cores).toBe(0.1);
    expect(sample.seconds.map(({ response_time: _, ...second }) => second)).toEqual([
      { ok: 90, failed: 10, cpu_us: 600_000 },
      { ok: 90, failed: 10, cpu_us: 600_000 },
      { ok: 90, failed: 10, cpu_us: null },
    ]);
    const values = sample.seconds.flatMap((second) => countedValues(second.response_time));
    expect(values.map(([us, count]) => [Math.round(us / 1000), count])).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
    expect(sample.labels).toMatchObject({
      ...{ script_sha256: 'abc', env: '{"A":"1"}', cpu: 'a processor', duration_scale: 0.5 },
      faults: 'none',
    });
  });

  it('has its fault plan among its labels: the same plan the same, another not', () => {
    const faultsOf = (atMs: number): string => {
      write({}, { fault_plan: { anchor: 'start', faults: [{ kind: 'kill', atMs }] } });
      return sampleOfRun(folder).labels.faults;
    };
    expect(faultsOf(5)).toBe(faultsOf(5));
    expect(faultsOf(5)).not.toBe(faultsOf(6));
  });

  it.each<[string, Partial<Summary>, number, RegExp]>([
    [
      'is invalid',
      { verdict: 'invalid', reason: 'lost' },
      111,
      /verdict is invalid: lost; what pays wrongly/,
    ],
    ['is unknown', { verdict: 'unknown', reason: 'no books' }, 112, /verdict is unknown: no books/],
    [
      'ended early',
      { run: { ...VALID.run, ending: 'interrupted', ended_by: 'SIGINT' } },
      104,
      /it ended early \(SIGINT\)/,
    ],
    [
      'lacks a fault that was planned',
      { faults: VALID.faults.slice(0, 1).map((fault) => ({ ...fault, applied_ms: null })) },
      104,
      /did not happen: it is not the drill that was planned/,
    ],
  ])('that %s is refused', (_, over, exitCode, line) => {
    write(over);
    expect(() => sampleOfRun(folder)).toThrow(line);
    expect(() => sampleOfRun(folder)).toThrow(
      expect.objectContaining<Partial<UserError>>({ exitCode }),
    );
  });

  it('that was cut short, or of an earlier build, is told in one line or taken without CPU', () => {
    write();
    rmSync(join(folder, 'processes.json'));
    expect(sampleOfRun(folder).seconds.every(({ cpu_us: cpu }) => cpu === null)).toBe(true);
    rmSync(join(folder, 'summary.json'));
    expect(() => runsNamed(folder)).toThrow(
      /summary\.json cannot be read: .*a drill that came to its end$/,
    );
  });
});
