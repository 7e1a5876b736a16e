/**
 * One stretch of a script's code that ends as a whole: an iteration, setup() and its kin, or a VU's init code. A promise that
 * it makes, is rejected and is awaited by nobody fails it, as in k6: with the first that is left when the stretch ends, or that
 * comes soon after. One that is awaited in time fails nothing: while k6's script sleeps nobody looks at its promises.
 *
 * Which stretch a promise belongs to is the language runtime's to say (async context). That costs something with every
 * promise, so it is asked only of scripts that make promises themselves.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

const RUNS = new AsyncLocalStorage<ScriptRun>();

export class ScriptRun {
  readonly #onLate: (error: UncaughtRejection) => void;
  /** Rejected promises that nobody has awaited so far. */
  readonly #left = new Map<object, unknown>();
  #hasEnded = false;
  #hasFailed = false;

  /** `onLate`: it had ended well, and is failed all the same. */
  constructor(onLate: (error: UncaughtRejection) => void) {
    this.#onLate = onLate;
  }

  /** Whatever `begin` starts belongs to this, however long it takes. */
  begin<T>(begin: () => T): T {
    return RUNS.run(this, begin);
  }

  rejected(promise: object, reason: unknown): void {
    if (!this.#hasEnded) this.#left.set(promise, reason);
    else if (!this.#hasFailed) {
      this.#hasFailed = true;
      this.#onLate(new UncaughtRejection(reason));
    }
  }

  /** A promise is left so far. That somebody awaits one now is heard when what runs now is over. */
  get isInDoubt(): boolean {
    return this.#left.size > 0;
  }

  /** Somebody awaits it after all. */
  handled(promise: object): void {
    this.#left.delete(promise);
  }

  /** Returns what fails it, where it had not failed before. */
  end({ hasFailed }: { readonly hasFailed: boolean }): UncaughtRejection | undefined {
    const [reason] = this.#left.values();
    const fails = !hasFailed && this.#left.size > 0;
    this.#left.clear();
    this.#hasEnded = true;
    this.#hasFailed = hasFailed || fails;
    return fails ? new UncaughtRejection(reason) : undefined;
  }
}

/** The stretch that made what is looked at now; undefined where none is known. */
export function currentRun(): ScriptRun | undefined {
  return RUNS.getStore();
}

/** What a promise was rejected with that nobody awaits: k6's words. */
export class UncaughtRejection extends Error {
  readonly reason: unknown;

  constructor(reason: unknown) {
    super('Uncaught (in promise)', { cause: reason });
    this.name = 'UncaughtRejection';
    this.reason = reason;
    // Its place is where the reason comes from.
    this.stack = `Uncaught (in promise) ${reason instanceof Error ? reason.stack : ''}`;
  }
}
