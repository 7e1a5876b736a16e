/**
 * A bank in two tables, kept by nothing but the database: transfers between accounts, each a transaction at the isolation named by
 * ISOLATION, and reads of all balances at once in between. What the clients were told is journalled through `payments`, under the ids
 * that stand in the table; at the end the balances must be what the transfers in it make of them.
 *
 *   paydrill run scenarios/systems/sql/bank.ts -e DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres -e ISOLATION=serializable
 *
 * At `read committed` this way of moving money (read, then write what was computed) loses updates: the drill says so.
 */
import { check, sleep } from 'k6';
import { Counter } from 'k6/metrics';
import { payments } from 'k6/x/pay';
import type { Isolation, Statements } from 'k6/x/sql';
import sql from 'k6/x/sql';
import mysql from 'k6/x/sql/driver/mysql';
import postgres from 'k6/x/sql/driver/postgres';

/** Of one database, or of several with commas in between: then each virtual user asks one of them. */
const ADDRESSES = (__ENV.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres').split(',');
const ADDRESS = ADDRESSES[__VU % ADDRESSES.length] ?? '';
const ISOLATION = (__ENV.ISOLATION ?? 'serializable') as Isolation;
const ACCOUNTS = Number(__ENV.ACCOUNTS ?? 10);
const OPENING = 1000;
const IS_POSTGRES = ADDRESS.startsWith('postgres');

const db = sql.open(IS_POSTGRES ? postgres : mysql, ADDRESS);
const conflicts = new Counter('bank_conflicts');
const tornReads = new Counter('bank_torn_reads');

export const options = {
  scenarios: {
    transfers: {
      executor: 'constant-vus',
      exec: 'transfer',
      vus: Number(__ENV.VUS ?? 10),
      duration: '10s',
    },
    readers: { executor: 'constant-vus', exec: 'readAll', vus: 2, duration: '10s' },
  },
  thresholds: { checks: ['rate==1'] },
};

export function setup() {
  for (const table of ['transfers', 'accounts']) db.exec(`DROP TABLE IF EXISTS ${table}`);
  db.exec('CREATE TABLE accounts (id INT PRIMARY KEY, balance BIGINT NOT NULL)');
  db.exec(
    'CREATE TABLE transfers (id VARCHAR(36) PRIMARY KEY, payer INT NOT NULL, payee INT NOT NULL, amount BIGINT NOT NULL)',
  );
  for (let id = 0; id < ACCOUNTS; id++)
    db.exec(`INSERT INTO accounts VALUES (${places(2)})`, id, OPENING);
}

export function transfer() {
  const payer = draw(ACCOUNTS);
  const payee = (payer + 1 + draw(ACCOUNTS - 1)) % ACCOUNTS;
  const amount = 1 + draw(20);
  const op = payments.transfer({ from: `${payer}`, to: `${payee}`, amountMinor: amount });
  try {
    const isPaid = db.transaction({ isolation: ISOLATION }, (tx) => {
      const had = balanceOf(tx, payer);
      if (had < amount) return false;
      const has = balanceOf(tx, payee);
      tx.exec(`INSERT INTO transfers VALUES (${places(4)})`, op.id, payer, payee, amount);
      // In the order of their numbers, so that no two transfers wait for each other.
      const after = [
        { id: payer, balance: had - amount },
        { id: payee, balance: has + amount },
      ].sort((one, other) => one.id - other.id);
      for (const { id, balance } of after) setBalance(tx, id, balance);
      return true;
    });
    if (isPaid) op.ok();
    else op.declined();
  } catch (error) {
    if (!(error instanceof sql.SqlError)) throw error;
    if (error.conflict) conflicts.add(1);
    if (error.phase === 'connect') op.notSent();
    else if (error.definite) op.declined();
    else op.unknown();
  }
}

/** All balances of one moment. */
export function readAll() {
  const rows = db.query('SELECT balance FROM accounts');
  if (sumOf(rows) !== ACCOUNTS * OPENING) tornReads.add(1);
  sleep(0.02);
}

export function teardown() {
  const total = sumOf(db.query('SELECT balance FROM accounts'));
  const wrong = db.query(
    `SELECT a.id, a.balance, ${OPENING}
       - COALESCE((SELECT SUM(amount) FROM transfers WHERE payer = a.id), 0)
       + COALESCE((SELECT SUM(amount) FROM transfers WHERE payee = a.id), 0) AS should_be
     FROM accounts a ORDER BY a.id`,
  );
  const off = wrong.filter(({ balance, should_be: due }) => Number(balance) !== Number(due));
  check(total, {
    'no money was made or lost': (sum) => sum === ACCOUNTS * OPENING,
  });
  check(off, {
    'each balance is what its transfers make of it': (rows) => rows.length === 0,
  });
  db.close();
  for (const { id, balance, should_be: due } of off)
    console.error(`account ${id} has ${balance}; its transfers make ${due} of it`);
}

function balanceOf(tx: Statements, id: number): number {
  return tx.queryRow(`SELECT balance FROM accounts WHERE id = ${places(1)}`, id)?.balance;
}

function setBalance(tx: Statements, id: number, balance: number): void {
  const [first, second] = IS_POSTGRES ? ['$1', '$2'] : ['?', '?'];
  tx.exec(`UPDATE accounts SET balance = ${first} WHERE id = ${second}`, balance, id);
}

function places(count: number): string {
  return Array.from({ length: count }, (_, at) => (IS_POSTGRES ? `$${at + 1}` : '?')).join(', ');
}

function sumOf(rows: readonly { balance?: unknown }[]): number {
  return rows.reduce((sum, { balance }) => sum + Number(balance), 0);
}

function draw(below: number): number {
  return Math.floor(Math.random() * below);
}
