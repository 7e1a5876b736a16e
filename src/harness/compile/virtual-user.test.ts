/** What one VU has for itself, what a seed fixes, how an iteration ends. */

import { describe, expect, it } from 'vitest';
import { isTimeOrderedId } from '../../wire/operation-id.js';
import { ScriptUnderTest } from './testing/script-under-test.js';

const PAY = `import { capture, festival, operationId, pay, refund, voidHold } from 'k6/x/pay'; import { check, fail, group, sleep, randomSeed } from 'k6';
import exec from 'k6/execution';
const buy = (amountMinor) => pay({ payer: 1, merchant: 1, amountMinor });
`;
const NIGHT = `const night = festival({ users: 1000, merchants: 50, channels: { huabei: 1, balance: 3 } });
const draw = () => pay({ payer: night.payer(), merchant: night.merchant(), amountMinor: night.amountMinor(), channel: night.channel() });
`;

async function ran(body: string, iterations = 1): Promise<ScriptUnderTest> {
  const script = await ScriptUnderTest.load(PAY + body);
  const vu = script.users.create(1);
  for (let i = 0; i < iterations; i++) await script.iterate(vu, i);
  return script;
}

describe('a virtual user', () => {
  it('has its own top level', async () => {
    const script = await ScriptUnderTest.load(
      `${PAY} let n = 0; const seen = []; export default function () { n += __VU; seen.push(n); buy(n * 100 + seen.length); }`,
    );
    const [one, two] = [script.users.create(1), script.users.create(2)];
    for (const vu of [one, two, one, two, two]) await script.iterate(vu);
    expect(script.amounts).toEqual([101, 201, 202, 402, 603]);
  });

  it('keeps what is its own across an await, however the others interleave', async () => {
    const script = await ScriptUnderTest.load(
      `${PAY} export default function () { buy(__VU); buy(__VU * 10 + __ITER); buy(exec.vu.idInTest * 100 + exec.scenario.iterationInTest); }`,
    );
    const vus = [1, 2, 3].map((id) => script.users.create(id));
    await Promise.all(vus.map((vu) => script.iterate(vu, vu.id)));
    for (const { vu, amountMinor } of script.recorded.submitted)
      expect([vu, vu * 10, vu * 101]).toContain(amountMinor);
  });

  it.each([
    ["'no luck'", 'no luck'],
    ['{ code: 5, why: ["no", "luck"] }', "{ code: 5, why: [ 'no', 'luck' ] }"],
    ['Object.create(null)', '[Object: null prototype] {}'],
    ['undefined', 'undefined'],
  ])('may throw what is no Error, and it is told: %s', async (thrown, line) => {
    const script = await ScriptUnderTest.load(`export default function () { throw ${thrown}; }`);
    const ended = await script.iterate(script.users.create(1));
    expect(script.users.describe(ended?.error)).toMatch(/night\.ts: /);
    expect(script.users.describe(ended?.error).split('night.ts: ')[1]).toBe(line);
  });

  it('may change its own __ENV only', async () => {
    const script = await ScriptUnderTest.load(
      `${PAY} export default function () { __ENV.SEEN = String(Number(__ENV.SEEN ?? 0) + 1); buy(Number(__ENV.SEEN)); }`,
      { env: { SEEN: '5' } },
    );
    const [one, two] = [script.users.create(1), script.users.create(2)];
    for (const vu of [one, one, two]) await script.iterate(vu);
    expect(script.amounts).toEqual([6, 7, 6]);
  });

  it('sees no globals of Node, and its own globalThis', async () => {
    const { amounts, recorded } = await ran(
      `globalThis.mine = 7; export default function () { buy(typeof process === 'undefined' ? globalThis.mine : 0); process.exit(3); }`,
    );
    expect(amounts).toEqual([7]);
    expect(String(recorded.ended[0]?.error)).toContain('process is not defined');
  });

  it('gets what setup() returned, a copy of its own that it may change', async () => {
    const script = await ScriptUnderTest.load(
      `${PAY} export function setup() { return { n: 1 }; } export default function (data) { buy(data.n); data.n++; }`,
      { setupJson: '{"n":40}' },
    );
    expect(script.plan.hasSetup).toBe(true);
    const [one, two] = [script.users.create(1), script.users.create(2)];
    for (const vu of [one, one, two]) await script.iterate(vu);
    expect(script.amounts).toEqual([40, 41, 40]);
  });

  it('runs setup and teardown as VU 0, and waits for them', async () => {
    const script = await ScriptUnderTest.load(
      `${PAY} export function setup() { buy(1); sleep(0.001); return { vu: __VU }; } export function teardown(data) { buy(data.vu + 2); } export default function () {}`,
    );
    const vu = script.users.create(0);
    const data = await vu.runLifecycle('setup', undefined);
    expect(data).toEqual({ vu: 0 });
    await vu.runLifecycle('teardown', data);
    expect(script.amounts).toEqual([1, 2]);
    expect(script.recorded.submitted[0]?.scenario).toBe(0xffff);
  });
});

describe('the seed', () => {
  const draws = async (
    seed: number,
    order: readonly (readonly [vu: number, iteration: number])[],
  ) => {
    const script = await ScriptUnderTest.load(
      `${PAY} ${NIGHT} export default function () { draw(); pay({ payer: 1, merchant: 1, amountMinor: Math.floor(Math.random() * 1e9) }); }`,
      { seed },
    );
    const vus = [1, 2].map((id) => script.users.create(id));
    for (const [vu, iteration] of order) {
      const one = vus[vu - 1];
      if (one !== undefined) await script.iterate(one, iteration);
    }
    return script.recorded.submitted
      .map(({ vu: _, ...what }) => what)
      .sort((a, b) => a.iteration - b.iteration);
  };

  it('fixes the traffic, whichever VU runs an iteration and in which order', async () => {
    const first = await draws(42, [
      [1, 0],
      [1, 1],
      [1, 2],
    ]);
    expect(
      await draws(42, [
        [2, 2],
        [1, 0],
        [2, 1],
      ]),
    ).toEqual(first);
    expect(
      await draws(43, [
        [1, 0],
        [1, 1],
        [1, 2],
      ]),
    ).not.toEqual(first);
  });

  it('randomSeed fixes draws from there on', async () => {
    const { amounts } = await ran(
      `export default function () { randomSeed(5); buy(Math.floor(Math.random() * 1e9)); }`,
      2,
    );
    expect(amounts[0]).toBe(amounts[1]);
  });
});

describe('an iteration', () => {
  it('that throws ends as such, with the place in the file that was written', async () => {
    const script = await ScriptUnderTest.load(
      `${PAY}type T = { a: number };\nconst x: T = { a: 1 };\nexport default function () {\n  buy(x.a);\n  throw new TypeError('on purpose');\n}\n`,
    );
    const ended = await script.iterate(script.users.create(1));
    expect(ended?.end).toBe('threw');
    expect(script.users.describe(ended?.error)).toMatch(/night\.ts:8:9: TypeError: on purpose$/);
  });

  it.each([
    ['fail()', `fail('not today');`, /not today/],
    ['a wrong amount', `buy(-5);`, /pay: amountMinor must be a whole number.*got -5/],
    ['half a fen', `buy(0.5);`, /got 0\.5/],
    [
      'no user',
      `pay({ payer: 0, merchant: 1, amountMinor: 1 });`,
      /payer must be the number of a user/,
    ],
    [
      'no channel of that name',
      `pay({ payer: 1, merchant: 1, amountMinor: 1, channel: 'gold' });`,
      /no channel gold/,
    ],
    [
      'an id that is no UUID',
      `pay({ payer: 1, merchant: 1, amountMinor: 1, id: '7' });`,
      /pay: id must be the text of a UUID, got 7/,
    ],
  ])('%s makes it throw', async (_, body, message) => {
    const { recorded } = await ran(`export default function () { ${body} }`);
    expect(recorded.ended[0]?.end).toBe('threw');
    expect(String(recorded.ended[0]?.error)).toMatch(message);
  });

  it('sends one id more than once where it says so, and one of its own each time where it does not', async () => {
    const { recorded } = await ran(
      `export default function () {
         const id = operationId();
         pay({ payer: 1, merchant: 1, amountMinor: 1, id });
         pay({ payer: 1, merchant: 1, amountMinor: 2, id });
         pay({ payer: 1, merchant: 1, amountMinor: 3 });
         pay({ payer: 1, merchant: 1, amountMinor: 4, id: operationId() });
       }`,
    );
    const [first, again, own, other] = recorded.submitted.map(({ idWords }) => idWords);
    expect(isTimeOrderedId(first?.[1] ?? 0, first?.[2] ?? 0)).toBe(true);
    expect(again).toEqual(first);
    expect(own).toBeUndefined();
    expect(other).not.toEqual(first);
  });

  it('names the parties of what it refers to, unless it names others', async () => {
    const { recorded } = await ran(
      `export default function () {
         const done = pay({ payer: 1, merchant: 2, amountMinor: 5 });
         refund({ payment: done });
         refund({ payment: done, payer: 3 });
         capture({ hold: done, merchant: 4 });
         voidHold({ hold: done, payer: 3 });
       }`,
    );
    const parties = recorded.submitted.map((one) => [one.account, one.counterparty % 2 ** 40]);
    expect(parties).toEqual([
      [1, 2],
      [1, 2],
      [3, 2],
      [1, 4],
      [3, 0],
    ]);
  });

  it('lasts until its timers are done, and fails with what they throw', async () => {
    const { amounts, recorded } = await ran(
      `export default function () { setTimeout(() => { buy(1); buy(2); throw new Error('late'); }, 1); }`,
    );
    expect(amounts).toEqual([1, 2]);
    expect(String(recorded.ended[0]?.error)).toContain('late');
  });

  it('that is interrupted can start nothing more, whatever it catches', async () => {
    const script = await ScriptUnderTest.load(
      `${PAY} export default function () { for (;;) try { buy(1); sleep(0); } catch (e) { buy(2); } }`,
    );
    const vu = script.users.create(1);
    vu.startIteration(0, 0, 0);
    vu.interrupt();
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(script.recorded.ended.map(({ end }) => end)).toEqual(['interrupted']);
    expect(script.amounts).toEqual([1]);
  });

  it.each([
    ['an operation', `for (;;) try { buy(1); } catch {}`],
    ['a pause', `buy(1); for (;;) try { sleep(0); } catch {}`],
    ['a group', `for (;;) try { group('g', () => buy(1)); } catch {}`],
    ['a timer', `buy(1); setInterval(() => buy(2), 1);`],
  ])('that is interrupted does not come back from %s, whatever it catches', async (_, body) => {
    const script = await ScriptUnderTest.load(
      `${PAY} import { group } from 'k6'; export default function () { ${body} }`,
    );
    const vu = script.users.create(1);
    vu.startIteration(0, 0, 0);
    vu.interrupt();
    await new Promise((resolve) => setTimeout(resolve, 5)); // whatever could go on has had its turn
    expect(script.recorded.ended.map(({ end }) => end)).toEqual(['interrupted']);
    expect(script.amounts).toEqual([1]);
  });

  it.each(['setup', 'teardown'] as const)(
    'that is interrupted in %s goes no further, and who waits for it is told',
    async (name) => {
      const script = await ScriptUnderTest.load(
        `${PAY} export function ${name}() { for (;;) try { buy(1); sleep(0); } catch {} }
         export default function () {}`,
      );
      const vu = script.users.create(0);
      const ran = vu.runLifecycle(name, undefined);
      vu.interrupt();
      await expect(ran).rejects.toThrow('it was interrupted');
      await new Promise((resolve) => setTimeout(resolve, 5)); // whatever could go on has had its turn
      expect(script.amounts).toEqual([1]);
    },
  );

  it('that aborts the test goes no further, whatever it catches', async () => {
    const { recorded, amounts } = await ran(
      `export default function () { try { exec.test.abort('enough'); } catch { buy(1); } buy(2); }`,
    );
    expect(recorded.aborted).toEqual(['enough']);
    expect(recorded.ended.map(({ end }) => end)).toEqual(['interrupted']);
    expect(amounts).toEqual([]);
  });

  it('can abort the test', async () => {
    const { recorded } = await ran(`export default function () { exec.test.abort('enough'); }`);
    expect(recorded.aborted).toEqual(['enough']);
    expect(recorded.ended[0]?.end).toBe('interrupted');
  });
});
