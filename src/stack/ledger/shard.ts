/**
 * A ledger shard as a process: takes the folder for itself, opens the store, recovers the books, listens, says so in one JSON line on stdout, and
 * ends at once when its standard input closes, so that it never outlives whoever started it. Listens on loopback
 * only. A store that fails ends the process with one line on stderr and SHARD_FAILED_EXIT.
 */
import { resolve } from 'node:path';
import type { Mutant } from '../../wire/mutants.js';
import { lockFolder } from '../store/folder-lock.js';
import { openLmdbStore } from '../store/lmdb-store.js';
import { StoreError } from '../store/store.js';
import { type ClockUs, monotonicMs, systemClockUs } from './clock.js';
import { Ledger } from './ledger.js';
import { tailBug } from './mutants/tail.js';
import { recoverBooks } from './recovery.js';
import { ShardServer } from './shard-server.js';

export const SHARD_FAILED_EXIT = 1;

export interface ShardOptions {
  readonly shard: number;
  readonly shards: number;
  /** `host:port`, loopback; port 0 = any. */
  readonly listen: string;
  readonly dataFolder: string;
  readonly mutant?: Mutant;
}

export interface StartOptions extends ShardOptions {
  /** Default: see ids.ts. */
  readonly idsMax?: number;
  /** Entries; default: see checkpoint/checkpoint.ts. */
  readonly checkpointEvery?: number;
  /** Default: see lmdb-store.ts. */
  readonly storeBytesMax?: number;
  /** Default: see shard-server.ts. */
  readonly commitEveryMs?: number;
  /** Default: the system's. */
  readonly clock?: ClockUs;
  readonly logLine?: (line: string) => void;
  readonly onFailure?: (error: unknown) => void;
}

export interface RunningShard {
  readonly address: string;
  readonly recoveredEntries: number;
  readonly recoveryMs: number;
  close(): Promise<void>;
}

/** Serves until the process ends. Rejects, with one line, when it cannot start. */
export async function runShard(options: ShardOptions): Promise<void> {
  const running = await startShard(options);
  process.stdin.on('end', () => process.exit(0));
  process.stdin.on('close', () => process.exit(0));
  process.stdin.on('error', () => process.exit(0));
  process.stdin.resume();
  const { address, recoveredEntries, recoveryMs } = running;
  const ready = {
    ready: true,
    role: 'shard',
    shard: options.shard,
    address,
    recoveredEntries,
    recoveryMs,
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

/** A shard in this process. Rejects with StoreError, or an Error of one line. */
export async function startShard(options: StartOptions): Promise<RunningShard> {
  const { shard, shards } = options;
  const { host, port } = parseListen(options.listen);
  if (shard < 0 || shard >= shards) throw new Error(`shard ${shard} of ${shards} does not exist`);
  const logLine = options.logLine ?? ((line) => process.stderr.write(`shard ${shard}: ${line}\n`));
  const folder = resolve(options.dataFolder);
  const lock = await lockFolder(folder);
  try {
    const running = await startLocked({ ...options, host, port, folder, logLine });
    const close = async (): Promise<void> => {
      await running.close();
      await lock.release();
    };
    return { ...running, close };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

interface LockedOptions extends StartOptions {
  readonly host: string;
  readonly port: number;
  readonly folder: string;
  readonly logLine: (line: string) => void;
}

/** The folder is ours. */
async function startLocked(options: LockedOptions): Promise<RunningShard> {
  const { shard, shards, mutant, host, port, folder, logLine } = options;
  const store = openLmdbStore({
    folder,
    bytesMax: options.storeBytesMax,
    mendTail: tailBug(mutant),
  });
  const begunMs = monotonicMs();
  const { idsMax, checkpointEvery } = options;
  const { books, checkpoint, replayed } = recoverBooks({
    shard,
    shards,
    store,
    mutant,
    idsMax,
    checkpointEvery,
    logLine,
  });
  const recoveryMs = Math.round(monotonicMs() - begunMs);
  const recoveredEntries = books.log.entries;
  if (recoveredEntries > 0) {
    const how = replayed < recoveredEntries ? `, ${replayed} of them replayed` : '';
    logLine(`recovered ${recoveredEntries} entries in ${recoveryMs} ms${how}`);
  }
  const clock = options.clock ?? systemClockUs;
  const ledger = new Ledger({ books, clock, mutant });
  const server = new ShardServer({
    shard,
    ledger,
    store,
    checkpoint,
    mutant,
    commitEveryMs: options.commitEveryMs,
    logLine,
    onFailure: options.onFailure ?? ((error) => stop(error, logLine)),
  });
  const address = await server.listen(host, port).catch(async (error: unknown) => {
    await store.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`shard ${shard} cannot listen on ${options.listen}: ${reason}`, {
      cause: error,
    });
  });
  const close = async (): Promise<void> => {
    await server.close();
    await store.close();
  };
  return { address, recoveredEntries, recoveryMs, close };
}

/** The store's failures are one line; anything else is a bug and keeps its stack. */
function stop(error: unknown, logLine: (line: string) => void): void {
  if (!(error instanceof StoreError)) throw error;
  logLine(`${error.message}; stopping, nothing of it was acknowledged`);
  process.exit(SHARD_FAILED_EXIT);
}

function parseListen(listen: string): { host: string; port: number } {
  const match = /^(127\.[0-9.]+|localhost|\[::1\]):([0-9]{1,5})$/.exec(listen);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) {
    throw new Error(`--listen ${listen} is not a loopback address like 127.0.0.1:0`);
  }
  return { host: match[1].replace(/[[\]]/g, ''), port };
}
