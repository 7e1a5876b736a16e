/**
 * One table of the run over its Parquet parts. The parts must have the columns that column-file.ts writes; who wrote them does
 * not matter, nor whether a writer without unsigned integers widened them: such columns are cast back. A column that is missing or
 * holds something else makes the run unreadable, in one line that names part and column.
 */
import type { ColumnSpec } from '../records/column-spec.js';
import { literal } from './sql-text.js';
import { UnreadableRunError } from './unreadable.js';

/** A column of a part, as DuckDB describes it. */
export interface Described {
  readonly name: string;
  readonly type: string;
}

export interface Part {
  readonly path: string;
  readonly columns: readonly Described[];
}

const TYPES = {
  uint64: 'UBIGINT',
  int64: 'BIGINT',
  uint32: 'UINTEGER',
  small: 'INTEGER',
  text: 'VARCHAR',
} as const satisfies Record<ColumnSpec['type'], string>;

const INTEGER = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$|^DECIMAL\(\d+,0\)$/;

/** The statement that makes the view; without parts it has the columns and no row. Throws UnreadableRunError. */
export function tableView(
  name: string,
  parts: readonly Part[],
  specs: readonly ColumnSpec[],
): string {
  if (parts.length === 0) {
    const empty = specs.map((spec) => `cast(null as ${TYPES[spec.type]}) as ${spec.name}`);
    return `create view ${name} as select ${empty.join(', ')} where false`;
  }
  const exact = parts.map((part) => isExact(part, specs));
  if (exact.every(Boolean)) {
    const files = parts.map(({ path }) => literal(path)).join(', ');
    return `create view ${name} as from read_parquet([${files}])`;
  }
  const cast = specs.map((spec) => `cast(${spec.name} as ${TYPES[spec.type]}) as ${spec.name}`);
  const selects = parts.map(
    ({ path }) => `select ${cast.join(', ')} from read_parquet(${literal(path)})`,
  );
  return `create view ${name} as ${selects.join(' union all ')}`;
}

/** The statement that makes a view of another with columns that are nothing in every row. */
export function widened(name: string, from: string, specs: readonly ColumnSpec[]): string {
  const empty = specs.map((spec) => `cast(null as ${TYPES[spec.type]}) as ${spec.name}`);
  return `create view ${name} as select *, ${empty.join(', ')} from ${from}`;
}

/** Whether every column has the very type. Throws UnreadableRunError where one cannot be had. */
function isExact({ path, columns }: Part, specs: readonly ColumnSpec[]): boolean {
  const types = new Map(columns.map((column) => [column.name, column.type]));
  let isSame = columns.length === specs.length;
  for (const [index, spec] of specs.entries()) {
    const type = types.get(spec.name);
    const expected = TYPES[spec.type];
    if (type === undefined) throw new UnreadableRunError(`${path} has no column ${spec.name}`);
    const isCastable = expected === 'VARCHAR' ? type === expected : INTEGER.test(type);
    if (!isCastable)
      throw new UnreadableRunError(
        `${path} has ${type} in ${spec.name}, where ${expected} belongs`,
      );
    if (type !== expected || columns[index]?.name !== spec.name) isSame = false;
  }
  return isSame;
}
