/**
 * Three nodes of PostgreSQL, of which one writes and a commit waits until one of the two others has it on its disk.
 *
 *   clients -> database -> route -> s1 -> wal-s2 -> s2
 *                                      -> wal-s3 -> s3
 *
 * SYNCHRONOUS_COMMIT=local: a commit waits for no other node. PROMOTE=lowest: the failover takes the standby that has received less.
 */
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defineTarget } from 'paydrill';
import { postgresBin, postgresUser } from '../own-service/postgres-bin.js';
import { books } from '../sql/books.ts';

/** With pg_basebackup, pg_rewind and psql: PATH may hold links to some of the programs alone. */
const bin = dirname(realpathSync(join(postgresBin(), 'postgres')));
const { SYNCHRONOUS_COMMIT: commit = 'on', PROMOTE: promote = 'highest' } = process.env;
const NAMES = ['s1', 's2', 's3'];
const members = NAMES.map((name) => `${name}={{port.${name}}}`).join(',');
const cluster = ['--folder', '{{folder}}', '--members', members];

function setting(name: string, value: string): readonly string[] {
  return ['-c', `${name}=${value}`];
}

function node(name: string) {
  return {
    user: postgresUser(),
    command: [
      ...[process.execPath, 'node.js', '--name', name, '--bin', bin, ...cluster],
      ...(name === 's1' ? [] : ['--through', `{{wal-${name}}}`]),
      '--',
      ...setting('listen_addresses', '127.0.0.1'),
      ...setting('unix_socket_directories', ''),
      ...setting('synchronous_standby_names', `ANY 1 (${NAMES.join(', ')})`),
      ...setting('synchronous_commit', commit),
      // Of each virtual user one, which it keeps.
      ...setting('max_connections', '300'),
      ...setting('wal_log_hints', 'on'),
      ...setting('wal_keep_size', '512MB'),
      ...setting('shared_buffers', '32MB'),
      ...setting('wal_retrieve_retry_interval', '200ms'),
    ],
    ready: { line: 'ready to accept' },
    readyWithinS: 60,
  };
}

export default defineTarget({
  name: `PostgreSQL, synchronous_commit ${commit}, promotes the ${promote}`,
  env: { DATABASE_URL: 'postgres://postgres@{{database}}/postgres' },
  databases: { books: 'postgres://postgres@127.0.0.1:{{port.route}}/postgres' },
  links: {
    database: { to: '127.0.0.1:{{port.route}}' },
    'wal-s2': { to: '127.0.0.1:{{port.s1}}' },
    'wal-s3': { to: '127.0.0.1:{{port.s1}}' },
  },
  processes: {
    s1: node('s1'),
    s2: node('s2'),
    s3: node('s3'),
    route: {
      command: [process.execPath, '../sql/route.js', '--port', '{{port.route}}', ...cluster],
      ready: { line: 'listens on' },
    },
  },
  commands: {
    failover: {
      apply: [process.execPath, 'failover.js', '--bin', bin, ...cluster, '--promote', promote],
      heal: ['true'],
      withinS: 30,
    },
  },
  open: [
    { database: 'books', file: '../sql/schema.sql' },
    {
      database: 'books',
      sql: `INSERT INTO accounts (name, balance_minor)
        SELECT 'account-' || n, 100000 FROM generate_series(0, 199) n`,
    },
  ],
  books,
  probe: 'script.ts',
});
