import { describe, expect, it } from 'vitest';
import type { SqlDialect } from '../ports/sql.js';
import { classify, momentOf, type SqlMoment } from './classify.js';
import { mysqlFault } from './mysql.js';
import { postgresFault } from './postgres.js';

const MOMENTS: readonly SqlMoment[] = ['connect', 'in transaction', 'autocommit', 'commit'];

/** As `pg` throws it. */
function ofPostgres(code: string, severity = 'ERROR'): Error {
  return Object.assign(new Error('said'), { code, severity });
}

/** As `mysql2` throws it. */
function ofMysql(errno: number, sqlState: string): Error {
  return Object.assign(new Error('said'), { code: 'ER_SOMETHING', errno, sqlState });
}

function ofNode(code: string): Error {
  return Object.assign(new Error('read'), { code, errno: -104 });
}

function seen(dialect: SqlDialect, error: Error): string {
  const fault = dialect === 'postgres' ? postgresFault(error) : mysqlFault(error);
  return MOMENTS.map((moment) =>
    classify({ ...fault, dialect }, moment).isDefinite ? 'definite' : 'unknown',
  ).join(' ');
}

const ALWAYS = 'definite definite definite definite';
/** Nobody knows what came of what was to commit. */
const NOT_AT_COMMIT = 'definite definite unknown unknown';

describe('a failure has certainly not taken effect', () => {
  it.each<readonly [string, SqlDialect, Error, string]>([
    ['a serialization failure, also one of COMMIT', 'postgres', ofPostgres('40001'), ALWAYS],
    ['a deadlock', 'postgres', ofPostgres('40P01'), ALWAYS],
    ['a duplicate key', 'postgres', ofPostgres('23505'), ALWAYS],
    ['a syntax error', 'postgres', ofPostgres('42601'), ALWAYS],
    ['a statement in an aborted transaction', 'postgres', ofPostgres('25P02'), ALWAYS],
    ['a write on a standby', 'postgres', ofPostgres('25006'), ALWAYS],
    ['a cancelled query', 'postgres', ofPostgres('57014'), ALWAYS],
    ['RAISE in a function', 'postgres', ofPostgres('P0001'), ALWAYS],
    // CockroachDB says it where a COMMIT may have taken effect.
    ['completion unknown', 'postgres', ofPostgres('40003'), NOT_AT_COMMIT],
    // It may have been committed, and wait for its standby.
    ['an administrator ends it', 'postgres', ofPostgres('57P01', 'FATAL'), NOT_AT_COMMIT],
    ['a FATAL of a class that is listed', 'postgres', ofPostgres('25P03', 'FATAL'), NOT_AT_COMMIT],
    ['an internal error', 'postgres', ofPostgres('XX000'), NOT_AT_COMMIT],
    ['no room on the disk', 'postgres', ofPostgres('53100'), NOT_AT_COMMIT],
    ['a connection failure that a server tells', 'postgres', ofPostgres('08006'), NOT_AT_COMMIT],
    ['a closed socket', 'postgres', new Error('Connection terminated'), NOT_AT_COMMIT],
    ['a reset', 'postgres', ofNode('ECONNRESET'), NOT_AT_COMMIT],
    ['a deadlock; Galera says it of COMMIT', 'mysql', ofMysql(1213, '40001'), ALWAYS],
    ['a deadlock as OceanBase says it', 'mysql', ofMysql(1213, 'HY000'), ALWAYS],
    ['a lock wait timeout', 'mysql', ofMysql(1205, 'HY000'), ALWAYS],
    ['changed since the snapshot', 'mysql', ofMysql(1020, 'HY000'), ALWAYS],
    ['a write conflict of TiDB', 'mysql', ofMysql(9007, 'HY000'), ALWAYS],
    ['cannot serialise, of OceanBase', 'mysql', ofMysql(6235, '25000'), ALWAYS],
    ['a duplicate key', 'mysql', ofMysql(1062, '23000'), ALWAYS],
    ['a syntax error', 'mysql', ofMysql(1064, '42000'), ALWAYS],
    ['CHECK', 'mysql', ofMysql(3819, 'HY000'), ALWAYS],
    ['a node without quorum', 'mysql', ofMysql(1047, '08S01'), ALWAYS],
    // A timeout of OceanBase: the same number for a statement, a transaction and a COMMIT.
    ['4012 of OceanBase', 'mysql', ofMysql(4012, 'HY000'), NOT_AT_COMMIT],
    // TiDB: "execution result undetermined".
    ['an unknown error', 'mysql', ofMysql(1105, 'HY000'), NOT_AT_COMMIT],
    ['a killed query', 'mysql', ofMysql(1317, '70100'), NOT_AT_COMMIT],
    ['a closed socket', 'mysql', ofNode('PROTOCOL_CONNECTION_LOST'), NOT_AT_COMMIT],
    ['a reset', 'mysql', ofNode('ECONNRESET'), NOT_AT_COMMIT],
  ])('or not: %s (%s)', (_what, dialect, error, expected) => {
    expect(seen(dialect, error)).toBe(expected);
  });

  it.each<readonly [string, SqlDialect, Error, boolean]>([
    ['40001', 'postgres', ofPostgres('40001'), true],
    ['40P01', 'postgres', ofPostgres('40P01'), true],
    ['23505', 'postgres', ofPostgres('23505'), false],
    ['1213', 'mysql', ofMysql(1213, 'HY000'), true],
    ['1205', 'mysql', ofMysql(1205, 'HY000'), true],
    // OceanBase never says 40001; nobody may go by it alone.
    ['40001 without a number', 'mysql', ofMysql(3100, '40001'), false],
    ['a reset', 'mysql', ofNode('ECONNRESET'), false],
  ])('and lost a race, or not: %s (%s)', (_what, dialect, error, expected) => {
    const fault = dialect === 'postgres' ? postgresFault(error) : mysqlFault(error);
    expect(classify({ ...fault, dialect }, 'commit').isConflict).toBe(expected);
  });
});

describe('a statement', () => {
  it.each<readonly [string, SqlDialect, boolean, SqlMoment]>([
    ['select', 'postgres', true, 'in transaction'],
    ['update', 'postgres', false, 'autocommit'],
    ['commit', 'postgres', true, 'commit'],
    ['end', 'postgres', false, 'commit'],
    ['create', 'postgres', true, 'in transaction'],
    // MySQL commits before it, whatever transaction it stands in.
    ['create', 'mysql', true, 'commit'],
    ['begin', 'mysql', true, 'in transaction'],
  ])('%s of %s, in a transaction: %s, fails as %s', (verb, dialect, isInTransaction, expected) => {
    expect(momentOf(dialect, { text: verb, verb, values: [], isInTransaction })).toBe(expected);
  });
});
