/** PostgreSQL's protocol, by pg. */
import { Socket } from 'node:net';
import type { Client, ClientConfig, CustomTypesConfig, QueryResult } from 'pg';
import type { SqlAnswer, SqlStatement } from '../ports/sql.js';
import { isCommit } from './classify.js';
import { type Dialled, type DriverFault, LOST, type SqlDriver } from './driver.js';
import { exactDecimal, exactInteger } from './exact-number.js';
import { failed } from './link.js';

/** OIDs of pg_type. */
const INT8 = 20;
const NUMERIC = 1700;
const DATE = 1082;

export async function postgresDriver(dialled: Dialled, onLost: () => void): Promise<SqlDriver> {
  const { default: library } = await import('pg');
  const socket = new Socket();
  const client = new library.Client({
    ...configOf(dialled, library.types),
    stream: () => socket,
  });
  const destroy = (): void => void socket.destroy();
  client.on('error', onLost);
  client.on('end', onLost);
  dialled.signal.addEventListener('abort', destroy);
  try {
    await client.connect();
  } catch (error) {
    destroy();
    throw error;
  }
  return {
    dialect: 'postgres',
    run: (statement) => run(client, statement),
    faultOf: postgresFault,
    destroy,
  };
}

/** What `pg` throws: an error of the database has its SQLSTATE as code, and a severity. */
export function postgresFault(error: unknown): DriverFault {
  const { message, code, severity }: Readonly<Record<string, unknown>> = Object(error);
  const text = error instanceof Error ? String(message) : String(error);
  if (typeof severity !== 'string' || typeof code !== 'string')
    return {
      message: text,
      code: undefined,
      errno: typeof code === 'string' ? code : LOST,
      sqlState: '',
      isLost: true,
    };
  const isLost = severity === 'FATAL' || severity === 'PANIC';
  return { message: text, code, errno: '', sqlState: code, isLost };
}

async function run(client: Client, statement: SqlStatement): Promise<SqlAnswer> {
  const { text, values } = statement;
  const given = await client.query(values.length === 0 ? { text } : { text, values: [...values] });
  const result = lastOf(given);
  if (isCommit(statement) && result.command === 'ROLLBACK') return rolledBack();
  return {
    isOk: true,
    rows: result.rows,
    rowsAffected: result.rowCount ?? 0,
    lastInsertId: undefined,
  };
}

/** Several statements in one text have a result each. */
function lastOf(given: QueryResult | QueryResult[]): QueryResult {
  const last = Array.isArray(given) ? given.at(-1) : given;
  if (last === undefined) throw new Error('no result');
  return last;
}

/** COMMIT of a transaction in which a statement has failed is answered with ROLLBACK, and with no error. */
function rolledBack(): SqlAnswer {
  const message = 'a statement of the transaction had failed: COMMIT has rolled it back';
  const code = '25P02';
  const fault = { message, code, errno: '', sqlState: code, isLost: false };
  return failed('postgres', fault, 'commit');
}

function configOf({ source, host, tls }: Dialled, types: CustomTypesConfig): ClientConfig {
  const { port, user, password, database } = source;
  return {
    host,
    port,
    user,
    password: () => password,
    database,
    ssl: tls ?? false,
    application_name: 'paydrill',
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') => {
        if (oid === INT8) return exactInteger;
        if (oid === NUMERIC) return exactDecimal;
        if (oid === DATE) return String;
        return format === 'binary' ? types.getTypeParser(oid, 'binary') : types.getTypeParser(oid);
      },
    },
  };
}
