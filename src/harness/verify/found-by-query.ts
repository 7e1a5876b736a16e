/**
 * What of journal and books is there, counted by query: the same that the prefilter counts on its way. In numbers that must be
 * 0, 1, 2 ..., each once, the sum of their hashes is compared with the sum of the hashes of those: one pass, whatever the order,
 * and nothing to remember. Wrong with odds of one in 2^64.
 */
import type { ColumnSpec } from '../records/column-spec.js';
import { ACCOUNT_COLUMNS, ENTRY_COLUMNS, OPERATION_COLUMNS } from '../records/table-columns.js';
import type { FoundBooks } from './books-facts.js';
import type { RunDatabase } from './database.js';
import type { FoundPart } from './journal-found.js';
import { names } from './sql-text.js';

const hashes = (column: string): string => `sum(hash(${column}::ubigint))`;

/** `legs`: how many of its legs a row has. */
const TABLES = {
  journal: { words: 'the journal has', specs: OPERATION_COLUMNS, legs: 'receipt_legs' },
  entries: { words: 'the books have', specs: ENTRY_COLUMNS, legs: 'legs' },
  accounts: { words: 'the books have', specs: ACCOUNT_COLUMNS, legs: '0' },
} as const;

/**
 * What of a table is not as the writer of the records has it, in one line: nothing where a value must be, or one where none may be,
 * or a word that is not known. To the laws such a row would be no row. Undefined where all is well.
 */
export async function otherValues(
  database: RunDatabase,
  table: keyof typeof TABLES,
): Promise<string | undefined> {
  const { legs, specs, words } = TABLES[table];
  const firstOf = new Map(specs.toReversed().map(({ name, presence }) => [presence, name]));
  const counted = specs.map((spec) => {
    const { name, presence } = spec;
    const isAbsent = `${name} is null`;
    const leg = /^leg(\d)$/.exec(presence ?? '')?.[1];
    const mayBeAbsent =
      leg === undefined ? `${firstOf.get(presence)} is null` : `coalesce(${legs}, 0) <= ${leg}`;
    const isOther = presence === undefined ? isAbsent : `(${isAbsent}) <> (${mayBeAbsent})`;
    return `count(*) filter (${isOther} or ${isUnknownWord(spec)}) as ${name}`;
  });
  const [row] = await database.rows(`select ${counted.join(', ')} from ${table}`);
  const bad = specs.find(({ name }) => Number(row?.[name] ?? 0) > 0)?.name;
  if (bad === undefined) return undefined;
  return `${words} ${row?.[bad]} rows with nothing, or nothing known, in ${bad}`;
}

function isUnknownWord({ name, type, values }: ColumnSpec): string {
  return type === 'text' ? `${name} not in (${names((values ?? []).map(String))})` : 'false';
}

export async function journalByQuery(database: RunDatabase): Promise<FoundPart[]> {
  const rows = await database.rows(`
    select worker, count(*) as invokes, count(completed_us) as completions,
      count(*) filter (resolution = 'look_up') as look_ups, ${hashes('sequence')}::text as numbers
    from journal group by worker order by worker`);
  const parts: FoundPart[] = [];
  for (const row of rows)
    parts.push({
      worker: Number(row.worker),
      invokes: Number(row.invokes),
      completions: Number(row.completions),
      lookUps: Number(row.look_ups),
      doubled: 0,
      strays: 0,
      isDense: row.numbers === (await firstNumbers(database, Number(row.invokes))),
    });
  return parts;
}

export async function booksByQuery(database: RunDatabase, shards: number): Promise<FoundBooks> {
  return {
    entries: await countByShard(database, 'entries', shards),
    accounts: await countByShard(database, 'accounts', shards),
  };
}

async function countByShard(
  database: RunDatabase,
  table: 'entries' | 'accounts',
  shards: number,
): Promise<number[]> {
  const rows = await database.rows(`select shard, count(*) as n from ${table} group by shard`);
  return Array.from({ length: shards }, (_, shard) =>
    Number(rows.find((row) => Number(row.shard) === shard)?.n ?? 0),
  );
}

/** Sum of the hashes of the first `count` numbers. */
async function firstNumbers(database: RunDatabase, count: number): Promise<unknown> {
  const [row] = await database.rows(
    `select ${hashes('range')}::text as numbers from range(${count})`,
  );
  return row?.numbers;
}
