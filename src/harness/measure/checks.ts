/**
 * How often each check of a script passed and failed, by group and name. A script may make up names as it runs, so there is a
 * bound: what comes after so many names is counted under one of its own, and nothing is lost from the sums.
 */

/** One check. Plain data. */
export interface CheckCounts {
  /** `::name::inner`, or empty outside groups. */
  readonly group: string;
  readonly name: string;
  readonly passes: number;
  readonly fails: number;
}

export const CHECKS_MAX = 500;
export const OTHER_CHECKS = '(other names)';

interface Row {
  readonly group: string;
  readonly name: string;
  passes: number;
  fails: number;
  readonly order: number;
}

export class CheckTally {
  /** By group, then by name: no key is put together for a sample. */
  readonly #groups = new Map<string, Map<string, Row>>();
  #rows = 0;

  count(group: string, name: string, passed: boolean): void {
    this.add({ group, name, passes: passed ? 1 : 0, fails: passed ? 0 : 1 });
  }

  add({ group, name, passes, fails }: CheckCounts): void {
    const row = this.#groups.get(group)?.get(name) ?? this.#newRow(group, name);
    row.passes += passes;
    row.fails += fails;
  }

  /** A group was entered, whether it has checks or not. */
  enter(group: string): void {
    if (this.#groups.size < CHECKS_MAX && !this.#groups.has(group))
      this.#groups.set(group, new Map());
  }

  /** All that were entered or have checks. */
  groups(): readonly string[] {
    return [...this.#groups.keys()];
  }

  /** In the order in which they were first met. */
  counts(): readonly CheckCounts[] {
    const all = [...this.#groups.values()].flatMap((group) => [...group.values()]);
    return all.sort((a, b) => a.order - b.order).map(({ order: _, ...counts }) => counts);
  }

  #newRow(group: string, name: string): Row {
    const isOther = group === '' && name === OTHER_CHECKS;
    if (this.#rows >= CHECKS_MAX && !isOther)
      return this.#groups.get('')?.get(OTHER_CHECKS) ?? this.#newRow('', OTHER_CHECKS);
    const names = this.#groups.get(group) ?? new Map<string, Row>();
    this.#groups.set(group, names);
    const row: Row = { group, name, passes: 0, fails: 0, order: this.#rows++ };
    names.set(name, row);
    return row;
  }
}

/** Adds up what several workers counted. */
export function mergeChecks(parts: readonly (readonly CheckCounts[])[]): readonly CheckCounts[] {
  const tally = new CheckTally();
  for (const part of parts) for (const row of part) tally.add(row);
  return tally.counts();
}
