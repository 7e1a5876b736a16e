/**
 * For tests: a script's scenarios run by their runners on virtual users, on as many workers as wanted, over a clock that
 * moves a millisecond at a time. The target is the test's: it answers each operation after as long as the test says. The
 * default function of the script pays once.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadScript } from '../../compile/load.js';
import { planningHost, planScript } from '../../compile/plan-script.js';
import { virtualUsers } from '../../compile/virtual-users.js';
import { VirtualClock } from '../../entropy/testing/virtual-clock.js';
import { parseOptions } from '../../options/options.js';
import type { Plan } from '../../options/plan.js';
import type { IterationEnd, VuHost } from '../../ports/host.js';
import type { Waiter } from '../../ports/pay.js';
import type { ScenarioRunner } from '../scenario-runner.js';
import { scenarioRunners, vusToPlan } from '../scenario-runners.js';
import { SharedVus } from '../vu-pool.js';

const TURN_US = 1000;

/** An iteration as it went. */
export interface Iteration {
  readonly worker: number;
  readonly vu: number;
  /** In its scenario. */
  number: number;
  readonly startedMs: number;
  /** Absent while it runs. */
  end?: IterationEnd;
  endedMs?: number;
}

export interface LoadOptions {
  readonly workers?: number;
  /** How long the target takes to answer; Infinity: never. */
  readonly answerMs?: (asked: { readonly atMs: number; readonly vu: number }) => number;
  /** How long the init code of a VU takes. */
  readonly initUs?: number;
}

const HTTP = parseOptions({}, { where: '', customMetrics: [] }).http;

function noHttp(): never {
  throw new Error('nothing here asks over HTTP');
}

export class LoadUnderTest {
  readonly iterations: Iteration[] = [];
  readonly runners: ScenarioRunner[] = [];
  readonly vus: SharedVus[] = [];
  readonly #clock = new VirtualClock();
  readonly #options: LoadOptions;
  /** By the VU's id. */
  readonly #running = new Map<number, Iteration>();
  readonly #answers: { readonly atUs: number; readonly waiter: Waiter }[] = [];
  #somethingReady = false;

  private constructor(options: LoadOptions) {
    this.#options = options;
  }

  /** `options` as the script exports them. */
  static async of(options: object, more: LoadOptions = {}): Promise<LoadUnderTest> {
    const load = new LoadUnderTest(more);
    const folder = mkdtempSync(join(tmpdir(), 'paydrill-load-'));
    const path = join(folder, 'night.js');
    writeFileSync(
      path,
      `import { pay } from 'k6/x/pay';
export const options = ${JSON.stringify(options)};
export default function () { pay({ payer: 1, merchant: 1, amountMinor: 100 }); }
`,
    );
    try {
      const script = await loadScript(path, { env: {} });
      const plan = await planScript(script);
      for (let worker = 0; worker < (more.workers ?? 1); worker++)
        load.#addWorker(plan, worker, script);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return load;
  }

  get nowMs(): number {
    return this.#clock.nowUs() / 1000;
  }

  /** Until nothing runs or will start. */
  runToEnd(): void {
    while (this.runners.some((runner) => !runner.exhausted || runner.busy > 0)) this.#turn();
  }

  runUntil(ms: number): void {
    while (this.nowMs < ms) this.#turn();
  }

  get dropped(): number {
    return this.runners.reduce((sum, runner) => sum + runner.dropped, 0);
  }

  get late(): number {
    return this.runners.reduce((sum, runner) => sum + runner.late, 0);
  }

  get vusMade(): number {
    return this.vus.reduce((sum, { made }) => sum + made, 0);
  }

  /** VUs with an iteration under way. */
  get running(): number {
    return this.#running.size;
  }

  /** When iterations started, in ms, in order. */
  get starts(): readonly number[] {
    return this.iterations.map(({ startedMs }) => startedMs);
  }

  ended(end: IterationEnd): readonly Iteration[] {
    return this.iterations.filter((iteration) => iteration.end === end);
  }

  #addWorker(
    plan: Plan,
    worker: number,
    script: Parameters<typeof virtualUsers>[0]['script'],
  ): void {
    const workers = this.#options.workers ?? 1;
    const runners: ScenarioRunner[] = [];
    const users = virtualUsers({ script, plan, host: this.#host(runners) });
    let made = 0;
    const vus = new SharedVus({
      make: () => {
        this.#clock.advanceUs(this.#options.initUs ?? 0);
        return users.create(made++ * workers + worker + 1);
      },
      nowUs: () => this.#clock.nowUs(),
    });
    vus.prepare(vusToPlan({ scenarios: plan.scenarios, worker, workers }));
    runners.push(
      ...scenarioRunners({
        scenarios: plan.scenarios,
        worker,
        workers,
        vus,
        loadStartUs: 0,
        onDue: () => undefined,
        onStart: ({ id }) => {
          const iteration = { worker, vu: id, number: -1, startedMs: this.nowMs };
          this.iterations.push(iteration);
          this.#running.set(id, iteration);
        },
        onReady: () => {
          this.#somethingReady = true;
        },
      }),
    );
    this.vus.push(vus);
    this.runners.push(...runners);
  }

  #turn(): void {
    this.#pump();
    this.#answer();
    while (this.#somethingReady) this.#pump();
    this.#clock.advanceUs(TURN_US);
  }

  #pump(): void {
    this.#somethingReady = false;
    for (const runner of this.runners) {
      const loadUs = this.#clock.nowUs();
      runner.pump(loadUs);
      if (runner.busy > 0 && loadUs >= runner.hardStopUs) runner.interruptAll();
    }
  }

  #answer(): void {
    const due = this.#answers.filter(({ atUs }) => atUs <= this.#clock.nowUs());
    for (const answer of due) {
      this.#answers.splice(this.#answers.indexOf(answer), 1);
      answer.waiter.resume(OK);
    }
  }

  #host(runners: readonly ScenarioRunner[]): VuHost {
    return {
      seed: 1,
      clock: this.#clock,
      startedUnixMs: 0,
      told: planningHost(() => undefined).told,
      lists: planningHost(() => undefined).lists,
      pay: {
        submit: (_request, caller, waiter) => {
          const vu = Number(Reflect.get(caller, 'id'));
          const iteration = this.#running.get(vu);
          if (iteration !== undefined) iteration.number = Number(Reflect.get(caller, 'iteration'));
          const answerMs = this.#options.answerMs?.({ atMs: this.nowMs, vu }) ?? 1;
          this.#answers.push({ atUs: this.#clock.nowUs() + answerMs * 1000, waiter });
          return undefined;
        },
      },
      metrics: { add: () => undefined, check: () => undefined },
      http: { options: HTTP, newClient: noHttp },
      grpc: { connect: noHttp },
      sql: { connect: noHttp, retryMs: noHttp },
      sockets: { open: noHttp },
      requests: { request: noHttp },
      iterationEnded: (vu, end) => {
        const iteration = this.#running.get(vu.id);
        this.#running.delete(vu.id);
        if (iteration !== undefined) Object.assign(iteration, { end, endedMs: this.nowMs });
        runners[vu.scenario]?.ended(vu, this.#clock.nowUs(), end !== 'interrupted');
      },
      failedLate: () => undefined,
      abort: () => undefined,
      markFailed: () => undefined,
      log: () => undefined,
      instance: () => ({
        iterationsCompleted: 0,
        iterationsInterrupted: 0,
        vusActive: this.#running.size,
        vusInitialized: this.vusMade,
        elapsedUs: this.#clock.nowUs(),
      }),
    };
  }
}

const OK: Parameters<Waiter['resume']>[0] = {
  outcome: 'ok',
  code: 'created',
  id: 'one',
  idWords: [0, 0, 0, 1],
  account: 1,
  counterparty: 1,
  amountMinor: 100,
  receipt: undefined,
};
