/**
 * The thread in which a script's handleSummary() runs, once, when everything else is over: a virtual user as setup() has one,
 * without a target to pay at; what it asks over HTTP, to tell somebody of the run, is sent and measured no more. What it returns is
 * checked here, where it is still the script's own.
 */
import type { MessagePort } from 'node:worker_threads';
import {
  type CompiledScript,
  compileScript,
  isRecord,
  type ScriptSource,
} from '../compile/compiled-script.js';
import { noTarget } from '../compile/no-target.js';
import { catchRejections } from '../compile/rejections.js';
import { virtualUsers } from '../compile/virtual-users.js';
import { monotonicClock } from '../entropy/clock.js';
import { Random } from '../entropy/random.js';
import { networkOf } from '../http/network.js';
import { httpPort } from '../http/port.js';
import { messageOf } from '../message-of.js';
import type { Plan } from '../options/plan.js';
import type { Secrets } from '../options/secrets.js';
import type { InstanceView, VuHost } from '../ports/host.js';

/** Stream of its generator, beside the scripts' and the workers' own. */
const SUMMARY_STREAM = 0xfffc;

/** Plain data. */
export interface SummaryTask {
  readonly source: ScriptSource;
  readonly plan: Plan;
  readonly secrets: Secrets;
  readonly seed: number;
  readonly startedUnixMs: number;
  readonly instance: InstanceView;
  readonly dataJson: string;
  readonly setupJson: string | undefined;
}

/** What handleSummary() returned. Plain data. */
export interface SummaryAnswer {
  /** By `stdout`, `stderr` or the path of a file. */
  readonly outputs: readonly (readonly [where: string, content: string | Uint8Array])[];
  /** What went wrong, one line each; the rest is as good as ever. */
  readonly failures: readonly string[];
}

/** For piscina. What the script leaves behind is caught for as long as the thread lives, which is its own. */
export default function runHandleSummary(start: {
  readonly task: SummaryTask;
  /** For lines of the script's console. */
  readonly port: MessagePort;
}): Promise<SummaryAnswer> {
  const script = compileScript(start.task.source, start.task.secrets);
  const log = (line: string): void => start.port.postMessage(script.redact(line));
  catchRejections(script.positions, (error) => log(lateLine(script, error)));
  return answerOfScript(script, start.task, log);
}

/** What the script's promises come to that nobody awaits is the caller's to catch. */
export async function answerOfScript(
  script: CompiledScript,
  task: SummaryTask,
  log: (line: string) => void,
): Promise<SummaryAnswer> {
  const { plan, setupJson, dataJson } = task;
  const late = (error: unknown): void => log(lateLine(script, error));
  const host = hostWithoutTarget(task, { log, late });
  try {
    const users = virtualUsers({ script, plan, host, setupJson });
    const returned = await users
      .create(0)
      .runLifecycle('handleSummary', JSON.parse(dataJson))
      .catch((cause: unknown) => {
        throw new Error(`handleSummary() threw at ${users.describe(cause)}`, { cause });
      });
    return answerOf(returned);
  } catch (error) {
    return { outputs: [], failures: [messageOf(error)] };
  }
}

function lateLine({ positions }: CompiledScript, error: unknown): string {
  return `error: ${positions.describe(error)}`;
}

function answerOf(returned: unknown): SummaryAnswer {
  if (returned === undefined || returned === null) return { outputs: [], failures: [] };
  if (!isRecord(returned) || Array.isArray(returned)) {
    const what = Array.isArray(returned) ? 'a list' : `a ${typeof returned}`;
    const wanted = 'an object of texts by stdout, stderr or the path of a file';
    return {
      outputs: [],
      failures: [`handleSummary() must return ${wanted}, it returned ${what}`],
    };
  }
  const outputs: (readonly [string, string | Uint8Array])[] = [];
  const failures: string[] = [];
  for (const [where, content] of Object.entries(returned)) {
    if (typeof content === 'string' || content instanceof Uint8Array)
      outputs.push([where, content]);
    else if (content instanceof ArrayBuffer) outputs.push([where, new Uint8Array(content)]);
    else failures.push(notAText(where, content));
  }
  return { outputs, failures };
}

function notAText(where: string, content: unknown): string {
  const hint = typeof content === 'object' ? ': JSON.stringify() makes one' : '';
  const what = content === null ? 'null' : `a value of type ${typeof content}`;
  return `handleSummary() returned ${what} for ${JSON.stringify(where)}, which must be a text${hint}`;
}

function hostWithoutTarget(
  task: SummaryTask,
  { log, late }: { readonly log: (line: string) => void; readonly late: (error: unknown) => void },
): VuHost {
  const over = (): never => {
    throw new Error('the drill is over: in handleSummary() nothing can be paid and nothing ended');
  };
  const clock = monotonicClock();
  const { http } = task.plan;
  const nowUs = (): number => clock.nowUs();
  const random = new Random(task.seed, SUMMARY_STREAM, 0);
  const network = networkOf(http, { nowUs, random: () => random.nextFloat() });
  return {
    seed: task.seed,
    clock,
    startedUnixMs: task.startedUnixMs,
    ...noTarget(over, http),
    http: httpPort(http, { network, nowUs, workers: 1 }),
    requests: { request: () => undefined },
    iterationEnded: () => undefined,
    failedLate: (_vu, _what, error) => late(error),
    abort: over,
    markFailed: over,
    log: (level, line) => log(`${level}: ${line}`),
    instance: () => task.instance,
  };
}
