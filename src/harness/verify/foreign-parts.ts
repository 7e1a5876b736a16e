/**
 * Parts of another run, with as many rows as those they stand in the place of: counts do not tell them. A part says of which run it is, in
 * the footer of its Parquet file or the head of its binary one. A Parquet file that does not (written before that was told, or again by somebody
 * else) is taken as it is.
 */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runIdIn } from '../records/parquet-footer.js';
import { partsIn, type RecordKind, segmentsOf } from '../records/record-files.js';
import {
  accountsPart,
  BOOKS_FOLDER,
  type BooksExtent,
  JOURNAL_FOLDER,
  JOURNAL_TABLE,
  transfersPart,
} from '../records/run-layout.js';
import { parquetFiles } from '../records/run-records.js';
import { UnreadableColumnsError } from '../records/unreadable.js';
import type { Circumstances } from './circumstances.js';

/** Why a part of the journal is not of the run that is judged, in one line; undefined where all are. */
export function foreignJournalPart(folder: string, of: Circumstances): string | undefined {
  return foreignPart(
    folder,
    [...tableIds(folder, [JOURNAL_TABLE]), ...recordIds(folder, JOURNAL)],
    of,
  );
}

/** The same of the books. */
export function foreignBooksPart(
  folder: string,
  { shards }: BooksExtent,
  of: Circumstances,
): string | undefined {
  const all = Array.from({ length: shards }, (_, shard) => shard);
  const parts = all.flatMap((shard) => [transfersPart(shard), accountsPart(shard)]);
  const tables = parts.map((part) => join(BOOKS_FOLDER, part));
  return foreignPart(folder, [...tableIds(folder, tables), ...recordIds(folder, BOOKS)], of);
}

const JOURNAL = { folder: JOURNAL_FOLDER, kinds: ['invokes', 'completions'] } as const;
const BOOKS = { folder: BOOKS_FOLDER, kinds: ['entries', 'accounts'] } as const;

/** A file, and of which run it says it is; undefined where it does not. */
interface Told {
  readonly path: string;
  readonly runId: string | undefined;
}

function foreignPart(
  folder: string,
  files: readonly Told[],
  { plan, journal }: Circumstances,
): string | undefined {
  const runId = plan.runId ?? journal?.runId;
  if (runId === undefined) return undefined;
  const foreign = files.find((file) => (file.runId ?? runId) !== runId);
  return foreign && `${relative(folder, foreign.path)} is of another run`;
}

function tableIds(folder: string, tables: readonly string[]): Told[] {
  return tables
    .map((table) => join(folder, table))
    .filter((path) => existsSync(path))
    .flatMap(parquetFiles)
    .map((path) => ({ path, runId: toldRunId(path) }));
}

function recordIds(
  folder: string,
  { folder: inside, kinds }: { readonly folder: string; readonly kinds: readonly RecordKind[] },
): Told[] {
  const where = join(folder, inside);
  return kinds
    .flatMap((kind) => partsIn(where, kind).flatMap((part) => segmentsOf(where, { kind, part })))
    .map(({ path, runId }) => ({ path, runId }));
}

/** Undefined also where the footer cannot be read: whoever reads the rows says so. */
function toldRunId(path: string): string | undefined {
  try {
    return runIdIn(path);
  } catch (cause) {
    if (cause instanceof UnreadableColumnsError) return undefined;
    throw cause;
  }
}
