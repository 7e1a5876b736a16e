/**
 * The virtual users of one worker, shared by its scenarios as in k6: idle ones in a stack. `SharedVus` makes and keeps
 * them; a `VuPool` is one scenario's right to so many of them at once: its planned number, and when that is not
 * enough the start is lost and one more is allowed for the next, up to the scenario's maximum.
 */
import type { VirtualUser } from '../ports/host.js';

export class SharedVus {
  readonly #make: () => VirtualUser;
  readonly #all = new Set<VirtualUser>();
  readonly #idle: VirtualUser[] = [];

  constructor(make: () => VirtualUser) {
    this.#make = make;
  }

  get made(): number {
    return this.#all.size;
  }

  get idle(): number {
    return this.#idle.length;
  }

  /** Makes VUs until there are `count`. */
  grow(count: number): void {
    while (this.#all.size < count) {
      const vu = this.#make();
      this.#all.add(vu);
      this.#idle.push(vu);
    }
  }

  take(): VirtualUser | undefined {
    return this.#idle.pop();
  }

  /**
   * Reads a little of each of the next `count` VUs: what their iterations need is fetched from memory side by side
   * instead of one after the other. The sum is for nothing but keeping the reads.
   */
  prefetch(count: number): number {
    const end = Math.max(0, this.#idle.length - count);
    let sum = 0;
    for (let i = this.#idle.length - 1; i >= end; i--) sum += this.#idle[i].prefetch();
    return sum;
  }

  giveBack(vu: VirtualUser, reusable: boolean): void {
    if (reusable) this.#idle.push(vu);
    else this.#all.delete(vu);
  }

  /** Those that run an iteration now. */
  busy(): VirtualUser[] {
    const idle = new Set(this.#idle);
    return [...this.#all].filter((vu) => !idle.has(vu));
  }
}

export class VuPool {
  readonly #shared: SharedVus;
  readonly #max: number;
  #allowed: number;
  #busy = 0;

  constructor(shared: SharedVus, options: { readonly planned: number; readonly max: number }) {
    this.#shared = shared;
    this.#allowed = options.planned;
    this.#max = Math.max(options.max, options.planned);
  }

  get busy(): number {
    return this.#busy;
  }

  /** Undefined when the scenario has no idle VU now. */
  take(): VirtualUser | undefined {
    if (this.#busy >= this.#allowed) {
      if (this.#allowed < this.#max) this.#allowed++;
      return undefined;
    }
    let vu = this.#shared.take();
    if (vu === undefined) {
      this.#shared.grow(this.#shared.made + 1);
      vu = this.#shared.take();
    }
    if (vu !== undefined) this.#busy++;
    return vu;
  }

  prefetch(count: number): number {
    return this.#shared.prefetch(count);
  }

  giveBack(vu: VirtualUser, reusable: boolean): void {
    this.#busy--;
    this.#shared.giveBack(vu, reusable);
  }
}

/** The most VUs planned at one moment, each scenario counted until its grace is over. */
export function plannedVus(
  scenarios: readonly {
    readonly startUs: number;
    readonly endUs: number;
    readonly planned: number;
  }[],
): number {
  return Math.max(
    0,
    ...scenarios.map(({ startUs: atUs }) =>
      scenarios
        .filter(({ startUs, endUs }) => startUs <= atUs && atUs < endUs)
        .reduce((sum, { planned }) => sum + planned, 0),
    ),
  );
}
