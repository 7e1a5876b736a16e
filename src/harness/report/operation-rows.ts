/** The operations of a drill by scenario and by kind: fields of summary.json. Types alone. */
import type { PercentilesUs } from './percentiles-us.js';

export interface RowTimesUs extends PercentilesUs {
  readonly p95: number | null;
}

/** The operations with one thing in common. */
export interface OperationRow {
  /** Of the scenario, or of the kind. */
  readonly name: string;
  /** The sum of the next four. */
  readonly attempted: number;
  readonly ok: number;
  readonly declined: number;
  /** Of which the script was told so, and no answer came under load. */
  readonly unknown: number;
  readonly not_sent: number;
  /** Acknowledged a second, mean over the load. */
  readonly ok_per_s: number;
  readonly response_time_us: RowTimesUs;
}

export interface ScenarioRow extends OperationRow {
  /** That ended by themselves; null of setup() and teardown(). */
  readonly iterations: number | null;
}

export interface OperationGroups {
  readonly by_scenario: readonly ScenarioRow[];
  readonly by_kind: readonly OperationRow[];
}

export const NO_GROUPS: OperationGroups = { by_scenario: [], by_kind: [] };
