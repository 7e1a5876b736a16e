/** The thread that converts one worker's journal: its worker data is the job, its one message the answer. */
import { parentPort, workerData } from 'node:worker_threads';
import { writeOperationsPart } from './operations-file.js';

const job: { folder: string; worker: number; target: string } = workerData;
parentPort?.postMessage(writeOperationsPart(job));
