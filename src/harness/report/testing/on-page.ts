/** report.html of a made-up run, for tests. */
import { reportHtml } from '../html.js';
import type { MetricsRow } from '../metrics.js';
import { NO_CURVES, type PercentileCurves, percentileCurve } from '../percentile-curves.js';
import type { Summary } from '../summary.js';

export function onPage(
  summary: Summary,
  rows: readonly MetricsRow[] = [],
  curves = sampleCurves(),
): string {
  return reportHtml({ summary, rows, curves, life: undefined });
}

/** A tail as drills have it: ten times less often, four times as long. */
export function sampleCurves(): PercentileCurves {
  const tail = (us: number) => (percent: number) =>
    Math.round(us * Math.max(1 - percent / 100, 1e-4) ** -0.6);
  return {
    ...NO_CURVES,
    response_time: percentileCurve(10_000, tail(1240)),
    service_time: percentileCurve(10_000, tail(940)),
  };
}
