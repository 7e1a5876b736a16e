/** Product files of a user's own: what is no product is refused by its file and its field, before anything is started. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../user-error.js';
import { loadProducts } from './load-products.js';
import { useProducts, useProductsOfRun } from './use-products.js';

const POINTS = {
  name: 'points',
  title: 'Points',
  accounts: { points: { class: 1200, of: 'user', mustNotOverdraw: true } },
  operations: {
    buy: {
      number: 210,
      noun: 'purchase of points',
      home: 'payer',
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'payer.points', amount: 'amount' },
      ],
    },
  },
};
const BUY = POINTS.operations.buy;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-products-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, content: unknown): void {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(join(folder, name), text);
}

async function refused(attempt: () => unknown): Promise<string> {
  const error: unknown = await Promise.resolve()
    .then(attempt)
    .catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(UserError);
  const line = error instanceof UserError ? error.message : '';
  expect(line).not.toMatch(/\n/);
  return line;
}

it('reads every format, in the order of the names, and nothing else of the folder', async () => {
  write('b.json', POINTS);
  write(
    'a.ts',
    `import { defineProduct } from 'paydrill';
     export default defineProduct(${JSON.stringify({ ...POINTS, name: 'typed' })});`,
  );
  write('c.yaml', 'name: plain\ntitle: Plain\noperations: {}\n');
  write('types.d.ts', 'export {};');
  write('README.md', 'points');
  expect((await loadProducts(folder)).map(({ name }) => name)).toEqual([
    'typed',
    'points',
    'plain',
  ]);
  expect((await loadProducts(folder))[1]).toEqual(POINTS);
});

describe('refuses by name', () => {
  const fields: readonly [string, unknown, RegExp][] = [
    ['what is no object', '[1, 2]', /one\.json: the product must be an object$/],
    ['a product without a name', { ...POINTS, name: '' }, /one\.json: name must be a text$/],
    ['a product without operations', { ...POINTS, operations: undefined }, /operations must be an/],
    [
      'a field that there is not',
      { ...POINTS, limits: {} },
      /the product has no field limits; there/,
    ],
    [
      'a field of an account that there is not',
      { ...POINTS, accounts: { points: { class: 1, of: 'user', cap: 3 } } },
      /accounts\.points has no field cap; there are/,
    ],
    [
      'an account of nobody',
      { ...POINTS, accounts: { points: { class: 1, of: 'city' } } },
      /accounts\.points\.of must be user, merchant or shard$/,
    ],
    [
      'a number that is none',
      { ...POINTS, operations: { buy: { ...BUY, number: '7' } } },
      /operations\.buy\.number must be a number$/,
    ],
    [
      'a home that is neither',
      { ...POINTS, operations: { buy: { ...BUY, home: 'bank' } } },
      /operations\.buy\.home must be payer or payee$/,
    ],
    [
      'a counterparty that is none',
      { ...POINTS, operations: { buy: { ...BUY, counterparty: 'bank' } } },
      /operations\.buy\.counterparty must be merchant, user or merchant-or-user$/,
    ],
    [
      'legs that are no list',
      { ...POINTS, operations: { buy: { ...BUY, legs: {} } } },
      /operations\.buy\.legs must be a list$/,
    ],
    [
      'a leg without an amount',
      { ...POINTS, operations: { buy: { ...BUY, legs: [{ account: 'payer' }] } } },
      /operations\.buy\.legs\[0\]\.amount must be a text$/,
    ],
    [
      'a flag that is a text',
      { ...POINTS, operations: { buy: { ...BUY, judgedByRisk: 'no' } } },
      /operations\.buy\.judgedByRisk must be true or false$/,
    ],
  ];

  it.each(fields)('%s', async (_what, content, problem) => {
    write('one.json', content);
    expect(await refused(() => useProducts(folder))).toMatch(problem);
  });

  it('what the definition means, not only how it is written', async () => {
    write('one.json', { ...POINTS, accounts: {} });
    expect(await refused(() => useProducts(folder))).toMatch(
      /^the products in .*: points: buy: "payer.points": points has no account points of a user$/,
    );
  });

  it('a file that cannot be read, a folder without products, and none at all', async () => {
    expect(await refused(() => useProducts(folder))).toMatch(/has no product: one is a \.ts/);
    expect(await refused(() => useProducts(join(folder, 'gone')))).toMatch(
      /cannot be read: ENOENT/,
    );
    write('one.ts', 'throw new Error("not\\ntoday");');
    expect(await refused(() => useProducts(folder))).toMatch(/one\.ts cannot be read: not/);
  });

  it('what a run folder says it was made with, and is not', async () => {
    const plan = (content: unknown) => write('plan.json', content);
    plan({ own_products: 'points' });
    expect(await refused(() => useProductsOfRun(folder))).toMatch(/own_products is no list/);
    plan({ own_products: [{ ...POINTS, title: 7 }] });
    expect(await refused(() => useProductsOfRun(folder))).toMatch(
      /own_products: title must be a text/,
    );
    plan({ own_products: [{ ...POINTS, name: 'huabei' }] });
    expect(await refused(() => useProductsOfRun(folder))).toMatch(
      /there is a product huabei already/,
    );
  });
});

it('leaves what is no plan to whoever reads it as one', () => {
  expect(() => useProductsOfRun(join(folder, 'gone'))).not.toThrow();
  write('plan.json', '{ cut');
  expect(() => useProductsOfRun(folder)).not.toThrow();
  write('plan.json', { own_products: [] });
  expect(() => useProductsOfRun(folder)).not.toThrow();
});
