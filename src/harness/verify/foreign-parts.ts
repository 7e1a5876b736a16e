/**
 * Parquet parts of another run, with as many rows as those they stand in the place of: counts do not tell them. A part says in its
 * footer of which run it is. One that does not (written before that was told, or again by somebody else) is taken as it is; so is what is
 * still binary, which only its own drill has written.
 */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runIdIn } from '../records/parquet-footer.js';
import {
  accountsPart,
  BOOKS_FOLDER,
  type BooksExtent,
  JOURNAL_TABLE,
  transfersPart,
} from '../records/run-layout.js';
import { parquetFiles } from '../records/run-records.js';
import { UnreadableColumnsError } from '../records/unreadable.js';
import type { Circumstances } from './circumstances.js';

/** Why a part of the journal is not of the run that is judged, in one line; undefined where all are. */
export function foreignJournalPart(folder: string, of: Circumstances): string | undefined {
  return foreignPart(folder, [JOURNAL_TABLE], of);
}

/** The same of the books. */
export function foreignBooksPart(
  folder: string,
  { shards }: BooksExtent,
  of: Circumstances,
): string | undefined {
  const all = Array.from({ length: shards }, (_, shard) => shard);
  const parts = all.flatMap((shard) => [transfersPart(shard), accountsPart(shard)]);
  return foreignPart(
    folder,
    parts.map((part) => join(BOOKS_FOLDER, part)),
    of,
  );
}

function foreignPart(
  folder: string,
  tables: readonly string[],
  { plan, journal }: Circumstances,
): string | undefined {
  const runId = plan.runId ?? journal?.runId;
  if (runId === undefined) return undefined;
  const files = tables
    .map((table) => join(folder, table))
    .filter((path) => existsSync(path))
    .flatMap(parquetFiles);
  const foreign = files.find((path) => (toldRunId(path) ?? runId) !== runId);
  return foreign && `${relative(folder, foreign)} is of another run`;
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
