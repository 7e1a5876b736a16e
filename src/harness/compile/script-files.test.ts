/** open() and import.meta.resolve(): which file is meant, what it gives, and who may open it. */
import { describe, expect, it } from 'vitest';
import { loadScript } from './load.js';
import { planScript } from './plan-script.js';
import { ScriptUnderTest, scriptFile } from './testing/script-under-test.js';

const PAY = `import { pay } from 'k6/x/pay'; const buy = (amountMinor) => pay({ payer: 1, merchant: 1, amountMinor });`;

const FILES = {
  'data.txt': '3',
  'lib/data.txt': '40',
  'lib/read.js':
    "export const own = open('./data.txt'); export const from = (path) => open(path); export const handed = open;",
  'lib/old.cjs': "exports.own = open('data.txt');",
  'lib/meta.js':
    "export const own = open(import.meta.resolve('./data.txt')); export const { resolve } = import.meta;",
};

async function amountsOf(text: string): Promise<number[]> {
  const script = await ScriptUnderTest.load(`${PAY}\n${text}`, { files: FILES });
  const ended = await script.iterate(script.users.create(1));
  if (ended?.end !== 'completed') throw ended?.error;
  return script.amounts;
}

describe('a file that a script opens', () => {
  it('is relative to the file in which open() is written', async () => {
    const text = `import { own, from, handed } from './lib/read.js'; import old from './lib/old.cjs';
      const all = [open('data.txt'), own, from('data.txt'), handed('data.txt'), old.own, open('./lib/../data.txt'), globalThis.open('data.txt')];
      export default function () { for (const n of all) buy(Number(n)); }`;
    expect(await amountsOf(text)).toEqual([3, 40, 40, 40, 40, 3, 3]);
  });

  it('may be named by what import.meta.resolve() gives', async () => {
    const text = `import { own, resolve } from './lib/meta.js'; const data = open(import.meta.resolve('./data.txt'));
      export default function () { buy(Number(own)); buy(Number(data)); buy(resolve('../data.txt') === import.meta.resolve('data.txt') ? 1 : 2); buy(typeof import.meta.url === 'undefined' ? 5 : 6); }`;
    expect(await amountsOf(text)).toEqual([40, 3, 1, 5]);
  });

  it("is an ArrayBuffer with 'b', and text without", async () => {
    const text = `const bytes = open('data.txt', 'b'); const text = open('data.txt');
      export default function () { buy(bytes instanceof ArrayBuffer ? new Uint8Array(bytes)[0] : 0); buy(typeof text === 'string' ? 1 : 0); }`;
    expect(await amountsOf(text)).toEqual([51, 1]);
  });

  it('is one that VU 0 opened too', async () => {
    const text = `const path = __VU === 2 ? 'lib/data.txt' : 'data.txt'; open(path); export default function () {}`;
    const script = await ScriptUnderTest.load(text, { files: FILES });
    expect(script.plan.openedFiles).toEqual([expect.stringMatching(/\/data\.txt$/)]);
    script.users.create(1);
    expect(() => script.users.create(2)).toThrow(
      /init code of VU 2 threw at .*night\.ts:1:56: Error: open\(\): lib\/data\.txt was not opened by VU 0/,
    );
  });

  it.each([
    ['nothing', 'open();', /night\.ts:1:1: TypeError: open\(\): name a file/],
    ['a file that is not there', "open('gone.txt');", /open\(\): cannot read gone\.txt: ENOENT/],
    ['a folder', "open('lib');", /open\(\): cannot read lib: EISDIR/],
  ])('is refused where it is %s', async (_, text, message) => {
    const script = await loadScript(scriptFile(text, FILES), { env: {} });
    await expect(planScript(script)).rejects.toThrow(message);
  });

  it('is not opened in an iteration', async () => {
    await expect(amountsOf(`export default function () { open('data.txt'); }`)).rejects.toThrow(
      'open() works in init code only',
    );
  });
});
