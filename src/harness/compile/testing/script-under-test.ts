/**
 * For tests: a script from text, run on virtual users against a host that records everything and answers each
 * operation `ok` in a later turn. No sockets, no waiting.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { OperationIdWords } from '../../../wire/operation-id.js';
import { VirtualClock } from '../../entropy/testing/virtual-clock.js';
import { grpcPort } from '../../grpc/port.js';
import { networkOf } from '../../http/network.js';
import { httpPort } from '../../http/port.js';
import type { Plan } from '../../options/plan.js';
import type { IterationEnd, VirtualUser, VuHost } from '../../ports/host.js';
import type { HttpSample } from '../../ports/http.js';
import type { OperationRef, OperationResult, PayPort } from '../../ports/pay.js';
import { sqlPort } from '../../sql/port.js';
import { Vu } from '../../vu/virtual-user.js';
import { webSocketPort } from '../../websocket/port.js';
import { loadScript } from '../load.js';
import type { RemoteImports } from '../module-store.js';
import { planningHost, planScript } from '../plan-script.js';
import { type VirtualUsers, virtualUsers } from '../virtual-users.js';

export interface Submitted {
  readonly vu: number;
  readonly scenario: number;
  readonly iteration: number;
  readonly kind: number;
  readonly account: number;
  readonly counterparty: number;
  readonly amountMinor: number;
  readonly channel: number;
  readonly timeoutS: number;
  readonly reference: OperationRef | undefined;
  readonly idWords: OperationIdWords | undefined;
}

export interface Ended {
  readonly vu: number;
  readonly end: IterationEnd;
  readonly error: unknown;
}

export interface Recorded {
  readonly submitted: Submitted[];
  /** Of those submitted. */
  withoutPromise: number;
  readonly ended: Ended[];
  readonly samples: (readonly [metric: string, value: number, group: string, tags: unknown])[];
  readonly requests: HttpSample[];
  readonly checks: (readonly [name: string, passed: boolean, group: string])[];
  readonly lines: string[];
  readonly failedLate: { readonly vu: number; readonly what: string; readonly error: unknown }[];
  readonly aborted: string[];
}

export class ScriptUnderTest {
  readonly recorded: Recorded = {
    submitted: [],
    withoutPromise: 0,
    ended: [],
    samples: [],
    requests: [],
    checks: [],
    lines: [],
    failedLate: [],
    aborted: [],
  };
  readonly clock = new VirtualClock();
  readonly plan: Plan;
  readonly users: VirtualUsers;
  #operations = 0;
  readonly #waiting = new Map<VirtualUser, () => void>();

  private constructor(
    script: Awaited<ReturnType<typeof loadScript>>,
    plan: Plan,
    seed: number,
    setupJson?: string,
  ) {
    this.plan = plan;
    this.users = virtualUsers({ script, plan: this.plan, host: this.#host(seed), setupJson });
  }

  static async load(
    text: string,
    more: {
      readonly files?: Readonly<Record<string, string | Uint8Array>>;
      /** Of the script's file. */
      readonly name?: string;
      readonly env?: Readonly<Record<string, string>>;
      readonly seed?: number;
      readonly setupJson?: string;
      readonly remote?: RemoteImports;
    } = {},
  ): Promise<ScriptUnderTest> {
    const { env = {}, remote } = more;
    const script = await loadScript(scriptFile(text, more.files, more.name), { env, remote });
    const plan = await planScript(script);
    return new ScriptUnderTest(script, plan, more.seed ?? 1, more.setupJson);
  }

  /** Runs one iteration to its end. */
  async iterate(vu: VirtualUser, iteration = 0, scenario = 0): Promise<Ended | undefined> {
    const before = this.recorded.ended.length;
    const ended = new Promise<void>((resolve) => {
      this.#waiting.set(vu, resolve);
    });
    vu.startIteration(scenario, iteration, 0);
    await ended;
    return this.recorded.ended[before];
  }

  /** Runs so many on VU 1, which is over then; what was thrown in those that did not complete. */
  async iterations(count = 1): Promise<unknown[]> {
    const vu = this.users.create(1);
    const errors: unknown[] = [];
    for (let i = 0; i < count; i++) {
      const ended = await this.iterate(vu, i);
      if (ended?.end !== 'completed') errors.push(ended?.error);
    }
    vu.interrupt();
    return errors;
  }

  /** What the script told console.log(), each a text of JSON. */
  get seen(): unknown[] {
    return this.recorded.lines
      .filter((line) => line.startsWith('info '))
      .map((line): unknown => JSON.parse(line.slice('info '.length)));
  }

  /** Amounts of the operations so far: the shortest way to tell them apart. */
  get amounts(): number[] {
    return this.recorded.submitted.map(({ amountMinor }) => amountMinor);
  }

  #payPort(): PayPort {
    return {
      submit: (request, caller, waiter) => {
        const { account, counterparty, amountMinor } = request;
        const { scenario } = caller;
        const { id: vu, iteration } = ofVu(caller);
        this.recorded.submitted.push({ vu, scenario, iteration, ...request });
        if (waiter instanceof Vu) this.recorded.withoutPromise++;
        this.#operations++;
        const result = okResult(this.#operations, { account, counterparty, amountMinor });
        setImmediate(() => waiter.resume(result));
        return undefined;
      },
    };
  }

  #host(seed: number): VuHost {
    const { recorded } = this;
    const nowUs = (): number => this.clock.nowUs();
    const network = networkOf(this.plan.http, { nowUs, random: () => 0 });
    return {
      seed,
      clock: this.clock,
      startedUnixMs: 1_700_000_000_000,
      pay: this.#payPort(),
      told: planningHost(() => undefined).told,
      lists: planningHost(() => undefined).lists,
      metrics: {
        add: ({ name }, value, tags, { group }) =>
          recorded.samples.push([name, value, group, tags]),
        check: (name, passed, _tags, { group }) => recorded.checks.push([name, passed, group]),
      },
      http: httpPort(this.plan.http, { network, nowUs }),
      grpc: grpcPort(this.plan.http, network),
      sql: sqlPort({ network, allowTargets: [], random: () => 0 }),
      sockets: webSocketPort(network),
      requests: { request: (sample) => recorded.requests.push(sample) },
      iterationEnded: (vu, end, error) => {
        recorded.ended.push({ vu: vu.id, end, error });
        this.#waiting.get(vu)?.();
      },
      failedLate: (vu, what, error) => recorded.failedLate.push({ vu: vu.id, what, error }),
      abort: (reason) => recorded.aborted.push(reason),
      markFailed: (reason) => recorded.aborted.push(`failed: ${reason}`),
      log: (level, line) => recorded.lines.push(`${level} ${line}`),
      instance: () => ({
        iterationsCompleted: recorded.ended.length,
        iterationsInterrupted: 0,
        vusActive: 1,
        vusInitialized: 1,
        elapsedUs: 500_000,
      }),
    };
  }
}

/** Writes a script, and files beside and below it, into a folder of its own. */
export function scriptFile(
  text: string,
  files: Readonly<Record<string, string | Uint8Array>> = {},
  scriptName = 'night.ts',
): string {
  const folder = mkdtempSync(join(tmpdir(), 'paydrill-script-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const path = join(folder, scriptName);
  writeFileSync(path, text);
  return path;
}

function ofVu(caller: object): { readonly id: number; readonly iteration: number } {
  const read = (name: string): number => Number(Reflect.get(caller, name));
  return { id: read('id'), iteration: read('iteration') };
}

function okResult(
  number: number,
  asked: { readonly account: number; readonly counterparty: number; readonly amountMinor: number },
): OperationResult {
  return {
    ...asked,
    outcome: 'ok',
    code: 'created',
    id: `operation ${number}`,
    idWords: [0, 0, 0, number],
    receipt: undefined,
  };
}
