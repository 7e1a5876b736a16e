/** What a script may import, and how: packages, CommonJS, JSON, TypeScript's types; and what is refused, by name. */
import { describe, expect, it } from 'vitest';
import { loadScript } from './load.js';
import { ScriptUnderTest, scriptFile } from './testing/script-under-test.js';

const PAY = `const buy = (amountMinor) => pay({ payer: 1, merchant: 1, amountMinor });`;

async function amountsOf(
  text: string,
  files: Readonly<Record<string, string>> = {},
  name?: string,
): Promise<number[]> {
  const script = await ScriptUnderTest.load(text, { files, ...(name && { name }) });
  const ended = await script.iterate(script.users.create(1));
  if (ended?.end !== 'completed') throw ended?.error;
  return script.amounts;
}

async function refusal(
  text: string,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  return loadScript(scriptFile(text, files), { env: {} }).then(
    () => 'it was loaded',
    (error) => String(error.message),
  );
}

describe('packages of the script', () => {
  const files = {
    'node_modules/twice/package.json': '{"name":"twice","type":"module","exports":"./main.js"}',
    'node_modules/twice/main.js': 'export default (n) => n * 2; export const once = 1;',
    'node_modules/thrice/package.json': '{"name":"thrice","main":"main"}',
    'node_modules/thrice/main.js':
      'const one = require("./one"); module.exports = function (n) { return n * 3 * one.one; }; module.exports.mode = process.env.NODE_ENV;',
    'node_modules/thrice/one.js': 'exports.one = 1;',
    'node_modules/reads/package.json': '{"name":"reads","main":"main.js"}',
    'node_modules/reads/main.js': 'import fs from "fs";\nexport { fs };',
    'node_modules/asks/package.json': '{"name":"asks","main":"main.js"}',
    'node_modules/asks/main.js':
      'const inNode = typeof process === "object"; exports.stream = () => require("stream"); exports.n = inNode ? require("fs").n : 9; exports.why = () => { try { return require("nothing"); } catch (e) { return e.message; } };',
    'node_modules/either/package.json':
      '{"name":"either","main":"node.js","browser":{"./node.js":"./web.js","fs":false}}',
    'node_modules/either/node.js': 'require("crypto"); exports.n = 1;',
    'node_modules/either/web.js': 'require("fs"); exports.n = 7;',
    'node_modules/events/package.json': '{"name":"events","main":"main.js"}',
    'node_modules/events/main.js': 'exports.n = 8;',
  };

  it('are taken in as ES modules and as CommonJS', async () => {
    const text = `import { pay } from 'k6/x/pay'; import twice, { once } from 'twice'; import thrice, { mode } from 'thrice';
      ${PAY} export default function () { buy(twice(2) + once); buy(thrice(2)); buy(mode.length); }`;
    expect(await amountsOf(text, files)).toEqual([5, 6, 10]);
  });

  it('that ask for what Node has are given what stands in for it elsewhere', async () => {
    const text = `import { pay } from 'k6/x/pay'; import { n } from 'either'; import * as events from 'events';
      ${PAY} export default function () { buy(n); buy(events.n); }`;
    expect(await amountsOf(text, files)).toEqual([7, 8]);
  });

  it('that would require what only Node has are told so when they do', async () => {
    const text = `import { pay } from 'k6/x/pay'; import { n, why, stream } from 'asks';
      ${PAY} export default function () { buy(n); buy(why().indexOf('no package of that name')); stream(); }`;
    await expect(amountsOf(text, files)).rejects.toThrow(
      'cannot import "stream": scripts have k6\'s modules, not Node\'s',
    );
  });

  it.each([
    [
      'ask for what only Node has',
      "import { fs } from 'reads';\nfs.x();",
      /reads\/main\.js:1:16: cannot import "fs": scripts have k6's modules, not Node's/,
    ],
    [
      'are not there',
      "import _ from 'lodash';\n_();",
      /night\.ts:1:15: cannot import "lodash": no package of that name in node_modules/,
    ],
    ['are Node itself', "import 'node:fs';", /night\.ts:1:8: cannot import "node:fs": scripts/],
    [
      "are k6's browser",
      "import { browser } from 'k6/browser';\nbrowser.newPage();",
      /night\.ts:1:25: no module "k6\/browser": there is no browser here/,
    ],
    [
      'are extensions of k6',
      "import redis from 'k6/x/redis';\nredis.open();",
      /no module "k6\/x\/redis": extensions of k6 are written in Go; here are k6\/x\/lists, k6\/x\/pay, k6\/x\/sql/,
    ],
    [
      'were taken away by k6',
      "import { setTimeout } from 'k6/experimental/timers';\nsetTimeout();",
      /no module "k6\/experimental\/timers": k6 has taken it away; import k6\/timers/,
    ],
  ])('that %s are refused', async (_, text, message) => {
    expect(await refusal(text, files)).toMatch(message);
  });
});

describe('CommonJS', () => {
  it('is what a script without import and export may be written in, and what it requires', async () => {
    const text = `const { sleep } = require('k6'); const k6pay = require('k6/x/pay'); const shop = require('./shop');
      exports.options = { vus: 3, iterations: 3 };
      const order = (amountMinor) => ({ payer: 1, merchant: 1, amountMinor });
      module.exports.default = function () { const p = k6pay.pay(order(1)); sleep(0.001); shop.visit(p.amountMinor + 1); };`;
    const files = {
      'shop.js': `const pay = require('k6/x/pay').pay; const { tell } = require('./told.json');
        exports.visit = function (n) { pay({ payer: 1, merchant: 1, amountMinor: n }); pay({ payer: 1, merchant: 1, amountMinor: n + tell }); };`,
      'told.json': '{"tell": 7}',
    };
    expect(await amountsOf(text, files, 'night.js')).toEqual([1, 2, 9]);
    const { plan } = await ScriptUnderTest.load(text, { files, name: 'night.js' });
    expect(plan.options).toEqual({ vus: 3, iterations: 3 });
  });

  it('names the line of its own files', async () => {
    const text = `require('./shop');\nexports.default = () => {};`;
    const { load } = ScriptUnderTest;
    await expect(
      load(text, { files: { 'shop.js': "\n\nthrow new Error('shut');" }, name: 'night.js' }),
    ).rejects.toThrow(/init code threw at .*shop\.js:3:7: Error: shut/);
  });

  it('is refused where it waits while it is loaded', async () => {
    const text = `require('./shop');\nexports.default = () => {};`;
    expect(await refusal(text, { 'shop.js': "const k6 = require('k6');\nk6.sleep(1);" })).toMatch(
      /shop\.js:2:1: sleep\(\) waits for an answer, which init code cannot/,
    );
  });
});

describe('what else an import may be', () => {
  it('JSON, and types that are nowhere', async () => {
    const text = `import type { Gone } from './gone.ts'; import { type Lost, n } from './shop.ts'; import { Options } from 'k6/options';
      import { pay } from 'k6/x/pay'; import told from './told.json';
      export const options: Options = { vus: 1 }; interface Order { amount: number }
      export default function () { const order = { amount: n + told.tell } satisfies Order; pay({ payer: 1, merchant: 1, amountMinor: order.amount as number }); }`;
    const files = {
      'shop.ts': 'export type Lost = 1; export const n: number = 2;',
      'told.json': '{"tell": 40}',
    };
    expect(await amountsOf(text, files)).toEqual([42]);
  });
});

describe('globalThis, by that name or as `global`', () => {
  it('holds what the language and k6 have, and what the script puts there', async () => {
    const text = `import { pay } from 'k6/x/pay'; ${PAY}
      global.mine = 5; globalThis.console.log('told'); const root = typeof self === 'undefined' ? globalThis : self;
      export default function () { buy(mine + new root.Map([[1, 2]]).get(1)); buy(typeof root.process === 'undefined' ? global.__VU : 0); buy(typeof mine === 'number' ? 3 : 4); }`;
    expect(await amountsOf(text)).toEqual([7, 1, 3]);
  });
});
