/**
 * The virtual users of one worker, shared by its scenarios as in k6. Idle ones lie in a stack, so the one that was used last
 * is used next: the first few run again and again, and what stays below costs nothing. `SharedVus` makes and keeps them;
 * a `VuPool` is an arrival-rate scenario's right to so many at once.
 *
 * VUs beyond those that a plan wants beforehand are made when they are needed, for half of the time at most: a crowd that
 * a fault makes wait grows in small steps, between which the loop sends and receives. Nobody is dropped for it, only late.
 */
import type { VirtualUser } from '../ports/host.js';

/** Of each window of time, so much may go into making VUs. */
const WINDOW_US = 4000;
const MAKING_US = 2000;

export class SharedVus {
  readonly #make: () => VirtualUser;
  readonly #nowUs: () => number;
  readonly #all = new Set<VirtualUser>();
  readonly #idle: VirtualUser[] = [];
  #window = 0;
  #spentUs = 0;

  constructor(options: {
    /** Runs the script's init code. */
    readonly make: () => VirtualUser;
    readonly nowUs: () => number;
  }) {
    this.#make = options.make;
    this.#nowUs = options.nowUs;
  }

  get made(): number {
    return this.#all.size;
  }

  /** Makes `count` VUs, however long it takes; the first of them is used first. */
  prepare(count: number): void {
    const vus = Array.from({ length: count }, () => this.#newVu());
    for (const vu of vus.reverse()) this.#idle.push(vu);
  }

  /** Once the init code of all has run that awaits. Rejects with what it threw. */
  async ready(): Promise<void> {
    await Promise.all([...this.#all].flatMap(({ ready }) => ready ?? []));
  }

  take(): VirtualUser {
    return this.#idle.pop() ?? this.#newVu();
  }

  /** Undefined where none is idle and the time for making VUs is used up for now. */
  takeInTime(): VirtualUser | undefined {
    return this.#idle.pop() ?? this.#makeInTime();
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

  #makeInTime(): VirtualUser | undefined {
    const beganUs = this.#nowUs();
    const window = Math.floor(beganUs / WINDOW_US);
    if (window !== this.#window) {
      this.#window = window;
      this.#spentUs = 0;
    }
    if (this.#spentUs >= MAKING_US) return undefined;
    const vu = this.#newVu();
    this.#spentUs += this.#nowUs() - beganUs;
    return vu;
  }

  #newVu(): VirtualUser {
    const vu = this.#make();
    this.#all.add(vu);
    return vu;
  }
}

export class VuPool {
  readonly #shared: SharedVus;
  readonly #max: number;
  #busy = 0;

  constructor(shared: SharedVus, { max }: { readonly max: number }) {
    this.#shared = shared;
    this.#max = max;
  }

  get busy(): number {
    return this.#busy;
  }

  /** All VUs that the scenario may use are running. */
  get full(): boolean {
    return this.#busy >= this.#max;
  }

  /** Undefined where the pool is full, or one more VU takes longer than there is time now. */
  take(): VirtualUser | undefined {
    if (this.#busy >= this.#max) return undefined;
    const vu = this.#shared.takeInTime();
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
