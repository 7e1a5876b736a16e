/**
 * A histogram log read back: the intervals of a standard .hlog (version 1.3) as they lie in it, and what is in one. The encoded text of
 * an interval is HDR V2, compressed, base64: it is what a baseline keeps.
 */
import { decodeFromCompressedBase64, JsHistogram } from 'hdr-histogram-js';

export interface LoggedInterval {
  /** From the start of the load. */
  readonly startS: number;
  readonly lengthS: number;
  readonly encoded: string;
}

/** One value that was recorded, in microseconds, and how often. */
export type CountedValue = readonly [valueUs: number, count: number];

/** Throws where a line is none of a log. */
export function readIntervalLog(text: string): readonly LoggedInterval[] {
  const intervals: LoggedInterval[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#') || line.startsWith('"')) continue;
    const match = /^(?:Tag=[^,]*,)?([\d.]+),([\d.]+),[\d.]+,([A-Za-z0-9+/=]+)$/.exec(line.trim());
    if (match === null) throw new Error(`no interval of a histogram log: ${line.slice(0, 60)}`);
    const [, start, length, encoded = ''] = match;
    intervals.push({ startS: Number(start), lengthS: Number(length), encoded });
  }
  return intervals;
}

/** Ascending. Throws where the text is no histogram. */
export function countedValues(encoded: string): readonly CountedValue[] {
  const histogram = decodeFromCompressedBase64(encoded, 64, false);
  if (!(histogram instanceof JsHistogram)) throw new Error('a histogram that cannot be read');
  const values: CountedValue[] = [];
  const recorded = histogram.recordedValuesIterator;
  recorded.reset();
  while (recorded.hasNext()) {
    const { valueIteratedTo, countAtValueIteratedTo } = recorded.next();
    values.push([valueIteratedTo, countAtValueIteratedTo]);
  }
  return values;
}

/** Of all values together, each percentile; null where there is none. `percents` go from 0 to 100. */
export function percentilesOfValues(
  values: readonly CountedValue[],
  percents: readonly number[],
): readonly (number | null)[] {
  const counts = new Map<number, number>();
  for (const [value, count] of values) counts.set(value, (counts.get(value) ?? 0) + count);
  const sorted = [...counts].sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  return percents.map((percent) => {
    const rank = Math.max(1, Math.ceil((percent / 100) * total));
    let seen = 0;
    for (const [value, count] of sorted) {
      seen += count;
      if (seen >= rank) return value;
    }
    return null;
  });
}
