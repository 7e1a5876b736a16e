/**
 * percentiles.json: response and service times of a drill from the least to the greatest, as HdrHistogram's own tools plot them.
 * The types are the file's format. Pure.
 */

export const PERCENTILES_SCHEMA = 'paydrill.percentiles/1';

/** A percentile from 0 to 100, and the time in microseconds; ascending. */
export type CurvePoint = readonly [percentile: number, us: number];

export interface PercentileCurve {
  /** How many times there are; the curve goes no further than they can tell. */
  readonly count: number;
  /** Empty where there is no time. */
  readonly points: readonly CurvePoint[];
}

export interface PercentileCurves {
  readonly response_time: PercentileCurve;
  readonly service_time: PercentileCurve;
  /** Of `http_req_duration`. */
  readonly request_duration: PercentileCurve;
}

const NO_CURVE: PercentileCurve = { count: 0, points: [] };
export const NO_CURVES: PercentileCurves = {
  response_time: NO_CURVE,
  service_time: NO_CURVE,
  request_duration: NO_CURVE,
};

/** What is drawn: `line`, and `guide` behind it where there are two. */
export interface ShownCurves {
  readonly line: NamedCurve;
  readonly guide: NamedCurve | undefined;
}

export interface NamedCurve extends PercentileCurve {
  readonly name: string;
}

/** Of payments; where nobody was paid, of requests. Undefined where there are no times. */
export function shownCurves(curves: PercentileCurves): ShownCurves | undefined {
  const { response_time: response, service_time: service, request_duration: request } = curves;
  if (response.points.length > 0)
    return {
      line: { ...response, name: 'response time' },
      guide: { ...service, name: 'service time' },
    };
  if (request.points.length === 0) return undefined;
  return { line: { ...request, name: 'request duration' }, guide: undefined };
}

/** Points until what is left over is halved again, as in HdrHistogram's percentile iterator. */
const STEPS_A_HALVING = 5;

/** `percentile` in microseconds, of so many times. */
export function percentileCurve(
  count: number,
  percentile: (percent: number) => number,
): PercentileCurve {
  if (count === 0) return NO_CURVE;
  const points: CurvePoint[] = [];
  for (let halving = 1; halving * count > 0; halving /= 2) {
    for (let step = 0; step < STEPS_A_HALVING; step++) {
      const left = halving * (1 - step / (2 * STEPS_A_HALVING));
      if (left * count < 1)
        return { count, points: [...points, [100, Math.round(percentile(100))]] };
      const percent = Number((100 * (1 - left)).toFixed(9));
      points.push([percent, Math.round(percentile(percent))]);
    }
  }
  return { count, points };
}

export function percentilesJson(curves: PercentileCurves): string {
  return `${JSON.stringify({ schema: PERCENTILES_SCHEMA, ...curves })}\n`;
}
