/** A step's figures are of its hold alone; what it broke by is said. */
import { describe, expect, it } from 'vitest';
import { LatencyMeter } from '../../measure/latency.js';
import type { MetricsRow } from '../../report/metrics.js';
import { NO_CURVES } from '../../report/percentile-curves.js';
import type { Summary } from '../../report/summary.js';
import { sampleMetrics, VALID } from '../../report/testing/sample-run.js';
import type { RunFiles } from '../run-files.js';
import { sloRanges, sloWords, stepFacts } from './step.js';

const [ROW] = sampleMetrics();
if (ROW === undefined) throw new Error('no row');

function histogram(us: number): string {
  const meter = new LatencyMeter();
  for (let i = 0; i < 100; i++) meter.record(us);
  return meter.takeInterval();
}

/** Two seconds of warm-up, three held, and one in which the last is answered. */
function files({
  over = {},
  rows = {},
}: {
  readonly over?: Partial<Summary>;
  readonly rows?: Partial<MetricsRow>;
} = {}): RunFiles {
  const seconds = [0, 1, 2, 3, 4, 5];
  return {
    summary: { ...VALID, faults: [], thresholds: [], ...over },
    metrics: seconds.map((second) => ({
      ...{ ...ROW, second, planned: 1000, ok: second < 2 ? 10 : 990 },
      ...{ dropped_iterations: 0, late_starts: 0, left_over_iterations: 0 },
      ...rows,
    })),
    processes: seconds.map((second) => ({
      ...{ second, machine: 0.5, generator: 0.2, disk_wait: 0.1 },
      processes: { 'shard-0': { cores: second < 2 ? 9 : 0.5, busiest_thread: 0.4 } },
    })),
    curves: NO_CURVES,
    life: undefined,
    requestDuration: [],
    responseTime: seconds.map((second) => ({
      ...{ startS: second, lengthS: 1, encoded: histogram(second < 2 ? 900_000 : 1000) },
    })),
  };
}

const ASKED = { number: 3, folder: 'steps/03-1000', ratePerSec: 1000, reason: 'repeat' };
const step = (of: RunFiles) => stepFacts({ ...ASKED, warmUpMs: 2000, holdMs: 3000 }, of);

describe('a step', () => {
  it('has the figures of the seconds that it was held for, and no others', () => {
    expect(step(files())).toMatchObject({
      ...{ held: true, broken_by: [], offered_per_s: 1000, ok_per_s: 990 },
      ...{ dropped_iterations: 0, cores_by_process: { 'shard-0': 0.5 } },
      response_time_us: { p50: 1000, p99: 1000, max: 1000 },
    });
    expect(step(files()).per_second.ok).toEqual([10, 10, 990, 990, 990]);
  });

  it.each<[string, RunFiles, RegExp]>([
    [
      'an SLO',
      files({
        over: {
          thresholds: [
            { metric: 'pay_ok{step:hold}', expression: 'rate>0.9', ok: false, value: 0.25 },
          ],
        },
      }),
      /^pay_ok rate>0\.9: 0\.25$/,
    ],
    [
      'iterations dropped',
      files({ rows: { dropped_iterations: 2 } }),
      /^6 of 3000 iterations dropped$/,
    ],
    [
      'a verdict that is unknown',
      files({ over: { verdict: 'unknown', reason: 'no books' } }),
      /^verdict unknown: no books$/,
    ],
    [
      'a fault that was planned and did not happen',
      files({
        over: { faults: VALID.faults.slice(0, 1).map((fault) => ({ ...fault, applied_ms: null })) },
      }),
      /^the planned \w+ of [\w-]+ did not happen$/,
    ],
    [
      'an early end',
      files({ over: { run: { ...VALID.run, ending: 'lost', ended_by: 'shard-0 is gone' } } }),
      /^it ended early: shard-0 is gone$/,
    ],
  ])('breaks by %s', (_, of, by) => {
    const found = step(of);
    expect(found.held).toBe(false);
    expect(found.broken_by).toEqual([expect.stringMatching(by)]);
  });

  it('holds with one iteration in a thousand dropped, and where no ledger claim is made', () => {
    expect(step(files({ rows: { dropped_iterations: 1 } })).held).toBe(true);
    expect(step(files({ over: { verdict: 'no_claim', reason: null } })).held).toBe(true);
  });

  it('SLOs of several steps are told as the range of what was measured', () => {
    const slo = { metric: 'pay_response_time{step:hold}', expression: 'p(99)<200', ok: true };
    const steps = [130.52, 112, 121].map((value) => ({ slos: [{ ...slo, value }] }));
    expect(sloRanges(steps)).toEqual(['pay_response_time p(99)<200: 112 to 130.52']);
    expect(sloRanges(steps.slice(1, 2))).toEqual(['pay_response_time p(99)<200: 112']);
    expect(sloRanges([{ slos: [{ ...slo, ok: null, value: null }] }])).toEqual([
      'pay_response_time p(99)<200: not measured',
    ]);
  });

  it('an SLO of which nothing was measured says so', () => {
    const slo = { metric: 'x{kind:vip,step:hold}', expression: 'p(99)<1', ok: null, value: null };
    expect(sloWords(slo)).toBe('x{kind:vip} p(99)<1: not measured');
  });
});
