/**
 * Durations as k6 writes them: Go's (`1h2m3.5s`, `300ms`), days (`1d`), or a number of milliseconds.
 */

const UNITS_US: ReadonlyMap<string, number> = new Map([
  ['ns', 0.001],
  ['us', 1],
  ['µs', 1],
  ['ms', 1000],
  ['s', 1_000_000],
  ['m', 60_000_000],
  ['h', 3_600_000_000],
  ['d', 86_400_000_000],
]);

/** Whole microseconds; undefined when it is none, or negative. */
export function parseDurationUs(value: unknown): number | undefined {
  if (typeof value === 'number') return value >= 0 ? Math.round(value * 1000) : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d))+$/.test(text)) return undefined;
  let us = 0;
  for (const [, number, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g))
    us += Number(number) * (UNITS_US.get(unit) ?? Number.NaN);
  return Math.round(us);
}

/** The same time as Go writes it: `1m30s`, `1.5s`, `300ms`, `0s`. */
export function durationText(us: number): string {
  if (us > 0 && us < 1000) return `${us}µs`;
  if (us > 0 && us < 1_000_000) return `${us / 1000}ms`;
  const hours = Math.floor(us / 3_600_000_000);
  const minutes = Math.floor((us % 3_600_000_000) / 60_000_000);
  const seconds = (us % 60_000_000) / 1_000_000;
  return `${hours > 0 ? `${hours}h` : ''}${us >= 60_000_000 ? `${minutes}m` : ''}${seconds}s`;
}
