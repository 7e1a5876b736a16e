/**
 * Asks what became of operations that scripts carried out themselves and that are unknown when the faults are healed, by the
 * functions that the scripts gave for it. What stays unknown is asked again, until there is an answer or the time is over;
 * what throws is not.
 *
 *   due -> asked, so many at once -> resolved
 *      ^------ unknown: a pause ----'
 *
 * What an answer means is not known here.
 */
import type { LookedUp, LookUp } from '../ports/told.js';

const AT_ONCE = 64;
const AGAIN_MS = 100;

export interface LookUpsOptions<Operation> {
  readonly nowUs: () => number;
  /** Whether the operation is definite by that. */
  readonly resolve: (operation: Operation, found: LookedUp) => boolean;
  readonly onThrew: (error: unknown) => void;
}

export class ToldLookUps<Operation> {
  readonly #options: LookUpsOptions<Operation>;
  readonly #due = new Map<Operation, LookUp>();
  #isOver = false;

  constructor(options: LookUpsOptions<Operation>) {
    this.#options = options;
  }

  /** How many are to be asked for. */
  get due(): number {
    return this.#due.size;
  }

  add(operation: Operation, ask: LookUp): void {
    if (!this.#isOver) this.#due.set(operation, ask);
  }

  /** Until all are definite, or `untilUs`: an answer that comes later resolves nothing. */
  async askAll(untilUs: number): Promise<void> {
    const queue = [...this.#due];
    if (queue.length > 0) {
      const leftMs = Math.max(0, (untilUs - this.#options.nowUs()) / 1000);
      const over = new AbortController();
      const askers = Array.from({ length: AT_ONCE }, () => this.#ask(queue, over.signal));
      await Promise.race([Promise.all(askers), pause(leftMs, over.signal)]);
      over.abort();
    }
    this.#isOver = true;
  }

  async #ask(queue: [Operation, LookUp][], over: AbortSignal): Promise<void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (await this.#isDone(next, over)) continue;
      await pause(AGAIN_MS, over);
      if (over.aborted) return;
      queue.push(next);
    }
  }

  async #isDone([operation, ask]: [Operation, LookUp], over: AbortSignal): Promise<boolean> {
    try {
      const found = await ask();
      if (over.aborted || !this.#options.resolve(operation, found)) return false;
      this.#due.delete(operation);
    } catch (error) {
      if (!over.aborted) this.#options.onThrew(error);
    }
    return true;
  }
}

function pause(ms: number, until: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    until.addEventListener('abort', end, { once: true });
  });
}
