/**
 * The harness's side of the supervisor: starts it and speaks to it. Knows no process by meaning; what to run is
 * handed in by the command line.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import {
  type ChildExit,
  parseMessage,
  type ReadyLine,
  type SupervisorCommand,
  type SupervisorMessage,
} from './supervisor-protocol.js';

export interface SupervisorOptions {
  /** The command that runs `runSupervisor`, executable first: `[process.execPath, cli, 'supervise']`. */
  readonly argv: readonly string[];
  /** A child ended that nobody asked to end; or `supervisor` itself did, and every child with it. */
  readonly onExit?: (exit: ChildExit) => void;
  /** A line of a child's standard error, or of its standard output after the ready line. */
  readonly onLog?: (name: string, line: string) => void;
}

type Answered = Extract<SupervisorMessage, { readonly ok: true }>;

interface Waiting {
  readonly resolve: (answer: Answered) => void;
  readonly reject: (error: Error) => void;
}

export class Supervisor {
  readonly #process: ChildProcess;
  readonly #options: SupervisorOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #pids = new Map<string, number>();
  readonly #gone: Promise<void>;
  #lastId = 0;
  #closing = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const [file, ...args] = options.argv;
    // A session of its own: a Ctrl-C in the terminal is for the harness alone.
    this.#process = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    this.#process.stdin?.on('error', () => {}); // it is gone; see #onGone
    if (this.#process.stdout !== null) {
      createInterface({ input: this.#process.stdout }).on('line', (line) => this.#onLine(line));
    }
    this.#gone = new Promise((resolve) => {
      const gone = (): void => {
        this.#onGone();
        resolve();
      };
      this.#process.once('exit', gone).once('error', gone);
    });
  }

  /** Resolves to the child's ready line; rejects with its last words if it ends before that. */
  start(
    name: string,
    argv: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<ReadyLine> {
    return this.#begin(name, { op: 'start', name, argv, ...(env === undefined ? {} : { env }) });
  }

  /** Kills it first where it runs. Without `argv` as it was started last. */
  restart(name: string, argv?: readonly string[]): Promise<ReadyLine> {
    return this.#begin(name, { op: 'restart', name, ...(argv === undefined ? {} : { argv }) });
  }

  /** SIGKILL; resolves when the process has ended. */
  async kill(name: string): Promise<void> {
    await this.#ask({ op: 'kill', name });
    this.#pids.delete(name);
  }

  /** SIGSTOP. */
  async pause(name: string): Promise<void> {
    await this.#ask({ op: 'pause', name });
  }

  /** SIGCONT. */
  async resume(name: string): Promise<void> {
    await this.#ask({ op: 'resume', name });
  }

  /** Asks every child to leave, kills those that do not. */
  async stopAll(): Promise<void> {
    await this.#ask({ op: 'stopAll' });
    this.#pids.clear();
  }

  /** The folder is removed when the supervisor ends, however it comes to that. */
  async cleanFolder(path: string): Promise<void> {
    await this.#ask({ op: 'cleanFolder', path });
  }

  /** The URL gets a DELETE when the supervisor ends: a link on a Toxiproxy that outlives the drill. */
  async deleteAtEnd(url: string): Promise<void> {
    await this.#ask({ op: 'deleteAtEnd', url });
  }

  /** Process ids of the children that run. */
  pids(): ReadonlyMap<string, number> {
    return this.#pids;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Ends all children and the supervisor, and cleans up. Safe to call more than once. */
  async close(): Promise<void> {
    if (!this.#closing) await this.stopAll().catch(() => {}); // gone already: nothing is left to stop
    this.#closing = true;
    this.#process.stdin?.end();
    await this.#gone;
  }

  async #begin(name: string, command: SupervisorCommand): Promise<ReadyLine> {
    this.#pids.delete(name);
    const { pid, ready } = await this.#ask(command);
    if (pid === undefined || ready === undefined) throw new Error(`${name} is not ready`);
    this.#pids.set(name, pid);
    return ready;
  }

  #ask(command: SupervisorCommand): Promise<Answered> {
    const { stdin } = this.#process;
    if (this.#closing || stdin === null || !stdin.writable) {
      return Promise.reject(new Error('the supervisor has ended'));
    }
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      stdin.write(`${JSON.stringify({ id, command })}\n`);
    });
  }

  #onLine(line: string): void {
    const message = parseMessage(line);
    if (message === undefined) this.#options.onLog?.('supervisor', line);
    else if ('event' in message) this.#onEvent(message);
    else this.#onAnswer(message);
  }

  #onEvent(message: Extract<SupervisorMessage, { readonly event: string }>): void {
    if (message.event === 'log') {
      this.#options.onLog?.(message.name, message.line);
      return;
    }
    const { exit } = message;
    if (this.#pids.get(exit.name) === exit.pid) this.#pids.delete(exit.name);
    this.#options.onExit?.(exit);
  }

  #onAnswer(message: Extract<SupervisorMessage, { readonly id: number }>): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.ok) waiting?.resolve(message);
    else waiting?.reject(new Error(message.error));
  }

  /** It ended. Children see that by their standard input, but a stopped one sees nothing: its group is killed. */
  #onGone(): void {
    const closing = this.#closing;
    this.#closing = true;
    this.#pids.clear();
    for (const { reject } of this.#waiting.values()) reject(new Error('the supervisor has ended'));
    this.#waiting.clear();
    const { pid, exitCode: code, signalCode: signal } = this.#process;
    if (closing || pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // ESRCH: no child is left in its group.
    }
    this.#options.onLog?.('supervisor', 'ended unexpectedly; its children were killed');
    this.#options.onExit?.({ name: 'supervisor', pid, code, signal });
  }
}
