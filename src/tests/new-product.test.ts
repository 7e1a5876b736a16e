/** docs/new-product.md, as somebody would follow it: its product and its script, taken from the page, and its three commands. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatOperationId, makeOperationId } from '../wire/operation-id.js';
import { readSummary, startDrill, startProgram, until } from './testing/program.js';

const PAGE = readFileSync('docs/new-product.md', 'utf8');
const [PRODUCT = '', SCRIPT = ''] = [...PAGE.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
  ([, code]) => code ?? '',
);

let folder: string;
let script: string;
let products: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-product-'));
  script = join(folder, 'gift-cards.ts');
  products = join(folder, 'products');
  mkdirSync(products);
  writeFileSync(join(products, 'gift-card.ts'), PRODUCT);
  writeFileSync(script, SCRIPT);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = (...more: readonly string[]) =>
  startDrill(folder, script, '--products', products, '--seed', '5', '--quiet', ...more);

function lawsThat(status: string): readonly string[] {
  return readSummary(folder).laws.flatMap((law) => (law.status === status ? [law.name] : []));
}

test('is judged valid, by its own law too, and is known without its folder afterwards', {
  timeout: 120_000,
}, async () => {
  const drill = run();
  expect(await drill.ended, drill.output()).toBe(0);
  expect(lawsThat('holds')).toEqual(
    expect.arrayContaining(['gift-card-term', 'legs-follow-operation', 'refund-bounds']),
  );
  rmSync(products, { recursive: true });
  const judged = join(folder, 'run');
  for (const words of [
    ['verify', judged],
    ['verify', judged, '--exact'],
  ]) {
    const again = startProgram(...words);
    expect(await again.ended, again.output() + again.errors()).toBe(0);
  }
  const asked = startProgram(
    ...['query', judged, '--format', 'json'],
    "select kind, count(*) > 0 as some from journal where kind like 'gift-card.%' group by all order by 1",
  );
  expect(await asked.ended, asked.errors()).toBe(0);
  expect(JSON.parse(asked.output())).toEqual(
    ['buy', 'expire', 'spend'].map((name) => ({ kind: `gift-card.${name}`, some: true })),
  );
  const replay = startProgram(
    ...['run', '--replay', judged, '--quiet', '--out', join(folder, 'again')],
  );
  expect(await replay.ended, replay.output() + replay.errors()).toBe(0);
});

test('is offered by a stack on its own, to whoever speaks HTTP', { timeout: 60_000 }, async () => {
  const stack = startProgram(
    ...['stack', '--products', products, '--product', 'gift-card', '--users', '100'],
    ...['--bolt', '127.0.0.1:0', '--http', '127.0.0.1:0'],
  );
  try {
    await until(() => stack.output().includes('Ctrl-C'));
    const url = /http:\/\/[0-9.:]+/.exec(stack.output())?.[0] ?? '';
    const free = { free12: 1, free30: 2, free32: 3 };
    const id = formatOperationId(makeOperationId({ unixMs: Date.now(), ...free }));
    const answer = await fetch(`${url}/v1/operations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'gift-card.buy', id, payer: 'user:1', amountMinor: 500 }),
    });
    expect(await answer.json()).toMatchObject({ outcome: 'ok', code: 'created' });
  } finally {
    stack.process.kill('SIGINT');
    await stack.ended;
  }
});

test('cards that expire too early are seen by its own law alone', { timeout: 60_000 }, async () => {
  const drill = run('-e', 'TERM_S=0.5');
  expect(await drill.ended, drill.output()).toBe(111);
  expect(lawsThat('broken')).toEqual(['gift-card-term']);
});

test('a bug in what the stack posts is seen by the laws of every product', {
  timeout: 60_000,
}, async () => {
  const drill = run('--mutant', 'forget-fee');
  expect(await drill.ended, drill.output()).toBe(111);
  expect(lawsThat('broken')).toContain('legs-follow-operation');
});

test('an amount below its least is declined, and nothing is moved', {
  timeout: 60_000,
}, async () => {
  writeFileSync(script, SCRIPT.replace('night.amountMinor()', 'night.chance(0.5) ? 99 : 100'));
  const drill = run();
  expect(await drill.ended, drill.output()).toBe(0);
  const { declines_by_code: declines } = readSummary(folder);
  expect(Object.keys(declines)).toEqual(['amount_out_of_range']);
});

test('without its folder its script is refused before anything is started', async () => {
  const drill = startDrill(folder, script, '--quiet');
  expect(await drill.ended).toBe(107);
  expect(drill.errors()).toMatch(/there is no product gift-card; there are huabei, fund/);
});
