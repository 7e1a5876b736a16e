/**
 * `--out csv=file`: k6's columns, one row a second and value. What paydrill has no tag for stays empty; `stat` of a trend or a rate, and
 * the tags of the test, are in `extra_tags` as `name=value&...`. Pure.
 */
import { namedValues } from './named-values.js';
import type { OutputSecond } from './samples.js';

const TAG_COLUMNS = [
  ...['check', 'error', 'error_code', 'expected_response', 'group', 'method', 'name', 'proto'],
  ...['scenario', 'service', 'status', 'subproto', 'tls_version', 'url'],
];

const COLUMNS = ['metric_name', 'timestamp', 'metric_value', ...TAG_COLUMNS];

export const CSV_HEAD = `${[...COLUMNS, 'extra_tags', 'metadata'].join(',')}\n`;

/** Whole rows. Times are in seconds since 1970, as in k6. */
export function csvRows({ unixMs, samples }: OutputSecond): string {
  const timestamp = `${Math.floor(unixMs / 1000)}`;
  return samples
    .flatMap(({ metric, tags, interval }) =>
      namedValues(interval).map(({ stat, value }) => {
        const all = stat === undefined ? tags : { ...tags, stat };
        const extra = Object.entries(all).filter(([name]) => !TAG_COLUMNS.includes(name));
        const cells = [
          ...[metric.name, timestamp, `${value}`],
          ...TAG_COLUMNS.map((name) => all[name] ?? ''),
          extra.map(([name, text]) => `${name}=${text}`).join('&'),
          '',
        ];
        return `${cells.map(quoted).join(',')}\n`;
      }),
    )
    .join('');
}

/** RFC 4180. */
function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
