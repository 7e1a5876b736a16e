/** What the figures of a run are of: payments, where any was asked for; else the HTTP requests of the script. Pure. */
import type { LoggedInterval } from '../measure/interval-log.js';
import type { MetricsRow } from '../report/metrics.js';
import type { Summary } from '../report/summary.js';
import type { RunFiles } from './run-files.js';

export type Measured = 'payments' | 'requests';

export function measuredOf({ operations }: Pick<Summary, 'operations'>): Measured {
  return operations.attempted > 0 ? 'payments' : 'requests';
}

/** Of a second: what took effect, or requests that k6 does not count as failed. */
export function okIn(row: MetricsRow, measured: Measured): number {
  return measured === 'payments' ? row.ok : row.http_reqs - row.http_failed;
}

/** Of a second: what was declined, could not be sent or failed. */
export function failedIn(row: MetricsRow, measured: Measured): number {
  return measured === 'payments' ? row.declined + row.not_sent : row.http_failed;
}

export function p99In(row: MetricsRow, measured: Measured): number | null {
  return measured === 'payments' ? row.p99_us : row.http_p99_us;
}

/** Response times, or durations of requests. */
export function timesOf(
  { responseTime, requestDuration }: Pick<RunFiles, 'responseTime' | 'requestDuration'>,
  measured: Measured,
): readonly LoggedInterval[] {
  return measured === 'payments' ? responseTime : requestDuration;
}
