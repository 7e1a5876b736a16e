/**
 * The module `k6/execution`: where a script is in the test. Its parts are views that read the VU when asked.
 */

import type { InstanceView } from '../ports/host.js';
import { executorDurationUs } from '../schedule/planned-rate.js';
import { countBelow, numberAt, numbersOf } from '../schedule/segment.js';
import { InterruptedError } from '../vu/interrupted-error.js';
import type { Vu } from '../vu/virtual-user.js';
import { listed } from './listed.js';
import type { ModuleApi } from './module-api.js';

export const executionApi: ModuleApi = {
  exports: { scenario: 'plain', instance: 'plain', test: 'plain', vu: 'plain' },
  create: (vu) => listed(new ExecutionModule(vu)),
};

class ExecutionModule {
  readonly #vu: Vu;
  #scenario: ScenarioView | undefined = undefined;
  #test: TestControl | undefined = undefined;
  #view: VuView | undefined = undefined;

  constructor(vu: Vu) {
    this.#vu = vu;
  }

  get default(): ExecutionModule {
    return this;
  }

  get scenario(): ScenarioView {
    this.#scenario ??= listed(new ScenarioView(this.#vu));
    return this.#scenario;
  }

  get instance(): InstanceStats {
    return new InstanceStats(this.#vu.thread.host.instance());
  }

  get test(): TestControl {
    this.#test ??= listed(new TestControl(this.#vu));
    return this.#test;
  }

  get vu(): VuView {
    this.#view ??= listed(new VuView(this.#vu));
    return this.#view;
  }
}

class ScenarioView {
  readonly #vu: Vu;

  constructor(vu: Vu) {
    this.#vu = vu;
  }

  get name(): string {
    return this.#plan().name;
  }

  get executor(): string {
    return this.#plan().executor.name;
  }

  /** Unix milliseconds. */
  get startTime(): number {
    return this.#vu.thread.host.startedUnixMs + this.#plan().startUs / 1000;
  }

  /** 0 to 1. */
  get progress(): number {
    const plan = this.#plan();
    const sinceUs = this.#vu.thread.host.instance().elapsedUs - plan.startUs;
    return Math.min(1, Math.max(0, sinceUs / executorDurationUs(plan.executor)));
  }

  /** All workers of a drill are one instance. */
  get iterationInInstance(): number {
    const { segment } = this.#plan();
    const { iteration } = this.#vu;
    return segment === undefined ? iteration : countBelow(iteration, numbersOf(segment));
  }

  get iterationInTest(): number {
    this.#plan();
    return this.#vu.iteration;
  }

  #plan(): NonNullable<ReturnType<Vu['plan']>> {
    const plan = this.#vu.plan();
    if (plan === undefined)
      throw new Error(
        'exec.scenario is there in iterations only, not in init code, setup or teardown',
      );
    return plan;
  }
}

class InstanceStats {
  readonly iterationsInterrupted: number;
  readonly iterationsCompleted: number;
  readonly vusActive: number;
  readonly vusInitialized: number;
  readonly currentTestRunDuration: number;

  constructor(view: InstanceView) {
    this.iterationsInterrupted = view.iterationsInterrupted;
    this.iterationsCompleted = view.iterationsCompleted;
    this.vusActive = view.vusActive;
    this.vusInitialized = view.vusInitialized;
    this.currentTestRunDuration = view.elapsedUs / 1000;
  }
}

class TestControl {
  readonly #vu: Vu;

  constructor(vu: Vu) {
    this.#vu = vu;
  }

  get options(): unknown {
    return this.#vu.thread.options;
  }

  abort(reason = ''): never {
    const why = this.#vu.thread.redact(String(reason));
    const error = new InterruptedError(why, { isAbort: true });
    this.#vu.thread.host.abort(why);
    this.#vu.interrupt(error);
    throw error;
  }

  fail(reason = ''): void {
    const { host, redact } = this.#vu.thread;
    host.markFailed(redact(String(reason)) || 'test marked as failed by the script');
  }
}

class VuView {
  readonly #vu: Vu;
  /** The script's to change; nothing here reads it. */
  readonly #metadata = {};

  constructor(vu: Vu) {
    this.#vu = vu;
  }

  get iterationInInstance(): number {
    return this.#vu.iterationOfVu;
  }

  get iterationInScenario(): number {
    return this.#vu.iterationInScenario;
  }

  get idInInstance(): number {
    return this.#vu.id;
  }

  get idInTest(): number {
    const { id, thread } = this.#vu;
    const { segment } = thread;
    return id === 0 || segment === undefined ? id : numberAt(id - 1, numbersOf(segment)) + 1;
  }

  get tags(): Record<string, string> {
    return this.#vu.ownTags();
  }

  get metrics(): { readonly tags: Record<string, string>; readonly metadata: object } {
    return { tags: this.#vu.ownTags(), metadata: this.#metadata };
  }
}
