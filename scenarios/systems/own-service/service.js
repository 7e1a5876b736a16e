/**
 * A small payment service on PostgreSQL: accounts, payments, holds that are captured or voided, refunds.
 *
 *   node service.js --port 8080 --database postgres://postgres@127.0.0.1:5432/postgres [--bug lost-update]
 *
 * Accounts are locked in the order of their names; transactions.js has each id take effect once. It answers when the transaction
 * is committed; where it does not know whether it was, it says 503, and the client asks again under the same id. `--bug` plants
 * one of five bugs, each a line that names it.
 */
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { connect } from './transactions.js';

const BUGS = {
  'lost-update': 'balances are read without a lock, and written back',
  'retry-not-idempotent': 'nobody looks whether an id was there before',
  'reply-before-commit': 'answers before the transaction is committed',
  'unbounded-refund': 'refunds are not held against what was paid',
  'double-capture': 'a hold that was captured can be captured again',
};

const { port, database, bug } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    database: { type: 'string', default: 'postgres://postgres@127.0.0.1:5432/postgres' },
    bug: { type: 'string' },
  },
}).values;
if (bug && !BUGS[bug]) throw new Error(`--bug: one of ${Object.keys(BUGS).join(', ')}`);
const { once, query } = connect(database, bug);

// --- what moves money: each has an open transaction and returns status and answer ---

async function pay(db, order) {
  const accounts = await lockAccounts(db, order);
  if (!accounts) return [404, { error: 'no such account' }];
  if (!covers(accounts.from, order.amountMinor)) return [402, { error: 'not enough money' }];
  return write(db, { ...order, kind: 'payment' }, accounts, order.amountMinor);
}

async function hold(db, order) {
  const accounts = await lockAccounts(db, order);
  if (!accounts) return [404, { error: 'no such account' }];
  if (!covers(accounts.from, order.amountMinor)) return [402, { error: 'not enough money' }];
  accounts.from.held_minor += order.amountMinor;
  return write(db, { ...order, kind: 'hold', state: 'held' }, accounts, 0);
}

async function capture(db, { id, of, amountMinor }) {
  const held = await lockPayment(db, of, 'hold');
  if (!held) return [404, { error: 'no such hold' }];
  if (held.state !== 'held' && bug !== 'double-capture')
    return [409, { error: `is ${held.state}` }];
  if (amountMinor > held.amount_minor) return [422, { error: 'more than was held' }];
  const order = { id, kind: 'capture', from: held.payer, to: held.payee, amountMinor, of };
  return endHold(db, held, 'captured', order, amountMinor);
}

async function voidHold(db, { id, of }) {
  const held = await lockPayment(db, of, 'hold');
  if (!held) return [404, { error: 'no such hold' }];
  if (held.state !== 'held') return [409, { error: `is ${held.state}` }];
  const order = { id, kind: 'void', from: held.payer, to: held.payee, of };
  return endHold(db, held, 'voided', { ...order, amountMinor: held.amount_minor }, 0);
}

async function endHold(db, held, state, order, movedMinor) {
  const accounts = await lockAccounts(db, order);
  accounts.from.held_minor -= held.amount_minor;
  await db.query('UPDATE payments SET state = $2 WHERE seq = $1', [held.seq, state]);
  return write(db, order, accounts, movedMinor);
}

async function refund(db, { id, of, amountMinor }) {
  const paid = await lockPayment(db, of, 'payment');
  if (!paid) return [404, { error: 'no such payment' }];
  const { rows } = await db.query(
    `SELECT coalesce(sum(amount_minor), 0)::bigint AS minor FROM payments WHERE refers_to = $1 AND kind = 'refund'`,
    [of],
  );
  const leftMinor = paid.amount_minor - rows[0].minor;
  if (amountMinor > leftMinor && bug !== 'unbounded-refund')
    return [422, { error: `${leftMinor} left of it` }];
  const order = { id, kind: 'refund', from: paid.payee, to: paid.payer, amountMinor, of };
  const accounts = await lockAccounts(db, order);
  if (!covers(accounts.from, amountMinor)) return [402, { error: 'not enough money' }];
  return write(db, order, accounts, amountMinor);
}

// --- what they read and write ---

/** Undefined where one of them is not there. Always in the same order, so that no two transactions wait for each other. */
async function lockAccounts(db, { from, to }) {
  const lock = bug === 'lost-update' ? '' : 'FOR UPDATE';
  const { rows } = await db.query(
    `SELECT * FROM accounts WHERE name = ANY ($1) ORDER BY name ${lock}`,
    [[from, to]],
  );
  const named = (name) => rows.find((row) => row.name === name);
  return rows.length === 2 ? { from: named(from), to: named(to) } : undefined;
}

async function lockPayment(db, id, kind) {
  const { rows } = await db.query(
    'SELECT * FROM payments WHERE id = $1 AND kind = $2 ORDER BY seq LIMIT 1 FOR UPDATE',
    [id, kind],
  );
  return rows[0];
}

function covers({ may_overdraw, balance_minor, held_minor }, amountMinor) {
  return may_overdraw || balance_minor - held_minor >= amountMinor;
}

/** The payment, a posting on either side where money moves, and both accounts. */
async function write(db, order, { from, to }, movedMinor) {
  from.balance_minor -= movedMinor;
  to.balance_minor += movedMinor;
  for (const account of [from, to]) if (movedMinor > 0) account.version += 1;
  const both = (column) => [from[column], to[column]];
  const { id, kind, state = 'done', amountMinor, of } = order;
  await db.query(
    `WITH payment AS (
       INSERT INTO payments (id, kind, state, payer, payee, amount_minor, refers_to)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING seq),
     now AS (
       SELECT * FROM unnest($8::text[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[])
         AS n (name, moved, balance, held, version)),
     written AS (
       UPDATE accounts a SET balance_minor = now.balance, held_minor = now.held, version = now.version
       FROM now WHERE a.name = now.name)
     INSERT INTO postings (payment, account, amount_minor, balance_after, version)
     SELECT seq, name, moved, balance, version FROM payment, now WHERE moved <> 0`,
    [
      ...[id, kind, state, from.name, to.name, amountMinor, of, both('name')],
      ...[[-movedMinor, movedMinor], both('balance_minor'), both('held_minor'), both('version')],
    ],
  );
  return [201, { id, kind, from: from.name, to: to.name, amountMinor }];
}

// --- HTTP ---

const MOVES = {
  '/payments': pay,
  '/holds': hold,
  '/holds/:id/capture': capture,
  '/holds/:id/void': voidHold,
  '/payments/:id/refunds': refund,
};
const LOOK_UPS = {
  '/health': 'SELECT 1 AS up',
  '/stats': `SELECT count(*) AS open_transactions FROM pg_stat_activity
    WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
  '/payments/:id': 'SELECT * FROM payments WHERE id = $1',
  '/accounts/:id': 'SELECT * FROM accounts WHERE name = $1',
};
/** Requests that move money; what is more than it can answer in time it turns away at once. */
let inFlight = 0;
const IN_FLIGHT_MAX = 64;

createServer(async (request, response) => {
  const reply = (status, body) => {
    if (response.headersSent) return;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  try {
    const [, what, of, ...then] = request.url.split('/').map(decodeURIComponent);
    const route = `/${[what, ...(of === undefined ? [] : [':id']), ...then].join('/')}`;
    if (request.method === 'GET') return await lookUp(route, of, reply);
    let text = '';
    for await (const chunk of request) text += chunk;
    await move(orderIn(JSON.parse(text), route, of), reply);
  } catch (error) {
    // Of what could be read: whether it happened is not known here.
    const isTheirs = error instanceof SyntaxError || error instanceof URIError;
    reply(isTheirs ? 400 : 503, { error: error.message });
  }
}).listen(Number(port), '127.0.0.1', () => console.log(`listens on ${port}`));

async function lookUp(route, of, reply) {
  if (!LOOK_UPS[route]) return reply(404, { error: `no ${route}` });
  const { rows } = await query(LOOK_UPS[route], of === undefined ? [] : [of]);
  if (rows.length === 0) return reply(404, { error: 'not found' });
  if (route === '/stats') rows[0].busy = inFlight + rows[0].open_transactions;
  reply(200, rows[0]);
}

async function move(order, reply) {
  if (!order) return reply(400, { error: 'not an order' });
  if (inFlight >= IN_FLIGHT_MAX) return reply(429, { error: 'busy; nothing was done' });
  inFlight++;
  try {
    await once(MOVES[order.route], order, reply);
  } finally {
    inFlight--;
  }
}

/** Undefined where it is none. */
function orderIn(body, route, of) {
  const { id, from, to, amountMinor } = body ?? {};
  const isOrder =
    MOVES[route] &&
    typeof id === 'string' &&
    (of !== undefined || (typeof from === 'string' && typeof to === 'string' && from !== to)) &&
    (route === '/holds/:id/void' || (Number.isSafeInteger(amountMinor) && amountMinor > 0));
  return isOrder ? { route, of, id, from, to, amountMinor } : undefined;
}
