/**
 * Runs a closed-model scenario: each VU starts its next iteration when the last one has ended, until its work is done, its
 * place is taken back, or the deadline has come. How many places are on when is the part's to say (schedule/closed-part.ts):
 *
 *    off --step up--> on, ready --start--> on, running --ended--> on, ready ...
 *                                             | step down                      | step down, nothing left
 *                                             v                                v
 *                                        leaving, running --ended or grace over--> off: the VU goes back
 *                                             | step up: goes on with its iteration
 *
 * An iteration that ends without waiting for anything is continued in the next turn of the event loop, so that an empty
 * function cannot hold the thread.
 */
import type { VirtualUser } from '../ports/host.js';
import { type ClosedPart, iterationNumber } from '../schedule/closed-part.js';
import type { ScenarioRunner } from './scenario-runner.js';
import type { SharedVus } from './vu-pool.js';

export interface ClosedRunnerOptions {
  readonly scenario: number;
  readonly part: ClosedPart;
  readonly vus: SharedVus;
  readonly loadStartUs: number;
  readonly hardStopUs: number;
  readonly onDue: (loadUs: number) => void;
  /** An iteration begins on `vu`. */
  readonly onStart: (vu: VirtualUser, loadUs: number) => void;
  /** There is something to pump before the next turn. */
  readonly onReady: () => void;
}

/** A place for a VU, taken for as long as the plan says. */
interface Place {
  vu: VirtualUser | undefined;
  isOn: boolean;
  isRunning: boolean;
  /** Iterations it may still start. */
  left: number;
  /** Load time at which a running iteration is interrupted. */
  interruptUs: number;
}

export class ClosedRunner implements ScenarioRunner {
  readonly hardStopUs: number;
  readonly late = 0;
  /** Nothing is due by a schedule here: what did not start in a pause starts after it, or is left over. */
  readonly paused = 0;
  readonly #options: ClosedRunnerOptions;
  readonly #places: Place[] = [];
  readonly #placeOf = new Map<VirtualUser, Place>();
  /** Off, with an iteration that has time to end. */
  readonly #leaving = new Set<Place>();
  #ready: Place[] = [];
  #placesOn = 0;
  #nextStep = 0;
  #started = 0;
  #busy = 0;
  #stopped = false;
  #isPaused = false;
  #pastDeadline = false;

  constructor(options: ClosedRunnerOptions) {
    this.#options = options;
    this.hardStopUs = options.hardStopUs;
  }

  get exhausted(): boolean {
    return this.#stopped || this.#pastDeadline || this.#left === 0;
  }

  get busy(): number {
    return this.#busy;
  }

  /** Left over at the deadline where the number was planned; k6 counts them so too. */
  get dropped(): number {
    return this.leftOver;
  }

  get leftOver(): number {
    return this.#pastDeadline && Number.isFinite(this.#left) ? this.#left : 0;
  }

  pump(loadUs: number): void {
    const { part } = this.#options;
    if (this.#stopped || loadUs < part.startUs) return;
    this.#interruptLeaving(loadUs);
    if (this.#pastDeadline) return;
    this.#takeSteps(Math.min(loadUs, part.deadlineUs));
    if (loadUs >= part.deadlineUs) {
      this.#ready = [];
      this.#passDeadline();
    } else if (!this.#isPaused) {
      const ready = this.#ready;
      this.#ready = [];
      for (const place of ready) this.#start(place, loadUs);
    }
  }

  ended(vu: VirtualUser, loadUs: number, reusable: boolean): void {
    const place = this.#placeOf.get(vu);
    if (place === undefined) return;
    this.#busy--;
    place.isRunning = false;
    if (reusable && this.#goesOn(place) && loadUs < this.#options.part.deadlineUs) {
      this.#ready.push(place);
      this.#options.onReady();
    } else this.#release(place, reusable);
  }

  interruptAll(): void {
    for (const place of this.#places) if (place.isRunning) place.vu?.interrupt();
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Iterations of this worker that are planned and have not started. */
  get #left(): number {
    return this.#options.part.iterations - this.#started;
  }

  #goesOn(place: Place): boolean {
    return place.isOn && place.left > 0 && this.#left > 0 && !this.#stopped;
  }

  #takeSteps(untilUs: number): void {
    const { steps, rampDownGraceUs } = this.#options.part;
    for (
      let step = steps[this.#nextStep];
      step && step.atUs <= untilUs;
      step = steps[++this.#nextStep]
    ) {
      while (this.#placesOn < step.vus) this.#turnOn(this.#placesOn++);
      while (this.#placesOn > step.vus)
        this.#turnOff(--this.#placesOn, step.atUs + rampDownGraceUs);
    }
  }

  #turnOn(index: number): void {
    const { iterationsPerVu } = this.#options.part;
    const place = this.#places[index] ?? {
      vu: undefined,
      isOn: false,
      isRunning: false,
      left: iterationsPerVu,
      interruptUs: Number.POSITIVE_INFINITY,
    };
    this.#places[index] = place;
    this.#leaving.delete(place);
    place.isOn = true;
    if (!place.isRunning) this.#ready.push(place);
  }

  #turnOff(index: number, interruptUs: number): void {
    const place = this.#places[index];
    if (place === undefined) return;
    place.isOn = false;
    place.interruptUs = interruptUs;
    if (place.isRunning) this.#leaving.add(place);
    else this.#release(place, true);
  }

  #interruptLeaving(loadUs: number): void {
    for (const place of this.#leaving) if (loadUs >= place.interruptUs) place.vu?.interrupt();
  }

  #passDeadline(): void {
    this.#pastDeadline = true;
    for (const place of this.#places) if (!place.isRunning) this.#release(place, true);
  }

  #start(place: Place, loadUs: number): void {
    if (place.isRunning) return; // on, off and on again since it became ready
    if (!this.#goesOn(place)) {
      this.#release(place, true);
      return;
    }
    const { scenario, part, vus, loadStartUs, onDue, onStart } = this.#options;
    const vu = place.vu ?? vus.take();
    place.vu = vu;
    this.#placeOf.set(vu, place);
    place.left--;
    place.isRunning = true;
    this.#busy++;
    const iteration = iterationNumber(this.#started++, part);
    onDue(loadUs);
    onStart(vu, loadUs);
    vu.startIteration(scenario, iteration, loadStartUs + loadUs);
  }

  #release(place: Place, reusable: boolean): void {
    this.#leaving.delete(place);
    if (place.vu === undefined) return;
    this.#placeOf.delete(place.vu);
    this.#options.vus.giveBack(place.vu, reusable);
    place.vu = undefined;
  }
}
