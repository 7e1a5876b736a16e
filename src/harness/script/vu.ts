/**
 * The seam between a script and whoever runs it. A worker thread implements VuHost once, makes its virtual users
 * with `virtualUsers` (virtual-users.ts), and starts iterations on them:
 *
 *   worker loop --startIteration--> VirtualUser --exec--> script --pay()--> PayPort.submit --> driver
 *        ^------ iterationEnded --------'                        <-- OperationResult ----------'
 *
 * Types only. Nothing here is per operation but the call of `submit` and its promise.
 */
import type { Outcome } from '../../wire/acks.js';
import type { OperationIdWords } from '../../wire/operation-id.js';
import type { Receipt } from '../../wire/receipt.js';
import type { ResultName } from '../../wire/results.js';
import type { Clock } from '../entropy/clock.js';
import type { MetricDefinition } from './metrics.js';

export type Tags = Readonly<Record<string, string>>;

/** What a later operation needs to know of the one it refers to. */
export interface OperationRef {
  readonly idWords: OperationIdWords;
  /** Account ids, see wire/accounts.ts. */
  readonly account: number;
  readonly counterparty: number;
  readonly amountMinor: number;
}

export interface OperationResult extends OperationRef {
  readonly outcome: Outcome;
  /** The result by name: `created`, or why not. */
  readonly code: ResultName;
  /** The id as text; made when asked for. */
  readonly id: string;
  /** Undefined unless the outcome is `ok`; read when asked for. */
  readonly receipt: Receipt | undefined;
}

/** Who submits. */
export interface Caller {
  /** Intended start of the iteration as given to `startIteration`; the port may set it to -1 once it is used. */
  intendedUs: number;
  /** Index of the scenario in the plan; LIFECYCLE_SCENARIO in setup and teardown. */
  readonly scenario: number;
}

/** The scenario index of operations that setup() and teardown() submit. */
export const LIFECYCLE_SCENARIO = 0xffff;

/** Who is told the result of an operation, once, in a later turn of the event loop. */
export interface Waiter {
  resume(result: OperationResult): void;
}

/** The way from a script's operation to the target; implemented over the driver. */
export interface PayPort {
  /**
   * Called once per operation; never fails for what the target does. `waiter` is resumed with the result, unless it is
   * there at once and returned. `kind` and `channel` are the numbers of wire/operations.ts, accounts those of
   * wire/accounts.ts. The amount is a whole number, not negative.
   */
  submit(
    kind: number,
    account: number,
    counterparty: number,
    amountMinor: number,
    channel: number,
    timeoutS: number,
    reference: OperationRef | undefined,
    caller: Caller,
    waiter: Waiter,
  ): OperationResult | undefined;
}

/** Where a sample comes from, for sub-metrics. Read it during the call; it changes afterwards. */
export interface SampleContext {
  readonly scenario: number;
  /** `::name::inner`, or empty outside groups. */
  readonly group: string;
  /** What the script set on exec.vu.metrics.tags, if anything. */
  readonly tags: Tags | undefined;
}

/** What scripts count and measure themselves; implemented by the measure room. */
export interface MetricSink {
  add(
    metric: MetricDefinition,
    value: number,
    tags: Tags | undefined,
    context: SampleContext,
  ): void;
  check(name: string, passed: boolean, tags: Tags | undefined, context: SampleContext): void;
}

/** What k6/execution tells about the whole process. */
export interface InstanceView {
  readonly iterationsCompleted: number;
  readonly iterationsInterrupted: number;
  readonly vusActive: number;
  readonly vusInitialized: number;
  /** Since test start; 0 before. */
  readonly elapsedUs: number;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** `completed`: by itself. `threw`: by itself, with an error. `interrupted`: k6 counts no iteration for it. */
export type IterationEnd = 'completed' | 'threw' | 'interrupted';

/** What one worker thread gives to all its virtual users. */
export interface VuHost {
  readonly seed: number;
  readonly clock: Clock;
  readonly pay: PayPort;
  readonly metrics: MetricSink;
  /** Wall clock at test start, for exec.scenario.startTime. */
  readonly startedUnixMs: number;
  /**
   * Called once for each startIteration; during it where the script did not wait, so the next iteration must not be
   * started from inside. `error` is what the script threw.
   */
  iterationEnded(vu: VirtualUser, end: IterationEnd, error: unknown): void;
  /** exec.test.abort(): end the test now. */
  abort(reason: string): void;
  /** exec.test.fail(): let the test go on and mark it as failed. */
  markFailed(reason: string): void;
  /** One line from console.* or from a failing iteration. */
  log(level: LogLevel, line: string): void;
  instance(): InstanceView;
}

export interface VirtualUser extends Caller, SampleContext {
  /** `__VU`: from 1, unique in the test; 0 for init, setup and teardown. */
  readonly id: number;
  /** Number in the scenario of the iteration that runs or ran last. */
  readonly iteration: number;
  /** What the script exports, `options` left out. */
  readonly exports: Readonly<Record<string, unknown>>;
  /**
   * Begins iteration number `iteration` of the scenario; the VU must be idle. Draws are seeded by (seed, scenario,
   * iteration), so they do not depend on which VU or worker runs it.
   */
  startIteration(scenario: number, iteration: number, intendedUs: number): void;
  /** Reads what `startIteration` reads first. The value means nothing. */
  prefetch(): number;
  /** Ends the running iteration as `interrupted` at once. The VU cannot be used again. */
  interrupt(): void;
  /** Runs setup or teardown, and waits for it; undefined where the script has none. */
  runLifecycle(name: 'setup' | 'teardown', argument: unknown): Promise<unknown>;
}
