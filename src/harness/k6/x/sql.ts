/**
 * The modules `k6/x/sql` and `k6/x/sql/driver/*`: named as k6's extension for SQL, with transactions besides. Types for scripts are in
 * scenarios/k6-x-sql.d.ts.
 *
 *     import sql from 'k6/x/sql';
 *     import driver from 'k6/x/sql/driver/postgres';
 *     const db = sql.open(driver, 'postgres://postgres@127.0.0.1:5432/bank');
 */
import type { SqlDialect } from '../../ports/sql.js';
import type { Vu } from '../../vu/virtual-user.js';
import type { ModuleApi } from '../module-api.js';
import { Database } from './sql/database.js';
import { openParams } from './sql/params.js';
import { SqlError } from './sql/sql-error.js';

export const sqlApi: ModuleApi = {
  exports: { open: 'plain', SqlError: 'plain' },
  callsLater: true,
  methods: {
    exec: 'blocking',
    query: 'blocking',
    queryRow: 'blocking',
    begin: 'blocking',
    commit: 'blocking',
    rollback: 'blocking',
    transaction: 'session',
  },
  create: (vu) => new SqlModule(vu),
};

export const postgresDriverApi = driverApi('postgres');
export const mysqlDriverApi = driverApi('mysql');

class SqlModule {
  readonly SqlError = SqlError;
  readonly #vu: Vu;

  constructor(vu: Vu) {
    this.#vu = vu;
  }

  get default(): SqlModule {
    return this;
  }

  /** Connects to nothing yet: each virtual user does so with its first statement. */
  open(driver: unknown, address: unknown, params?: unknown): Database {
    if (!(driver instanceof Driver))
      throw new TypeError(
        "sql.open: the first argument is a driver: import driver from 'k6/x/sql/driver/postgres'",
      );
    if (typeof address !== 'string')
      throw new TypeError('sql.open: the second argument is the address of a database');
    const { connections, ...timeouts } = openParams(params);
    const { dialect } = driver;
    return new Database(this.#vu, { source: { dialect, address, ...timeouts }, connections });
  }
}

/** What a script names its database by. */
class Driver {
  readonly dialect: SqlDialect;

  constructor(dialect: SqlDialect) {
    this.dialect = dialect;
  }

  get default(): Driver {
    return this;
  }
}

function driverApi(dialect: SqlDialect): ModuleApi {
  return { exports: {}, create: () => new Driver(dialect) };
}
