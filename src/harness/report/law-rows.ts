/** The laws as the page lists them: each with its statement, from before it is judged until it is. Pure. */

import { LIST_LAW } from '../verify/lists/list-law.js';
import { OUR_LAWS } from '../verify/our-laws.js';
import type { LawResult, LawStatus } from '../verify/verdict.js';
import { printable, printableLines } from './printable.js';

export interface LawRow {
  readonly name: string;
  /** In one sentence; null of a law that somebody added. */
  readonly statement: string | null;
  /** `to_come`: not judged yet. */
  readonly status: LawStatus | 'to_come';
  readonly checked: number;
  readonly violations: number;
  readonly witness: string | null;
  /** Broken laws that its breach can follow from. */
  readonly follows_from: readonly string[];
}

/** `names`: of all laws that are judged by, in order; those without a result are to come. */
export function lawRows(
  names: readonly string[],
  results: readonly LawResult[],
): readonly LawRow[] {
  return names.map((name) => {
    const result = results.find((one) => one.name === name);
    const { status = 'to_come', checked = 0, violations = 0, witness = null } = result ?? {};
    return {
      name: printable(name),
      statement: statementOf(name),
      ...{ status, checked, violations },
      witness: witness === null ? null : printableLines(witness),
      follows_from: result?.follows_from ?? [],
    };
  });
}

/** Of one of paydrill's own laws. */
export function statementOf(name: string): string | null {
  return [...OUR_LAWS, LIST_LAW].find((law) => law.name === name)?.statement ?? null;
}
