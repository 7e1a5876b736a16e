/**
 * Judges a run again by books that are read now, from where a target file says: a restored backup, say, or tables of a system that was
 * drilled without a target file. The run folder stays as it is: what is judged is a folder of links to it, with other books.
 */
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BEFORE_ACCOUNTS, keepNothingBefore } from '../books/neutral/build-books.js';
import { neutralBooks, readBefore } from '../books/neutral/neutral-source.js';
import { drawSeed, Random } from '../entropy/random.js';
import { DRILL_FILE } from '../records/drill-record.js';
import { JOURNAL_FILE } from '../records/journal-record.js';
import { fieldsOf, readText } from '../records/json-fields.js';
import { PLAN_FILE } from '../records/plan-record.js';
import {
  BOOKS_FOLDER,
  JOURNAL_TABLE,
  LAWS_FOLDER,
  LEGS_FOLDER,
  NAMES_FOLDER,
} from '../records/run-layout.js';
import { convertRun } from '../records/to-parquet.js';
import { booksOfFile } from '../targets/file/books-of-file.js';
import { factsOfFile } from '../targets/file/file-facts.js';
import { loadTargetFile } from '../targets/file/load-target-file.js';
import { fillAll } from '../targets/file/placeholders.js';
import { UserError } from '../user-error.js';

/** What of the run is judged as it is. */
const LINKED = [DRILL_FILE, JOURNAL_FILE, JOURNAL_TABLE, LAWS_FOLDER, LEGS_FOLDER];

export interface VerifyBooksOptions {
  /** The run folder. */
  readonly folder: string;
  /** Path of the target file that says where the books are. */
  readonly books: string;
  readonly allowTargets: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Calls `judge` with a folder that holds the run and the other books; it is gone afterwards. Rejects with UserError where the books
 * cannot be read.
 */
export async function withOtherBooks<Result>(
  { folder, books: path, allowTargets, signal }: VerifyBooksOptions,
  judge: (folder: string) => Promise<Result>,
): Promise<Result> {
  const random = new Random(drawSeed());
  const { file, here, filling } = await loadTargetFile(path, {
    folder: process.cwd(),
    random: () => random.nextFloat(),
  });
  // What else is in it is of no use here, and may name what only a drill has.
  const { books: asked, databases: named = {} } = file;
  const { spec, databases } = fillAll({ spec: asked, databases: named }, filling, path);
  if (spec === undefined) throw new UserError(`${path} names no books`);
  const text = readText(join(folder, PLAN_FILE));
  if (text === undefined)
    throw new UserError(`${folder} has no ${PLAN_FILE}: books are read for a run of a drill`);
  const plan = Object.fromEntries(fieldsOf(JSON.parse(text), PLAN_FILE));
  await convertRun({ folder, shards: 0, keepBinary: false, signal });
  const other = mkdtempSync(join(tmpdir(), 'paydrill-books-'));
  try {
    for (const name of LINKED)
      if (existsSync(join(folder, name))) symlinkSync(resolve(folder, name), join(other, name));
    // The names of accounts that only these books have come to those of the script.
    const names = join(folder, NAMES_FOLDER);
    if (existsSync(names)) cpSync(names, join(other, NAMES_FOLDER), { recursive: true });
    // What the accounts held before the drill, only the drill itself can have read.
    const known = join(folder, BOOKS_FOLDER);
    const hasBefore = existsSync(join(known, BEFORE_ACCOUNTS));
    const before = hasBefore ? known : join(other, 'nothing-before');
    if (!hasBefore) await keepNothingBefore(before);
    const options = booksOfFile({
      spec: hasBefore ? spec : { entries: spec.entries },
      ...{ databases, allowTargets, here, signal },
    });
    const shown = await readBefore(options, { before: join(other, 'shown'), signal });
    const facts = { ...plan, target_facts: factsOfFile(file, shown) };
    writeFileSync(join(other, PLAN_FILE), JSON.stringify(facts));
    const fetched = await neutralBooks(options, before).fetch({
      folder: other,
      runId: String(plan.run_id),
      signal,
    });
    if (!fetched.complete)
      throw new UserError(`${path}: ${fetched.reason ?? 'the books are not complete'}`);
    return await judge(other);
  } finally {
    rmSync(other, { recursive: true, force: true });
  }
}
