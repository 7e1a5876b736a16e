/** How operations count in the pay_* metrics: each once, under its outcome as far as it is known. */
import { expect, test } from 'vitest';
import type { DefiniteFacts } from '../driver/driver.js';
import { allocateLive, LIVE, LiveRow } from '../measure/live-counters.js';
import { OperationMeter } from './operation-meter.js';

const VIP = { key: 'pay_ok{kind:vip}', metric: 'pay_ok', tags: { kind: 'vip' } };
const CONTEXT = { scenario: 0, group: '', tags: undefined };

function meter(): { readonly live: LiveRow; readonly meter: OperationMeter; readonly vip: number } {
  const live = new LiveRow(allocateLive({ workers: 1, buckets: 10 }), 0);
  const made = new OperationMeter({
    live,
    plan: { scenarios: [], tags: {} },
    subMetrics: [VIP],
  });
  return { live, meter: made, vip: made.seriesOf({ kind: 'vip' }, CONTEXT) };
}

const answer = (facts: Partial<DefiniteFacts>): DefiniteFacts => ({
  outcome: 'ok',
  code: 0,
  series: 0,
  wasUnknown: false,
  intendedUs: 1000,
  sentUs: 2000,
  completedUs: 5000,
  ...facts,
});

test('the shares of ok, declined, unknown and not sent are of all that was asked for', () => {
  const { meter: all, vip } = meter();
  all.onDefinite(answer({}));
  all.onDefinite(answer({ outcome: 'declined', series: vip }));
  all.onUnknown(vip);
  all.onNotSent(0);
  const snapshot = all.snapshot();
  expect(snapshot.pay_operations).toMatchObject({ sum: 4 });
  for (const share of ['pay_ok', 'pay_declined', 'pay_unknown', 'pay_not_sent'])
    expect(snapshot[share]).toMatchObject({ sum: 1, count: 4 });
  expect(snapshot['pay_ok{kind:vip}']).toMatchObject({ sum: 0, count: 2 });
  expect(snapshot['pay_unknown{kind:vip}']).toMatchObject({ sum: 1, count: 2 });
});

test('an operation that was unknown and is answered later counts once, as what it became', () => {
  const { meter: all, vip } = meter();
  all.onUnknown(vip);
  all.onDefinite(answer({ series: vip, wasUnknown: true }));
  const snapshot = all.snapshot();
  for (const tags of ['', '{kind:vip}']) {
    expect(snapshot[`pay_operations${tags}`]).toMatchObject({ sum: 1 });
    expect(snapshot[`pay_unknown${tags}`]).toMatchObject({ sum: 0, count: 1 });
    expect(snapshot[`pay_ok${tags}`]).toMatchObject({ sum: 1, count: 1 });
    expect(snapshot[`pay_response_time${tags}`]).toMatchObject({ count: 1, max: 4 });
  }
});

test('what was never sent has no response time', () => {
  const { meter: all, live } = meter();
  all.onNotSent(0);
  expect(all.snapshot().pay_response_time).toMatchObject({ count: 0 });
  expect([live.counts[LIVE.notSent], live.counts[LIVE.declined]]).toEqual([1, 0]);
});

test('what is declined is counted by its code, as far as it is definite', () => {
  const { meter: all } = meter();
  all.onDefinite(answer({}));
  for (const code of [54, 54, 1009]) all.onDefinite(answer({ outcome: 'declined', code }));
  all.onNotSent(0);
  expect([...all.declinesByCode]).toEqual([
    [54, 2],
    [1009, 1],
  ]);
});
