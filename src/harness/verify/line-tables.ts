/**
 * Tables of a run that stand in files with a line each, one file a worker or source: statements that make them. Where there is no file the
 * table is there all the same, and empty.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { USUAL_ASSET } from '../../wire/accounts.js';
import { LEGS_FOLDER, NAMES_FOLDER } from '../records/run-layout.js';
import { literal } from './sql-text.js';

/** Names of accounts from files with a line each; another asset than the usual stands beside the name. */
export function accountNames(folder: string): string {
  const files = lineFiles(join(folder, NAMES_FOLDER));
  if (files.length === 0)
    return 'create table account_names (account bigint, name varchar, version_before bigint)';
  return `create table account_names as
    select account, any_value(name || case when asset = ${literal(USUAL_ASSET)} then '' else ' (' || asset || ')' end) as name,
      coalesce(max(version_before), 0) as version_before
    from read_json([${files.join(', ')}], format = 'newline_delimited',
      columns = {account: 'BIGINT', name: 'VARCHAR', asset: 'VARCHAR', version_before: 'BIGINT'}) group by account`;
}

/** Literals of their paths. */
function lineFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((file) =>
    file.endsWith('.jsonl') ? literal(join(folder, file)) : [],
  );
}

/** What was asked leg by leg, by the operation's number in the journal. */
export function toldLegs(folder: string): string {
  const files = lineFiles(join(folder, LEGS_FOLDER));
  if (files.length === 0)
    return 'create table told_legs (worker bigint, sequence bigint, account bigint, amount bigint)';
  return `create table told_legs as
    select worker, sequence, unnest(accounts) as account, unnest(amounts) as amount
    from read_json([${files.join(', ')}], format = 'newline_delimited',
      columns = {worker: 'BIGINT', sequence: 'BIGINT', accounts: 'BIGINT[]', amounts: 'BIGINT[]'})`;
}
