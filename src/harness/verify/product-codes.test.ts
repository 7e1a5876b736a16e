/** Whether an id is a code, as SQL and as the program makes them: two ways that hash with means of their own. */
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { codeAt, isCodeSql } from '../../products/code.js';

const CODE = { stepS: 30, windowS: 45, secret: 'qr' };
const user = fc.integer({ min: 1, max: 999_999_999 });
const unixMs = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 });

it.each([
  ['alone', undefined],
  ['with details', 1234],
])('is told by a query as by the program: %s', async (_, details) => {
  const instance = await DuckDBInstance.create(':memory:');
  const database = await instance.connect();
  const sql = isCodeSql(CODE, {
    hi: 'hi',
    lo: 'lo',
    user: 'holder',
    hasDetails: details !== undefined,
  });
  const asked = fc.sample(fc.tuple(user, unixMs, fc.nat({ max: 127 }), fc.boolean()), 200);
  const rows = asked.map(([number, at, bit, isTurned]) => {
    const code = codeAt(CODE, { user: number, unixMs: at, details });
    const [a, b, c, d] = code.map(BigInt) as [bigint, bigint, bigint, bigint];
    const turned = isTurned ? 1n << BigInt(bit) : 0n;
    const id = ((a << 96n) | (b << 64n) | (c << 32n) | d) ^ turned;
    return `(${id >> 64n}::ubigint, ${id & 0xffffffffffffffffn}::ubigint, ${number}::bigint, ${isTurned})`;
  });
  const reader = await database.runAndReadAll(
    `select count(*)::integer, count(*) filter ((${sql}) = turned)::integer
     from (values ${rows.join(', ')}) as asked(hi, lo, holder, turned)`,
  );
  expect(reader.getRows()).toEqual([[200, 0]]);
  database.closeSync();
  instance.closeSync();
});
