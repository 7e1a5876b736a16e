/**
 * One process to a folder of books. Whoever holds it listens on a local socket; the system closes that with the process, however it
 * ends, so that a lock is never left behind. On Linux its name is abstract (no file at all), made from the folder's device and
 * inode; elsewhere it is a file in the folder, which a dead holder leaves, and which the next one takes away, or whoever
 * removes the folder. Who asks is told the holder's process id.
 *
 * This is for the one line at the start. Processes that do not see each other's sockets (containers that share a volume) are
 * still stopped by the store itself, which refuses a batch that another process has written.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { StoreError } from './store.js';

/** A holder that is on its way out (its parent was killed a moment ago) gets so long. */
const PATIENCE_MS = 1000;
const AGAIN_MS = 20;
/** A holder that is stopped does not answer. */
const ANSWER_MS = 200;
/** Of the systems that have no abstract names (`sun_path`). The file of a longer one lies in the temporary folder. */
const SOCKET_PATH_BYTES_MAX = 100;

export interface FolderLock {
  release(): Promise<void>;
}

export interface LockOptions {
  /** Whether sockets may have abstract names; default: on Linux. */
  readonly abstract?: boolean;
  /** Default PATIENCE_MS. */
  readonly patienceMs?: number;
}

/** Makes the folder when it is missing. Rejects with StoreError, in one line, when another process has it. */
export async function lockFolder(folder: string, options: LockOptions = {}): Promise<FolderLock> {
  const { abstract = platform() === 'linux', patienceMs = PATIENCE_MS } = options;
  const path = lockPath(folder, abstract);
  for (let waitedMs = 0; ; waitedMs += AGAIN_MS) {
    const server = await listen(path);
    if (server !== undefined) return { release: () => closed(server) };
    const holder = await askHolder(path);
    if (holder === undefined && !abstract) rmSync(path, { force: true });
    else if (holder !== undefined && waitedMs >= patienceMs) {
      throw new StoreError(
        `the books in ${folder} are open in ${holder}: stop it, or name another folder`,
      );
    } else await after(AGAIN_MS);
  }
}

function lockPath(folder: string, abstract: boolean): string {
  try {
    mkdirSync(folder, { recursive: true });
    const { dev, ino } = statSync(folder);
    const place = createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 24);
    if (abstract) return `\0paydrill-${place}`;
    const inside = join(realpathSync(folder), 'paydrill.lock');
    if (Buffer.byteLength(inside) <= SOCKET_PATH_BYTES_MAX) return inside;
    return join(tmpdir(), `paydrill-${place}.lock`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(`cannot open the store in ${folder}: ${reason}`, { cause });
  }
}

/** Undefined when somebody listens there, or did. */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.end(String(process.pid));
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(new StoreError(`cannot lock the books: ${error.message}`, { cause: error }));
    });
    server.listen({ path }, () => {
      server.unref();
      resolve(server);
    });
  });
}

/** `process 4711`, or undefined when nobody is there. */
function askHolder(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect({ path });
    socket.setTimeout(ANSWER_MS, () => {
      resolve('another process');
      socket.destroy();
    });
    socket.on('data', (text: Buffer) => {
      said += text.toString();
    });
    socket.once('error', () => resolve(undefined));
    socket.once('end', () =>
      resolve(/^[0-9]+$/.test(said) ? `process ${said}` : 'another process'),
    );
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
