/**
 * The harness's side of the supervisor: starts it and speaks to it. Knows no process by meaning; what to run is
 * handed in by the command line.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type AtEnd, cleanUp } from './clean-up.js';
import { signalTree } from './process-tree.js';
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

export interface StartOptions {
  /** Added to this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** It is the first of a process group, and whatever is done to it is done to all that come from it. */
  readonly leads?: boolean;
  /** Until it must be ready; default a minute. */
  readonly readyWithinMs?: number;
}

/** It ends its children within two seconds, and a second later itself. */
const CLOSE_MS_MAX = 10_000;

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
  /** For us to remove where the supervisor was killed. */
  readonly #folders = new Set<string>();
  readonly #urls = new Set<string>();
  readonly #healing = new Map<string, AtEnd>();
  /** Those that lead a group of their own: what kills ours does not reach them. */
  readonly #leaders = new Set<string>();
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
      const gone = (): void => resolve(this.#onGone());
      this.#process.once('exit', gone).once('error', gone);
    });
  }

  /** Resolves to the child's ready line; rejects with its last words if it ends before that. */
  start(name: string, argv: readonly string[], how: StartOptions = {}): Promise<ReadyLine> {
    return this.#begin(name, { op: 'start', name, argv, ...how });
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

  /** A new temporary folder whose name begins so. It is removed when the supervisor ends, however it comes to that. */
  async makeFolder(prefix: string): Promise<string> {
    const { path } = await this.#ask({ op: 'makeFolder', prefix });
    if (path === undefined) throw new Error('the supervisor has made no folder');
    this.#folders.add(path);
    return path;
  }

  /** The URL gets a DELETE when the supervisor ends: a link on a Toxiproxy that outlives the drill. */
  async deleteAtEnd(url: string): Promise<void> {
    this.#urls.add(url);
    await this.#ask({ op: 'deleteAtEnd', url });
  }

  /** Run when the supervisor ends, however it comes to that, unless it is forgotten before. */
  async runAtEnd(key: string, command: AtEnd): Promise<void> {
    this.#healing.set(key, command);
    await this.#ask({ op: 'runAtEnd', key, ...command });
  }

  async forget(key: string): Promise<void> {
    this.#healing.delete(key);
    await this.#ask({ op: 'forget', key });
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
    // One that stands still itself never answers and never ends.
    const timer = setTimeout(() => this.#killGroup(), CLOSE_MS_MAX);
    if (!this.#closing) await this.stopAll().catch(() => {}); // gone already: nothing is left to stop
    this.#closing = true;
    this.#process.stdin?.end();
    await this.#gone;
    clearTimeout(timer);
  }

  async #begin(name: string, command: SupervisorCommand): Promise<ReadyLine> {
    this.#pids.delete(name);
    if (command.op === 'start' && command.leads === true) this.#leaders.add(name);
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

  /** It ended. Where nobody asked it to, what it would have ended and removed is ended and removed here. */
  async #onGone(): Promise<void> {
    const closing = this.#closing;
    this.#closing = true;
    const leaders = [...this.#leaders].flatMap((name) => this.#pids.get(name) ?? []);
    this.#pids.clear();
    for (const { reject } of this.#waiting.values()) reject(new Error('the supervisor has ended'));
    this.#waiting.clear();
    const { pid, exitCode: code, signalCode: signal } = this.#process;
    if (pid === undefined) return;
    if (code !== 0) {
      this.#killGroup();
      for (const leader of leaders) signalTree(leader, 'SIGKILL');
      await cleanUp({
        folders: this.#folders,
        urls: this.#urls,
        commands: this.#healing.values(),
      });
    }
    if (closing) return;
    this.#options.onLog?.('supervisor', 'ended unexpectedly, and its children with it');
    this.#options.onExit?.({ name: 'supervisor', pid, code, signal });
  }

  /** Children see its end by their standard input, but a stopped one sees nothing. */
  #killGroup(): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // ESRCH: nobody is left in its group.
    }
  }
}
