/**
 * What a failure says of what was asked: whether it has certainly not taken effect, and whether it lost a race. It depends on when it
 * came, and never on SQLSTATE alone, which databases of one protocol use differently:
 *
 *   moment           the database said an error     no answer: lost, cut off, in doubt
 *   connect          definite                       definite: nothing was asked
 *   in transaction   definite                       definite: it was not told to commit
 *   autocommit       definite, if it is listed      not definite
 *   commit           definite, if it is listed      not definite
 *
 * Listed are errors after which every database that sends them has rolled back; where in doubt it is not definite. Sources: PostgreSQL
 * docs, appendix A; CockroachDB docs, "Transaction retry error reference" (40003); MySQL docs, "Server error message reference"; TiDB
 * docs, "Error codes"; OceanBase `ob_errno.def` (4012 is said of statements, transactions and of a commit alike). Pure.
 */
import type { SqlDialect, SqlPhase, SqlStatement } from '../ports/sql.js';

export type SqlMoment = 'connect' | 'in transaction' | 'autocommit' | 'commit';

/** What the driver knows of it. */
export interface SqlFault {
  readonly dialect: SqlDialect;
  /** SQLSTATE of PostgreSQL, number of MySQL; undefined where the database said nothing. */
  readonly code: string | undefined;
  readonly sqlState: string;
  /** The connection is of no use any more. */
  readonly isLost: boolean;
}

export interface Classified {
  readonly phase: SqlPhase;
  readonly isDefinite: boolean;
  readonly isConflict: boolean;
}

const PHASE: Readonly<Record<SqlMoment, SqlPhase>> = {
  connect: 'connect',
  'in transaction': 'statement',
  autocommit: 'statement',
  commit: 'commit',
};

/** Classes of SQLSTATE: cardinality, data, constraints, states of the transaction, access, conflicts, syntax, WITH CHECK, PL/pgSQL. */
const ROLLED_BACK_CLASSES = ['0A', '21', '22', '23', '25', '28', '40', '42', '44', 'P0'];
/** Statement completion unknown. */
const COMPLETION_UNKNOWN = '40003';
/** Lock not available; query cancelled, before it could commit. */
const POSTGRES_ROLLED_BACK = ['55P03', '57014'];
const POSTGRES_CONFLICTS = ['40001', '40P01'];

/**
 * 1020 changed since the snapshot (MariaDB), 1205 lock wait timeout, 1213 deadlock or failed certification (Galera says it of COMMIT);
 * TiDB: 8002, 8005, 8022, 8028, 9007 write conflict; OceanBase: 6001, 6235 cannot serialise.
 */
const MYSQL_CONFLICTS = '1020 1205 1213 6001 6235 8002 8005 8022 8028 9007'.split(' ');
/** 1047 no quorum yet (Galera), 1290 and 1836 read only, 3572 NOWAIT, 3819 and 4025 CHECK, 4688 standby (OceanBase), 8229 (TiDB). */
const MYSQL_ROLLED_BACK = '1047 1290 1836 3572 3819 4025 4688 8229'.split(' ');

export function classify(fault: SqlFault, moment: SqlMoment): Classified {
  const isConflict = conflicts(fault);
  return {
    phase: PHASE[moment],
    isDefinite:
      moment === 'connect' ||
      moment === 'in transaction' ||
      (!fault.isLost && (isConflict || hasRolledBack(fault))),
    isConflict,
  };
}

function conflicts({ dialect, code }: SqlFault): boolean {
  if (code === undefined) return false;
  return (dialect === 'postgres' ? POSTGRES_CONFLICTS : MYSQL_CONFLICTS).includes(code);
}

function hasRolledBack({ dialect, code, sqlState }: SqlFault): boolean {
  if (code === undefined || sqlState === COMPLETION_UNKNOWN) return false;
  const isListed = (dialect === 'postgres' ? POSTGRES_ROLLED_BACK : MYSQL_ROLLED_BACK).includes(
    code,
  );
  return isListed || ROLLED_BACK_CLASSES.includes(sqlState.slice(0, 2));
}

/**
 * When a statement fails, if it fails: some end the transaction that they stand in, by their words or, in MySQL, because they define
 * something.
 */
export function momentOf(dialect: SqlDialect, statement: SqlStatement): SqlMoment {
  const { verb, isInTransaction } = statement;
  if (isCommit(statement) || (dialect === 'mysql' && DEFINES.includes(verb))) return 'commit';
  return isInTransaction ? 'in transaction' : 'autocommit';
}

export function isCommit({ verb }: Pick<SqlStatement, 'verb'>): boolean {
  return verb === 'commit' || verb === 'end';
}

/** MySQL docs, "Statements that cause an implicit commit"; those that begin a transaction left out. */
const DEFINES =
  'alter analyze check create drop flush grant install lock optimize rename repair revoke truncate uninstall unlock'.split(
    ' ',
  );
