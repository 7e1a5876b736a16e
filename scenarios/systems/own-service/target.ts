/**
 * How service.js is started, broken and read. BUG=lost-update plants one of its bugs.
 *
 *   clients -> service -> database -> postgres
 *
 * Whatever the service asks of its database goes through the link `database`, whatever is asked of it through `clients`: that is
 * where faults cut, delay and swallow.
 */
import { join } from 'node:path';
import { defineTarget } from 'paydrill';
import { postgresBin, postgresUser } from './postgres-bin.js';

const bin = postgresBin();
/** After a crash it syncs the whole file system at once, and not each of a thousand files. */
const syncAtOnce = process.platform === 'linux' ? ['-c', 'recovery_init_sync_method=syncfs'] : [];
const bug = process.env.BUG ? ['--bug', process.env.BUG] : [];

export default defineTarget({
  name: `own service${bug.length > 0 ? ` with ${process.env.BUG}` : ''}`,
  env: { BASE_URL: 'http://{{clients}}' },
  databases: { books: 'postgres://postgres@127.0.0.1:{{port.postgres}}/postgres' },
  links: {
    database: { to: '127.0.0.1:{{port.postgres}}' },
    clients: { to: '127.0.0.1:{{port.service}}' },
  },
  processes: {
    postgres: {
      user: postgresUser(),
      prepare: [
        [
          join(bin, 'initdb'),
          '-D',
          '{{folder}}/data',
          '-U',
          'postgres',
          '-E',
          'UTF8',
          '--no-locale',
          '--no-sync',
          '--auth=trust',
        ],
      ],
      command: [
        join(bin, 'postgres'),
        ...['-D', '{{folder}}/data', '-c', 'port={{port.postgres}}'],
        ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
        ...syncAtOnce,
      ],
      ready: { line: 'ready to accept connections' },
      stopSignal: 'SIGINT',
    },
    service: {
      command: [
        process.execPath,
        'service.js',
        ...[
          '--port',
          '{{port.service}}',
          '--database',
          'postgres://postgres@{{database}}/postgres',
        ],
        ...bug,
      ],
      ready: { line: 'listens on' },
    },
  },
  open: [
    { database: 'books', file: 'schema.sql' },
    { database: 'books', file: 'accounts.sql' },
  ],
  settled: { url: 'http://127.0.0.1:{{port.service}}/stats', path: 'busy' },
  books: {
    entries: {
      database: 'books',
      sql: `
        SELECT y.id AS operation_id, p.account, p.amount_minor, y.seq AS entry, p.seq AS position,
          p.version, p.balance_after, p.at, false AS pending
        FROM postings p JOIN payments y ON y.seq = p.payment
        UNION ALL
        SELECT id, payer, -amount_minor, seq, seq, NULL, NULL, at, true
        FROM payments WHERE kind = 'hold' AND state = 'held'
        UNION ALL
        SELECT id, payee, amount_minor, seq, seq, NULL, NULL, at, true
        FROM payments WHERE kind = 'hold' AND state = 'held'`,
    },
    accounts: {
      database: 'books',
      sql: 'SELECT name AS account, balance_minor, may_overdraw, version FROM accounts',
    },
  },
  probe: 'script.ts',
  promises: { isolation: 'strict-serializable', holds: 'pending' },
});
