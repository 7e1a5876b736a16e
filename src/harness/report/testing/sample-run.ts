/** A made-up run for the tests of the pages: one of each thing a page can show. Not part of a drill. */
import type { VerifyResult } from '../../verify/verdict.js';
import { type MetricsRow, NO_REQUESTS } from '../metrics.js';
import type { OperationGroups, OperationRow } from '../operation-rows.js';
import type { DrillTick } from '../progress.js';
import { buildSummary, type DrillFacts, type Summary } from '../summary.js';

const LAWS = [
  'double-entry',
  'id-binding',
  'once-per-id',
  'definite-decline',
  'no-lost-ack',
  'no-phantom',
  'no-overdraft',
  'reserved-ends-once',
  'no-stuck-hold',
  'version-chain',
  'receipt-matches-books',
  'balance-is-history',
  'conservation',
  'shards-agree',
];

export const VALID_JUDGEMENT: VerifyResult = {
  verdict: 'valid',
  laws: LAWS.map((name) => ({
    name,
    status: 'holds',
    checked: 6_214_331,
    violations: 0,
    witness: null,
  })),
  root_cause: null,
  limits: [],
  operations: {
    attempted: 6_301_004,
    ok: 6_214_331,
    declined: 85_469,
    not_sent: 0,
    unknown: 1204,
    unknown_looked_up: 1204,
    unknown_resolved_ok: 611,
    unknown_resolved_absent: 593,
    retried: 2101,
    lost: 0,
    doubled: 0,
    phantom: 0,
    cross_shard: 2_004_117,
  },
  throughput: { peak_1s: 251_002, best_5s_mean: 231_402, mean: 118_369 },
  declines_by_code: { exceeds_credits: 80_211, risk_velocity_count: 5258 },
  timings_ms: { load: 1200, laws: 3100 },
};

export const INVALID_JUDGEMENT: VerifyResult = {
  ...VALID_JUDGEMENT,
  verdict: 'invalid',
  root_cause: 'no-lost-ack',
  laws: VALID_JUDGEMENT.laws.map((law) => {
    if (law.name === 'no-lost-ack') {
      const witness =
        'pay 0198c2f1-5e00-7a31-8000-00000001f3a2 of 12.50 by user:4711 to merchant:3@1 was answered ok at ' +
        '0:31.402 with version 17 of user:4711;\nthe books hold no entry under this id <user:4711 & merchant:3>';
      const operation_id = '0198c2f1-5e00-7a31-8000-00000001f3a2';
      return { ...law, status: 'broken', violations: 3, witness, operation_id };
    }
    if (law.name === 'no-stuck-hold')
      return { ...law, status: 'not_exercised', checked: 0, witness: 'no hold was made' };
    return law;
  }),
  operations: { ...VALID_JUDGEMENT.operations, lost: 3 },
};

export const UNKNOWN_JUDGEMENT: VerifyResult = {
  ...VALID_JUDGEMENT,
  verdict: 'unknown',
  reason: 'shard 1 could not be read back: its books end at entry 1,204,331 of 3,100,012',
  laws: VALID_JUDGEMENT.laws.map((law) =>
    law.name === 'no-lost-ack'
      ? { ...law, status: 'undecided', witness: 'the books are incomplete' }
      : law,
  ),
  operations: { ...VALID_JUDGEMENT.operations, unknown_resolved_absent: 500 },
};

const GROUPS: OperationGroups = {
  by_scenario: [
    { ...row('midnight', 6_190_892, 0), iterations: 6_190_892 },
    { ...row('refunds', 110_112, 0), iterations: 55_056 },
    { ...row('setup(), teardown()', 0, 0), iterations: null },
  ],
  by_kind: [row('pay', 6_190_892, 1204), row('refund', 110_112, 0)],
};

export const FACTS: DrillFacts = {
  run: {
    id: '20251111T000000Z-double-eleven',
    seed: 11,
    script: 'scenarios/double-eleven.ts',
    command: 'paydrill run scenarios/double-eleven.ts --seed 11',
    started_at: '2025-11-11T00:00:00.000Z',
    duration_s: 52.5,
    target: 'reference',
    ledger_engine: 'paydrill reference, LMDB',
    durability: 'fsync per batch',
    shards: 2,
    workers: 2,
    cores: 2,
    node: '20.19.0',
    ops_per_frame_mean: 63.21,
    load_model: 'open',
    ending: 'completed',
    peak_per_s: 250_000,
    carried_per_s: 277_778,
    ended_by: null,
    marked_failed: null,
    ids_left: null,
    records_kept: true,
    mutant: null,
  },
  metrics: {},
  lateStarts: 311,
  droppedIterations: 0,
  startedIterations: 6_301_004,
  lateness: {
    late_starts: { machine: 300, generator: 0, pause: 11 },
    dropped_iterations: {
      machine: 0,
      generator: 0,
      pause: 0,
      vus: 0,
      asked_pause: 0,
      max_duration: 0,
    },
  },
  responseTimeUs: { p50: 1240, p90: 4810, p99: 214_000, p999: 1_102_000, max: 3_004_000 },
  serviceTimeUs: { p50: 940, p90: 3020, p99: 201_000, p999: 1_020_000, max: 2_700_000 },
  faults: [
    fault('latency', 'shard-0', [18_000, 18_004, 21_010, 21_400]),
    fault('reply-loss', 'clients', [23_000, 23_002, 25_001, 25_090]),
    fault('partition', 'shard-1', [27_000, 27_003, 29_004, 30_720]),
    fault('kill', 'shard-1', [31_000, 31_002, 31_910, 32_330]),
    fault('kill', 'gateway', [35_000, 35_003, 35_600, 36_110]),
  ],
  pauses: [],
  details: {
    ...GROUPS,
    checks: [{ group: '', name: 'paid, or declined for a reason', passes: 6_214_331, fails: 0 }],
    custom_metrics: {},
    thresholds: [
      { metric: 'pay_response_time', expression: 'p(99)<3000', ok: true, value: 214 },
      { metric: 'pay_declined', expression: 'rate<0.05', ok: true, value: 0.0136 },
    ],
  },
};

export const TROUBLED_FACTS: DrillFacts = {
  ...FACTS,
  run: {
    ...FACTS.run,
    ending: 'interrupted',
    ended_by: 'SIGINT or SIGTERM',
    mutant: 'ack-before-commit',
  },
  lateStarts: 92_114,
  droppedIterations: 1701,
  lateness: {
    late_starts: { machine: 2_114, generator: 90_000, pause: 0 },
    dropped_iterations: {
      machine: 701,
      generator: 0,
      pause: 0,
      vus: 1_000,
      asked_pause: 0,
      max_duration: 0,
    },
  },
  faults: [
    ...FACTS.faults.slice(0, 4),
    { ...fault('kill', 'gateway', [35_000, 35_003, 35_600, 0]), recovered_ms: null },
    {
      ...fault('latency', 'shard-0', [60_000, 0, 0, 0]),
      applied_ms: null,
      healed_ms: null,
      recovered_ms: null,
    },
  ],
  details: {
    ...GROUPS,
    checks: [
      { group: '', name: 'paid, or declined for a reason', passes: 6_213_127, fails: 1204 },
      { group: '::refunds', name: 'came back', passes: 40_112, fails: 0 },
    ],
    custom_metrics: {
      refunded_minor: {
        kind: 'counter',
        is_time: false,
        values: { count: 40_112_300, rate: 764_043.81 },
      },
      queue: { kind: 'gauge', is_time: false, values: { value: 17, min: 2, max: 40 } },
      repeat_buyers: {
        kind: 'rate',
        is_time: false,
        values: { rate: 0.25, passes: 25, fails: 75 },
      },
      basket_time: {
        kind: 'trend',
        is_time: true,
        values: {
          avg: 12.4,
          min: 0.4,
          med: 11,
          max: 812,
          'p(90)': 31.5,
          'p(95)': 60.25,
          'p(99)': 401,
        },
      },
    },
    thresholds: [
      { metric: 'pay_response_time', expression: 'p(99)<3000', ok: false, value: 3812.25 },
      { metric: 'pay_declined', expression: 'rate<0.05', ok: true, value: 0.0136 },
    ],
  },
};

export const VALID: Summary = buildSummary(VALID_JUDGEMENT, FACTS);
export const INVALID: Summary = buildSummary(INVALID_JUDGEMENT, TROUBLED_FACTS);
/** Somebody paused the load for a while. */
export const PAUSED: Summary = buildSummary(VALID_JUDGEMENT, {
  ...FACTS,
  droppedIterations: 600,
  pauses: [{ from_ms: 40_000, to_ms: 42_500 }],
  lateness: {
    ...FACTS.lateness,
    dropped_iterations: { ...FACTS.lateness.dropped_iterations, asked_pause: 600 },
  },
});
export const UNKNOWN: Summary = buildSummary(UNKNOWN_JUDGEMENT, FACTS);

export const TICK: DrillTick = {
  phase: 'load',
  stage: 'midnight, refunds',
  elapsedMs: 23_400,
  totalMs: 52_500,
  paymentsPerSecNow: 221_403,
  plannedPerSecNow: 230_000,
  p50Us: 1240,
  p99Us: 214_200,
  inFlight: 12_044,
  unknownNow: 311,
  lateStarts: 0,
  droppedIterations: 0,
  startedIterations: 2_256_487,
  faultsActive: ['reply-loss clients'],
  okTotal: 2_214_331,
  declinedTotal: 30_112,
  notSentTotal: 0,
  requests: undefined,
};

/** A night in 53 seconds: quiet, the step, the plateau with its faults, the knees. */
export function sampleMetrics(): MetricsRow[] {
  return Array.from({ length: 53 }, (_, second) => {
    const planned = plannedAt(second);
    const hurt = [18, 19, 20, 23, 24, 27, 28, 31, 35].includes(second);
    const wobble = ((second * 7919) % 13) - 6;
    const ok = Math.round(planned * (hurt ? 0.7 : 0.985) + wobble * planned * 0.002);
    return {
      second,
      planned,
      ok,
      declined: Math.round(planned * 0.013),
      unknown: hurt ? 120 : 0,
      not_sent: 0,
      retried: hurt ? 210 : 0,
      late_starts: 0,
      dropped_iterations: 0,
      left_over_iterations: 0,
      paused_iterations: 0,
      in_flight: hurt ? 40_210 : 1200,
      p50_us: hurt ? 9400 : 1180 + wobble * 20,
      p90_us: hurt ? 90_000 : 3100 + wobble * 50,
      p99_us: hurt ? 820_000 : 8100 + wobble * 300,
      p999_us: hurt ? 2_004_000 : 21_000 + wobble * 900,
      max_us: hurt ? 3_004_000 : 40_100,
      ...NO_REQUESTS,
    };
  });
}

function plannedAt(second: number): number {
  if (second < 8) return 40_000;
  if (second < 12) return 8000;
  if (second < 38) return 230_000;
  return second < 46 ? 120_000 : 40_000;
}

function fault(
  kind: string,
  target: string,
  [planned, applied, healed, recovered]: readonly [number, number, number, number],
): DrillFacts['faults'][number] {
  return {
    kind,
    target,
    planned_ms: planned,
    planned_heal_ms: planned + healed - applied,
    applied_ms: applied,
    healed_ms: healed,
    recovered_ms: recovered,
    overlaps: [],
    error: null,
  };
}

function row(name: string, attempted: number, unknown: number): OperationRow {
  const declined = Math.round((attempted * 85_469) / 6_301_004);
  const ok = attempted - declined - unknown;
  const times = { p50: 1240, p90: 4810, p95: 9000, p99: 214_000, p999: 1_102_000, max: 3_004_000 };
  const none = { p50: null, p90: null, p95: null, p99: null, p999: null, max: null };
  return {
    ...{ name, attempted, ok, declined, unknown, not_sent: 0, ok_per_s: ok / 52.5 },
    response_time_us: attempted === 0 ? none : times,
  };
}
