/**
 * One child process of the supervisor: started with a pipe as standard input, ready when it says so in one JSON
 * line, ended by closing that pipe or by SIGKILL, which also ends a stopped one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { messageOf } from '../message-of.js';
import { signalTree } from './process-tree.js';
import { type ChildExit, parseObject, type ReadyLine } from './supervisor-protocol.js';

export interface ChildOptions {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** It leads a process group of its own, and is killed and paused with all that come from it. */
  readonly leads: boolean;
  /** It is killed where it is not ready by then; time in which it is paused counts as none. */
  readonly readyMsMax: number;
  readonly onLog: (line: string) => void;
  /** It ended after it was ready, and nobody had asked it to. */
  readonly onUnexpectedExit: (exit: ChildExit) => void;
}

const LATE_LOOK_MS = 250;
const STOP_GRACE_MS = 1_000;
const LOG_LINE_CHARS_MAX = 2_000;

export class SupervisedChild {
  readonly options: ChildOptions;
  readonly ready: Promise<ReadyLine>;
  readonly #process: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #lastLines: string[] = [];
  #running = true;
  #wasReady = false;
  #endExpected = false;
  #paused = false;

  constructor(options: ChildOptions) {
    this.options = options;
    const [file, ...args] = options.argv;
    this.#process = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
      detached: options.leads,
    });
    // A child that is gone does not read: its exit is what counts.
    this.#process.stdin?.on('error', () => {});
    this.#exited = this.#untilExit();
    if (this.#process.stderr !== null) {
      createInterface({ input: this.#process.stderr }).on('line', (line) => this.#log(line));
    }
    this.ready = this.#untilReady();
    this.ready.catch(() => {}); // whoever started it hears of it; a restart may have replaced it by then
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get running(): boolean {
    return this.#running;
  }

  /** SIGKILL; resolves when it has ended. Killing one that has ended is done. */
  async kill(): Promise<void> {
    this.killNow();
    await this.#exited;
  }

  killNow(): void {
    this.#endExpected = true;
    if (this.#running) this.#send('SIGKILL');
  }

  /** Closes its standard input, which asks it to leave; kills it when it is stopped or does not. */
  async stop(): Promise<void> {
    this.#endExpected = true;
    this.#process.stdin?.end();
    const timer = setTimeout(() => this.killNow(), this.#paused ? 0 : STOP_GRACE_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  pause(): void {
    this.#signal('SIGSTOP');
    this.#paused = true;
  }

  resume(): void {
    this.#signal('SIGCONT');
    this.#paused = false;
  }

  #signal(signal: NodeJS.Signals): void {
    if (!this.#running) throw new Error(`${this.options.name} is not running`);
    this.#send(signal);
  }

  #send(signal: NodeJS.Signals): void {
    if (this.options.leads && this.pid > 0) signalTree(this.pid, signal);
    else this.#process.kill(signal);
  }

  /** Resolves on exit, and when the process could not be started at all. */
  async #untilExit(): Promise<void> {
    const { name, onUnexpectedExit } = this.options;
    try {
      await once(this.#process, 'exit');
    } catch (error) {
      this.#log(messageOf(error));
    }
    this.#running = false;
    const { exitCode: code, signalCode: signal } = this.#process;
    if (!this.#wasReady || this.#endExpected) return;
    void this.#lastWordsRead().then(() => onUnexpectedExit({ name, pid: this.pid, code, signal }));
  }

  async #untilReady(): Promise<ReadyLine> {
    const { stdout } = this.#process;
    if (stdout === null) throw new Error(`${this.options.name} has no standard output`);
    const lines = createInterface({ input: stdout });
    const readyLine = new Promise<ReadyLine>((resolve) => {
      lines.on('line', (line) => {
        const fields = this.#wasReady ? undefined : parseObject(line);
        if (fields?.ready !== true) {
          this.#log(line);
          return;
        }
        this.#wasReady = true;
        resolve(fields);
      });
    });
    const patience = new AbortController();
    const late = this.#tooLate(patience.signal);
    const ended = this.#exited.then(() => this.#endWords());
    const first = await Promise.race([readyLine, late, ended]);
    patience.abort();
    if (typeof first !== 'string') return first;
    await this.kill();
    throw new Error(`${this.options.name}: ${first}`);
  }

  /** Resolves when it should have been ready, never once the signal has aborted. */
  #tooLate(signal: AbortSignal): Promise<string> {
    const { readyMsMax } = this.options;
    return new Promise((resolve) => {
      let leftMs = readyMsMax;
      const timer = setInterval(() => {
        if (!this.#paused) leftMs -= LATE_LOOK_MS;
        if (leftMs <= 0) resolve(`not ready within ${readyMsMax} ms`);
      }, LATE_LOOK_MS);
      signal.addEventListener('abort', () => clearInterval(timer), { once: true });
    });
  }

  /** Last words may arrive shortly after the exit itself. */
  async #lastWordsRead(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, 200);
    });
    const { stderr } = this.#process;
    if (stderr !== null && !stderr.closed) await Promise.race([once(stderr, 'close'), patience]);
    clearTimeout(timer);
  }

  /** Why it ended, in its own last words. */
  async #endWords(): Promise<string> {
    await this.#lastWordsRead();
    const { exitCode, signalCode } = this.#process;
    const how = signalCode ?? `code ${exitCode}`;
    const words = this.#lastLines.join(' | ');
    return `ended (${how}) before it was ready${words === '' ? '' : `: ${words}`}`;
  }

  #log(line: string): void {
    this.#lastLines.push(line.slice(0, LOG_LINE_CHARS_MAX));
    if (this.#lastLines.length > 5) this.#lastLines.shift();
    this.options.onLog(line.slice(0, LOG_LINE_CHARS_MAX));
  }
}
