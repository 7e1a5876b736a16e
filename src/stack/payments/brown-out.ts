/**
 * Brown-out: while too much is in flight what is less important is refused at the door, step by step, so that what is left of the machine is
 * for the rest. A step begins when as many operations are in flight as it says, and ends when there are BROWN_OUT_RELAXED of them, so that it does
 * not come and go with every answer.
 */
import { kindNamed } from '../../products/kinds.js';
import { BROWN_OUT_RELAXED, type BrownOutStep } from '../../wire/brown-out.js';
import type { Mutant } from '../../wire/mutants.js';
import { OPERATION_KIND } from '../../wire/operations.js';

const KINDS = 256;

export class BrownOut {
  readonly #inFlight: readonly number[];
  /** By kind: the step from which on it is refused, from 1; 0: never. */
  readonly #stepOf = new Uint8Array(KINDS);
  /** Of what begins a step. */
  readonly #relaxed: number = BROWN_OUT_RELAXED;
  #step = 0;

  /** Steps by how much is in flight, rising. Throws one line for a kind that there is not. */
  constructor(steps: readonly BrownOutStep[], mutant?: Mutant) {
    this.#inFlight = steps.map(({ inFlight }) => inFlight);
    for (const [at, { kinds }] of steps.entries()) {
      for (const name of kinds) {
        const kind = kindNamed(name);
        if (kind === undefined) throw new Error(`brown-out: there is no kind ${name}`);
        this.#stepOf[kind.row.number] = at + 1;
      }
    }
    if (mutant === 'brown-out-of-payments') this.#stepOf[OPERATION_KIND.pay] = 1;
    if (mutant === 'brown-out-for-ever') this.#relaxed = 0;
  }

  /** The step that is on while so many operations are in flight; 0: none. */
  stepAt(inFlight: number): number {
    while (inFlight >= (this.#inFlight[this.#step] ?? Number.POSITIVE_INFINITY)) this.#step++;
    while (this.#step > 0 && inFlight < this.#relaxed * (this.#inFlight[this.#step - 1] ?? 0))
      this.#step--;
    return this.#step;
  }

  /** Whether an operation of that kind is refused while so many are in flight. */
  refuses(kind: number, inFlight: number): boolean {
    const step = this.#stepOf[kind];
    return step > 0 && this.stepAt(inFlight) >= step;
  }
}
