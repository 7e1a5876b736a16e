/**
 * Runs one random drill as its users would: `paydrill run` in a process of its own, in front of it `paydrill stack` where the stack is
 * to run already. Strikes whoever is to be struck, waits for the end within bounds, judges the run folder once more by queries
 * alone, and looks at what is left. Everything of the drill lies below one folder:
 *
 *   <folder>/drill.json   the drill             <folder>/run/        its run folder
 *   <folder>/faults.json  its fault plan        <folder>/temporary/  its TMPDIR
 *   <folder>/output.txt   what it said
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSummary } from '../../harness/report/json.js';
import type { Verdict } from '../../harness/verify/verdict.js';
import { type Running, startProgramIn, until } from '../testing/program.js';
import { leftovers, processesDoing, processesOf } from './leftovers.js';
import { type Outcome, type Problem, problemsOf } from './problems.js';
import { type Blow, faultPlanText, type RandomDrill } from './random-drill.js';

/** Beyond its load. Looked-up operations, a target that never comes to rest and a busy machine are in it. */
const MORE_MS_MAX = 120_000;
const STACK_READY_MS_MAX = 60_000;

export interface Finding extends Outcome {
  readonly drill: RandomDrill;
  readonly problems: readonly Problem[];
  readonly tookS: number;
}

/** `folder` is empty or not there. Once the signal has aborted the drill is given up. */
export async function runRandomDrill(
  drill: RandomDrill,
  folder: string,
  signal: AbortSignal,
): Promise<Finding> {
  const begunMs = performance.now();
  const temporary = join(folder, 'temporary');
  mkdirSync(temporary, { recursive: true });
  writeFileSync(join(folder, 'drill.json'), JSON.stringify(drill, null, 2));
  writeFileSync(join(folder, 'faults.json'), faultPlanText(drill));
  const env = { ...process.env, TMPDIR: temporary };
  const runFolder = join(folder, 'run');
  const start = (...args: readonly string[]): Running => startProgramIn({ env }, ...args);
  const stack = drill.way === 'reference' ? undefined : await startStack(drill, start);
  const address = stack === undefined ? 'reference' : addressOf(stack, drill.way);
  const run = start(...runArguments(drill, { folder, runFolder, address }));
  const stop = (): void => void run.process.kill('SIGINT');
  signal.addEventListener('abort', stop, { once: true });
  const struck = drill.blow === undefined ? undefined : strike(drill.blow, run, temporary);
  const asked = drill.isAsked ? askMeanwhile(run, runFolder, start) : [];
  const hung = await isHung(run, drill.loadMs + MORE_MS_MAX);
  if (hung) run.process.kill('SIGKILL');
  const exitCode = await run.ended;
  signal.removeEventListener('abort', stop);
  if (stack !== undefined) stack.process.kill('SIGINT');
  await stack?.ended;
  writeFileSync(join(folder, 'output.txt'), `${run.output()}\n${run.errors()}`);
  const outcome: Outcome = {
    exitCode,
    hung,
    struck: (await struck) ?? false,
    ...summaryOf(runFolder),
    asked: await asked,
    again: existsSync(runFolder) ? await judgedAgain(runFolder, start) : undefined,
    leftovers: await leftovers(temporary, runFolder),
  };
  for (const pid of processesOf(temporary)) process.kill(pid, 'SIGKILL');
  const tookS = (performance.now() - begunMs) / 1000;
  return { ...outcome, drill, problems: problemsOf(drill, outcome), tookS };
}

function runArguments(
  drill: RandomDrill,
  at: { readonly folder: string; readonly runFolder: string; readonly address: string },
): readonly string[] {
  const { script, durationScale, seed, workers, shards, way } = drill;
  return [
    ...['run', join('scenarios', `${script}.ts`), '--out', at.runFolder],
    ...['--target', at.address, '--faults', join(at.folder, 'faults.json')],
    ...['--seed', String(seed), '--workers', String(workers)],
    ...['--duration-scale', String(durationScale)],
    ...(way === 'reference' ? ['--shards', String(shards)] : []),
    ...drill.size,
  ];
}

type Start = (...args: readonly string[]) => Running;

async function startStack({ stack, shards }: RandomDrill, start: Start): Promise<Running> {
  const ports = ['--bolt', '127.0.0.1:0', '--http', '127.0.0.1:0'];
  const running = start('stack', ...stack, '--shards', String(shards), ...ports);
  const late = setTimeout(() => running.process.kill('SIGKILL'), STACK_READY_MS_MAX);
  const isEnded = (): boolean =>
    running.process.exitCode !== null || running.process.signalCode !== null;
  await until(() => running.output().includes('Ctrl-C stops it') || isEnded());
  clearTimeout(late);
  if (isEnded()) throw new Error(`soak: the stack did not start: ${running.errors()}`);
  return running;
}

function addressOf(stack: Running, way: RandomDrill['way']): string {
  const [, address = ''] = new RegExp(`^${way} +(\\S+)$`, 'm').exec(stack.output()) ?? [];
  return address;
}

/** Resolves to whether the victim was there to be struck. */
async function strike(blow: Blow, run: Running, temporary: string): Promise<boolean> {
  let isOver = false;
  const over = run.ended.then(() => {
    isOver = true;
  });
  await Promise.race([over, after(blow.afterMs)]);
  if (blow.victim === 'harness') return !isOver && run.process.kill(blow.signal);
  const command = blow.victim === 'supervisor' ? 'supervise' : blow.victim;
  let pid: number | undefined;
  await until(() => {
    pid = isOver ? undefined : processesDoing(temporary, command)[0];
    return isOver || pid !== undefined;
  });
  if (pid === undefined) return false;
  try {
    return process.kill(pid, blow.signal);
  } catch {
    return false; // ESRCH: a fault of the plan was faster
  }
}

/** One question after the other, from when the books are read until the drill has ended. */
async function askMeanwhile(
  run: Running,
  runFolder: string,
  start: Start,
): Promise<readonly (number | null)[]> {
  const isOver = (): boolean => run.process.exitCode !== null || run.process.signalCode !== null;
  await until(() => isOver() || run.errors().includes('-- books'));
  const codes: (number | null)[] = [];
  while (!isOver()) {
    const question = 'select count(*) from journal join entries using (id_hi, id_lo)';
    codes.push(await start('query', runFolder, question).ended);
  }
  return codes;
}

async function isHung(run: Running, msMax: number): Promise<boolean> {
  const patience = new AbortController();
  const hung = after(msMax, patience.signal).then(() => true);
  const first = await Promise.race([hung, run.ended.then(() => false)]);
  patience.abort();
  return first;
}

function summaryOf(runFolder: string): Pick<Outcome, 'verdict' | 'reason'> {
  const path = join(runFolder, 'summary.json');
  if (!existsSync(path)) return { verdict: undefined, reason: null };
  const { verdict, reason } = parseSummary(readFileSync(path, 'utf8'), path);
  return { verdict, reason };
}

async function judgedAgain(runFolder: string, start: Start): Promise<Outcome['again']> {
  const verify = start('verify', '--exact', '--json', runFolder);
  const exitCode = await verify.ended;
  return { exitCode, verdict: verdictIn(verify.output()) };
}

/** Undefined where it said something else: one line of what is wrong with the folder. */
function verdictIn(json: string): Verdict | undefined {
  return json === '' ? undefined : JSON.parse(json).verdict;
}

function after(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}
