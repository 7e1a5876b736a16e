import { describe, expect, it } from 'vitest';
import { loadScript } from './load.js';
import { planScript } from './plan-script.js';
import { ScriptUnderTest, scriptFile } from './testing/script-under-test.js';

const PAY = "import { pay } from 'k6/x/pay';";

describe('init code that awaits', () => {
  it('is over before an iteration begins, in the script and in what it imports', async () => {
    const script = await ScriptUnderTest.load(
      `${PAY}
import { amount } from './amount.js';
const more = await new Promise((resolve) => setTimeout(() => resolve(5), 2));
export default function () { pay({ payer: 1, merchant: 1, amountMinor: amount + more }); }`,
      { files: { 'amount.js': 'export const amount = await Promise.resolve(100);' } },
    );
    const vu = script.users.create(1);
    expect(vu.ready).toBeInstanceOf(Promise);
    expect((await script.iterate(vu))?.end).toBe('completed');
    expect(vu.ready).toBeUndefined();
    expect(script.amounts).toEqual([105]);
  });

  it('is one VU after the other, so that metrics and files are its own', async () => {
    const script = await ScriptUnderTest.load(
      `import { Counter } from 'k6/metrics';
let order = '';
await null;
order += __VU;
const seen = new Counter('seen');
await new Promise((resolve) => setTimeout(resolve, __VU === 1 ? 5 : 0));
order += new Counter('more') && __VU;
export default function () { seen.add(Number(order)); }`,
    );
    const vus = [1, 2, 3].map((id) => script.users.create(id));
    for (const vu of vus) await script.iterate(vu);
    expect(script.recorded.samples.map(([, value]) => value)).toEqual([11, 22, 33]);
  });

  it('gives the plan its options', async () => {
    const text = `const { rate } = await Promise.resolve({ rate: 7 });
for await (const one of [1]) { void one; }
export const options = { scenarios: { all: { executor: 'constant-arrival-rate', rate, duration: '1s', preAllocatedVUs: 1 } } };
export default function () {}`;
    const plan = await planScript(await loadScript(scriptFile(text), { env: {} }));
    expect(plan.peakPerSec).toBe(7);
  });

  it.each([
    ['throws', "await null;\nthrow new TypeError('no rate');", /:2:7: TypeError: no rate/],
    ['awaits what is rejected', "await Promise.reject(new Error('no file'));", /no file/],
    ['leaves a rejected promise', "Promise.reject(new Error('left'));\nawait null;", /left/],
  ])('that %s is told with its place', async (_, text, message) => {
    const source = `${text}\nexport default function () {}`;
    const script = await loadScript(scriptFile(source), { env: {} });
    await expect(planScript(script)).rejects.toThrow(message);
  });

  it('that throws in one VU ends that VU as interrupted and is told', async () => {
    const script = await ScriptUnderTest.load(
      `await null;
if (__VU === 2) throw new Error('only here');
export default function () {}`,
    );
    const vu = script.users.create(2);
    const ended = await script.iterate(vu);
    expect(ended?.end).toBe('interrupted');
    expect(script.recorded.failedLate).toHaveLength(1);
  });
});
