/**
 * A real MariaDB for tests, which speaks MySQL's protocol: on a temp folder, on loopback alone. Where none is installed `HAS_MARIADB`
 * is false and tests that need one are skipped by name.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fixedPort } from '../../harness/faults/fixed-port.js';
import { startDatabase } from './database-process.js';

const PROGRAMS = ['mariadb-install-db', 'mariadbd'];
const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin'];
const [INSTALL, SERVER] = PROGRAMS.map((name) =>
  FOLDERS.map((folder) => join(folder, name)).find(existsSync),
);

export const HAS_MARIADB = INSTALL !== undefined && SERVER !== undefined;

export interface Mariadb {
  readonly port: number;
  /** Of root, without a password; its database is there. */
  url(): string;
  /** For good: its folder goes too. */
  stop(): Promise<void>;
}

/** Settings as `mariadbd` takes them: `--max-connections=20`. */
export async function startMariadb(settings: readonly string[] = []): Promise<Mariadb> {
  if (INSTALL === undefined || SERVER === undefined) throw new Error('no MariaDB is installed');
  const port = await fixedPort(Math.random);
  const data = (folder: string): string => `--datadir=${join(folder, 'data')}`;
  const server = await startDatabase({
    name: 'mariadb',
    users: ['mysql', 'nobody'],
    ready: 'ready for connections',
    initialise: (folder) => ({
      program: INSTALL,
      args: ['--no-defaults', data(folder), '--auth-root-authentication-method=normal'],
    }),
    run: (folder) => ({
      program: SERVER,
      args: [
        '--no-defaults',
        data(folder),
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        `--socket=${join(folder, 's')}`,
        `--pid-file=${join(folder, 'pid')}`,
        '--innodb-flush-log-at-trx-commit=0',
        '--innodb-buffer-pool-size=32M',
        ...settings,
      ],
    }),
  });
  return {
    port,
    url: () => `mysql://root@127.0.0.1:${port}/test`,
    stop: () => server.stop('SIGTERM'),
  };
}
