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

  // Faults cut, delay and swallow what goes through a link: whoever should feel them connects to where it listens.
  links: {
    clients: { to: '127.0.0.1:8080' },
  },

  // Started before the drill, killed and paused by faults, ended after it whatever happens. A process that others run is broken
  // by commands: { kill: ['docker', 'kill', 'ledger'], start: ['docker', 'start', 'ledger'], ready: {...} }, or by { pidFile, start, ready }.
  processes: {
    service: {
      command: ['node', 'server.js'],
      folder: '{{here}}/..',
      env: { PORT: '8080' },
      ready: { url: 'http://127.0.0.1:8080/health' },
    },
  },

  // How accounts come to exist, and what they hold. { command } and { database, sql } are the other ways.
  open: [
    { url: 'http://127.0.0.1:8080/accounts', body: { name: 'alice', balanceMinor: 1_000_000 } },
    { url: 'http://127.0.0.1:8080/accounts', body: { name: 'shop', balanceMinor: 0 } },
  ],

  // When asynchronous work is done: 0, false, null or an empty list there.
  settled: { url: 'http://127.0.0.1:8080/stats', path: 'in_flight' },

  // A row for each posting and one for each account, under the names on the left. version and balance_after (of the account, after the
  // posting) show the most; position (what happened later is higher) less; without them only what came of each operation is seen.
  books: {
    entries: {
      url: 'http://127.0.0.1:8080/export/postings',
      rows: 'items',
      next: { path: 'next', parameter: 'after' },
      columns: { operation_id: 'payment_id', account: 'account', amount_minor: 'amount' },
    },
    accounts: {
      url: 'http://127.0.0.1:8080/export/accounts',
      rows: 'items',
      columns: { account: 'name', balance_minor: 'balance' },
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
