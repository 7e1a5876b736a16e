/** Percentiles of times in microseconds, as summary.json has them. Types alone. */

/** Null where there was no answer. */
export interface PercentilesUs {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
  /**
   * What the script's `summaryTrendStats` asks for, by its names, in microseconds (`count` is a number); only where it does, and
   * there was an answer.
   */
  readonly stats?: Readonly<Record<string, number>>;
}
