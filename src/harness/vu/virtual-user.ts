/**
 * One virtual user: its own instance of the script and the little state that k6's modules read. There are up to
 * 100,000 of them in a thread, so whatever can be shared lives in ScriptThread, what is rarely used is made when
 * it is first asked for, and the modules are small objects that only point here.
 * Refuses to know how a script is compiled or which modules there are. One class, because every step of an iteration
 * reads and writes the same few fields.
 */
import { Random } from '../entropy/random.js';
import type { IterationEnd, LateName, LifecycleName, VirtualUser } from '../ports/host.js';
import type { OperationResult, Waiter } from '../ports/pay.js';
import type { ScenarioPlan } from '../schedule/plan.js';
import { LIFECYCLE_SCENARIO } from '../schedule/plan.js';
import { Background, type BackgroundOwner } from './background.js';
import { type ScopeOwner, scopedGroup } from './group-scopes.js';
import { InterruptedError } from './interrupted-error.js';
import { isGeneratorFunction, PENDING, type Routine, type RoutineFunction } from './routine.js';
import { RETURNED, RoutineRun } from './routine-run.js';
import { ScriptRun } from './script-run.js';
import type { ScriptThread } from './script-thread.js';
import { isFunction, isThenable } from './script-values.js';
import type { VuTimers } from './vu-timers.js';

export type Exports = Readonly<Record<string, unknown>>;
type Exec = (data: unknown) => unknown;

interface Listener {
  isGivenUp: boolean;
  readonly returned: () => void;
  readonly threw: (error: unknown) => void;
}

/** Stream of the generator for draws in init code, beside those of the scenarios. */
const INIT_STREAM = 0xfffe;

/** In place of an iteration's number, for the generator. */
const LIFECYCLE_NUMBER: Readonly<Record<LifecycleName, number>> = {
  setup: 0,
  teardown: 1,
  handleSummary: 2,
};

export class Vu implements VirtualUser, Waiter, BackgroundOwner, ScopeOwner {
  readonly id: number;
  readonly thread: ScriptThread;
  readonly random: Random;
  /** Init code is running: open(), new Counter() and SharedArray are allowed. */
  initialising = true;
  /** The script seeded the generator: draws go on from one iteration to the next. */
  isSeeded = false;
  /** From here on nothing that a script waits for returns: it goes no further, whatever it catches. */
  interrupted = false;
  intendedUs = -1;
  /** By how much the iteration began later than planned, microseconds; 0 where nobody asks (ScriptThread.timesStarts). */
  lateUs = 0;
  scenario = LIFECYCLE_SCENARIO;
  iteration = 0;
  /** `__ITER`: iterations this VU began, from 0. */
  iterationOfVu = -1;
  iterationInScenario = -1;
  openScopes = 0;
  tags: Record<string, string> | undefined = undefined;
  env: Record<string, string>;
  exports: Exports = {};
  /** Until init code that awaits has run; rejects with what it threw. */
  ready: Promise<void> | undefined = undefined;
  #group = '';
  #running = false;
  #exec: Exec | undefined = undefined;
  /** In place of `#exec` where the exported function is a routine. */
  #start: RoutineFunction | undefined = undefined;
  readonly #routines = new RoutineRun();
  /** The routine waits for a promise, not for an operation. */
  #awaitsPromise = false;
  #data: unknown = undefined;
  #failed = false;
  #failure: unknown = undefined;
  /** Who hears of the promise that the function gave; made once, and anew where one is given up. */
  #listener: Listener | undefined = undefined;
  /** The function gave a promise, which is not settled. */
  #isListening = false;
  /** What runs now or ran last; undefined where the script makes no promises. */
  #run: ScriptRun | undefined = undefined;
  #background: Background | undefined = undefined;
  /** Ends setup() or its kin early. */
  #endLifecycle: ((why: unknown) => void) | undefined = undefined;

  constructor(id: number, thread: ScriptThread) {
    this.id = id;
    this.thread = thread;
    this.random = new Random(thread.host.seed, INIT_STREAM, id);
    this.env = thread.copyEnv ? { ...thread.env } : thread.env;
  }

  get group(): string {
    return this.openScopes === 0 ? this.#group : (scopedGroup(this) ?? this.#group);
  }

  set group(group: string) {
    this.#group = group;
  }

  startIteration(scenario: number, iteration: number, intendedUs: number): void {
    if (this.ready !== undefined) {
      this.#startLater(this.ready, { scenario, iteration, intendedUs });
      return;
    }
    if (scenario !== this.scenario) this.#enterScenario(scenario);
    this.intendedUs = intendedUs;
    const { host, timesStarts } = this.thread;
    if (timesStarts) this.lateUs = Math.max(0, host.clock.nowUs() - intendedUs);
    this.iteration = iteration;
    this.iterationOfVu++;
    this.iterationInScenario++;
    if (!this.isSeeded) this.random.reseed(this.thread.host.seed, scenario, iteration);
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
    this.#background?.close();
    this.#routines.drop();
    this.#run?.end({ hasFailed: true });
    if (this.#running) this.#end('interrupted', undefined);
    this.#endLifecycle?.(why ?? new InterruptedError());
  }

  async runLifecycle(name: LifecycleName, argument: unknown): Promise<unknown> {
    if (this.ready !== undefined) await this.ready;
    const exec = this.exports[name];
    if (!isFunction(exec)) return undefined;
    this.scenario = LIFECYCLE_SCENARIO;
    this.group = name === 'handleSummary' ? '' : `::${name}`;
    this.random.reseed(this.thread.host.seed, LIFECYCLE_SCENARIO, LIFECYCLE_NUMBER[name]);
    return await this.#runAside(name, () => exec(argument));
  }

  /**
   * Once the load is over: what the script left to be done then. Of an interrupted VU nothing that it was doing goes on: what it
   * waited for has been ended, and never returns.
   */
  async runAfterLoad(call: () => unknown): Promise<unknown> {
    if (this.interrupted) {
      this.interrupted = false;
      this.#background = undefined;
      this.#failed = false;
    }
    return await this.#runAside('lookUp', call);
  }

  /** Rejects at once when it is interrupted. */
  async #runAside(name: LateName, call: () => unknown): Promise<unknown> {
    const endedEarly = new Promise<never>((_, reject) => {
      this.#endLifecycle = reject;
    });
    const run = this.#newRun(name);
    const begin = (): Promise<unknown> => this.#lifecycle(call, run);
    const ended = this.thread.makesPromises ? run.begin(begin) : begin();
    return await Promise.race([ended, endedEarly]);
  }

  /** What the script begins and its function does not wait for. */
  get background(): Background {
    this.#background ??= new Background(this);
    return this.#background;
  }

  /** What setTimeout and its kin work on. */
  get timers(): VuTimers {
    return this.background.timers;
  }

  /** Lets the iteration last until the promise is settled; a rejection fails it. Returns the promise. */
  track(value: unknown): unknown {
    if (isThenable(value)) this.background.track(value);
    return value;
  }

  /** Of an operation that is under way: nothing else of the script runs until it is answered. */
  awaited<T>(answer: Promise<T>): Promise<T> {
    return this.background.block(() => answer);
  }

  /** To be yielded by a routine that calls another one. */
  enter(routine: Routine): symbol {
    return this.#routines.enter(routine);
  }

  awaitsOperation(): boolean {
    return this.#routines.current !== undefined && !this.#awaitsPromise;
  }

  inRun<T>(call: () => T): T {
    return this.thread.makesPromises && this.#run !== undefined ? this.#run.begin(call) : call();
  }

  backgroundFailed(error: unknown): void {
    this.#fail(error);
    if (this.#running) this.#giveUpFunction();
    else if (this.#endLifecycle !== undefined) {
      this.#run?.end({ hasFailed: true });
      this.#endLifecycle(error);
    }
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

  async #lifecycle(call: () => unknown, run: ScriptRun): Promise<unknown> {
    const result = await call();
    const background = this.#background;
    if (background?.isBusy === true)
      await new Promise<void>((resolve) => background.whenIdle(resolve));
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

  #newRun(what: 'iteration' | LateName): ScriptRun {
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
        this.#listener ??= this.#newListener();
        this.#isListening = true;
        result.then(this.#listener.returned, this.#listener.threw);
        return;
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#returned();
  }

  #startRoutine(start: RoutineFunction): void {
    try {
      this.#routines.start(start(this.#data));
    } catch (error) {
      this.#fail(error);
      this.#returned();
      return;
    }
    this.#advance(undefined, false);
  }

  /** Lets the routine go on with what it waited for, until it waits again or ends. */
  #advance(value: unknown, isError: boolean): void {
    const routines = this.#routines;
    if (routines.current === undefined) return; // interrupted
    try {
      const waited = routines.advance(value, isError);
      if (waited === PENDING) return;
      if (waited !== RETURNED) {
        this.#awaitPromise(waited);
        return;
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#returned();
  }

  #awaitPromise(promise: PromiseLike<unknown>): void {
    const routine = this.#routines.current;
    const goOn = (value: unknown, isError: boolean): void => {
      if (this.#routines.current !== routine) return; // given up
      this.#awaitsPromise = false;
      this.#advance(value, isError);
    };
    this.#awaitsPromise = true;
    promise.then(
      (value) => goOn(value, false),
      (error: unknown) => goOn(error, true),
    );
    this.#background?.wake();
  }

  #newListener(): Listener {
    const listener: Listener = {
      isGivenUp: false,
      returned: () => {
        if (listener.isGivenUp) return;
        this.#isListening = false;
        this.#returned();
      },
      threw: (error) => {
        if (listener.isGivenUp) return;
        this.#isListening = false;
        this.#fail(error);
        this.#returned();
      },
    };
    return listener;
  }

  /** The iteration has failed while its function awaits something: it goes no further, unless a call blocks it that will end. */
  #giveUpFunction(): void {
    if (this.#background?.turns.isBlocked === true) return;
    if (this.#isListening && this.#listener !== undefined) {
      this.#listener.isGivenUp = true;
      this.#listener = undefined;
      this.#isListening = false;
    } else if (this.#routines.current === undefined) return;
    this.#routines.drop();
    this.#awaitsPromise = false;
    this.#returned();
  }

  #returned(): void {
    if (!this.#running) return;
    const background = this.#background;
    if (background?.isBusy === true) background.whenIdle(() => this.#settle());
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

  /** What it has begun is given up with it. */
  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#failure = error;
    this.#background?.giveUp();
  }
}
