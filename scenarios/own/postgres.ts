/**
 * Your own payment system, as paydrill drills it. `paydrill check drills/target.ts` tries each part of this file;
 * `paydrill run drills/drill.ts --target drills/target.ts` drills it. Whatever is left out is not done: leave out `processes` for a
 * system that runs already, `links` where nothing is to be cut off, `books` for a load test without a verdict.
 */
import { defineTarget } from 'paydrill';

export default defineTarget({
  name: 'my payment service',
  // Beside every number: what was drilled.
  version: '1.0.0',

  // What the script finds in __ENV. {{clients}} is where the link of that name listens.
  env: { BASE_URL: 'http://{{clients}}' },

  // Connection URLs by name, for what follows. A password is better taken from process.env; it stays out of the run folder either way.
  databases: { books: 'postgres://postgres@127.0.0.1:5432/payments' },

  // Faults cut, delay and swallow what goes through a link: whoever should feel them connects to where it listens.
  links: {
    clients: { to: '127.0.0.1:8080' },
    database: { to: '127.0.0.1:5432' },
  },

  // Started before the drill, killed and paused by faults, ended after it whatever happens. A process that others run is broken
  // by commands: { kill: ['docker', 'kill', 'ledger'], start: ['docker', 'start', 'ledger'], ready: {...} }, or by { pidFile, start, ready }.
  processes: {
    service: {
      command: ['node', 'server.js'],
      folder: '{{here}}/..',
      // The service reaches its database through the link, so that it can be cut off.
      env: { PORT: '8080', DATABASE_URL: 'postgres://postgres@{{database}}/payments' },
      ready: { url: 'http://127.0.0.1:8080/health' },
    },
  },

  // How accounts come to exist, and what they hold. { command }, { url, body } and { database, file } are the other ways.
  open: [
    {
      database: 'books',
      sql: [
        'DELETE FROM postings',
        'DELETE FROM accounts',
        "INSERT INTO accounts (name, balance_minor) VALUES ('alice', 1000000), ('shop', 0)",
      ],
    },
  ],

  // When asynchronous work is done: 0, false, null or an empty list there.
  settled: { url: 'http://127.0.0.1:8080/stats', path: 'in_flight' },

  // A row for each posting and one for each account, under the names on the left. version and balance_after (of the account, after the
  // posting) show the most; position (what happened later is higher) less; without them only what came of each operation is seen.
  books: {
    entries: {
      database: 'books',
      sql: `
        SELECT payment_id AS operation_id, account, amount_minor,
          -- leave out what your tables do not have; more of it shows more
          version, balance_after, id AS position, created_at AS at
        FROM postings`,
    },
    accounts: {
      database: 'books',
      sql: 'SELECT name AS account, balance_minor, may_overdraw FROM accounts',
    },
  },

  // `paydrill check` asks for a few operations by it, each twice under its id, and looks whether the books have them once.
  probe: 'drill.ts',

  // It is held to these and to nothing else; what stands here is the default.
  promises: {
    acknowledged: 'kept',
    ids: 'forever',
    noOverdraft: true,
    doubleEntry: true,
    charges: 'none',
    holds: 'pending',
  },
});
