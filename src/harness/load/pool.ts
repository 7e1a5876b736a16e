/**
 * The load workers as the conductor sees them: one endless piscina task each, spoken to over a MessagePort.
 * `atomics: 'disabled'`, because otherwise piscina freezes a worker's event loop between tasks.
 */

import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { ThreadUse } from '../entropy/thread-use.js';
import { UserError } from '../user-error.js';
import type { FromWorker, ToWorker, WorkerTask } from './messages.js';

/** Young objects live as long as an answer takes: without room they are copied over and over. */
const YOUNG_GENERATION_MB = 192;
const OLD_GENERATION_MB = 1536;

type Kind = FromWorker['type'];
type MessageOf<K extends Kind> = Extract<FromWorker, { readonly type: K }>;

export interface WorkerPoolOptions {
  readonly tasks: readonly WorkerTask[];
  /** Everything that is not an answer awaited by `all`. */
  readonly onMessage: (worker: number, message: FromWorker) => void;
}

export class WorkerPool {
  readonly #piscina: Piscina;
  readonly #ports: MessagePort[] = [];
  readonly #ended: Promise<unknown>;
  readonly #options: WorkerPoolOptions;
  readonly #use = new ThreadUse(() => this.#piscina.threads);
  #closing: Promise<void> | undefined;
  readonly #awaited = new Map<
    Kind,
    { readonly got: FromWorker[]; readonly done: () => void; readonly fail: (error: Error) => void }
  >();

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
    this.#ended = Promise.all(options.tasks.map((task) => this.#begin(task)));
    this.#ended.catch(() => undefined);
  }

  /**
   * Sends `message` to every worker, if there is one, and resolves to the `kind` each of them answers with.
   * Rejects when a worker ends or fails instead.
   */
  async all<K extends Kind>(kind: K, message?: ToWorker): Promise<readonly MessageOf<K>[]> {
    const answers = new Promise<FromWorker[]>((resolve, reject) => {
      const got: FromWorker[] = [];
      this.#awaited.set(kind, { got, done: () => resolve(got), fail: reject });
    });
    if (message !== undefined) this.send(message);
    const early = this.#ended.then((): never => {
      throw new Error('the load workers ended early');
    });
    const got = await Promise.race([answers, early]);
    return got.filter((answer): answer is MessageOf<K> => answer.type === kind);
  }

  /** Share of the time since the last call in which the busiest worker's event loop did not wait, 0..1. */
  busiest(): number {
    return this.#use.busiest();
  }

  send(message: ToWorker): void {
    for (const port of this.#ports) port.postMessage(message);
  }

  sendOne(worker: number, message: ToWorker): void {
    this.#ports[worker]?.postMessage(message);
  }

  /** Lets every worker close its journal and ends the threads. Safe to call more than once. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.send({ type: 'finish' });
    await this.#ended.catch(() => undefined); // a failure was told by a message before
    for (const port of this.#ports) port.close();
    await this.#piscina.destroy();
  }

  #begin(task: WorkerTask): Promise<unknown> {
    const { port1, port2 } = new MessageChannel();
    this.#ports.push(port1);
    port1.on('message', (message: FromWorker) => this.#onMessage(task.worker, message));
    return this.#piscina.run({ task, port: port2 }, { transferList: [port2] });
  }

  /** A worker that fails before the load never becomes ready; later it answers all the same. */
  #failStart(text: string): void {
    for (const kind of ['connected', 'setup-done', 'ready'] as const) {
      this.#awaited.get(kind)?.fail(new UserError(text, { exit: 'scriptException' }));
    }
  }

  #onMessage(worker: number, message: FromWorker): void {
    if (message.type === 'failed') this.#failStart(message.text);
    const awaited = this.#awaited.get(message.type);
    if (awaited === undefined) {
      this.#options.onMessage(worker, message);
      return;
    }
    awaited.got.push(message);
    const wanted =
      message.type === 'setup-done' || message.type === 'teardown-done' ? 1 : this.#ports.length;
    if (awaited.got.length < wanted) return;
    this.#awaited.delete(message.type);
    awaited.done();
  }
}
