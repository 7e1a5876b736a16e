/**
 * When an unknown operation is sent again: exponential back-off with full jitter, under a budget for the whole
 * worker so that retries cannot become the load (a token bucket).
 * A wheel of 10 ms spokes; what comes due more than one turn ahead waits in the last spoke reached.
 */

const SPOKE_US = 10_000;
const SPOKES = 512;
/** Unused budget is kept for so many seconds: the most that one turn can send. */
const BURST_S = 0.02;

export interface RetryPolicy {
  /** Sendings of one operation at most, the first included. */
  readonly attemptsMax: number;
  readonly backoffFirstMs: number;
  readonly backoffMaxMs: number;
  /** Retries a second the worker may send; what is over waits. */
  readonly budgetPerSec: number;
}

export const RETRY_POLICY: RetryPolicy = {
  attemptsMax: 100,
  backoffFirstMs: 100,
  backoffMaxMs: 2_000,
  budgetPerSec: 50_000,
};

/** The longest wait before an operation that was sent `attempts` times is sent again; the wait is a random part of it. */
export function backOffMs({ backoffFirstMs, backoffMaxMs }: RetryPolicy, attempts: number): number {
  return Math.min(backoffMaxMs, backoffFirstMs * 2 ** Math.min(attempts - 1, 10));
}

export class Retries {
  readonly #policy: RetryPolicy;
  readonly #random: () => number;
  readonly #spokes: number[][] = Array.from({ length: SPOKES }, () => []);
  #spoke = 0;
  #tokens: number;
  #refilledUs = 0;
  /** Whose time has come, the oldest first; those before `#taken` are on their way again. */
  readonly #due: number[] = [];
  #taken = 0;
  readonly #ready: number[] = [];

  /** `random` gives floats in [0, 1). */
  constructor(policy: RetryPolicy, random: () => number) {
    this.#policy = policy;
    this.#random = random;
    this.#tokens = policy.budgetPerSec * BURST_S;
  }

  /** Whether an operation sent `attempts` times may be sent again. */
  allows(attempts: number): boolean {
    return attempts < this.#policy.attemptsMax;
  }

  schedule(tag: number, attempts: number): void {
    const delayUs = backOffMs(this.#policy, attempts) * 1000 * this.#random();
    const ahead = Math.min(SPOKES - 1, 1 + Math.floor(delayUs / SPOKE_US));
    this.#spokes[(this.#spoke + ahead) % SPOKES].push(tag);
  }

  /** Tags due by `nowUs`, as far as the budget goes. The array is reused by the next call. */
  takeDue(nowUs: number): readonly number[] {
    const target = Math.floor(nowUs / SPOKE_US);
    this.#tokens = Math.min(
      this.#policy.budgetPerSec * BURST_S,
      this.#tokens + ((nowUs - this.#refilledUs) * this.#policy.budgetPerSec) / 1e6,
    );
    this.#refilledUs = nowUs;
    for (let turned = 0; this.#spoke < target && turned < SPOKES; turned++) {
      this.#spoke++;
      this.#empty(this.#spokes[this.#spoke % SPOKES]);
    }
    this.#spoke = Math.max(this.#spoke, target);
    return this.#withinBudget();
  }

  #empty(spoke: number[]): void {
    for (let i = 0; i < spoke.length; i++) this.#due.push(spoke[i]);
    spoke.length = 0;
  }

  /** What the budget does not allow stays where it is: with many due, nothing may be done for each in every turn. */
  #withinBudget(): readonly number[] {
    const take = Math.min(this.#due.length - this.#taken, Math.floor(this.#tokens));
    this.#tokens -= take;
    this.#ready.length = 0;
    for (let i = 0; i < take; i++) this.#ready.push(this.#due[this.#taken++]);
    if (this.#taken * 2 >= this.#due.length) {
      this.#due.splice(0, this.#taken);
      this.#taken = 0;
    }
    return this.#ready;
  }
}
