/**
 * One load worker: the endless piscina task. Obeys the conductor's messages in order; between them the load loop runs.
 */
import type { MessagePort } from 'node:worker_threads';
import { compileScript } from '../compile/compiled-script.js';
import { ScriptError } from '../compile/errors.js';
import { catchRejections } from '../compile/rejections.js';
import { initError, type VirtualUsers, virtualUsers } from '../compile/virtual-users.js';
import { Driver } from '../driver/driver.js';
import { transportTo } from '../driver/open-transport.js';
import { ToldOperations } from '../driver/told-operations.js';
import { monotonicClock } from '../entropy/clock.js';
import { Random } from '../entropy/random.js';
import { grpcPort } from '../grpc/port.js';
import { networkOf } from '../http/network.js';
import { httpPort } from '../http/port.js';
import { BEGAN, BUCKET_US, LIVE, LiveCounters, LiveRow } from '../measure/live-counters.js';
import { messageOf } from '../message-of.js';
import type { IterationEnd, VirtualUser } from '../ports/host.js';
import type { PartCounts } from '../records/journal-record.js';
import { sqlPort } from '../sql/port.js';
import { abortReason } from '../vu/interrupted-error.js';
import { webSocketPort } from '../websocket/port.js';
import { IterationRests } from './iteration-rests.js';
import { type LifecycleFailure, runLifecycle } from './lifecycle.js';
import { LoadLoop } from './load-loop.js';
import { Measures } from './measures.js';
import type { FromWorker, ToWorker, WorkerFailure, WorkerStart, WorkerTask } from './messages.js';
import type { ScenarioRunner } from './scenario-runner.js';
import { scenarioRunners, vusToPlan } from './scenario-runners.js';
import { setupJsonOf } from './setup-data.js';
import { SharedVus } from './vu-pool.js';
import { WorkerHost } from './worker-host.js';
import { WorkerRecords } from './worker-records.js';

const LOOK_UPS_PER_TURN = 2048;
const CONNECT_POLL_MS = 5;
const STRAYS_MAX = 10;
/** Stream of the worker's generator for jitter, beside the scripts' own. */
const JITTER_STREAM = 0xfffd;

export default function runWorker({ task, port }: WorkerStart): Promise<PartCounts | undefined> {
  return new LoadWorker(task, port).run();
}

class LoadWorker {
  readonly #task: WorkerTask;
  readonly #port: MessagePort;
  readonly #live: LiveRow;
  readonly #rests = new IterationRests();
  readonly #records: WorkerRecords;
  readonly #driver: Driver;
  readonly #told: ToldOperations;
  readonly #measures: Measures;
  readonly #nowUs: () => number;
  readonly #script: ReturnType<typeof compileScript>;
  readonly #host: WorkerHost;
  #loop: LoadLoop;
  #shared: SharedVus | undefined;
  #runners: readonly ScenarioRunner[] = [];
  readonly #strays = new Set<string>();
  readonly #stopSetup = new AbortController();
  /** The script ended the load, here before it begins. */
  #cannotStart = false;
  #finish: () => void = () => undefined;
  /** The journal cannot be written, or there is a bug: nothing is sent any more. */
  #broken = false;

  constructor(task: WorkerTask, port: MessagePort) {
    this.#task = task;
    this.#port = port;
    this.#live = new LiveRow(task.live, task.worker);
    const clock = monotonicClock();
    this.#nowUs = () => clock.nowUs() - task.originUs;
    const { plan, workers, worker } = task;
    this.#records = new WorkerRecords(task, this.#nowUs);
    const { journal, names, legs, lists } = this.#records;
    this.#script = compileScript(task.source, task.secrets);
    const { positions } = this.#script;
    const describe = (error: unknown): string => positions.describe(error);
    catchRejections(positions, (error) => this.#strayRejection(describe(error)));
    this.#measures = new Measures({
      live: this.#live,
      workers,
      plan,
      nowUs: this.#nowUs,
      describe,
    });
    const { operations } = this.#measures;
    const random = new Random(task.seed, JITTER_STREAM, task.worker);
    const jitter = (): number => random.nextFloat();
    const invoking = {
      worker,
      seed: task.seed,
      nowUs: this.#nowUs,
      originUnixMs: task.originUnixMs,
      random: jitter,
      journal,
    };
    this.#driver = new Driver({
      transport: transportTo(task.target?.address, {
        deadlineMs: task.deadlineMs,
        operationsPerFrameMax: task.operationsPerFrameMax,
        nowUs: this.#nowUs,
        random: jitter,
      }),
      ...invoking,
      listener: {
        onSubmitted: () => this.#loop.flushSoon(),
        seriesOf: (request, caller) => operations.seriesOf(request, caller),
        onDefinite: (facts) => operations.onDefinite(facts),
        onUnknown: (series) => operations.onUnknown(series),
        onNotSent: (series) => operations.onNotSent(series),
      },
      deadlineMs: task.deadlineMs,
    });
    const network = networkOf(plan.http, { nowUs: this.#nowUs, random: jitter });
    this.#told = new ToldOperations({
      ...invoking,
      names,
      legs,
      target: task.target,
      listener: operations,
      onLookUpThrew: (error) => this.#strayRejection(`lookUp: ${describe(error)}`),
      onAskedAgain: task.asksAgain
        ? (asked) => this.#tell({ type: 'asked-again', asked })
        : undefined,
    });
    this.#host = new WorkerHost({
      seed: task.seed,
      clock: { nowUs: this.#nowUs },
      startedUnixMs: task.originUnixMs,
      pay: this.#driver,
      told: this.#told,
      lists,
      metrics: this.#measures.script,
      http: httpPort(plan.http, { network, nowUs: this.#nowUs, workers }),
      grpc: grpcPort(plan.http, network),
      sql: sqlPort({ network, allowTargets: task.allowTargets, random: jitter }),
      sockets: webSocketPort(network),
      requests: this.#measures.requests,
      live: this.#live,
      counters: new LiveCounters(task.live),
      busy: () => this.#runners.reduce((sum, { busy }) => sum + busy, 0),
      loadUs: () => this.#loop.loadUs(),
      onEnded: (vu, end) => this.#iterationEnded(vu, end),
      exceptions: this.#measures.exceptions,
      onInitThrew: ({ id }, error) =>
        this.#failed(error instanceof ScriptError ? error : initError(id, describe(error), error)),
      describe,
      redact: this.#script.redact,
      tell: (message) => this.#tell(message),
    });
    this.#loop = this.#newLoop([]);
  }

  /** Resolves to what the journal held when it was closed; undefined where it could not be written to its end. */
  async run(): Promise<PartCounts | undefined> {
    let isOver = false;
    const finished = new Promise<void>((resolve) => {
      this.#finish = () => {
        isOver = true;
        resolve();
      };
    });
    this.#port.on('message', (message: ToWorker) => void this.#obey(message));
    this.#loop.idle();
    while (!this.#driver.connected && !isOver)
      await new Promise((done) => setTimeout(done, CONNECT_POLL_MS));
    if (!isOver) this.#tell({ type: 'connected' });
    await finished;
    this.#loop.close();
    this.#driver.close();
    const counts = this.#records.close({ lose: this.#broken });
    this.#port.close();
    return counts;
  }

  async #obey(message: ToWorker): Promise<void> {
    try {
      await this.#carryOut(message);
    } catch (error) {
      this.#failed(error);
    }
  }

  async #carryOut(message: ToWorker): Promise<void> {
    switch (message.type) {
      case 'setup':
        return this.#runSetup();
      case 'prepare':
        return this.#prepare(message.setupJson);
      case 'start':
        return this.#start(message.loadStartUs);
      case 'pause':
        for (const runner of this.#runners) runner.pause(message.isPaused);
        return;
      case 'stop':
        this.#stopSetup.abort();
        return this.#stopLoad();
      case 'fence':
        this.#driver.stopRetrying();
        this.#driver.fence();
        this.#told.endOpen();
        this.#records.lists.endOpen();
        this.#tell({ type: 'fenced' });
        return;
      case 'look-up':
        return this.#lookUp(message.untilUs);
      case 'teardown':
        return this.#runTeardown(message.setupJson);
      case 'finish':
        return this.#finish();
      default:
        return message satisfies never;
    }
  }

  async #runSetup(): Promise<void> {
    this.#live.counts[LIVE.began] = BEGAN.setup;
    const { data, failure } = await runLifecycle('setup', {
      plan: this.#task.plan,
      users: () => this.#newUsers(undefined),
      argument: undefined,
      nowUs: this.#nowUs,
      stop: this.#stopSetup.signal,
    });
    const ended = failure === undefined ? handedOn(data) : { setupJson: undefined, failure };
    this.#tell({ type: 'setup-done', ...ended });
  }

  /** The journal goes on, whatever the script does here: a failure is told and ends nothing. */
  async #runTeardown(setupJson: string | undefined): Promise<void> {
    if (this.#broken) return this.#tell({ type: 'teardown-done', failure: undefined });
    this.#live.counts[LIVE.began] = BEGAN.teardown;
    const { failure } = await runLifecycle('teardown', {
      plan: this.#task.plan,
      users: () => this.#newUsers(setupJson),
      argument: setupJson === undefined ? undefined : JSON.parse(setupJson),
      nowUs: this.#nowUs,
      stop: new AbortController().signal, // only its own time ends it
    });
    this.#tell({ type: 'teardown-done', failure });
  }

  #stopLoad(): void {
    for (const runner of this.#runners) runner.stop();
    for (const runner of this.#runners) runner.interruptAll();
    this.#rests.endAll();
  }

  async #prepare(setupJson: string | undefined): Promise<void> {
    const users = this.#newUsers(setupJson);
    const { worker, workers, plan } = this.#task;
    let made = 0;
    this.#shared = new SharedVus({
      make: () => users.create(made++ * workers + worker + 1),
      nowUs: this.#nowUs,
    });
    this.#shared.prepare(vusToPlan({ scenarios: plan.scenarios, worker, workers }));
    await this.#shared.ready();
    this.#live.counts[LIVE.vus] = this.#shared.made;
    await new Promise((resolve) => setImmediate(resolve)); // what init code left behind is told
    if (!this.#cannotStart) this.#tell({ type: 'ready' });
  }

  #start(loadStartUs: number): void {
    const { worker, workers, plan } = this.#task;
    const vus = this.#shared;
    if (vus === undefined) throw new Error('started before it was prepared');
    const { offered, counts } = this.#live;
    this.#measures.beginLoad(loadStartUs);
    this.#runners = scenarioRunners({
      scenarios: plan.scenarios,
      worker,
      workers,
      vus,
      loadStartUs,
      onDue: (dueUs) => {
        const bucket = Math.floor(dueUs / BUCKET_US);
        if (bucket < offered.length) offered[bucket]++;
      },
      onStart: (vu, atUs, scenario) => {
        counts[LIVE.began] = BEGAN.firstScenario + scenario;
        this.#measures.iterations.onStart(vu, atUs);
      },
      onReady: () => this.#loop.startSoon(),
    });
    this.#loop.close();
    this.#loop = this.#newLoop(this.#runners);
    this.#loop.start(loadStartUs);
  }

  async #lookUp(untilUs: number): Promise<void> {
    const driver = this.#driver;
    const asked = driver.unresolved + this.#told.toLookUp;
    const told = this.#broken ? undefined : this.#told.lookUp(untilUs);
    while (!this.#broken && driver.unresolved > 0 && this.#nowUs() < untilUs) {
      if (driver.connected) {
        driver.lookUp(LOOK_UPS_PER_TURN, this.#nowUs());
        driver.flush();
      }
      await new Promise((done) => setTimeout(done, CONNECT_POLL_MS));
    }
    await told;
    if (!this.#broken) this.#records.journal.flush();
    this.#tell({ type: 'measured', ...this.#measures.take(this.#runners) });
    this.#tell({ type: 'settled', asked, unresolved: driver.unresolved + this.#told.toLookUp });
  }

  #newLoop(runners: readonly ScenarioRunner[]): LoadLoop {
    return new LoadLoop({
      runners,
      driver: this.#driver,
      told: this.#told,
      flushRecords: () => this.#records.flush(),
      live: this.#live,
      nowUs: this.#nowUs,
      vusMade: () => this.#shared?.made ?? 0,
      onSecond: (second) => this.#tellSecond(second),
      onLoaded: () => this.#tell({ type: 'loaded' }),
      onFailed: (error) => this.#failed(error),
    });
  }

  #newUsers(setupJson: string | undefined): VirtualUsers {
    return virtualUsers({
      script: this.#script,
      plan: this.#task.plan,
      host: this.#host,
      ...(setupJson === undefined ? {} : { setupJson }),
    });
  }

  #iterationEnded(vu: VirtualUser, end: IterationEnd): void {
    const loadUs = this.#loop.loadUs();
    const durationUs = this.#measures.iterations.onEnd(vu, end, loadUs);
    const runner = this.#runners[vu.scenario];
    const leftUs = this.#task.plan.minIterationUs - durationUs;
    if (runner === undefined) return;
    if (end !== 'interrupted' && leftUs > 0)
      this.#rests.rest(vu, Math.min(leftUs, runner.hardStopUs - loadUs), () =>
        runner.ended(vu, this.#loop.loadUs(), !vu.interrupted),
      );
    else runner.ended(vu, loadUs, end !== 'interrupted');
  }

  /** Nobody knows which iteration it belongs to; one line for each that is different. */
  #strayRejection(line: string): void {
    if (this.#strays.size >= STRAYS_MAX || this.#strays.has(line)) return;
    this.#strays.add(line);
    this.#host.log('error', line);
  }

  #tellSecond(second: number): void {
    this.#tell({ type: 'interval', second, ...this.#measures.take(this.#runners) });
  }

  /** The load ends here for this worker; what it can still answer, it answers. */
  #failed(error: unknown): void {
    if (this.#broken) return;
    const kind = failureKind(error);
    this.#tell({ type: 'failed', kind, text: messageOf(error) });
    this.#loop.close();
    if (kind === 'lost') this.#broken = true;
    else {
      this.#cannotStart = true;
      this.#stopLoad();
      this.#loop.idle();
    }
    this.#tell({ type: 'loaded' });
  }

  #tell(message: FromWorker): void {
    this.#port.postMessage(message);
  }
}

/** As JSON, or why it cannot be. */
function handedOn(data: unknown): {
  readonly setupJson: string | undefined;
  readonly failure: LifecycleFailure | undefined;
} {
  try {
    return { setupJson: setupJsonOf(data), failure: undefined };
  } catch (error) {
    return { setupJson: undefined, failure: { kind: 'threw', line: messageOf(error) } };
  }
}

function failureKind(error: unknown): WorkerFailure {
  if (abortReason(error) !== undefined) return 'aborted';
  return error instanceof ScriptError ? 'script' : 'lost';
}
