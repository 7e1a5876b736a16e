/**
 * The knee of response time against rate: where it begins to climb faster than the rate does. Kneedle (Satopaa, Albrecht, Irwin and
 * Raghavan, 2011) for a convex, rising curve: both axes are stretched to 0..1, and the knee is the point that lies furthest below the
 * straight line from the first to the last. Pure.
 */

export interface RatePoint {
  readonly ratePerSec: number;
  readonly value: number;
}

/** Nearer to the line than this, there is no knee to speak of. */
const DISTANCE_MIN = 0.1;
const POINTS_MIN = 4;

/** Of the medians of each rate, ascending by rate; undefined where the curve is too short, or has none. */
export function kneeOf(points: readonly RatePoint[]): number | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < POINTS_MIN) return undefined;
  const lowest = Math.min(...points.map(({ value }) => value));
  const highest = Math.max(...points.map(({ value }) => value));
  if (highest === lowest) return undefined;
  const far = points.map(({ ratePerSec, value }) => ({
    ratePerSec,
    distance:
      (ratePerSec - first.ratePerSec) / (last.ratePerSec - first.ratePerSec) -
      (value - lowest) / (highest - lowest),
  }));
  const knee = far.reduce((most, point) => (point.distance > most.distance ? point : most));
  return knee.distance >= DISTANCE_MIN ? knee.ratePerSec : undefined;
}

/** The middle value of each rate, ascending by rate. */
export function mediansByRate(points: readonly RatePoint[]): readonly RatePoint[] {
  const byRate = new Map<number, number[]>();
  for (const { ratePerSec, value } of points)
    byRate.set(ratePerSec, [...(byRate.get(ratePerSec) ?? []), value]);
  return [...byRate]
    .sort(([a], [b]) => a - b)
    .map(([ratePerSec, values]) => ({ ratePerSec, value: median(values) }));
}

/** Of at least one value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
