/** How operations count in the pay_* metrics: each once, under its outcome as far as it is known. */
import { expect, test } from 'vitest';
import { KIND_NUMBERS } from '../../products/kinds.js';
import { OPERATION_KINDS } from '../../wire/operation-kinds.js';
import type { DefiniteFacts } from '../driver/driver.js';
import { allocateLive, LIVE, LiveRow } from '../measure/live-counters.js';
import type { Plan } from '../options/plan.js';
import { LIFECYCLE_SCENARIO } from '../schedule/plan.js';
import { OperationMeter } from './operation-meter.js';

const VIP = { key: 'pay_ok{kind:vip}', metric: 'pay_ok', tags: { kind: 'vip' } };
const CONTEXT = { scenario: 0, group: '', tags: undefined };

const PAY = OPERATION_KINDS.pay.number;
const REFUND = OPERATION_KINDS.refund.number;

/** `plain` and `vip`: the number of a payment without and with the tag. */
function meter() {
  const live = new LiveRow(allocateLive({ workers: 1, buckets: 10 }), 0);
  const scenario = (name: string, index: number) => ({ name, index, tags: {} });
  const scenarios = [scenario('night', 0), scenario('day', 1)] as unknown as Plan['scenarios'];
  const made = new OperationMeter({ live, plan: { scenarios, tags: {} }, subMetrics: [VIP] });
  const plain = made.seriesOf({ kind: PAY, tags: undefined }, CONTEXT);
  const vip = made.seriesOf({ kind: PAY, tags: { kind: 'vip' } }, CONTEXT);
  return { live, meter: made, plain, vip };
}

const answer = (facts: Partial<DefiniteFacts> & { readonly series: number }): DefiniteFacts => ({
  outcome: 'ok',
  code: 0,
  wasUnknown: false,
  intendedUs: 1000,
  sentUs: 2000,
  completedUs: 5000,
  ...facts,
});

test('the shares of ok, declined, unknown and not sent are of all that was asked for', () => {
  const { meter: all, plain, vip } = meter();
  all.onDefinite(answer({ series: plain }));
  all.onDefinite(answer({ outcome: 'declined', series: vip }));
  all.onUnknown(vip);
  all.onNotSent(plain);
  const { metrics: snapshot } = all.snapshot();
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
  const { metrics: snapshot } = all.snapshot();
  for (const tags of ['', '{kind:vip}']) {
    expect(snapshot[`pay_operations${tags}`]).toMatchObject({ sum: 1 });
    expect(snapshot[`pay_unknown${tags}`]).toMatchObject({ sum: 0, count: 1 });
    expect(snapshot[`pay_ok${tags}`]).toMatchObject({ sum: 1, count: 1 });
    expect(snapshot[`pay_response_time${tags}`]).toMatchObject({ count: 1, max: 4 });
  }
});

test('what was never sent has no response time', () => {
  const { meter: all, live, plain } = meter();
  all.onNotSent(plain);
  expect(all.snapshot().metrics.pay_response_time).toMatchObject({ count: 0 });
  expect([live.counts[LIVE.notSent], live.counts[LIVE.declined]]).toEqual([1, 0]);
});

test('what is declined is counted by its code, as far as it is definite', () => {
  const { meter: all, plain: series } = meter();
  all.onDefinite(answer({ series }));
  for (const code of [54, 54, 1009]) all.onDefinite(answer({ series, outcome: 'declined', code }));
  all.onNotSent(series);
  expect([...all.declinesByCode]).toEqual([
    [54, 2],
    [1009, 1],
  ]);
});

test('each operation counts once by scenario and kind, with or without tags, and setup() apart', () => {
  const { meter: all, plain, vip } = meter();
  const refund = all.seriesOf({ kind: REFUND, tags: { kind: 'vip' } }, { ...CONTEXT, scenario: 1 });
  const opening = { ...CONTEXT, scenario: LIFECYCLE_SCENARIO };
  const inSetup = all.seriesOf({ kind: PAY, tags: undefined }, opening);
  for (const series of [plain, plain, vip]) all.onDefinite(answer({ series }));
  all.onUnknown(refund);
  all.onNotSent(inSetup);
  const none = { ok: 0, declined: 0, unknown: 0, notSent: 0 };
  expect(all.snapshot().parts).toMatchObject([
    { scenario: 0, kind: PAY, ...none, ok: 3, responseTime: { maxUs: 4000, sumUs: 12_000 } },
    { scenario: 1, kind: REFUND, ...none, unknown: 1 },
    { scenario: LIFECYCLE_SCENARIO, kind: PAY, ...none, notSent: 1 },
  ]);
});

test('kinds of products are counted apart from those of the next scenario, whatever their numbers', () => {
  const { meter: all } = meter();
  const numbers = Object.values(KIND_NUMBERS);
  const scenarios = [0, 1, LIFECYCLE_SCENARIO];
  for (const scenario of scenarios)
    for (const kind of numbers)
      all.onDefinite(
        answer({ series: all.seriesOf({ kind, tags: undefined }, { ...CONTEXT, scenario }) }),
      );
  const told = all.snapshot().parts.map(({ scenario, kind, ok }) => ({ scenario, kind, ok }));
  for (const scenario of scenarios)
    for (const kind of numbers) expect(told).toContainEqual({ scenario, kind, ok: 1 });
  expect(told).toHaveLength(scenarios.length * numbers.length);
});
