/**
 * The connections of service.js, and how an order takes effect once: its id is written down first, in the same transaction as all
 * that it does. Who sends it again gets the first answer, and 409 with another body.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const TRIES_MAX = 5;
/** With `reply-before-commit` what is answered is committed a little later, together with what others have by then. */
const GROUP_MS = 100;
/** Serialization failure, deadlock: nothing happened, and another try may go through. */
const TRY_AGAIN = ['40001', '40P01'];

export function connect(connectionString, bug) {
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({
    connectionString,
    max: 32,
    connectionTimeoutMillis: 2000,
    query_timeout: 2500,
    lock_timeout: 2000,
    idle_in_transaction_session_timeout: 3000,
  });
  // Whoever waits for a connection is told when it breaks; it must only not end the service.
  pool.on('error', () => {});
  pool.on('connect', (db) => db.on('error', () => {}));

  /** Does `work` in a transaction and replies with its answer, a status and a body. Rejects where what became of it is not known. */
  async function once(work, order, reply) {
    for (let tries = 1; ; tries++) {
      try {
        return await inTransaction((db) => firstAnswer(db, work, order), reply);
      } catch (error) {
        if (tries === TRIES_MAX || !TRY_AGAIN.includes(error.code)) throw error;
      }
    }
  }

  async function inTransaction(work, reply) {
    const db = await pool.connect();
    let isWhole = false;
    try {
      await db.query('BEGIN');
      const answer = await work(db);
      if (bug === 'reply-before-commit') {
        reply(...answer);
        await delay(GROUP_MS);
      }
      await db.query('COMMIT');
      isWhole = true;
      reply(...answer);
    } finally {
      // A connection that is closed rolls back, wherever it stood.
      db.release(!isWhole);
    }
  }

  /** Who comes with the same id at the same time waits at the INSERT until the first one is through. */
  async function firstAnswer(db, work, order) {
    if (bug === 'retry-not-idempotent') return work(db, order);
    const { id } = order;
    const { rowCount } = await db.query(
      'INSERT INTO requests (id, body) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [id, order],
    );
    if (rowCount === 0) return answerOf(db, order);
    const [status, body] = await work(db, order);
    await db.query('UPDATE requests SET status = $2, answer = $3 WHERE id = $1', [
      id,
      status,
      body,
    ]);
    return [status, body];
  }

  async function answerOf(db, order) {
    const { rows } = await db.query(
      'SELECT status, answer, body = $2 AS is_same FROM requests WHERE id = $1',
      [order.id, order],
    );
    const [{ status, answer, is_same }] = rows;
    return is_same ? [status, answer] : [409, { error: 'this id was used for something else' }];
  }

  return { once, query: (text, values) => pool.query(text, values) };
}
