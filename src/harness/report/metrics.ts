/**
 * metrics.json: one row for each second of the load. The types are the file's format. Pure.
 */

export const METRICS_SCHEMA = 'paydrill.metrics/1';

/** Counts are of that second alone; `second` 0 begins at the first intended start. */
export interface MetricsRow {
  readonly second: number;
  /** Iterations whose intended start lies in the second. */
  readonly planned: number;
  readonly ok: number;
  readonly declined: number;
  /** Operations whose outcome is unknown at the end of the second. */
  readonly unknown: number;
  /** Refused by the client: no connection, or too many under way. */
  readonly not_sent: number;
  readonly retried: number;
  readonly late_starts: number;
  readonly dropped_iterations: number;
  /** Of the dropped: what `maxDuration` left over. */
  readonly left_over_iterations: number;
  /** Of the dropped: what was due while the load was paused by somebody who watched. */
  readonly paused_iterations: number;
  /** Operations without an answer at the end of the second. */
  readonly in_flight: number;
  /** Response times of the answers that arrived in the second; null where none did. */
  readonly p50_us: number | null;
  readonly p90_us: number | null;
  readonly p99_us: number | null;
  readonly p999_us: number | null;
  readonly max_us: number | null;
  /** HTTP requests of the script that ended in the second, and those of them that k6 counts as failed. */
  readonly http_reqs: number;
  readonly http_failed: number;
  /** Of `http_req_duration`; null where no request ended. */
  readonly http_p50_us: number | null;
  readonly http_p90_us: number | null;
  readonly http_p99_us: number | null;
  readonly http_p999_us: number | null;
  readonly http_max_us: number | null;
}

/** Of a second without requests; and of a run of an earlier build, which did not tell them. */
export const NO_REQUESTS = {
  http_reqs: 0,
  http_failed: 0,
  http_p50_us: null,
  http_p90_us: null,
  http_p99_us: null,
  http_p999_us: null,
  http_max_us: null,
} as const satisfies Partial<MetricsRow>;

export function metricsJson(rows: readonly MetricsRow[]): string {
  const lines = rows.map((row) => `  ${JSON.stringify(row)}`);
  return `{ "schema": "${METRICS_SCHEMA}", "rows": [\n${lines.join(',\n')}\n] }\n`;
}
