/** The phases of one drill, in order, over what they share. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { cpus } from 'node:os';
import type { Topology } from '../../wire/admin.js';
import { fetchBooks } from '../books/fetch-books.js';
import { isoTime, monotonicClock, unixMsNow } from '../entropy/clock.js';
import { drawSeed, Random } from '../entropy/random.js';
import { FaultTimeline } from '../faults/timeline.js';
import type { FromWorker, WorkerTask } from '../load/messages.js';
import { WorkerPool } from '../load/pool.js';
import {
  allocateLive,
  BUCKET_US,
  LIVE,
  LiveCounters,
  type LiveMemory,
} from '../measure/live-counters.js';
import type { BooksFacts } from '../records/run-layout.js';
import { convertRun } from '../records/to-parquet.js';
import { metricsJson } from '../report/metrics.js';
import type { DrillEnd, DrillHooks, DrillOptions, DrillPhase } from '../report/progress.js';
import { planDurationUs } from '../schedule/planned-rate.js';
import { openAddress } from '../targets/address.js';
import { startReference } from '../targets/reference.js';
import type { Target } from '../targets/target.js';
import { unjudged, type VerifyResult } from '../verify/verdict.js';
import { verifyRunFolder } from '../verify/verify.js';
import { LoadWatch } from './load-watch.js';
import { RunFolder } from './run-folder.js';
import { type DrillSetup, prepareFaults } from './setup.js';
import { type LoadEnd, type ReportParts, summarise, weighed, writeReport } from './write-report.js';

/** Until there is a target. */
const NO_TOPOLOGY: Topology = {
  placement: { shards: 0, splitMerchants: 0 },
  users: 0,
  merchants: 0,
  shardAddresses: [],
  isolation: 'strict-serializable-per-shard',
  ledgerEngine: 'none',
  durability: 'none',
};
const TICK_MS = 250;
const LEAD_US = 200_000;
const SETTLE_TIMEOUT_MS = 30_000;
/** What the rest of a broken target knows it can tell in this time. */
const BROKEN_LOOK_UP_MS = 3_000;
/** Buckets of 100 ms are kept this long past the planned end of the load. */
const GRACE_BUCKETS = 1_200;

export class DrillRun {
  readonly #options: DrillOptions;
  readonly #setup: DrillSetup;
  readonly #hooks: DrillHooks;
  readonly #folder: RunFolder;
  readonly #originUs: number;
  readonly #originUnixMs: number;
  readonly #nowUs: () => number;
  readonly #memory: LiveMemory;
  readonly #live: LiveCounters;
  readonly #watch: LoadWatch;
  readonly #stop = new AbortController();
  readonly #logs: ReturnType<typeof createWriteStream>[];
  #phase: DrillPhase = 'start';
  #loadStartUs = Number.POSITIVE_INFINITY;
  #loadEndUs = 0;
  #target: Target | undefined;
  /** Of the target, kept when it is ended. */
  #topology: Topology = NO_TOPOLOGY;
  #pool: WorkerPool | undefined;
  #timeline: FaultTimeline | undefined;
  #end: LoadEnd = { ending: 'completed', failure: undefined };
  #targetIsWhole = true;
  #markedFailed = false;
  #logBroken = false;
  #books: BooksFacts = { complete: false, shards: 0, entries: [], accounts: [] };
  readonly #failures = new Set<string>();
  /** What setup() returned, as JSON. */
  #setupJson: string | undefined;
  #okBefore = { atUs: 0, ok: 0, perSec: 0 };

  constructor(options: DrillOptions, setup: DrillSetup, hooks: DrillHooks) {
    const clock = monotonicClock();
    this.#options = options;
    this.#setup = setup;
    this.#hooks = hooks;
    this.#originUs = clock.nowUs();
    this.#originUnixMs = unixMsNow();
    this.#nowUs = () => clock.nowUs() - this.#originUs;
    this.#folder = new RunFolder({
      outFolder: options.outFolder,
      script: options.script,
      startedUnixMs: this.#originUnixMs,
    });
    const buckets = Math.ceil(planDurationUs(setup.plan.scenarios) / BUCKET_US) + GRACE_BUCKETS;
    this.#memory = allocateLive({ workers: setup.workers, buckets });
    this.#live = new LiveCounters(this.#memory);
    const response = createWriteStream(this.#folder.file('response-time.hlog'));
    const service = createWriteStream(this.#folder.file('service-time.hlog'));
    this.#logs = [response, service];
    for (const log of this.#logs) log.on('error', (error) => this.#fail(messageOf(error)));
    this.#watch = new LoadWatch({
      plan: setup.plan,
      workers: setup.workers,
      live: this.#live,
      startedUnixMs: this.#originUnixMs,
      writeResponse: (text) => response.write(text),
      writeService: (text) => service.write(text),
    });
  }

  async run(): Promise<DrillEnd> {
    const ticking = setInterval(() => this.#tick(), TICK_MS);
    const interrupt = (): void => this.#endLoad('interrupted', undefined);
    this.#options.signal.addEventListener('abort', interrupt, { once: true });
    // It may have come while the script was loaded: an event that is over is not told again.
    if (this.#options.signal.aborted) interrupt();
    try {
      await this.#start();
      await this.#load();
      await this.#heal();
      await this.#teardown();
      await this.#settle();
      const judgement = await this.#judge();
      await this.#keep();
      return this.#report(judgement);
    } finally {
      clearInterval(ticking);
      this.#options.signal.removeEventListener('abort', interrupt);
      await this.#release();
      for (const log of this.#logs) log.destroy();
      this.#watch.destroy();
    }
  }

  async #start(): Promise<void> {
    const { plan, workers, source } = this.#setup;
    for (const warning of plan.warnings) this.#notice(warning);
    const target = await this.#openTarget();
    this.#target = target;
    this.#topology = target.topology;
    const { file, faults } = prepareFaults(this.#options, plan, target);
    this.#timeline = new FaultTimeline({
      faults,
      link: (name) => target.link(name),
      process: (name) => target.process(name),
      nowMs: () => this.#loadUs() / 1000,
      onNotice: (line) => this.#notice(line),
    });
    this.#writePlan(target, file);
    const tasks = Array.from(
      { length: workers },
      (_, worker): WorkerTask => ({
        worker,
        workers,
        source,
        plan,
        seed: this.#setup.seed,
        target: target.address,
        journalFolder: this.#folder.file('journal'),
        originUs: this.#originUs,
        originUnixMs: this.#originUnixMs,
        deadlineMs: this.#setup.deadlineMs,
        operationsPerFrameMax: this.#setup.operationsPerFrameMax,
        live: this.#memory,
      }),
    );
    const pool = new WorkerPool({
      tasks,
      onMessage: (worker, message) => this.#onMessage(worker, message),
    });
    this.#pool = pool;
    await pool.all('connected');
    this.#setupJson = await this.#runSetup(pool);
    await pool.all('ready', { type: 'prepare', setupJson: this.#setupJson });
  }

  async #openTarget(): Promise<Target> {
    const { program, target, toxiproxy } = this.#options;
    const nowMs = (): number => this.#nowUs() / 1000;
    const onLog = (line: string): void => this.#log(line);
    const onNotice = (line: string): void => this.#notice(line);
    const ports = new Random(drawSeed());
    const random = (): number => ports.nextFloat();
    const shared = { program, toxiproxy, nowMs, random, onNotice, onLog };
    if (target !== 'reference') return openAddress({ ...shared, address: target });
    return startReference({
      ...shared,
      shards: this.#setup.shards,
      population: this.#setup.population,
      mutant: this.#options.mutant,
      onEnded: (line) => this.#onEnded(line),
    });
  }

  /** Part of the target is gone for good: there is no use in more load, and what ran cannot be proved. */
  #onEnded(line: string): void {
    this.#targetIsWhole = false;
    if (this.#phase === 'start' || this.#phase === 'load') this.#endLoad('aborted', line, line);
    else this.#fail(line);
  }

  async #runSetup(pool: WorkerPool): Promise<string | undefined> {
    if (!this.#setup.plan.hasSetup) return undefined;
    const done = pool.all('setup-done');
    pool.sendOne(0, { type: 'setup' });
    const [{ setupJson }] = await done;
    return setupJson;
  }

  async #load(): Promise<void> {
    if (this.#stop.signal.aborted || this.#pool === undefined) return;
    this.#enter('load');
    this.#loadStartUs = this.#nowUs() + LEAD_US;
    const faults = this.#timeline?.run(this.#stop.signal) ?? Promise.resolve();
    faults.catch((error: unknown) => this.#notice(messageOf(error)));
    const loaded = this.#pool.all('loaded', { type: 'start', loadStartUs: this.#loadStartUs });
    const stopped = this.#stop.signal.aborted
      ? Promise.resolve()
      : once(this.#stop.signal, 'abort').then(() => this.#pool?.send({ type: 'stop' }));
    stopped.catch(() => undefined);
    await loaded;
    this.#loadEndUs = this.#nowUs();
    this.#watch.closeAll();
  }

  async #heal(): Promise<void> {
    this.#enter('heal');
    await this.#timeline?.healAll().catch((error: unknown) => this.#fail(messageOf(error)));
  }

  /** While the target still answers, and nothing is in its way any more: what it does is judged like the rest. */
  async #teardown(): Promise<void> {
    const ran = Number.isFinite(this.#loadStartUs);
    if (!this.#setup.plan.hasTeardown || !ran || this.#pool === undefined) return;
    this.#enter('teardown');
    const done = this.#pool.all('teardown-done');
    this.#pool.sendOne(0, { type: 'teardown', setupJson: this.#setupJson });
    const [{ failure }] = await done;
    if (failure === undefined) return;
    this.#notice(failure);
    if (this.#end.ending === 'completed') this.#end = { ...this.#end, ending: 'script_exception' };
  }

  async #settle(): Promise<void> {
    this.#enter('settle');
    const [pool, target] = [this.#pool, this.#target];
    if (pool === undefined || target === undefined) return;
    await pool.all('fenced', { type: 'fence' });
    const limits = { timeoutMs: SETTLE_TIMEOUT_MS, signal: this.#options.signal };
    const begunUs = this.#nowUs();
    const atRest = await target.settled(limits);
    const waitedS = ((this.#nowUs() - begunUs) / 1e6).toFixed(1);
    if (!atRest) this.#notice(`the target is not at rest after ${waitedS} s`);
    const lookUpMs = this.#targetIsWhole ? SETTLE_TIMEOUT_MS : BROKEN_LOOK_UP_MS;
    const untilUs = this.#nowUs() + lookUpMs * 1000;
    const answers = await pool.all('settled', { type: 'look-up', untilUs });
    const left = answers.reduce((sum, { unresolved }) => sum + unresolved, 0);
    if (left > 0) this.#notice(`${left} operations could not be looked up`);
    // Where nothing had to be looked up, nothing was sent since the target was at rest.
    const stillAtRest = atRest && answers.every(({ asked }) => asked === 0);
    if (!stillAtRest) await target.settled(limits);
    await pool.close();
    this.#pool = undefined;
  }

  async #readBooks(): Promise<BooksFacts> {
    const { shardAddresses } = this.#topology;
    const books = await fetchBooks({ shardAddresses, folder: this.#folder.path });
    if (!books.complete)
      this.#notice(`the books are not complete: ${books.reason ?? 'no reason given'}`);
    this.#enter('verify');
    return books;
  }

  /** The journal is scanned while the books are read; nobody waits for the target to end. */
  async #judge(): Promise<VerifyResult> {
    this.#enter('books');
    const booksRead = this.#readBooks();
    const [judgement, books] = await Promise.all([this.#verdict(booksRead), booksRead]);
    this.#books = books;
    const seconds = this.#secondsSince(this.#loadEndUs);
    const { verdict } = weighed(judgement, this.#end);
    const words = verdict === 'valid' ? 'valid, once the records are kept' : verdict;
    this.#notice(`verdict ${seconds} s after the end of the load: ${words}`);
    this.#log(`verify: ${JSON.stringify(judgement.timings_ms)}`);
    return judgement;
  }

  /**
   * What was judged becomes the run folder's Parquet files. Where it cannot, the binary files stay, and the verdict is not
   * valid: it would rest on less than what the run folder promises. Books that are not complete stay as they came.
   */
  async #keep(): Promise<void> {
    this.#enter('keep');
    const beganUs = this.#nowUs();
    await this.#target?.close();
    this.#target = undefined;
    const shards = this.#books.complete ? this.#books.shards : 0;
    try {
      await convertRun({ folder: this.#folder.path, shards, keepBinary: false });
      this.#log(`kept as Parquet in ${this.#secondsSince(beganUs)} s`);
    } catch (error) {
      this.#fail(`journal and books cannot be kept as Parquet: ${messageOf(error)}`);
    }
  }

  #report(judgement: VerifyResult): DrillEnd {
    const durationUs = Math.max(0, this.#loadEndUs - this.#loadStartUs);
    const parts: ReportParts = {
      folder: this.#folder,
      options: this.#options,
      setup: this.#setup,
      topology: this.#topology,
      judgement,
      end: this.#end,
      live: this.#live,
      rows: this.#watch.rows,
      startedAt: isoTime(this.#originUnixMs),
      durationUs: Number.isFinite(durationUs) ? durationUs : 0,
      responseTime: this.#watch.responseTime(),
      serviceTime: this.#watch.serviceTime(),
      faults: this.#timeline?.records ?? [],
      thresholds: this.#watch.thresholds(durationUs, true),
      markedFailed: this.#markedFailed,
    };
    const summary = summarise(parts);
    try {
      this.#folder.write('metrics.json', metricsJson(this.#watch.rows));
      writeReport(parts, summary);
    } catch (error) {
      const end = { ...this.#end, failure: `the report cannot be written: ${messageOf(error)}` };
      this.#notice(end.failure);
      return { folder: this.#folder.path, summary: summarise({ ...parts, end }) };
    }
    return { folder: this.#folder.path, summary };
  }

  async #verdict(booksRead: Promise<BooksFacts>): Promise<VerifyResult> {
    try {
      return await verifyRunFolder(this.#folder.path, { nowUs: this.#nowUs, booksRead });
    } catch (error) {
      this.#fail(`the run folder cannot be judged: ${messageOf(error)}`);
      return unjudged(messageOf(error));
    }
  }

  /** Ends what was started, in an order in which nothing is left. */
  async #release(): Promise<void> {
    await this.#timeline?.healAll().catch(() => undefined);
    await this.#pool?.close();
    await this.#target?.close();
  }

  #onMessage(worker: number, message: FromWorker): void {
    switch (message.type) {
      case 'interval':
        this.#watch.onInterval(worker, message);
        this.#checkThresholds();
        break;
      case 'abort-asked':
        this.#endLoad('aborted', undefined, `the script ended the test: ${message.reason}`);
        break;
      case 'marked-failed':
        this.#markedFailed = true;
        this.#notice(`the script marked the test as failed: ${message.reason}`);
        break;
      case 'log':
        this.#notice(`script: ${message.line}`);
        break;
      case 'exception':
        this.#notice(`an iteration threw: ${message.text}`);
        break;
      case 'failed':
        this.#endLoad(
          message.kind === 'script' ? 'script_exception' : 'aborted',
          message.text,
          message.text,
        );
        break;
      default: // the answers that the pool waits for
    }
  }

  #checkThresholds(): void {
    const elapsedUs = this.#loadUs();
    for (const { threshold, ok } of this.#watch.thresholds(elapsedUs, false)) {
      if (ok === false && threshold.abortOnFail && elapsedUs >= threshold.delayAbortUs) {
        this.#endLoad(
          'aborted',
          undefined,
          `threshold ${threshold.metric} ${threshold.expression} failed`,
        );
      }
    }
  }

  #endLoad(ending: LoadEnd['ending'], failure: string | undefined, line?: string): void {
    if (this.#stop.signal.aborted) return;
    if (line !== undefined) this.#notice(line);
    if (this.#phase === 'start' || this.#phase === 'load') this.#end = { ending, failure };
    this.#stop.abort();
  }

  /** Told once: a full disk is met by every file on it. */
  #fail(text: string): void {
    if (this.#failures.has(text)) return;
    this.#failures.add(text);
    this.#notice(text);
    this.#end = { ...this.#end, failure: this.#end.failure ?? text };
  }

  #secondsSince(us: number): string {
    return ((this.#nowUs() - us) / 1e6).toFixed(2);
  }

  #loadUs(): number {
    return this.#nowUs() - this.#loadStartUs;
  }

  #enter(phase: DrillPhase): void {
    this.#phase = phase;
    this.#log(`-- ${phase}`);
    this.#hooks.onPhase(phase);
  }

  #notice(line: string): void {
    this.#log(line);
    this.#hooks.onNotice(line);
  }

  /** A log that cannot be written is told once, and given up. */
  #log(line: string): void {
    if (this.#logBroken) return;
    const at = isoTime(this.#originUnixMs + this.#nowUs() / 1000);
    try {
      this.#folder.append('log.txt', `${at} ${line}\n`);
    } catch (error) {
      this.#logBroken = true;
      this.#fail(messageOf(error));
    }
  }

  #tick(): void {
    const loadUs = Math.max(0, Number.isFinite(this.#loadStartUs) ? this.#loadUs() : 0);
    const ok = this.#live.total(LIVE.ok);
    const sinceUs = loadUs - this.#okBefore.atUs;
    if (sinceUs >= 900_000) {
      const perSec = ((ok - this.#okBefore.ok) * 1e6) / sinceUs;
      this.#okBefore = { atUs: loadUs, ok, perSec };
    }
    const { scenarios } = this.#setup.plan;
    const running = scenarios.filter((scenario) => {
      const endUs = planDurationUs([scenario]);
      return loadUs >= scenario.startUs && loadUs < endUs;
    });
    this.#hooks.onTick({
      phase: this.#phase,
      stage: this.#phase === 'load' ? running.map(({ name }) => name).join(', ') : '',
      elapsedMs: loadUs / 1000,
      totalMs: planDurationUs(scenarios) / 1000,
      paymentsPerSecNow: this.#phase === 'load' ? this.#okBefore.perSec : 0,
      plannedPerSecNow: this.#phase === 'load' ? this.#watch.plannedPerSec(loadUs) : 0,
      p50Us: this.#watch.last.p50,
      p99Us: this.#watch.last.p99,
      inFlight: this.#live.total(LIVE.inFlight),
      unknownNow: this.#live.total(LIVE.unknown),
      lateStarts: this.#live.total(LIVE.lateStarts),
      droppedIterations: this.#live.total(LIVE.dropped),
      faultsActive: this.#timeline?.active ?? [],
      okTotal: ok,
      declinedTotal: this.#live.total(LIVE.declined),
    });
  }

  #writePlan(target: Target, faultFile: string | null): void {
    const { plan, seed, workers, shards, population, deadlineMs, operationsPerFrameMax } =
      this.#setup;
    const { script, env, durationScale, peakPerSec, mutant, toxiproxy } = this.#options;
    const content = {
      schema: 'paydrill.plan/1',
      script,
      env,
      seed,
      duration_scale: durationScale,
      peak_per_s: peakPerSec ?? plan.peakPerSec,
      workers,
      shards,
      cores: cpus().length,
      target: target.name,
      toxiproxy: toxiproxy ?? 'embedded',
      mutant: mutant ?? null,
      population,
      deadline_ms: deadlineMs,
      operations_per_frame_max: operationsPerFrameMax,
      topology: target.topology,
      options: plan.options,
      scenarios: plan.scenarios,
      fault_plan: faultFile,
      faults: this.#timeline?.records ?? [],
    };
    this.#folder.write('plan.json', `${JSON.stringify(content, undefined, 2)}\n`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
