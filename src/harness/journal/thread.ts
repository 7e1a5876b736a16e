/**
 * Runs one of this room's jobs on a thread of its own, so that journal and books are converted side by side.
 * Where the sources run uncompiled (tests), a worker thread could not load them: the job runs in this thread.
 */
import { Worker } from 'node:worker_threads';

/** `script`: the compiled module that takes the job as its worker data and posts its answer. */
export function runsOnThreads(script: URL): boolean {
  return script.pathname.endsWith('.js');
}

/** Resolves with the first message of the thread; rejects with its error. Aborting ends the thread. */
export function runOnThread(script: URL, job: unknown, signal?: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { workerData: job });
    const stop = (): void => {
      void worker.terminate();
      reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal?.removeEventListener('abort', stop);
      reject(new Error(`the thread ended with ${code} and no answer`));
    });
  });
}
