/**
 * Runs a job on a thread of its own, so that the shards' books and the workers' journals are converted and read side by
 * side. The job is plain data (or shared memory); the module that knows it exports `run`. Where the sources run
 * uncompiled (tests) a worker thread could not load them: the job runs in this thread.
 */
import { Worker } from 'node:worker_threads';

const ENTRY = new URL(import.meta.url.replace(/thread\.(js|ts)$/, 'thread-entry.$1'));

export interface Job<Data, Answer> {
  /** `import.meta.url` of the module that exports `run`. */
  readonly module: string;
  readonly run: (data: Data) => Answer | Promise<Answer>;
  readonly data: Data;
  /** Ends the thread; the promise rejects. */
  readonly signal?: AbortSignal | undefined;
}

/** Resolves with what `run` returns; rejects with what it throws. */
export async function runOnThread<Data, Answer>(job: Job<Data, Answer>): Promise<Answer> {
  job.signal?.throwIfAborted();
  if (!ENTRY.pathname.endsWith('.js')) return job.run(job.data);
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
