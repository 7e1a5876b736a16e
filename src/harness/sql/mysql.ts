/** MySQL's protocol, by mysql2. Values are put into the text here: one round trip, and what no server has to prepare. */
import type { Connection, ConnectionOptions, TypeCast } from 'mysql2/promise';
import type { SqlAnswer, SqlRow, SqlStatement } from '../ports/sql.js';
import { type Dialled, type DriverFault, LOST, type SqlDriver } from './driver.js';
import { exactDecimal, exactInteger } from './exact-number.js';

export async function mysqlDriver(dialled: Dialled, onLost: () => void): Promise<SqlDriver> {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection(optionsOf(dialled));
  connection.on('error', onLost);
  connection.on('end', onLost);
  return {
    dialect: 'mysql',
    run: (statement) => run(connection, statement),
    faultOf: mysqlFault,
    destroy: () => connection.destroy(),
  };
}

/** What `mysql2` throws: an error of the database has its number and its SQLSTATE. */
export function mysqlFault(error: unknown): DriverFault {
  const { message, code, errno, sqlState, fatal }: Readonly<Record<string, unknown>> =
    Object(error);
  const text = error instanceof Error ? String(message) : String(error);
  if (typeof sqlState === 'string' && typeof errno === 'number' && errno > 0)
    return { message: text, code: String(errno), errno: '', sqlState, isLost: fatal === true };
  const name = code === 'PROTOCOL_CONNECTION_LOST' ? LOST : code;
  return {
    message: text,
    code: undefined,
    errno: typeof name === 'string' ? name : LOST,
    sqlState: '',
    isLost: true,
  };
}

async function run(connection: Connection, { text, values }: SqlStatement): Promise<SqlAnswer> {
  const [result] = await connection.query(text, [...values]);
  if (Array.isArray(result)) {
    const given: readonly unknown[] = result;
    const rows = given.filter(isRow);
    return { isOk: true, rows, rowsAffected: rows.length, lastInsertId: undefined };
  }
  const { affectedRows, insertId } = result;
  return { isOk: true, rows: [], rowsAffected: affectedRows, lastInsertId: insertId };
}

/** Each row an object: several statements in one text, whose results would be lists of rows, are not allowed. */
function isRow(row: unknown): row is SqlRow {
  return typeof row === 'object' && row !== null && !Array.isArray(row);
}

function optionsOf({ source, host, tls, timeoutMs }: Dialled): ConnectionOptions {
  const { port, user, password, database } = source;
  return {
    host,
    port,
    user,
    password,
    ...(database !== '' && { database }),
    ...(tls !== undefined && { ssl: { rejectUnauthorized: tls.rejectUnauthorized !== false } }),
    connectTimeout: timeoutMs,
    supportBigNumbers: true,
    stringifyObjects: true,
    dateStrings: ['DATE'],
    typeCast,
  };
}

const typeCast: TypeCast = (field, next) => {
  if (field.type === 'LONGLONG') return exact(field.string(), exactInteger);
  if (field.type === 'NEWDECIMAL') return exact(field.string(), exactDecimal);
  return next();
};

function exact(text: string | null, read: (text: string) => number | string) {
  return text === null ? null : read(text);
}
