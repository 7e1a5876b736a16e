/** The processes of a target file: those that the drill starts, those that are found by their process id, those that commands break. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from '../../books/neutral/books-spec.js';
import type { ProcessHandle } from '../../faults/fault.js';
import type { KeptProcess } from '../../faults/kept-process.js';
import { signalTree } from '../../faults/process-tree.js';
import { isReady, type ReadyCheck } from '../../faults/ready-check.js';
import { runCommand } from '../../faults/run-command.js';
import type { Supervisor } from '../../faults/supervisor-client.js';
import { messageOf } from '../../message-of.js';
import { UserError } from '../../user-error.js';
import type {
  AdoptedProcess,
  CommandedProcess,
  ProcessSpec,
  StartedProcess,
} from './target-file.js';

const READY_S = 30;
const COMMAND_MS_MAX = 20_000;
/** Until it runs, and until it has told why it gives up. */
const KEEPER_MS_MAX = 5_000;
const LOOK_MS = 50;

export interface FileProcessesOptions {
  readonly supervisor: Supervisor;
  /** The command that runs paydrill, executable first. */
  readonly program: readonly string[];
  /** The folder of the target file. */
  readonly here: string;
  /** Their texts filled in. */
  readonly processes: Readonly<Record<string, ProcessSpec>>;
}

export class FileProcesses {
  readonly #options: FileProcessesOptions;
  readonly #pids = new Map<string, number>();

  constructor(options: FileProcessesOptions) {
    this.#options = options;
  }

  /** In their order, each once the one before it is ready. Rejects with UserError. */
  async start(): Promise<void> {
    for (const [name, process] of Object.entries(this.#options.processes)) {
      if ('command' in process) await this.#start(name, process);
      else if (!(await isReady(process.ready, [])))
        throw new UserError(`the process ${name} does not run: its ready check fails`);
    }
  }

  /** Process ids of those that the drill started. */
  get pids(): ReadonlyMap<string, number> {
    return this.#pids;
  }

  handle(name: string): ProcessHandle {
    const process = this.#options.processes[name];
    if (process === undefined) throw new Error(`there is no process ${name}`);
    if ('command' in process) return this.#ofStarted(name, process);
    return 'pidFile' in process ? this.#ofAdopted(name, process) : this.#ofCommanded(name, process);
  }

  async #start(name: string, process: StartedProcess): Promise<void> {
    const { supervisor } = this.#options;
    const readyWithinMs = (process.readyWithinS ?? READY_S) * 1000;
    try {
      const ready = await supervisor.start(name, this.#kept(name, process, false), {
        leads: true,
        // What is run before it has its own time, and its keeper tells what it said.
        readyWithinMs:
          readyWithinMs + KEEPER_MS_MAX + (process.prepare?.length ?? 0) * COMMAND_MS_MAX,
      });
      this.#pids.set(name, Number(ready.pid));
    } catch (cause) {
      throw new UserError(`the process ${lastWords(messageOf(cause))}`, { cause });
    }
  }

  #kept(name: string, process: StartedProcess, isRestart: boolean): readonly string[] {
    const { program, here } = this.#options;
    const kept: KeptProcess = {
      command: process.command,
      env: process.env ?? {},
      folder: process.folder ?? here,
      user: process.user,
      prepare: isRestart ? [] : (process.prepare ?? []),
      ready: process.ready,
      readyWithinMs: (process.readyWithinS ?? READY_S) * 1000,
      stopSignal: process.stopSignal ?? 'SIGTERM',
      isRestart,
    };
    return [...program, 'keep', '--name', name, JSON.stringify(kept)];
  }

  #ofStarted(name: string, process: StartedProcess): ProcessHandle {
    const { supervisor } = this.#options;
    return {
      kill: () => supervisor.kill(name),
      restart: async () => {
        const ready = await supervisor.restart(name, this.#kept(name, process, true));
        this.#pids.set(name, Number(ready.pid));
      },
      pause: () => supervisor.pause(name),
      resume: () => supervisor.resume(name),
    };
  }

  #ofAdopted(name: string, { pidFile, start, ready, readyWithinS }: AdoptedProcess): ProcessHandle {
    const { supervisor, here } = this.#options;
    const key = `process ${name}`;
    const send = (signal: NodeJS.Signals): void => signalTree(pidIn(pidFile, name), signal);
    return {
      kill: async () => {
        pidIn(pidFile, name);
        await supervisor.runAtEnd(key, { argv: start, folder: here });
        send('SIGKILL');
      },
      restart: async () => {
        await this.#run(start);
        await untilReady(name, ready, readyWithinS);
        await supervisor.forget(key);
      },
      pause: async () => {
        const pid = pidIn(pidFile, name);
        await supervisor.runAtEnd(key, { argv: ['kill', '-CONT', String(pid)], folder: here });
        send('SIGSTOP');
      },
      resume: async () => {
        send('SIGCONT');
        await supervisor.forget(key);
      },
    };
  }

  #ofCommanded(name: string, process: CommandedProcess): ProcessHandle {
    const { supervisor, here } = this.#options;
    const key = `process ${name}`;
    const { kill, start, pause, resume, ready, readyWithinS } = process;
    const cannot = (): Promise<never> =>
      Promise.reject(new Error(`the target file names no command that pauses ${name}`));
    return {
      kill: async () => {
        await supervisor.runAtEnd(key, { argv: start, folder: here });
        await this.#run(kill);
      },
      restart: async () => {
        await this.#run(start);
        await untilReady(name, ready, readyWithinS);
        await supervisor.forget(key);
      },
      pause: async () => {
        if (pause === undefined || resume === undefined) return cannot();
        await supervisor.runAtEnd(key, { argv: resume, folder: here });
        await this.#run(pause);
      },
      resume: async () => {
        if (resume === undefined) return cannot();
        await this.#run(resume);
        await supervisor.forget(key);
      },
    };
  }

  async #run(command: Command): Promise<void> {
    await runCommand(command, { folder: this.#options.here, msMax: COMMAND_MS_MAX });
  }
}

function pidIn(file: string, name: string): number {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`the process id of ${name} cannot be read: ${messageOf(cause)}`, { cause });
  }
  const pid = Number(text.trim().split(/\s+/)[0]);
  // 0 and below would be groups, 1 is everybody's.
  if (Number.isInteger(pid) && pid > 1) return pid;
  throw new Error(`${file} holds no process id`);
}

async function untilReady(name: string, check: ReadyCheck, withinS = READY_S): Promise<void> {
  const patience = AbortSignal.timeout(withinS * 1000);
  while (!(await isReady(check, []))) {
    if (patience.aborted) throw new Error(`${name} was not ready again within ${withinS} s`);
    await delay(LOOK_MS);
  }
}

/** `service: ended (code 104) before it was ready: ... | paydrill: service: ended (code 1) before it was ready; it said: no such table`: what its keeper says. */
function lastWords(words: string): string {
  const found = /^(\S+): ended .*? before it was ready: .*?paydrill: \S+: (.*)$/.exec(words);
  const [, name, why] = found ?? [];
  return why === undefined ? words.replace(/^(\S+): /, '$1 is ') : `${name} does not start: ${why}`;
}
