/** For tests: one second of a small load. */
import { counterState, type MetricsSnapshot, rateState } from '../../measure/metric-state.js';
import { MetricStore } from '../../measure/metric-store.js';
import { TimeTrend } from '../../measure/time-trend.js';
import { type OutputSecond, SampleMaker } from '../samples.js';

const OWN = { planned_iterations: 4, pay_retried: 0, pay_in_flight: 1, faults_active: 0 };

export function secondOf(metrics: MetricsSnapshot): OutputSecond {
  const maker = new SampleMaker({
    customMetrics: [{ name: 'basket', kind: 'trend', isTime: false }],
    thresholds: [],
    tags: { run: 'n, "1"' },
  });
  return maker.second({
    unixMs: Date.UTC(2026, 10, 11),
    metric: (name) => metrics[name],
    checks: [
      { group: '::cart', name: 'paid', passes: 3, fails: 1 },
      { group: '::cart', name: 'served', passes: 5, fails: 0 },
    ],
    own: OWN,
  });
}

export function sampleMetrics(): MetricsSnapshot {
  const store = new MetricStore([], () => 0);
  for (const value of [1, 2, 3]) store.add('basket', 'trend', value, () => undefined);
  const times = new TimeTrend();
  for (const us of [900, 4_000, 30_000, 30_000]) times.record(us);
  return {
    pay_operations: counterState(4),
    pay_unknown: rateState({ passes: 2, total: 4 }),
    pay_ok: rateState({ passes: 2, total: 4 }),
    pay_response_time: times.state(),
    ...store.snapshot(),
  };
}
