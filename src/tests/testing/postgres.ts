/**
 * A real PostgreSQL for tests: a cluster in a temp folder, on loopback alone, that can crash and come back. Where none is installed
 * `POSTGRES_BIN` is undefined and tests that need one are skipped by name. It does not survive a power cut: nothing is fsynced.
 */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fixedPort } from '../../harness/faults/fixed-port.js';
import { startDatabase } from './database-process.js';

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
  const port = await fixedPort(Math.random);
  const given = [`port=${port}`, ...LOOPBACK, ...NOT_FSYNCED, ...settings];
  const server = await startDatabase({
    name: 'postgres',
    users: ['postgres', 'nobody'],
    ready: 'ready to accept connections',
    initialise: (folder) => ({
      program: join(bin, 'initdb'),
      args: [
        '-D',
        join(folder, 'data'),
        ...'-U postgres -E UTF8 --auth=trust'.split(' '),
        ...QUICK,
      ],
    }),
    run: (folder) => ({
      program: join(bin, 'postgres'),
      args: ['-D', join(folder, 'data'), ...given.flatMap((setting) => ['-c', setting])],
    }),
  });
  return {
    port,
    url: (database = 'postgres') => `postgres://postgres@127.0.0.1:${port}/${database}`,
    // Immediate shutdown: no checkpoint, children are killed, the next start recovers from the log.
    crash: () => server.end('SIGQUIT'),
    async restart() {
      await server.end('SIGQUIT');
      await server.start();
    },
    stop: () => server.stop('SIGINT'),
  };
}

const LOOPBACK = ['listen_addresses=127.0.0.1', 'unix_socket_directories='];
const NOT_FSYNCED = ['fsync=off', 'full_page_writes=off'];
const QUICK = ['--no-locale', '--no-sync'];

function debianFolders(): readonly string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, 'bin'));
}
