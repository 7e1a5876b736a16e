/** Made-up steps of a capacity search, for the tests of what is made of them. */
import type { CapacityReport } from '../capacity/capacity-file.js';
import type { StepFacts } from '../capacity/step.js';

export function sampleStep(over: Partial<StepFacts> = {}): StepFacts {
  const rate = over.rate_per_s ?? 1000;
  return {
    ...{ number: 1, folder: 'steps/01-1000', rate_per_s: rate, reason: 'doubling', held: true },
    ...{ broken_by: [], verdict: 'valid', verdict_reason: null },
    ...{ offered_per_s: rate, ok_per_s: rate * 0.999, dropped_iterations: 0, late_starts: 3 },
    response_time_us: { p50: 1200, p90: 3100, p99: 9000, p999: 20_000, max: 31_000 },
    slos: [],
    limit: { kind: 'none', process: null, text: 'nothing that was watched was used up' },
    per_second: {
      planned: [rate / 2, rate, rate],
      ok: [rate / 2, rate, rate],
      p99_us: [9000, null, 8000],
    },
    cores_by_process: {},
    ...over,
  };
}

export function sampleReport(over: Partial<CapacityReport> = {}): CapacityReport {
  return {
    ...{ schema: 'paydrill.capacity/1', script: 'night.ts', command: 'paydrill capacity night.ts' },
    started_at: '2026-11-11T00:00:00.000Z',
    asked: {
      ...{ slos: ['p(99)<200'], from_per_s: 1000, max_per_s: 9000, precision: 0.05 },
      ...{ warm_up_s: 1, hold_s: 2, rounds: 3, seed: 5, faults: 'none', of_per_s: null },
    },
    labels: {
      ...{ target: 'reference', ledger_engine: 'lmdb', durability: 'fsync per batch', shards: 2 },
      ...{ workers: 1, cores: 2, node: 'v20.19.0', load_model: 'open' },
    },
    ...{ answer: null, multiples: [], ended_by: null, exit_code: 0, steps: [] },
    ...over,
  };
}
