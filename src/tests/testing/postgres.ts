/**
 * A real PostgreSQL for tests: a cluster in a temp folder, on loopback alone, that can crash and come back. The postmaster is
 * a child of the test; root hands it to an unprivileged user, since PostgreSQL refuses to run as root. Where none is installed
 * `POSTGRES_BIN` is undefined and tests that need one are skipped by name. It does not survive a power cut: nothing is fsynced.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fixedPort } from '../../harness/faults/fixed-port.js';

/** The folder of `initdb` and `postgres`: from PATH, else the newest that Debian keeps. */
export const POSTGRES_BIN: string | undefined = [
  ...(process.env.PATH ?? '').split(delimiter),
  ...debianFolders(),
].find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))));

export interface Postgres {
  readonly port: number;
  /** Of its superuser, without a password. */
  url(database?: string): string;
  /** Every process of it dies at once; clients see their sockets close. */
  crash(): Promise<void>;
  /** Comes back on the same port with what was committed. */
  restart(): Promise<void>;
  /** For good: its folder goes too. */
  stop(): Promise<void>;
}

/** Settings as `postgres -c` takes them: `max_connections=20`. */
export async function startPostgres(settings: readonly string[] = []): Promise<Postgres> {
  if (POSTGRES_BIN === undefined) throw new Error('no PostgreSQL is installed');
  const bin = POSTGRES_BIN;
  const user = unprivileged();
  const folder = mkdtempSync(join(tmpdir(), 'paydrill-postgres-'));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const port = await fixedPort(Math.random);
  initialise(join(bin, 'initdb'), data, { cwd: folder, ...user });

  const start = (): Promise<ChildProcess> => {
    const given = [`port=${port}`, 'fsync=off', 'full_page_writes=off', ...LOOPBACK, ...settings];
    const args = ['-D', data, ...given.flatMap((setting) => ['-c', setting])];
    return accepting(spawn(join(bin, 'postgres'), args, { cwd: folder, ...PIPED, ...user }));
  };
  let postmaster = await start();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (postmaster.exitCode !== null || postmaster.signalCode !== null) return;
    const ended = once(postmaster, 'exit');
    postmaster.kill(signal);
    await ended;
  };
  return {
    port,
    url: (database = 'postgres') => `postgres://postgres@127.0.0.1:${port}/${database}`,
    // Immediate shutdown: no checkpoint, children are killed, the next start recovers from the log.
    crash: () => end('SIGQUIT'),
    async restart() {
      await end('SIGQUIT');
      postmaster = await start();
    },
    async stop() {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const LOOPBACK = ['listen_addresses=127.0.0.1', 'unix_socket_directories='];
const PIPED: { stdio: ['ignore', 'ignore', 'pipe'] } = { stdio: ['ignore', 'ignore', 'pipe'] };

interface User {
  readonly uid: number;
  readonly gid: number;
}

function initialise(initdb: string, data: string, as: { readonly cwd: string } & Partial<User>) {
  const args = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--no-locale', '--no-sync'];
  execFileSync(initdb, [...args, '--auth=trust'], { stdio: 'pipe', ...as });
}

/** When it takes connections. Rejects with its log where it ends before. */
function accepting(postmaster: ChildProcess): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    let log = '';
    postmaster.stderr?.on('data', (chunk: Buffer) => {
      log = `${log}${chunk.toString()}`.slice(-10_000);
      if (log.includes('ready to accept connections')) resolve(postmaster);
    });
    postmaster.once('error', reject);
    postmaster.once('exit', () => reject(new Error(`PostgreSQL ended at its start:\n${log}`)));
  });
}

/** Undefined: as who we are. */
function unprivileged(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const fields = users.find((line) => line.startsWith(`${name}:`))?.split(':');
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error('PostgreSQL cannot run as root, and there is neither a postgres nor a nobody');
}

function debianFolders(): readonly string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, 'bin'));
}
