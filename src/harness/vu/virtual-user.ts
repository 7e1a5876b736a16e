/**
 * One virtual user: its own instance of the script and the little state that k6's modules read. There are up to
 * 100,000 of them in a thread, so whatever can be shared lives in ScriptThread, what is rarely used is made when
 * it is first asked for, and the modules are small objects that only point here.
 * Refuses to know how a script is compiled or which modules there are.
 */
import { Random } from '../entropy/random.js';
import type { CustomMetrics } from '../options/metrics.js';
import type { IterationEnd, LifecycleName, VirtualUser, VuHost } from '../ports/host.js';
import type { Tags } from '../ports/metrics.js';
import type { OperationResult, Waiter } from '../ports/pay.js';
import type { ScenarioPlan } from '../schedule/plan.js';
import { LIFECYCLE_SCENARIO } from '../schedule/plan.js';
import { InterruptedError } from './interrupted-error.js';
import { ScriptRun } from './script-run.js';
import { VuTimers } from './vu-timers.js';

export type Exports = Readonly<Record<string, unknown>>;
type Exec = (data: unknown) => unknown;
type Routine = Generator<unknown, unknown, unknown>;
type RoutineFunction = (data: unknown) => Routine;

/** What a routine yields when it waits for an operation: the VU is resumed with the result. */
export const PENDING = Symbol('pending');

/** A scenario as the VUs of a thread see it. */
export interface ThreadScenario {
  readonly plan: ScenarioPlan;
  /** The script's environment with the scenario's on top. */
  readonly env: Record<string, string>;
}

/** What all VUs of a thread share. */
export interface ScriptThread {
  readonly host: VuHost;
  readonly env: Record<string, string>;
  /** The script writes to __ENV, so each VU needs its own copy. */
  readonly copyEnv: boolean;
  /** The script makes promises itself, so some may be rejected that nobody awaits. */
  readonly makesPromises: boolean;
  /** Exports that are generators, for the VU to resume. */
  readonly routineNames: ReadonlySet<string>;
  readonly scenarios: readonly ThreadScenario[];
  readonly options: unknown;
  /** On every sample of the test. */
  readonly tags: Tags;
  /** What setup() returned, as JSON; undefined where there was none. */
  readonly setupJson: string | undefined;
  readonly metrics: CustomMetrics;
  readonly console: object;
  /** What k6 modules keep for all VUs of the thread, by any key. */
  readonly shared: Map<string, unknown>;
  readonly files: OpenedFiles;
}

/** `source` is the file of the script in which the call is written. */
export interface OpenedFiles {
  /** `mode` 'b' gives an ArrayBuffer. */
  open(source: string, path: unknown, mode: unknown): string | ArrayBuffer;
  /** The address of what `specifier` names there. */
  resolve(source: string, specifier: unknown): string;
}

/** Stream of the generator for draws in init code, beside those of the scenarios. */
const INIT_STREAM = 0xfffe;

/** In place of an iteration's number, for the generator. */
const LIFECYCLE_NUMBER: Readonly<Record<LifecycleName, number>> = {
  setup: 0,
  teardown: 1,
  handleSummary: 2,
};

export class Vu implements VirtualUser, Waiter {
  readonly id: number;
  readonly thread: ScriptThread;
  readonly random: Random;
  /** Init code is running: open(), new Counter() and SharedArray are allowed. */
  initialising = true;
  /** From here on nothing that a script waits for returns: it goes no further, whatever it catches. */
  interrupted = false;
  intendedUs = -1;
  scenario = LIFECYCLE_SCENARIO;
  iteration = 0;
  /** `__ITER`: iterations this VU began, from 0. */
  iterationOfVu = -1;
  iterationInScenario = -1;
  group = '';
  tags: Record<string, string> | undefined = undefined;
  env: Record<string, string>;
  exports: Exports = {};
  /** Until init code that awaits has run; rejects with what it threw. */
  ready: Promise<void> | undefined = undefined;
  /** Things begun by the script that its function does not wait for: timers, floating operations. */
  #pending = 0;
  #running = false;
  #exec: Exec | undefined = undefined;
  /** In place of `#exec` where the exported function is a routine. */
  #start: RoutineFunction | undefined = undefined;
  #routine: Routine | undefined = undefined;
  #data: unknown = undefined;
  #failed = false;
  #failure: unknown = undefined;
  #onReturn: (() => void) | undefined = undefined;
  #onThrow: ((error: unknown) => void) | undefined = undefined;
  /** What runs now or ran last; undefined where the script makes no promises. */
  #run: ScriptRun | undefined = undefined;
  #timers: VuTimers | undefined = undefined;
  #settled: (() => void) | undefined = undefined;
  #onInterrupt: ((why: InterruptedError) => void) | undefined = undefined;
  #closes: (() => void) | undefined = undefined;

  constructor(id: number, thread: ScriptThread) {
    this.id = id;
    this.thread = thread;
    this.random = new Random(thread.host.seed, INIT_STREAM, id);
    this.env = thread.copyEnv ? { ...thread.env } : thread.env;
  }

  startIteration(scenario: number, iteration: number, intendedUs: number): void {
    if (this.ready !== undefined) {
      this.#startLater(this.ready, { scenario, iteration, intendedUs });
      return;
    }
    if (scenario !== this.scenario) this.#enterScenario(scenario);
    this.intendedUs = intendedUs;
    this.iteration = iteration;
    this.iterationOfVu++;
    this.iterationInScenario++;
    this.random.reseed(this.thread.host.seed, scenario, iteration);
    this.#running = true;
    if (this.thread.makesPromises) this.#newRun('iteration').begin(() => this.#begin());
    else this.#begin();
  }

  prefetch(): number {
    return (
      this.random.prefetch() ^ this.scenario ^ this.intendedUs ^ (this.#start === undefined ? 0 : 1)
    );
  }

  /** With the result of the operation that the routine waits for. */
  resume(result: OperationResult): void {
    this.#advance(result, false);
  }

  /** `why` reaches who waits for setup or teardown. */
  interrupt(why?: InterruptedError): void {
    this.interrupted = true;
    this.#timers?.close();
    this.#closes?.();
    this.#pending = 0;
    this.#routine = undefined;
    this.#run?.end({ hasFailed: true });
    if (this.#running) this.#end('interrupted', undefined);
    this.#onInterrupt?.(why ?? new InterruptedError());
  }

  async runLifecycle(name: LifecycleName, argument: unknown): Promise<unknown> {
    if (this.ready !== undefined) await this.ready;
    const exec = this.exports[name];
    if (!isFunction(exec)) return undefined;
    this.scenario = LIFECYCLE_SCENARIO;
    this.group = name === 'handleSummary' ? '' : `::${name}`;
    this.random.reseed(this.thread.host.seed, LIFECYCLE_SCENARIO, LIFECYCLE_NUMBER[name]);
    const interrupted = new Promise<never>((_, reject) => {
      this.#onInterrupt = reject;
    });
    const run = this.#newRun(name);
    const begin = (): Promise<unknown> => this.#lifecycle(exec, argument, run);
    const ended = this.thread.makesPromises ? run.begin(begin) : begin();
    return await Promise.race([ended, interrupted]);
  }

  /** Lets the iteration last until the promise is settled; a rejection fails it. Returns the promise. */
  track(value: unknown): unknown {
    if (!isThenable(value)) return value;
    this.#pending++;
    value.then(
      () => this.#unpend(),
      (error: unknown) => {
        this.#fail(error);
        this.#unpend();
      },
    );
    return value;
  }

  /** Lets the iteration last until the promise is settled, which is the script's own to look at. */
  lastUntil(promise: PromiseLike<unknown>): void {
    const settled = (): void => this.#unpend();
    this.#pending++;
    promise.then(settled, settled);
  }

  /** What a module has open for this VU is ended with it. */
  atInterrupt(close: () => void): void {
    const before = this.#closes;
    this.#closes = () => {
      before?.();
      close();
    };
  }

  /** What setTimeout and its kin work on. */
  get timers(): VuTimers {
    this.#timers ??= new VuTimers({
      begun: () => {
        this.#pending++;
      },
      call: (callback) => {
        try {
          this.track(callback());
        } catch (error) {
          this.#fail(error);
        }
      },
      ended: () => this.#unpend(),
    });
    return this.#timers;
  }

  get console(): object {
    return this.thread.console;
  }

  /** open() of one file of the script. */
  opener(source: string): (path: unknown, mode?: unknown) => string | ArrayBuffer {
    return (path, mode) => {
      if (!this.initialising)
        throw new Error('open() works in init code only: call it at the top level');
      return this.thread.files.open(source, path, mode);
    };
  }

  /** `import.meta` of one file of the script. */
  meta(source: string): { readonly resolve: (specifier: unknown) => string } {
    return { resolve: (specifier) => this.thread.files.resolve(source, specifier) };
  }

  /** Tags of every sample of this VU, for the script to change in place: at first the test's and its scenario's. */
  ownTags(): Record<string, string> {
    const plan = this.plan();
    this.tags ??= { ...this.thread.tags, ...plan?.tags, ...(plan && { scenario: plan.name }) };
    return this.tags;
  }

  plan(): ScenarioPlan | undefined {
    return this.thread.scenarios[this.scenario]?.plan;
  }

  async #lifecycle(exec: Exec, argument: unknown, run: ScriptRun): Promise<unknown> {
    const result = await exec(argument);
    if (this.#pending > 0)
      await new Promise<void>((resolve) => {
        this.#settled = resolve;
      });
    await new Promise((resolve) => setImmediate(resolve)); // rejections are told after what runs now
    this.group = '';
    const left = run.end({ hasFailed: this.#failed });
    if (left !== undefined) throw left;
    if (this.#failed) throw this.#failure;
    return result;
  }

  #enterScenario(index: number): void {
    const scenario = this.thread.scenarios[index];
    if (scenario === undefined) throw new RangeError(`no scenario ${index} in the plan`);
    const exec = this.exports[scenario.plan.exec];
    if (!isFunction(exec)) throw new TypeError(`the script does not export ${scenario.plan.exec}`);
    if (this.#exec === undefined && this.thread.setupJson !== undefined)
      this.#data = JSON.parse(this.thread.setupJson);
    this.#exec = exec;
    this.#start = this.#routineOf(exec, scenario.plan.exec);
    this.scenario = index;
    this.iterationInScenario = -1;
    this.tags = undefined;
    this.env = this.thread.copyEnv ? { ...scenario.env } : scenario.env;
  }

  /** Init code still awaits: the iteration is on from now and begins after it. */
  #startLater(
    ready: Promise<void>,
    what: Readonly<Record<'scenario' | 'iteration' | 'intendedUs', number>>,
  ): void {
    Object.assign(this, what);
    this.#running = true;
    ready.then(
      () => {
        if (this.interrupted) return;
        this.scenario = LIFECYCLE_SCENARIO;
        this.startIteration(what.scenario, what.iteration, what.intendedUs);
      },
      (error: unknown) => {
        this.thread.host.failedLate(this, 'init', error);
        if (this.#running) this.#end('interrupted', undefined);
      },
    );
  }

  #routineOf(exec: Exec, name: string): RoutineFunction | undefined {
    return this.thread.routineNames.has(name) && isGeneratorFunction(exec) ? exec : undefined;
  }

  #newRun(what: 'iteration' | LifecycleName): ScriptRun {
    this.#run = new ScriptRun((error) => this.thread.host.failedLate(this, what, error));
    return this.#run;
  }

  #begin(): void {
    if (this.#start === undefined) this.#call();
    else this.#startRoutine(this.#start);
  }

  #call(): void {
    const exec = this.#exec;
    try {
      const result = exec?.(this.#data);
      if (isThenable(result)) {
        this.#onReturn ??= () => this.#returned();
        this.#onThrow ??= (error) => {
          this.#fail(error);
          this.#returned();
        };
        result.then(this.#onReturn, this.#onThrow);
        return;
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#returned();
  }

  #startRoutine(start: RoutineFunction): void {
    try {
      this.#routine = start(this.#data);
    } catch (error) {
      this.#fail(error);
      this.#returned();
      return;
    }
    this.#advance(undefined, false);
  }

  /** Lets the routine go on with what it waited for, until it waits again or ends. */
  #advance(value: unknown, isError: boolean): void {
    const routine = this.#routine;
    if (routine === undefined) return; // interrupted
    try {
      let step = isError ? routine.throw(value) : NEXT.call(routine, value);
      while (step.done !== true) {
        const waited = step.value;
        if (waited === PENDING) return;
        if (isThenable(waited)) {
          waited.then(
            (result) => this.#advance(result, false),
            (error: unknown) => this.#advance(error, true),
          );
          return;
        }
        step = NEXT.call(routine, waited);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#routine = undefined;
    this.#returned();
  }

  #returned(): void {
    if (!this.#running) return;
    if (this.#pending > 0) this.#settled = () => this.#settle();
    else this.#settle();
  }

  #settle(): void {
    if (this.#run?.isInDoubt) setImmediate(() => this.#finish());
    else this.#finish();
  }

  #finish(): void {
    if (!this.#running) return; // interrupted
    const left = this.#run?.end({ hasFailed: this.#failed });
    if (left !== undefined) this.#fail(left);
    if (!this.#failed) {
      this.#end('completed', undefined);
      return;
    }
    const error = this.#failure;
    this.#failed = false;
    this.#failure = undefined;
    this.#end(error instanceof InterruptedError ? 'interrupted' : 'threw', error);
  }

  #end(end: IterationEnd, error: unknown): void {
    this.#running = false;
    this.group = '';
    this.thread.host.iterationEnded(this, end, error);
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#failure = error;
  }

  #unpend(): void {
    if (this.interrupted) return;
    this.#pending--;
    if (this.#pending > 0 || this.#settled === undefined) return;
    const settled = this.#settled;
    this.#settled = undefined;
    settled();
  }
}

/** What a VU that was interrupted waits for. */
export function neverReturns(): Promise<never> {
  return new Promise(() => undefined);
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

export function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function';
}

function* noRoutine(): Routine {
  yield undefined;
  return undefined;
}

/**
 * `next` of all generators. Each VU's function is a closure of its own, and V8 gives the generators of each closure
 * a map of their own: looking `next` up in them would miss every inline cache.
 */
const NEXT = noRoutine().next;

function isGeneratorFunction(value: Exec): value is RoutineFunction {
  return Object.prototype.toString.call(value) === '[object GeneratorFunction]';
}

/** Tags as scripts write them: any primitive; kept as text. */
export function textTags(tags: unknown): Tags | undefined {
  if (typeof tags !== 'object' || tags === null) return undefined;
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, String(value)]));
}
