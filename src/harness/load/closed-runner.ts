/**
 * Runs a closed-model scenario: each VU starts its next iteration when the last one has ended, until its number is
 * done or the deadline has come. An iteration that ends without waiting for anything is continued in the next
 * turn, so that an empty function cannot hold the thread.
 */

import type { VirtualUser } from '../ports/host.js';
import type { ClosedPart } from '../schedule/closed-part.js';
import type { ScenarioRunner } from './scenario-runner.js';
import type { SharedVus } from './vu-pool.js';

export interface ClosedRunnerOptions {
  readonly scenario: number;
  readonly part: ClosedPart;
  /** Where its VUs come from at its start. */
  readonly vus: SharedVus;
  /** Number of the first VU's first iteration in the scenario, and the step to the next one of this stripe. */
  readonly firstIteration: number;
  readonly iterationStep: number;
  readonly loadStartUs: number;
  readonly hardStopUs: number;
  readonly onDue: (loadUs: number) => void;
  /** An iteration begins on `vu`. */
  readonly onStart: (vu: VirtualUser, loadUs: number) => void;
}

export class ClosedRunner implements ScenarioRunner {
  readonly hardStopUs: number;
  readonly late = 0;
  readonly #options: ClosedRunnerOptions;
  readonly #left = new Map<VirtualUser, number>();
  readonly #running = new Set<VirtualUser>();
  #ready: VirtualUser[] = [];
  #next: number;
  #begun = false;
  #stopped = false;
  #pastDeadline = false;

  constructor(options: ClosedRunnerOptions) {
    this.#options = options;
    this.hardStopUs = options.hardStopUs;
    this.#next = options.firstIteration;
  }

  get exhausted(): boolean {
    return this.#stopped || this.#pastDeadline || (this.#begun && this.#left.size === 0);
  }

  get busy(): number {
    return this.#running.size;
  }

  /** Left over at the deadline where each VU had a number to do; k6 counts them so too. */
  get dropped(): number {
    if (!this.#pastDeadline || this.#options.part.iterationsPerVu === Number.POSITIVE_INFINITY)
      return 0;
    return [...this.#left.values()].reduce((sum, left) => sum + left, 0);
  }

  pump(loadUs: number): void {
    const { part } = this.#options;
    if (this.#stopped || loadUs < part.startUs) return;
    if (loadUs >= part.deadlineUs) {
      this.#pastDeadline = true;
      return;
    }
    if (!this.#begun) {
      this.#begin();
    }
    const ready = this.#ready;
    this.#ready = [];
    for (const vu of ready) this.#start(vu, loadUs);
  }

  ended(vu: VirtualUser, loadUs: number, reusable: boolean): void {
    this.#running.delete(vu);
    const goesOn = reusable && !this.#stopped && this.#left.has(vu);
    if (goesOn && loadUs < this.#options.part.deadlineUs) this.#ready.push(vu);
    else this.#options.vus.giveBack(vu, reusable);
  }

  interruptAll(): void {
    for (const vu of [...this.#running]) vu.interrupt();
  }

  stop(): void {
    this.#stopped = true;
  }

  #begin(): void {
    const { part, vus } = this.#options;
    this.#begun = true;
    for (let i = 0; i < part.vus; i++) {
      vus.grow(vus.made + (vus.idle > 0 ? 0 : 1));
      const vu = vus.take();
      if (vu === undefined) break;
      this.#left.set(vu, part.iterationsPerVu);
      this.#ready.push(vu);
    }
  }

  #start(vu: VirtualUser, loadUs: number): void {
    const { scenario, iterationStep, loadStartUs, onDue, onStart } = this.#options;
    const left = (this.#left.get(vu) ?? 0) - 1;
    if (left > 0) this.#left.set(vu, left);
    else this.#left.delete(vu);
    const iteration = this.#next;
    this.#next += iterationStep;
    onDue(loadUs);
    this.#running.add(vu);
    onStart(vu, loadUs);
    vu.startIteration(scenario, iteration, loadStartUs + loadUs);
  }
}
