/**
 * What the iterations of all workers threw, as the person who watches is told it: each line once, with its count, at the end of
 * the second in which it was first met; and once more at the end where it came again.
 *
 * A load of which nothing but exceptions came is ended. It is not a load any more, and a long drill would only tell the same
 * again. Judged is what a run can tell for certain:
 * - at least ITERATIONS_MIN iterations ended, and as many as there are virtual users: no handful that began badly;
 * - every function that the scenarios run was tried: what has not begun may be well;
 * - all that since the last fault was healed: scripts may throw where the target fails, and it is about to recover.
 */
import type { ExceptionCount } from '../load/exception-tally.js';
import type { Measured } from '../load/measures.js';
import type { ScenarioPlan } from '../schedule/plan.js';

const ITERATIONS_MIN = 100;

type Told = Pick<Measured, 'exceptions' | 'iterationsByScenario'>;

export class ExceptionWatch {
  readonly #scenarios: readonly ScenarioPlan[];
  readonly #workers: number;
  readonly #notice: (line: string) => void;
  readonly #byWorker = new Map<number, Told>();
  readonly #told = new Map<string, number>();
  /** Workers that told the second that passes. */
  #seconds = 0;
  #endedUnderFault = 0;

  constructor(options: {
    readonly scenarios: readonly ScenarioPlan[];
    readonly workers: number;
    readonly notice: (line: string) => void;
  }) {
    this.#scenarios = options.scenarios;
    this.#workers = options.workers;
    this.#notice = options.notice;
  }

  /** Returns whether every worker has told a second more. */
  onSecond(worker: number, told: Told): boolean {
    this.#byWorker.set(worker, told);
    this.#seconds++;
    if (this.#seconds < this.#workers) return false;
    this.#seconds = 0;
    this.#tellNew();
    return true;
  }

  /** What came after the last second. */
  onMeasured(worker: number, told: Told): void {
    this.#byWorker.set(worker, told);
  }

  /** Every worker that is still there has told all: the counts of what was told before and came again. */
  end(): void {
    this.#tellNew();
    for (const { text, count } of this.#counts()) {
      if (this.#told.get(text) !== count) this.#notice(`in all ${times(count)}: ${text}`);
    }
  }

  /** Whether the load is nothing but exceptions, so far as can be told; to be asked once a second. */
  isHopeless(now: { readonly vus: number; readonly isUnderFault: boolean }): boolean {
    const ended = this.#endedByScenario();
    const all = sum(ended);
    if (now.isUnderFault) this.#endedUnderFault = all;
    const enough = Math.max(ITERATIONS_MIN, now.vus);
    if (all - this.#endedUnderFault < enough || sum(this.#counts().map(({ count }) => count)) < all)
      return false;
    const tried = new Set(this.#scenarios.filter((_, i) => ended[i] > 0).map(whatRuns));
    return this.#scenarios.every((scenario) => tried.has(whatRuns(scenario)));
  }

  /** Why a load ends of which nothing but exceptions came; `which`: all 12 `of them`. Says what was thrown, where it was always the same. */
  hopelessLine(threw: number, which: string): string {
    const line = `every iteration threw, all ${threw} of ${which}`;
    const [only, ...others] = this.#counts();
    return only === undefined || others.length > 0 ? line : `${line}: ${only.text}`;
  }

  #tellNew(): void {
    for (const { text, count } of this.#counts()) {
      if (this.#told.has(text)) continue;
      this.#told.set(text, count);
      this.#notice(`${times(count)}: ${text}`);
    }
  }

  #counts(): readonly ExceptionCount[] {
    const counts = new Map<string, number>();
    for (const { exceptions } of this.#byWorker.values())
      for (const { text, count } of exceptions) counts.set(text, (counts.get(text) ?? 0) + count);
    return [...counts].map(([text, count]) => ({ text, count }));
  }

  #endedByScenario(): number[] {
    const parts = [...this.#byWorker.values()];
    return this.#scenarios.map((_, i) => sum(parts.map((part) => part.iterationsByScenario[i])));
  }
}

function whatRuns({ exec, env }: ScenarioPlan): string {
  return `${exec} ${JSON.stringify(env)}`;
}

function times(count: number): string {
  return count === 1 ? 'an iteration threw' : `${count} iterations threw`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
