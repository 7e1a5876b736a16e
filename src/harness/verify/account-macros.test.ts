import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ACCOUNT_NUMBER_MAX,
  CLASS_UNIT,
  formatAccount,
  isClearing,
  isOfShard,
  SLOT_UNIT,
  shardOfAccount,
} from '../../wire/accounts.js';
import { accountMacros } from './account-macros.js';

const SHARDS = 3;
const account = fc
  .record({
    accountClass: fc.integer({ min: 0, max: 3 }),
    slot: fc.integer({ min: 0, max: 255 }),
    number: fc.oneof(
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: 0, max: ACCOUNT_NUMBER_MAX }),
    ),
  })
  .map(({ accountClass, slot, number }) => accountClass * CLASS_UNIT + slot * SLOT_UNIT + number);

describe('queries', () => {
  it.each([
    ['of a run without names of its own', false],
    ['where some accounts have names', true],
  ])('read an account number as everything else does, %s', async (_, hasNames) => {
    const accounts = fc.sample(account, { numRuns: 3000, seed: 7 });
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run('create table account_names (account bigint, name varchar)');
    for (const macro of accountMacros(SHARDS, { hasNames })) await connection.run(macro);
    const told = await connection.runAndReadAll(
      `select account_name(a), shard_of(a), is_clearing(a), without_slot(a)::double, is_of_shard(a)
       from (select unnest([${accounts.join(', ')}]::bigint[]) as a)`,
    );
    const rows = told.getRowsJson();
    connection.closeSync();
    instance.closeSync();
    expect(rows.map(([name, shard, clears]) => [name, Number(shard), clears])).toEqual(
      accounts.map((id) => [
        formatAccount(id),
        shardOfAccount(id, SHARDS),
        isClearing(id % SLOT_UNIT, Math.floor(id / SLOT_UNIT)),
      ]),
    );
    expect(rows.map(([, , , , own]) => own)).toEqual(
      accounts.map((id) => isOfShard(Math.floor(id / SLOT_UNIT))),
    );
    expect(rows.map(([, , , bare]) => Number(bare))).toEqual(
      accounts.map((id) => Math.floor(id / CLASS_UNIT) * CLASS_UNIT + (id % SLOT_UNIT)),
    );
  });
});
