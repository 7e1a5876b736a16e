/** What came of a snippet, as data: it leaves the process that ran it. */
import type { Received } from '../../harness/http/testing/test-server.js';
import type { Summary } from '../../harness/report/summary.js';

export interface Observed {
  readonly exit: number | null;
  /** The line that it was refused with, or that the program failed with. */
  readonly refusal: string | undefined;
  readonly asked: readonly Received[];
  /** What the script told by `see()`. */
  readonly sees: readonly unknown[];
  /** Every line that was told. */
  readonly lines: readonly string[];
  readonly summary: Summary | undefined;
  /** On standard output. */
  readonly text: string;
  /** By name. */
  readonly written: Readonly<Record<string, string>>;
}
