/**
 * Somebody's program, made to behave as the supervisor's children do: it says when it is ready, ends when its keeper's standard input
 * closes, and takes all that come from it with it.
 *
 *   supervisor --stdin/stdout--> keeper (leads the process group) --> the program and whatever it starts
 *
 * What the program prints goes to the keeper's standard error. A program that ends before it is ready is started again where it
 * ran before, until its time is over: what the one before it held may not be free yet.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../message-of.js';
import { descendantsOf } from './process-tree.js';
import { isReady, type ReadyCheck } from './ready-check.js';
import { runCommand } from './run-command.js';
import { tellingLine } from './telling-line.js';

export interface KeptProcess {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** In which it runs. */
  readonly folder: string;
  /** Runs as this user, where the keeper is root. */
  readonly user: string | undefined;
  /** Run to their end before it. */
  readonly prepare: readonly (readonly string[])[];
  readonly ready: ReadyCheck;
  readonly readyWithinMs: number;
  readonly stopSignal: NodeJS.Signals;
  /** It ran before: what it held may not be free yet. */
  readonly isRestart: boolean;
}

const LOOK_MS = 50;
const AGAIN_MS = 200;
/** The supervisor kills the keeper a second after it was to leave. */
const STOP_MS_MAX = 800;
const PREPARE_MS_MAX = 120_000;

/** Ends with the process. Rejects where the program does not become ready. */
export async function keepProcess(kept: KeptProcess): Promise<void> {
  const identity = identityOf(kept.user);
  const patience = AbortSignal.timeout(kept.readyWithinMs);
  const how = { folder: kept.folder, env: kept.env, identity };
  for (const command of kept.prepare) await runCommand(command, { ...how, msMax: PREPARE_MS_MAX });
  for (;;) {
    const program = start(kept, identity);
    const isUp = await readyOrEnded(program, kept.ready, patience);
    if (isUp) {
      process.stdout.write(`${JSON.stringify({ ready: true, pid: program.process.pid })}\n`);
      await leaveWith(program, kept.stopSignal);
    }
    const words = `ended (${program.ending()}) before it was ready`;
    if (!kept.isRestart || patience.aborted) {
      killAll(program);
      const why = patience.aborted ? `not ready within ${kept.readyWithinMs} ms` : words;
      const said = tellingLine(program.lines);
      throw new Error(said === undefined ? why : `${why}; it said: ${said}`);
    }
    await delay(AGAIN_MS);
  }
}

interface Program {
  readonly process: ChildProcess;
  readonly ended: Promise<void>;
  readonly hasEnded: () => boolean;
  /** How it ended. */
  readonly ending: () => string;
  /** Lines that it printed so far. */
  readonly lines: string[];
}

function start({ command, env, folder }: KeptProcess, identity: Identity): Program {
  const [file = '', ...args] = command;
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
    env: { ...process.env, ...env },
    ...identity,
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      if (lines.length < LINES_KEPT) lines.push(line);
      process.stderr.write(`${line}\n`);
    });
  let failure: string | undefined;
  const ended = once(child, 'exit').then(
    () => undefined,
    (error: unknown) => {
      failure = messageOf(error);
    },
  );
  return {
    process: child,
    ended,
    lines,
    hasEnded: () => failure !== undefined || child.exitCode !== null || child.signalCode !== null,
    ending: () => failure ?? child.signalCode ?? `code ${child.exitCode}`,
  };
}

/** In which the line that says it is ready is looked for. */
const LINES_KEPT = 10_000;

async function readyOrEnded(
  program: Program,
  check: ReadyCheck,
  patience: AbortSignal,
): Promise<boolean> {
  while (!program.hasEnded() && !patience.aborted) {
    if (await isReady(check, program.lines)) return !program.hasEnded();
    await delay(LOOK_MS);
  }
  return false;
}

/** Until its end, which is this process's too, or until nobody keeps it any more. Never resolves. */
async function leaveWith(program: Program, stopSignal: NodeJS.Signals): Promise<never> {
  const isUnkept = new Promise<true>((resolve) => {
    const done = (): void => resolve(true);
    process.stdin.once('end', done).once('close', done).once('error', done).resume();
  });
  const wasAsked = await Promise.race([isUnkept, program.ended]);
  if (wasAsked === true) {
    if (!program.hasEnded()) program.process.kill(stopSignal);
    await Promise.race([program.ended, delay(STOP_MS_MAX)]);
    killAll(program);
    process.exit(0);
  }
  process.stderr.write(`it ended: ${program.ending()}\n`);
  killAll(program);
  process.exit(1);
}

/** Its own group is the keeper's: each is told by itself. */
function killAll({ process: { pid } }: Program): void {
  const all = pid === undefined ? [] : [...descendantsOf(pid), pid, ...descendantsOf(process.pid)];
  for (const one of all) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // ESRCH: it has ended already.
    }
  }
}

export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** Throws where there is no such user. */
function identityOf(user: string | undefined): Identity {
  if (user === undefined || process.getuid?.() !== 0) return {};
  const ask = (option: string): number => {
    try {
      return Number(execFileSync('id', [option, user], { encoding: 'utf8' }));
    } catch (cause) {
      throw new Error(`there is no user ${user} to run it as`, { cause });
    }
  };
  return { uid: ask('-u'), gid: ask('-g') };
}
