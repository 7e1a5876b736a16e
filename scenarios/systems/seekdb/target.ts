/**
 * OceanBase seekdb, a primary and a standby that reads its log a little later.
 *
 *   clients -> database -> route -> n1 <- replication <- n2
 *
 * n2 is made primary by the command `failover`; whoever is started when another is primary becomes its standby.
 */
import { defineTarget } from 'paydrill';
import { books } from '../sql/books.ts';
import { seekdbBin } from './seekdb-bin.js';

const bin = seekdbBin();
const NAMES = ['n1', 'n2'];
const portsOf = (kind: string): string =>
  NAMES.map((name) => `${name}={{port.${name}${kind}}}`).join(',');
const cluster = ['--folder', '{{folder}}', '--members', portsOf('')];
const ACCOUNTS = Array.from({ length: 200 }, (_, account) => `('account-${account}', 100000)`);

function node(name: string) {
  return {
    command: [
      ...[process.execPath, 'node.js', '--name', name, '--bin', bin, ...cluster],
      ...['--rpc', portsOf('-rpc'), '--through', '{{replication}}'],
    ],
    ready: { line: 'is ready' },
    readyWithinS: 180,
  };
}

export default defineTarget({
  name: 'OceanBase seekdb, asynchronous standby',
  env: { DATABASE_URL: 'mysql://root@{{database}}/bank', RATE: '80' },
  databases: {
    books: 'mysql://root@127.0.0.1:{{port.route}}/bank',
    system: 'mysql://root@127.0.0.1:{{port.route}}/mysql',
  },
  links: {
    database: { to: '127.0.0.1:{{port.route}}' },
    replication: { to: '127.0.0.1:{{port.n1-rpc}}' },
  },
  processes: {
    n1: node('n1'),
    n2: node('n2'),
    route: {
      command: [process.execPath, '../sql/route.js', '--port', '{{port.route}}', ...cluster],
      ready: { line: 'listens on' },
    },
  },
  commands: {
    failover: {
      apply: [process.execPath, 'failover.js', ...cluster],
      heal: ['true'],
      withinS: 30,
    },
  },
  open: [
    { database: 'system', sql: 'CREATE DATABASE bank' },
    { database: 'books', file: '../sql/schema.sql' },
    {
      database: 'books',
      sql: `INSERT INTO accounts (name, balance_minor) VALUES ${ACCOUNTS.join(', ')}`,
    },
  ],
  books,
});
