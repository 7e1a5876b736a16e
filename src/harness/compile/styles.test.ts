/** Both ways of writing a script give the same operations; what cannot wait is refused with its line. */
import { describe, expect, it } from 'vitest';
import { loadScript } from './load.js';
import { ScriptUnderTest, scriptFile } from './testing/script-under-test.js';

const HEAD = `import { pay, refund, hold, capture } from 'k6/x/pay'; import { check, group, sleep } from 'k6';
const buy = (amountMinor) => pay({ payer: 1, merchant: 1, amountMinor });
`;

async function amountsOf(body: string, head = HEAD): Promise<number[]> {
  const script = await ScriptUnderTest.load(`${head}\n${body}`);
  const ended = await script.iterate(script.users.create(1));
  if (ended?.end !== 'completed') throw ended?.error;
  return script.amounts;
}

describe('a script in the synchronous style pays like one that awaits', () => {
  it.each([
    [
      'one after the other, the second made from the first',
      `export default function () { const p = buy(10); buy(p.amountMinor + 1); }`,
      `export default async function () { const p = await buy(10); await buy(p.amountMinor + 1); }`,
      [10, 11],
    ],
    [
      'behind a condition on a result',
      `export default function () { if (buy(1).outcome === 'ok' && buy(2).outcome !== 'ok') buy(3); else buy(4); }`,
      `export default async function () { if ((await buy(1)).outcome === 'ok' && (await buy(2)).outcome !== 'ok') await buy(3); else await buy(4); }`,
      [1, 2, 4],
    ],
    [
      'in a loop and a helper that calls a helper',
      `function twice(n) { buy(n); return buy(n * 10); }
       function outer(n) { const r = twice(n); return r.amountMinor; }
       export default function () { for (let i = 1; i < 3; i++) buy(outer(i) + 1); }`,
      `async function twice(n) { await buy(n); return buy(n * 10); }
       async function outer(n) { const r = await twice(n); return r.amountMinor; }
       export default async function () { for (let i = 1; i < 3; i++) await buy((await outer(i)) + 1); }`,
      [1, 10, 11, 2, 20, 21],
    ],
    [
      'in try and catch',
      `function risky() { try { return fails(); } catch (e) { return buy(7); } }
       function fails() { buy(1); throw new Error('no'); }
       export default function () { const r = risky(); buy(r.amountMinor + 1); }`,
      `async function risky() { try { return await fails(); } catch (e) { return buy(7); } }
       async function fails() { await buy(1); throw new Error('no'); }
       export default async function () { const r = await risky(); await buy(r.amountMinor + 1); }`,
      [1, 7, 8],
    ],
    [
      'in a group inside a group',
      `export default function () { const r = group('a', () => { buy(1); return group('b', () => buy(2)); }); buy(r.amountMinor + 1); }`,
      `export default async function () { await buy(1); const r = await buy(2); await buy(r.amountMinor + 1); }`,
      [1, 2, 3],
    ],
    [
      'in array callbacks',
      `export default function () {
         [1, 2].forEach((n) => { buy(n); });
         const rs = [3, 4].map((n) => buy(n));
         const sum = rs.reduce((s, r) => s + buy(s + r.amountMinor).amountMinor, 0);
         if ([5, 6].some((n) => buy(n).amountMinor === 5)) buy(sum);
         const kept = [7, 8].filter((n) => buy(n).amountMinor > 7);
         buy(kept.length + 100);
       }`,
      `export default async function () {
         for (const n of [1, 2, 3, 4, 3, 7, 5, 10, 7, 8, 101]) await buy(n);
       }`,
      [1, 2, 3, 4, 3, 7, 5, 10, 7, 8, 101],
    ],
    [
      'in predicates of a check, one after the other',
      `const paid = (n) => buy(n).outcome === 'ok';
       export default function () { check(1, { a: () => buy(2).outcome === 'ok', b: paid, c: true }) && buy(3); }`,
      `export default async function () { for (const n of [2, 1, 3]) await buy(n); }`,
      [2, 1, 3],
    ],
    [
      'behind ?. with more behind it',
      `const shop = { buy: (n) => buy(n), list: [3, 4], none: undefined };
       export default function () {
         const n = shop?.buy(1).amountMinor.valueOf() + (shop?.none?.buy(9).amountMinor.valueOf() ?? 1);
         const made = shop?.list?.map((m) => buy(m)).filter((r) => r.outcome === 'ok').length;
         shop?.list.slice(0, 1).forEach((m) => buy(m + n)); buy(made + 10);
         shop.none?.list.forEach((m) => buy(m)); buy(shop?.['buy'](20)?.amountMinor.toFixed(0).length);
       }`,
      `export default async function () { for (const n of [1, 3, 4, 5, 12, 20, 2]) await buy(n); }`,
      [1, 3, 4, 5, 12, 20, 2],
    ],
    [
      'in what Array.from() calls',
      `export default function () {
         const rs = Array.from({ length: 2 }, (_, i) => buy(i + 1));
         buy(rs.length + Array.from(new Set([1, 1, 5]), (n) => n * 2)[1]);
       }`,
      `export default async function () { for (const n of [1, 2, 12]) await buy(n); }`,
      [1, 2, 12],
    ],
    [
      "beside a template's tag and a loop in init code that are lent functions no longer known apart",
      `const made = []; const add = (n) => { made.push(n); }; [4, 5].forEach(add);
       const tag = (parts, n) => parts.join('') + n; const table = {};
       for (const name of ['a', 'b']) table[name] = (n) => buy(n);
       export default function () { for (const n of made) table.a(n); buy(Number(tag\`1\${2}\`)); }`,
      `export default async function () { for (const n of [4, 5, 12]) await buy(n); }`,
      [4, 5, 12],
    ],
    [
      "through the user's own higher-order function",
      `function timed(name, fn) { const r = fn(); return r; }
       export default function () { const r = timed('x', () => buy(5)); buy(r.amountMinor + 1); timed('y', () => 3); }`,
      `async function timed(name, fn) { const r = await fn(); return r; }
       export default async function () { const r = await timed('x', () => buy(5)); await buy(r.amountMinor + 1); }`,
      [5, 6],
    ],
    [
      'in methods of classes and objects',
      `class Shopper { constructor(n) { this.n = n; } shop() { return this.go(this.n); } go(n) { const r = buy(n); return r.amountMinor; } }
       const shop = { visit(n) { buy(n); return n + 1; } };
       export default function () { const n = new Shopper(3).shop(); buy(shop.visit(n + 1) + 1); }`,
      `export default async function () { await buy(3); await buy(4); await buy(6); }`,
      [3, 4, 6],
    ],
    [
      'through functions that are kept in a table',
      `const table = [(n) => { buy(n); return n; }, (n) => n];
       export default function () { for (const step of table) buy(step(4) + 1); buy(table[0](9)); }`,
      `export default async function () { for (const n of [4, 5, 5, 9, 9]) await buy(n); }`,
      [4, 5, 5, 9, 9],
    ],
    [
      'through other names of the operations',
      `import * as p from 'k6/x/pay'; const { pay: order } = p; const again = order; const table = { pay, now: p.pay };
       const of = (amountMinor) => ({ payer: 1, merchant: 1, amountMinor });
       const run = (f, n) => { const r = f(of(n)); return r.amountMinor; };
       export default function () { let n = order(of(1)).amountMinor; n = again(of(n + 1)).amountMinor; n = table.pay(of(n + 1)).amountMinor;
         n = table.now(of(n + 1)).amountMinor; n = run(pay, n + 1); for (const f of [pay]) n = f(of(n + 1)).amountMinor; buy(n + 1); }`,
      `export default async function () { for (const n of [1, 2, 3, 4, 5, 6, 7]) await buy(n); }`,
      [1, 2, 3, 4, 5, 6, 7],
    ],
    [
      'with an optional call and a default',
      `const maybe = { go(n) { buy(n); return { left: n }; } };
       export default function () { const r = maybe?.go(2); buy(r?.left ?? 1); const no = undefined; no?.go(); }`,
      `export default async function () { await buy(2); await buy(2); }`,
      [2, 2],
    ],
  ])('%s', async (_, synchronous, awaiting, expected) => {
    expect(await amountsOf(synchronous)).toEqual(expected);
    expect(await amountsOf(awaiting)).toEqual(expected);
  });

  it('across files, namespaces and renamed imports', async () => {
    const script = await ScriptUnderTest.load(
      `import * as shop from './shop.js'; import { settle as finish } from './shop.js'; import * as k6 from 'k6';
       export { other } from './shop.js';
       export default function () { const r = shop.order(3); k6.check(r, { paid: (x) => x.outcome === 'ok' }); finish(r); }`,
      {
        files: {
          'shop.js': `import * as p from 'k6/x/pay';
            export const order = (n) => { const r = p.pay({ payer: 1, merchant: 2, amountMinor: n }); return r; };
            export function settle(payment) { p.refund({ payment }); }
            export function other() {}`,
        },
      },
    );
    expect((await script.iterate(script.users.create(1)))?.end).toBe('completed');
    expect(script.recorded.submitted.map(({ kind, amountMinor }) => [kind, amountMinor])).toEqual([
      [1, 3],
      [4, 3],
    ]);
    expect(script.recorded.checks).toEqual([['paid', true, '']]);
  });
});

describe('promises that a script handles itself are left alone', () => {
  it.each([
    // both are under way before the first is answered: the order of sending shows it
    [
      'Promise.all',
      `const rs = await Promise.all([buy(1), buy(2)]); await buy(rs.length);`,
      [1, 2, 2],
    ],
    [
      'kept and awaited later',
      `const a = buy(1); const b = buy(2); await a; await b; await buy(3);`,
      [1, 2, 3],
    ],
    ['then', `await buy(1).then((r) => buy(r.amountMinor + 1));`, [1, 2]],
    ['map to promises', `await Promise.all([1, 2].map((n) => buy(n)));`, [1, 2]],
  ])('%s', async (_, body, expected) => {
    const text = `${HEAD} export default async function () { ${body} }`;
    expect(await amountsOf(`export default async function () { ${body} }`)).toEqual(expected);
    expect((await loadScript(scriptFile(text), { env: {} })).source.transformed.code).not.toMatch(
      /await __paydrill|await buy\(1\)\)/,
    );
  });

  it('an iteration lasts until an operation that nobody awaits is answered', async () => {
    const script = await ScriptUnderTest.load(
      `${HEAD} export default async function () { buy(1); buy(2); }`,
    );
    let answered = 0;
    const vu = script.users.create(1);
    setImmediate(() => {
      answered = script.recorded.ended.length;
    });
    await script.iterate(vu);
    expect(answered).toBe(0);
    expect(script.amounts).toEqual([1, 2]);
  });

  it('a function that only hands a promise on stays as it is', async () => {
    const { source } = await loadScript(scriptFile(`${HEAD} export default () => buy(1);`), {
      env: {},
    });
    expect(source.transformed.code).not.toContain('async');
  });

  it('a function that never waits stays as it is', async () => {
    const { source } = await loadScript(
      scriptFile(`${HEAD}
        function plain(items) { return items.map((x) => x + 1).sort((a, b) => a - b); }
        export default function () { buy(plain([1])[0]); }`),
      { env: {} },
    );
    expect(source.transformed.code).toContain('\nfunction plain(');
    expect(source.transformed.code).toContain('function* night_default(');
  });
});

describe('where waiting is impossible, the script is refused with the line that waits', () => {
  it.each([
    [
      'a getter',
      'const o = { get x() { return buy(1); } };\nexport default () => o.x;',
      /night\.ts:3:30: buy\(\) waits.*a getter cannot/,
    ],
    [
      'a constructor',
      'class A { constructor() { buy(1); } }\nexport default () => new A();',
      /night\.ts:3:27: .*a constructor cannot/,
    ],
    [
      'a generator',
      'function* g() { buy(1); }\nexport default () => [...g()];',
      /night\.ts:3:17: .*a generator cannot/,
    ],
    [
      'a class field',
      'class A { x = buy(1); }\nexport default () => new A();',
      /:3:15: .*a class field cannot/,
    ],
    [
      'a parameter default',
      'function f(x = buy(1)) { return x; }\nexport default () => f();',
      /:3:16: .*default of a parameter cannot/,
    ],
    [
      'a comparator',
      'export default () => [1, 2].sort((a, b) => { buy(a); return a - b; });',
      /:3:46: buy\(\) waits.*given to sort\(\) cannot/,
    ],
    [
      'an async check predicate',
      'export default () => { check(1, { paid: async () => true }); };',
      /:3:41: check\(\) takes no async function/,
    ],
    [
      'JSON.parse',
      "export default () => JSON.parse('1', (k, v) => { sleep(1); return v; });",
      /:3:50: sleep\(\) waits.*JSON\.parse\(\)/,
    ],
    [
      'init code',
      'const first = buy(1);\nexport default () => first;',
      /:3:15: buy\(\) waits.*init code cannot/,
    ],
    ['dynamic import', 'export default (n) => import(n);', /:3:23: import\(\) is not supported/],
  ])('%s', async (_, body, message) => {
    const load = loadScript(
      scriptFile(`import { pay } from 'k6/x/pay'; import { check, group, sleep } from 'k6';
function buy(n) { const r = pay({ payer: 1, merchant: 1, amountMinor: n }); return r; }
${body}`),
      { env: {} },
    );
    await expect(load).rejects.toThrow(message);
    await expect(load).rejects.toMatchObject({
      exitCode: 107,
      message: expect.not.stringContaining('\n'),
    });
  });
});
