/** The thread's side of thread.ts: loads the module, runs its job, posts the answer. */
import { parentPort, workerData } from 'node:worker_threads';

const { module, data }: { module: string; data: unknown } = workerData;
const loaded: { run(data: unknown): unknown } = await import(module);
parentPort?.postMessage(await loaded.run(data));
