/**
 * Runs a job on a thread of its own, so that the shards' books and the workers' journals are converted and read side by
 * side. The job is plain data (or shared memory); the module that knows it exports `run`. A small job runs in this thread, as it is over
 * before another would have begun; and so does every job where the sources run uncompiled (tests), which a thread could not load.
 */
import { Worker } from 'node:worker_threads';

const ENTRY = new URL(import.meta.url.replace(/thread\.(js|ts)$/, 'thread-entry.$1'));

/** Read and written again in less time than a thread takes to begin. */
const SMALL_BYTES = 2 ** 20;

export interface Job<Data, Answer> {
  /** `import.meta.url` of the module that exports `run`. */
  readonly module: string;
  readonly run: (data: Data) => Answer | Promise<Answer>;
  readonly data: Data;
  /** How many bytes of plain records it reads; undefined: nobody knows before. */
  readonly bytes?: number | undefined;
  /** Ends the thread; the promise rejects. */
  readonly signal?: AbortSignal | undefined;
}

/** Resolves with what `run` returns; rejects with what it throws. */
export async function runOnThread<Data, Answer>(job: Job<Data, Answer>): Promise<Answer> {
  job.signal?.throwIfAborted();
  const isSmall = job.bytes !== undefined && job.bytes <= SMALL_BYTES;
  if (isSmall || !ENTRY.pathname.endsWith('.js')) return job.run(job.data);
  return new Promise((resolve, reject) => {
    const worker = new Worker(ENTRY, { workerData: { module: job.module, data: job.data } });
    const stop = (): void => {
      reject(new Error('interrupted'));
      worker.terminate().catch(reject);
    };
    job.signal?.addEventListener('abort', stop, { once: true });
    worker.once('message', (answer: Answer) => resolve(answer));
    worker.once('error', reject);
    worker.once('exit', (code) => {
      job.signal?.removeEventListener('abort', stop);
      reject(new Error(`the thread ended with ${code} and no answer`));
    });
  });
}
