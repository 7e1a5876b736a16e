/**
 * Transfers that a database alone keeps: an id takes effect once, both accounts are locked, each posting has the account's next version. What
 * came of each is told through `payments`; who does not know asks again under the same id. Tables: accounts, payments, postings,
 * as schema.sql beside makes them; target files say how they are read.
 *
 * DATABASE_URL may name several databases, with commas in between: then each virtual user asks one of them.
 */
import type { Options } from 'k6/options';
import { payments } from 'k6/x/pay';
import type { Statements } from 'k6/x/sql';
import sql from 'k6/x/sql';
import mysql from 'k6/x/sql/driver/mysql';
import postgres from 'k6/x/sql/driver/postgres';

const ADDRESSES = (__ENV.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres').split(',');
const ADDRESS = ADDRESSES[__VU % ADDRESSES.length] ?? '';
const IS_POSTGRES = ADDRESS.startsWith('postgres');
const ACCOUNTS = Number(__ENV.ACCOUNTS ?? 200);
const RATE = Number(__ENV.RATE ?? 120);
/** Of an id that is there already: PostgreSQL's and MySQL's. */
const DUPLICATE = ['23505', '1062'];

const db = sql.open(IS_POSTGRES ? postgres : mysql, ADDRESS, {
  connectTimeout: '1s',
  timeout: '2s',
});

export const options: Options = {
  scenarios: {
    transfers: {
      executor: 'constant-arrival-rate',
      rate: RATE,
      duration: __ENV.DURATION ?? '16s',
      preAllocatedVUs: 30,
      maxVUs: 200,
      gracefulStop: '30s',
    },
  },
};

type Answer = 'ok' | 'declined' | 'unknown' | 'not sent';

payments.settleBy((answer) => answer as Answer);

export default function () {
  const from = draw(ACCOUNTS);
  const to = (from + 1 + draw(ACCOUNTS - 1)) % ACCOUNTS;
  const order = { from: nameOf(from), to: nameOf(to), amountMinor: 1 + draw(5_000) };
  const transfer = payments.transfer(order);
  transfer.attempt(({ id }) => asked(id, order));
}

type Order = { readonly from: string; readonly to: string; readonly amountMinor: number };

function asked(id: string, order: Order): Answer {
  try {
    return db.transaction({ isolation: 'read committed', retries: 5 }, (tx) => moved(tx, id, order))
      ? 'ok'
      : 'declined';
  } catch (error) {
    if (!(error instanceof sql.SqlError)) throw error;
    if (DUPLICATE.includes(error.code)) return 'ok'; // an attempt before this one took effect
    return error.definite ? 'not sent' : 'unknown';
  }
}

/** False where the payer has too little. */
function moved(tx: Statements, id: string, { from, to, amountMinor }: Order): boolean {
  // In the order of their names, so that no two transfers wait for each other.
  const rows = tx.query(
    `SELECT name, balance_minor, version FROM accounts WHERE name IN (${places(2)}) ORDER BY name FOR UPDATE`,
    from,
    to,
  );
  const legs = rows.map(({ name, balance_minor: balance, version }) => ({
    name: String(name),
    amount: name === from ? -amountMinor : amountMinor,
    balance: Number(balance) + (name === from ? -amountMinor : amountMinor),
    version: Number(version) + 1,
  }));
  tx.exec(`INSERT INTO payments (id) VALUES (${places(1)})`, id);
  if (legs.some(({ balance }) => balance < 0)) {
    tx.exec(`DELETE FROM payments WHERE id = ${places(1)}`, id);
    return false;
  }
  for (const { name, balance, version } of legs)
    tx.exec(
      `UPDATE accounts SET balance_minor = ${place(1)}, version = ${place(2)} WHERE name = ${place(3)}`,
      balance,
      version,
      name,
    );
  const values = legs.map((_, leg) => `(${places(5, leg * 5)})`).join(', ');
  tx.exec(
    `INSERT INTO postings (payment, account, amount_minor, version, balance_after) VALUES ${values}`,
    ...legs.flatMap(({ name, amount, balance, version }) => [id, name, amount, version, balance]),
  );
  return true;
}

function nameOf(account: number): string {
  return `account-${account}`;
}

function place(at: number): string {
  return IS_POSTGRES ? `$${at}` : '?';
}

function places(count: number, after = 0): string {
  return Array.from({ length: count }, (_, at) => place(after + at + 1)).join(', ');
}

function draw(below: number): number {
  return Math.floor(Math.random() * below);
}
