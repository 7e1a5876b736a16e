/** The thread that reads one shard's books: its worker data is the job, its one message the answer. */
import { parentPort, workerData } from 'node:worker_threads';
import { readShardBooks, type ShardBooksJob } from './shard-books.js';

const job: ShardBooksJob = workerData;
parentPort?.postMessage(await readShardBooks(job));
