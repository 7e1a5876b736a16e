/**
 * The load workers as the conductor sees them: one endless piscina task each, spoken to over a MessagePort.
 * `atomics: 'disabled'`, because otherwise piscina freezes a worker's event loop between tasks.
 */

import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { ThreadUse } from '../entropy/thread-use.js';
import { messageOf } from '../message-of.js';
import type { PartCounts } from '../records/journal-record.js';
import type { FromWorker, ToWorker, WorkerStart, WorkerTask } from './messages.js';

/** Young objects live as long as an answer takes: without room they are copied over and over. */
const YOUNG_GENERATION_MB = 192;
const OLD_GENERATION_MB = 1536;

/** What a worker that has nothing left to do but to write its journal has to end. */
const CLOSE_MS = 10_000;

type Kind = FromWorker['type'];
type MessageOf<K extends Kind> = Extract<FromWorker, { readonly type: K }>;

export interface WorkerPoolOptions {
  readonly tasks: readonly WorkerTask[];
  /** Everything that is not an answer awaited by `all`. */
  readonly onMessage: (worker: number, message: FromWorker) => void;
  /** The worker will answer nothing any more: its thread ran out of memory, say. */
  readonly onGone: (worker: number, why: string) => void;
}

interface Awaited {
  /** Workers that have not answered yet. */
  readonly missing: Set<number>;
  readonly got: FromWorker[];
  readonly done: () => void;
}

export class WorkerPool {
  readonly #piscina: Piscina<WorkerStart, PartCounts | undefined>;
  readonly #ports: MessagePort[] = [];
  readonly #threads: AbortController[] = [];
  /** What each worker's journal held when it was closed; undefined where it was not. */
  readonly #ended: Promise<readonly (PartCounts | undefined)[]>;
  readonly #here: Set<number>;
  readonly #options: WorkerPoolOptions;
  readonly #use = new ThreadUse(() => this.#piscina.threads);
  #closing: Promise<readonly PartCounts[]> | undefined;
  readonly #awaited = new Map<Kind, Awaited>();

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    const threads = options.tasks.length;
    this.#piscina = new Piscina({
      filename: fileURLToPath(new URL('./worker.js', import.meta.url)),
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      atomics: 'disabled',
      resourceLimits: {
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
        maxOldGenerationSizeMb: OLD_GENERATION_MB,
      },
    });
    this.#here = new Set(options.tasks.map(({ worker }) => worker));
    this.#ended = Promise.all(options.tasks.map((task) => this.#begin(task)));
  }

  /** Ends the threads that have not answered with `kind` yet, where somebody waits for it: what never waits hears nothing. */
  giveUp(kind: Kind, why: (worker: number) => string): void {
    for (const worker of this.#awaited.get(kind)?.missing ?? []) {
      this.#gone(worker, why(worker));
      this.#threads[worker]?.abort();
    }
  }

  /**
   * Sends `message` to every worker, if there is one, and resolves to the `kind` each of them answers with; one that is gone
   * has no answer.
   */
  async all<K extends Kind>(kind: K, message?: ToWorker): Promise<readonly MessageOf<K>[]> {
    const answers = this.#answers(kind, new Set(this.#here));
    if (message !== undefined) this.send(message);
    return answers;
  }

  /** The same of the first worker that is there, which runs setup and teardown. Undefined where none is, or it goes. */
  async first<K extends Kind>(kind: K, message: ToWorker): Promise<MessageOf<K> | undefined> {
    const [first] = this.#here;
    if (first === undefined) return undefined;
    const answers = this.#answers(kind, new Set([first]));
    this.#ports[first]?.postMessage(message);
    const [answer] = await answers;
    return answer;
  }

  /** Share of the time since the last call in which the busiest worker's event loop did not wait, 0..1. */
  busiest(): number {
    return this.#use.busiest();
  }

  send(message: ToWorker): void {
    for (const port of this.#ports) port.postMessage(message);
  }

  /**
   * Lets every worker close its journal and ends the threads, also those that hear nothing. Resolves to what the journals hold that
   * were closed. Safe to call more than once.
   */
  close(): Promise<readonly PartCounts[]> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<readonly PartCounts[]> {
    this.send({ type: 'finish' });
    const timer = setTimeout(() => {
      for (const thread of this.#threads) thread.abort();
    }, CLOSE_MS);
    const ended = await this.#ended;
    clearTimeout(timer);
    for (const port of this.#ports) port.close();
    await this.#piscina.destroy();
    return ended.filter((counts) => counts !== undefined);
  }

  /** Resolves when the worker has ended, however it did. */
  async #begin(task: WorkerTask): Promise<PartCounts | undefined> {
    const { port1, port2 } = new MessageChannel();
    const thread = new AbortController();
    this.#ports.push(port1);
    this.#threads.push(thread);
    port1.on('message', (message: FromWorker) => this.#onMessage(task.worker, message));
    try {
      const { signal } = thread;
      const start = { task, port: port2 };
      const counts = await this.#piscina.run(start, { transferList: [port2], signal });
      if (this.#closing === undefined) this.#gone(task.worker, 'it ended early');
      return counts;
    } catch (error) {
      this.#gone(task.worker, messageOf(error));
      return undefined;
    }
  }

  #gone(worker: number, why: string): void {
    if (!this.#here.delete(worker)) return; // it was given up
    this.#options.onGone(worker, why);
    for (const kind of [...this.#awaited.keys()]) this.#answered(kind, worker);
  }

  async #answers<K extends Kind>(kind: K, missing: Set<number>): Promise<readonly MessageOf<K>[]> {
    const got: FromWorker[] = [];
    if (missing.size > 0)
      await new Promise<void>((done) => {
        this.#awaited.set(kind, { missing, got, done });
      });
    return got.filter((answer): answer is MessageOf<K> => answer.type === kind);
  }

  #onMessage(worker: number, message: FromWorker): void {
    const awaited = this.#awaited.get(message.type);
    if (awaited === undefined) {
      this.#options.onMessage(worker, message);
      return;
    }
    awaited.got.push(message);
    this.#answered(message.type, worker);
  }

  #answered(kind: Kind, worker: number): void {
    const awaited = this.#awaited.get(kind);
    awaited?.missing.delete(worker);
    if (awaited === undefined || awaited.missing.size > 0) return;
    this.#awaited.delete(kind);
    awaited.done();
  }
}
