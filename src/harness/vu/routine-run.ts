/**
 * The routine that a virtual user is in, and those that wait for it: a function that waits is called by another one that then goes no
 * further until it has returned.
 *
 *   function* script_default() {            function* shop(order) {
 *     const paid = (yield vu.enter(     ->    return (yield m0.pay(order, vu));
 *       shop({ payer: 1 ... })));       <-  }
 *   }
 *
 * `yield*` would do the same, and look `next` up anew in each: see NEXT.
 */
import { ENTER, NEXT, PENDING, type Routine } from './routine.js';
import { isThenable } from './script-values.js';

/** What has returned waits for nothing. */
export const RETURNED = Symbol('returned');

export class RoutineRun {
  #current: Routine | undefined = undefined;
  /** From the outermost to the one that called the current one. */
  readonly #callers: Routine[] = [];
  #entered: Routine | undefined = undefined;

  /** Undefined where there is none to go on. */
  get current(): Routine | undefined {
    return this.#current;
  }

  start(routine: Routine): void {
    this.drop();
    this.#current = routine;
  }

  /** To be yielded by the current routine: it waits until this one has returned. */
  enter(routine: Routine): typeof ENTER {
    this.#entered = routine;
    return ENTER;
  }

  /** None of them goes any further. */
  drop(): void {
    this.#current = undefined;
    this.#callers.length = 0;
  }

  /**
   * Goes on with what was waited for, or with an error that is thrown there. Returns what is waited for now: PENDING, or a promise; RETURNED where
   * the outermost has. Throws what that threw.
   */
  advance(
    given: unknown,
    isThrown: boolean,
  ): typeof PENDING | typeof RETURNED | PromiseLike<unknown> {
    let [value, isError] = [given, isThrown];
    for (let routine = this.#current; routine !== undefined; routine = this.#current) {
      try {
        const step = isError ? routine.throw(value) : NEXT.call(routine, value);
        isError = false;
        value = step.value;
        if (step.done === true) this.#leave();
        else if (value === PENDING || isThenable(value)) return value;
        else if (value === ENTER) value = this.#wait();
      } catch (error) {
        isError = true;
        value = error;
        this.#leave();
      }
    }
    if (isError) throw value;
    return RETURNED;
  }

  /** The one that called it goes on. */
  #leave(): void {
    this.#current = this.#callers.pop();
  }

  #wait(): undefined {
    if (this.#current !== undefined) this.#callers.push(this.#current);
    this.#current = this.#entered;
  }
}
