/** What one worker gives to its virtual users: the way to the target, metrics, and somebody to tell. */
import type { Clock } from '../entropy/clock.js';
import { LIVE, type LiveCounters, type LiveRow } from '../measure/live-counters.js';
import type { Redact } from '../options/redaction.js';
import type { GrpcPort } from '../ports/grpc.js';
import type {
  InstanceView,
  IterationEnd,
  LateName,
  LogLevel,
  VirtualUser,
  VuHost,
} from '../ports/host.js';
import type { HttpPort, HttpSink } from '../ports/http.js';
import type { ListsPort } from '../ports/lists.js';
import type { MetricSink } from '../ports/metrics.js';
import type { PayPort } from '../ports/pay.js';
import type { SqlPort } from '../ports/sql.js';
import type { ToldPort } from '../ports/told.js';
import type { WebSocketPort } from '../ports/websocket.js';
import type { ExceptionTally } from './exception-tally.js';
import type { FromWorker } from './messages.js';

export interface WorkerHostOptions {
  readonly seed: number;
  readonly clock: Clock;
  readonly startedUnixMs: number;
  readonly pay: PayPort;
  readonly told: ToldPort;
  readonly lists: ListsPort;
  readonly metrics: MetricSink;
  readonly http: HttpPort;
  readonly grpc: GrpcPort;
  readonly sql: SqlPort;
  readonly sockets: WebSocketPort;
  readonly requests: HttpSink;
  readonly live: LiveRow;
  /** Of all workers. */
  readonly counters: LiveCounters;
  /** VUs of this worker that run an iteration. */
  readonly busy: () => number;
  /** Since the start of the load; negative before. */
  readonly loadUs: () => number;
  readonly onEnded: (vu: VirtualUser, end: IterationEnd) => void;
  readonly exceptions: ExceptionTally;
  /** Init code of a VU threw; here so late that the VU was made. */
  readonly onInitThrew: (vu: VirtualUser, error: unknown) => void;
  /** What a script threw, and where, in one line. */
  readonly describe: (error: unknown) => string;
  /** For what a script says, or makes a module say. */
  readonly redact: Redact;
  readonly tell: (message: FromWorker) => void;
}

export class WorkerHost implements VuHost {
  readonly seed: number;
  readonly clock: Clock;
  readonly startedUnixMs: number;
  readonly pay: PayPort;
  readonly told: ToldPort;
  readonly lists: ListsPort;
  readonly metrics: MetricSink;
  readonly http: HttpPort;
  readonly grpc: GrpcPort;
  readonly sql: SqlPort;
  readonly sockets: WebSocketPort;
  readonly requests: HttpSink;
  readonly #options: WorkerHostOptions;
  #isMarkedFailed = false;

  constructor(options: WorkerHostOptions) {
    this.#options = options;
    this.seed = options.seed;
    this.clock = options.clock;
    this.startedUnixMs = options.startedUnixMs;
    this.pay = options.pay;
    this.told = options.told;
    this.lists = options.lists;
    this.metrics = options.metrics;
    this.http = options.http;
    this.grpc = options.grpc;
    this.sql = options.sql;
    this.sockets = options.sockets;
    this.requests = options.requests;
  }

  iterationEnded(vu: VirtualUser, end: IterationEnd, error: unknown): void {
    if (end === 'threw') this.#threw(error);
    this.#options.onEnded(vu, end);
  }

  failedLate(vu: VirtualUser, what: 'iteration' | 'init' | LateName, error: unknown): void {
    if (what === 'iteration') this.#threw(error);
    else if (what === 'init') this.#options.onInitThrew(vu, error);
    else this.log('error', `after the end of ${what}(): ${this.#options.describe(error)}`);
  }

  abort(reason: string): void {
    this.#options.tell({ type: 'abort-asked', reason });
  }

  markFailed(reason: string): void {
    if (this.#isMarkedFailed) return;
    this.#isMarkedFailed = true;
    this.#options.tell({ type: 'marked-failed', reason });
  }

  log(level: LogLevel, line: string, from?: 'console'): void {
    const { tell, redact } = this.#options;
    tell({ type: 'log', level, line: redact(line), isConsole: from === 'console' });
  }

  instance(): InstanceView {
    const { live, counters, busy, loadUs } = this.#options;
    return {
      iterationsCompleted: counters.total(LIVE.iterations),
      iterationsInterrupted: counters.total(LIVE.interrupted),
      // Of the others as they were at their last turn.
      vusActive: counters.total(LIVE.vusActive) - live.counts[LIVE.vusActive] + busy(),
      vusInitialized: counters.total(LIVE.vus),
      elapsedUs: Math.max(0, loadUs()),
    };
  }

  #threw(error: unknown): void {
    const { live, exceptions } = this.#options;
    live.counts[LIVE.exceptions]++;
    exceptions.count(error);
  }
}
