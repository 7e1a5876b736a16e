/**
 * LNbits: wallets of a Lightning service, on PostgreSQL. Between two wallets of one LNbits no Lightning is needed: its own books are all
 * there is (`FakeWallet`).
 *
 *   clients -> service -> database -> postgres
 */
import { join } from 'node:path';
import { defineTarget } from 'paydrill';
import { postgresBin, postgresUser } from '../own-service/postgres-bin.js';
import { lnbitsPython } from './lnbits-python.js';

const bin = postgresBin();
const { python, folder } = lnbitsPython();
const data = ['-D', '{{folder}}/postgres'];
const own = 'http://127.0.0.1:{{port.service}}';

export default defineTarget({
  name: 'LNbits',
  env: { BASE_URL: 'http://{{clients}}' },
  databases: { books: 'postgres://postgres@127.0.0.1:{{port.postgres}}/postgres' },
  links: {
    database: { to: '127.0.0.1:{{port.postgres}}' },
    clients: { to: '127.0.0.1:{{port.service}}' },
  },
  processes: {
    postgres: {
      user: postgresUser(),
      prepare: [[join(bin, 'initdb'), ...data, '-U', 'postgres', '-A', 'trust', '-N']],
      command: [
        ...[join(bin, 'postgres'), ...data, '-c', 'port={{port.postgres}}'],
        ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
      ],
      ready: { line: 'ready to accept connections' },
      stopSignal: 'SIGINT',
    },
    service: {
      command: [
        ...[python, '-m', 'uvicorn', 'lnbits.__main__:app'],
        ...['--host', '127.0.0.1', '--port', '{{port.service}}'],
      ],
      folder,
      env: {
        LNBITS_DATABASE_URL: 'postgres://postgres@{{database}}/postgres',
        LNBITS_DATA_FOLDER: '{{folder}}/lnbits',
        LNBITS_BACKEND_WALLET_CLASS: 'FakeWallet',
        LNBITS_ADMIN_UI: 'true',
        LNBITS_RATE_LIMIT_NO: '100000',
        // Nobody outside is asked for prices and extensions.
        LNBITS_PRICE_AGGREGATOR_ENABLED: 'false',
        LNBITS_EXCHANGE_RATE_PROVIDERS: '[]',
        LNBITS_EXTENSIONS_MANIFESTS: '[]',
      },
      ready: { url: `${own}/api/v1/health` },
      readyWithinS: 90,
    },
  },
  open: [
    {
      command: [process.execPath, 'accounts.js', '--base', own, '--wallets', '20'],
      withinS: 60,
    },
  ],
  // What counts for a wallet's balance counts here: what is paid, and what is about to leave it.
  books: {
    entries: {
      database: 'books',
      sql: `
        SELECT p.payment_hash AS operation_id, w.name AS account, p.amount - abs(p.fee) AS amount_minor,
          'MSAT' AS asset, p.created_at AS at
        FROM apipayments p JOIN wallets w ON w.id = p.wallet_id
        WHERE p.status = 'success' OR (p.status = 'pending' AND p.amount < 0)`,
    },
    accounts: {
      database: 'books',
      sql: `
        SELECT w.name AS account, coalesce(b.balance, 0)::bigint AS balance_minor, 'MSAT' AS asset
        FROM wallets w LEFT JOIN balances b ON b.wallet_id = w.id WHERE NOT w.deleted`,
    },
  },
  probe: 'script.ts',
});
