/**
 * The seam between a script and whoever runs it. A worker thread implements VuHost once, makes its virtual users
 * with `virtualUsers` (virtual-users.ts), and starts iterations on them:
 *
 *   worker loop --startIteration--> VirtualUser --exec--> script --pay()--> PayPort.submit --> driver
 *        ^------ iterationEnded --------'                        <-- OperationResult ----------'
 *
 * Types only. Nothing here is per operation but the call of `submit` and its promise.
 */
import type { Clock } from '../entropy/clock.js';
import type { GrpcPort } from './grpc.js';
import type { HttpPort, HttpSink } from './http.js';
import type { ListsPort } from './lists.js';
import type { MetricSink, SampleContext } from './metrics.js';
import type { Caller, PayPort } from './pay.js';
import type { SqlPort } from './sql.js';
import type { ToldPort } from './told.js';
import type { WebSocketPort } from './websocket.js';

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
  /** Told of operations that the script carries out itself. */
  readonly told: ToldPort;
  /** Told of transactions on lists. */
  readonly lists: ListsPort;
  readonly metrics: MetricSink;
  readonly http: HttpPort;
  readonly grpc: GrpcPort;
  readonly sql: SqlPort;
  readonly sockets: WebSocketPort;
  /** Told of every HTTP request that has ended. */
  readonly requests: HttpSink;
  /** Wall clock at test start, for exec.scenario.startTime. */
  readonly startedUnixMs: number;
  /**
   * Called once for each startIteration; during it where the script did not wait, so the next iteration must not be
   * started from inside. `error` is what the script threw.
   */
  iterationEnded(vu: VirtualUser, end: IterationEnd, error: unknown): void;
  /**
   * A promise that nobody awaits was rejected in what had ended well: in an iteration that was told as completed, or in a VU's
   * init code; once for each. `error` is what `iterationEnded` would have been told.
   */
  failedLate(vu: VirtualUser, what: 'iteration' | 'init' | LateName, error: unknown): void;
  /** exec.test.abort(): end the test now. */
  abort(reason: string): void;
  /** exec.test.fail(): let the test go on and mark it as failed. */
  markFailed(reason: string): void;
  /** One line from console.*, or of what a call of the script met. */
  log(level: LogLevel, line: string, from?: 'console'): void;
  instance(): InstanceView;
}

/** What a script exports to run before and after the load, by name. */
export type LifecycleName = 'setup' | 'teardown' | 'handleSummary';

/** What is no iteration: that, and what is looked up when the load is over. */
export type LateName = LifecycleName | 'lookUp';

export interface VirtualUser extends Caller, SampleContext {
  /** `__VU`: from 1, unique in the test; 0 for init, setup and teardown. */
  readonly id: number;
  /** Number in the scenario of the iteration that runs or ran last. */
  readonly iteration: number;
  /** What the script exports, `options` left out. */
  readonly exports: Readonly<Record<string, unknown>>;
  /** Until init code that awaits has run; undefined from then on. Rejects with what it threw. */
  readonly ready: Promise<void> | undefined;
  /**
   * Begins iteration number `iteration` of the scenario; the VU must be idle. Draws are seeded by (seed, scenario,
   * iteration), so they do not depend on which VU or worker runs it.
   */
  startIteration(scenario: number, iteration: number, intendedUs: number): void;
  /** Reads what `startIteration` reads first. The value means nothing. */
  prefetch(): number;
  /** Ends the running iteration, setup or teardown as `interrupted` at once. The VU cannot be used again. */
  interrupt(): void;
  readonly interrupted: boolean;
  /** Runs what is no iteration, and waits for it; undefined where the script has none. Rejects at once when it is interrupted. */
  runLifecycle(name: LifecycleName, argument: unknown): Promise<unknown>;
}
