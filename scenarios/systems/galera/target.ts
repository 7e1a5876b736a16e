/**
 * Three nodes of MariaDB with Galera: each takes writes, and a commit is everybody's before it is answered.
 *
 *   clients -> sql-n1 -> n1 \
 *   clients -> sql-n2 -> n2  } gcomm
 *   clients -> sql-n3 -> n3 /
 *
 * WRITERS=all: clients ask all three nodes; otherwise n1 alone. FLUSH: innodb_flush_log_at_trx_commit. BOOKS=none: no tables are made, for
 * scripts that make their own. SNAPSHOT: innodb_snapshot_isolation.
 */
import { existsSync } from 'node:fs';
import { defineTarget } from 'paydrill';
import { books } from '../sql/books.ts';

const PROVIDERS = ['/usr/lib/galera/libgalera_smm.so', '/usr/lib64/galera/libgalera_smm.so'];
const provider = process.env.GALERA_PROVIDER ?? PROVIDERS.find((file) => existsSync(file));
if (provider === undefined)
  throw new Error(
    'no libgalera_smm.so: install MariaDB and galera-4, or name it in GALERA_PROVIDER',
  );
const { WRITERS: writers = 'one', BOOKS: kept = 'transfers' } = process.env;
const { FLUSH: flush = '1', SNAPSHOT: snapshot = 'OFF' } = process.env;
const NAMES = ['n1', 'n2', 'n3'];
const members = NAMES.map((name) => `${name}={{port.${name}-group}}`).join(',');
const written = writers === 'all' ? NAMES : NAMES.slice(0, 1);
const ACCOUNTS = Array.from({ length: 200 }, (_, account) => `('account-${account}', 100000)`);

/** `mariadb`, asked at a node. */
function asked(name: string, statement: string): readonly string[] {
  const where = ['--host=127.0.0.1', `--port={{port.${name}}}`, '--user=root'];
  return ['mariadb', '--no-defaults', ...where, '--connect-timeout=2', '--execute', statement];
}

function node(name: string) {
  return {
    user: 'mysql',
    command: [
      ...[process.execPath, 'node.js', '--name', name, '--folder', '{{folder}}'],
      ...['--provider', provider ?? '', '--members', members, '--port', `{{port.${name}}}`],
      ...['--ist', `{{port.${name}-ist}}`, '--sst', `{{port.${name}-sst}}`],
      ...['--', `--innodb-flush-log-at-trx-commit=${flush}`],
      `--innodb-snapshot-isolation=${snapshot}`,
    ],
    // Refused while it does not belong to the cluster.
    ready: { command: asked(name, 'SELECT COUNT(*) FROM mysql.user') },
    readyWithinS: 60,
  };
}

/** It hears nobody and nobody hears it; whoever is connected to it stays so. */
function isolated(name: string) {
  const set = (value: 0 | 1): readonly string[] =>
    asked(name, `SET GLOBAL wsrep_provider_options = 'gmcast.isolate=${value}'`);
  return { apply: set(1), heal: set(0) };
}

export default defineTarget({
  name: `MariaDB Galera, writers: ${writers}, flush ${flush}`,
  env: {
    DATABASE_URL: written.map((name) => `mysql://root@{{sql-${name}}}/bank`).join(','),
    DURATION: '50s',
  },
  databases: {
    books: 'mysql://root@127.0.0.1:{{port.n1}}/bank',
    system: 'mysql://root@127.0.0.1:{{port.n1}}/mysql',
  },
  links: Object.fromEntries(
    NAMES.map((name) => [`sql-${name}`, { to: `127.0.0.1:{{port.${name}}}` }]),
  ),
  processes: Object.fromEntries(NAMES.map((name) => [name, node(name)])),
  commands: {
    ...Object.fromEntries(NAMES.map((name) => [`isolate-${name}`, isolated(name)])),
    // What an operator says to the one node that is left.
    'go-on-alone': {
      apply: asked('n1', "SET GLOBAL wsrep_provider_options = 'pc.bootstrap=YES'"),
      heal: ['true'],
    },
  },
  open: [
    { database: 'system', sql: 'CREATE DATABASE bank' },
    ...(kept === 'none'
      ? []
      : [
          { database: 'books', file: '../sql/schema.sql' },
          {
            database: 'books',
            sql: `INSERT INTO accounts (name, balance_minor) VALUES ${ACCOUNTS.join(', ')}`,
          },
        ]),
  ],
  ...(kept === 'none' ? {} : { books }),
});
