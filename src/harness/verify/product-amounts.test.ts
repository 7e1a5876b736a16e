/** An amount as a function and as SQL: two ways that know nothing of each other come out at the same minor unit. */
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Amount, parseAmount } from '../../products/expression.js';
import { AMOUNT_MINOR_MAX } from '../../wire/results.js';

const RATES = { feePer10k: 60, price: 12_345, half: 2 };
const DETAILS = new Map(
  [
    { name: 'from', shift: 0, bits: 6 },
    { name: 'to', shift: 6, bits: 6 },
    { name: 'of.from', shift: 12, bits: 3 },
  ].map((detail) => [detail.name, detail]),
);
const SCOPE = { rates: RATES, amounts: new Map<string, Amount>(), details: DETAILS };

let instance: DuckDBInstance;

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
});

afterAll(() => instance.closeSync());

const factor = fc.constantFrom('feePer10k', 'price', '7', '1', '99991');
const leaf = fc.constantFrom('amount', '1', '10000', 'half', 'from', 'to', 'of.from');
/** Of what is small. */
const times = fc
  .tuple(
    fc.constantFrom('from', 'abs(from - to)', 'within(of.from, from, to)', '(from === to)', '7'),
    fc.constantFrom('amount', 'from', '(to < from)', 'price'),
  )
  .map(([a, b]) => `${a} * ${b}`);

const share = fc
  .tuple(
    fc.constantFrom('floor', 'ceil', 'round'),
    fc.constantFrom('amount', '(amount - 20000)', '(1 - amount)'),
    factor,
    fc.constantFrom('10000', '3', '1000000'),
  )
  .map(([rounding, of, by, divisor]) => `${rounding}(${of} * ${by} / ${divisor})`);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small' },
    leaf,
    share,
    times,
    tie('expression').map((a) => `abs(${a})`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('<', '<=', '>', '>=', '===', '!=='),
        tie('expression'),
      )
      .map(([a, by, b]) => `(${a} ${by} ${b})`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([a, b, c]) => `within(${a}, ${b}, ${c})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('+', '-'), tie('expression'))
      .map(([a, by, b]) => `(${a} ${by} ${b})`),
    fc
      .tuple(fc.constantFrom('min', 'max'), tie('expression'), tie('expression'))
      .map(([name, a, b]) => `${name}(${a}, ${b})`),
    tie('expression').map((a) => `-(${a})`),
  ),
}));

it('says the same as SQL, to the minor unit, from the smallest amount to the largest', async () => {
  const connection = await instance.connect();
  const amounts = fc.array(
    fc.record({
      amount: fc.oneof(fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 1, max: 2 ** 36 })),
      details: fc.integer({ min: 0, max: 2 ** 15 - 1 }),
    }),
    { minLength: 4, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(expression, amounts, async (text, given) => {
      const { of, sql } = parseAmount(text, SCOPE);
      const rows = given
        .map(({ amount, details }) => {
          const [own, earlier] = [details % 4096, Math.floor(details / 4096)];
          return `(${amount}::bigint, ${0x7000 + own}::ubigint, ${0x7000 + earlier}::ubigint)`;
        })
        .join(', ');
      const reader = await connection.runAndReadAll(
        `select (${sql})::bigint as value from (values ${rows}) as t(amount, id_hi, reference_hi)`,
      );
      expect(reader.getRowsJson().map(([value]) => Number(value))).toEqual(
        given.map(({ amount, details }) => of(amount, details) + 0),
      );
    }),
    { numRuns: 200 },
  );
  connection.closeSync();
});

it('is exact where a product would pass 2^53', () => {
  const { of } = parseAmount('floor(amount * 999999 / 1000000)', SCOPE);
  const exact = (BigInt(AMOUNT_MINOR_MAX) * 999_999n) / 1_000_000n;
  expect(of(AMOUNT_MINOR_MAX, 0)).toBe(Number(exact));
});
