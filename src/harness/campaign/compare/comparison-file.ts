/** comparison.json: what a comparison found. The types are the file's format. Pure. */
import type { Answer, ComparedRow } from './compare.js';
import type { RunLabels } from './run-sample.js';

export const COMPARISON_SCHEMA = 'paydrill.comparison/1';

export interface Comparison {
  readonly schema: typeof COMPARISON_SCHEMA;
  readonly baseline: SideFacts;
  readonly candidate: SideFacts;
  /** Runs were made in turn, one of each side after the other. */
  readonly are_pairs: boolean;
  readonly seed: number;
  /** What else a reader must know: in what the sides differ, and who else used the machine; one text each. */
  readonly flags: readonly string[];
  readonly rows: readonly ComparisonRow[];
  /** The worst of all rows. */
  readonly answer: Answer;
  /** 113 where it is worse, or, where that was asked for, cannot be told; else 0. */
  readonly exit_code: number;
}

/** Named by what was measured: `response time p99` of payments, `request duration p99` of requests. */
export interface ComparisonRow extends ComparedRow {
  readonly name: string;
}

export interface SideFacts {
  readonly name: string;
  readonly runs: readonly string[];
  readonly labels: RunLabels;
}

export function comparisonJson(comparison: Comparison): string {
  return `${JSON.stringify(comparison, null, 2)}\n`;
}
