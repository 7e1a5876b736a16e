/** Percentiles of a drill from the histograms of its workers. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LatencyMeter, LatencyTotals, NO_PERCENTILES } from './latency.js';

let totals: LatencyTotals;
let log: string;

beforeEach(() => {
  log = '';
  totals = new LatencyTotals(
    () => 1_700_000_000_000,
    (text) => {
      log += text;
    },
  );
});

afterEach(() => totals.destroy());

function interval(...us: readonly number[]): string {
  const meter = new LatencyMeter();
  for (const one of us) meter.record(one);
  return meter.takeInterval();
}

describe('percentiles', () => {
  it('of no sample are none, and not 0', () => {
    expect(totals.addInterval([interval(), interval()], 0, 1)).toEqual(NO_PERCENTILES);
    expect(totals.total()).toEqual(NO_PERCENTILES);
  });

  it('are of the second alone, and of everything', () => {
    totals.addInterval([interval(100), interval(300)], 0, 1);
    expect(totals.addInterval([interval(), interval(700)], 1, 2)).toMatchObject({ p50: 700 });
    expect(totals.addInterval([interval()], 2, 3)).toEqual(NO_PERCENTILES);
    expect(totals.total()).toMatchObject({ p50: 300, max: 700 });
    expect(log.split('\n').filter((line) => /^[0-9]/.test(line))).toHaveLength(3);
  });

  it('never lie beyond the largest', () => {
    const { p50, p999, max } = totals.addInterval([interval(1_234_567)], 0, 1);
    expect([p50, p999]).toEqual([max, max]);
  });
});
