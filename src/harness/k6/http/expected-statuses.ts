/** Which answers count as expected: `expectedStatuses(...)`, and what `setResponseCallback` and params take. */

interface StatusRange {
  readonly min: number;
  readonly max: number;
}

export class ExpectedStatuses {
  readonly #ranges: readonly StatusRange[];

  /** Numbers, or objects with min and max. Throws where there is none, or one is something else. */
  constructor(statuses: readonly unknown[]) {
    if (statuses.length === 0) throw new Error('no arguments');
    this.#ranges = statuses.map((status, i) => rangeOf(status, i));
  }

  includes(status: number): boolean {
    return this.#ranges.some(({ min, max }) => status >= min && status <= max);
  }
}

export const DEFAULT_EXPECTED = new ExpectedStatuses([{ min: 200, max: 399 }]);

function rangeOf(status: unknown, index: number): StatusRange {
  if (Number.isInteger(status)) return { min: Number(status), max: Number(status) };
  if (typeof status === 'object' && status !== null && 'min' in status && 'max' in status) {
    const { min, max } = status;
    if (Number.isInteger(min) && Number.isInteger(max))
      return { min: Number(min), max: Number(max) };
    throw new Error('both min and max need to be integers');
  }
  throw new Error(
    `argument number ${index + 1} to expectedStatuses was neither an integer nor an object like {min:100, max:329}`,
  );
}

/** What a script set; undefined: nobody asks. Throws for what is none of ours. */
export function responseCallback(value: unknown): ExpectedStatuses | undefined {
  if (value === null) return undefined;
  if (value instanceof ExpectedStatuses) return value;
  throw new Error(`unsupported argument, expected http.expectedStatuses`);
}
