/**
 * What the iterations of one worker threw: each different line with its count. A script may make up messages as it runs, so
 * there is a bound: what comes after so many lines is counted under one of its own, and nothing is lost from the sum.
 */

/** Plain data. */
export interface ExceptionCount {
  /** `scenarios/night.ts:12:5: TypeError: ...` */
  readonly text: string;
  readonly count: number;
}

const LINES_MAX = 10;
const STACKS_MAX = 1_000;
export const OTHER_EXCEPTIONS = '(something else)';

interface Row {
  readonly text: string;
  count: number;
}

export class ExceptionTally {
  readonly #describe: (error: unknown) => string;
  readonly #byText = new Map<string, Row>();
  /** To find a row again without asking the source maps for the place. */
  readonly #byStack = new Map<string, Row>();

  /** `describe`: what was thrown, and where, in one line. */
  constructor(describe: (error: unknown) => string) {
    this.#describe = describe;
  }

  count(error: unknown): void {
    this.#rowOf(error).count++;
  }

  /** In the order in which they were first met. */
  counts(): readonly ExceptionCount[] {
    return [...this.#byText.values()].map((row) => ({ ...row }));
  }

  #rowOf(error: unknown): Row {
    const stack = error instanceof Error ? error.stack : undefined;
    if (typeof stack !== 'string') return this.#row(this.#describe(error));
    const known = this.#byStack.get(stack);
    if (known !== undefined) return known;
    if (this.#byStack.size >= STACKS_MAX) return this.#row(OTHER_EXCEPTIONS);
    const row = this.#row(this.#describe(error));
    this.#byStack.set(stack, row);
    return row;
  }

  #row(text: string): Row {
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    if (this.#byText.size >= LINES_MAX && text !== OTHER_EXCEPTIONS)
      return this.#row(OTHER_EXCEPTIONS);
    const row = { text, count: 0 };
    this.#byText.set(text, row);
    return row;
  }
}
