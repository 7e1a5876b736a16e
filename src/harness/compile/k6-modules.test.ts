/** The k6 modules as scripts see them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHANNEL, OPERATION_KIND } from '../../wire/operations.js';
import { payApi } from '../k6/x/pay.js';
import { ScriptUnderTest } from './testing/script-under-test.js';

async function ran(
  text: string,
  more: Parameters<typeof ScriptUnderTest.load>[1] = {},
): Promise<ScriptUnderTest> {
  const script = await ScriptUnderTest.load(text, more);
  const ended = await script.iterate(script.users.create(1));
  if (ended?.end !== 'completed') throw ended?.error;
  return script;
}

describe('k6', () => {
  it('check counts each predicate under its group, and says whether all passed', async () => {
    const { recorded } = await ran(`import { check, group } from 'k6';
      export default function () {
        const ok = group('cart', () => group('pay', () => check(5, { five: (n) => n === 5, six: (n) => n === 6 })));
        check(ok, { 'not all passed': (r) => r === false });
      }`);
    expect(recorded.checks).toEqual([
      ['five', true, '::cart::pay'],
      ['six', false, '::cart::pay'],
      ['not all passed', true, ''],
    ]);
    expect(recorded.samples.map(([name, , group]) => [name, group])).toEqual([
      ['group_duration', '::cart::pay'],
      ['group_duration', '::cart'],
    ]);
  });

  it('a predicate that throws has failed, and throws on', async () => {
    const script = await ScriptUnderTest.load(`import { check } from 'k6';
      export default function () { check(1, { bad: () => { throw new Error('no'); } }); }`);
    expect((await script.iterate(script.users.create(1)))?.end).toBe('threw');
    expect(script.recorded.checks).toEqual([['bad', false, '']]);
  });

  it('its functions can be kept and handed on', async () => {
    const { recorded, amounts } =
      await ran(`import * as k6 from 'k6'; import { check as look } from 'k6'; import pays from 'k6/x/pay';
      const { check } = k6; const table = { look, pay: pays.pay };
      export default function () { check(1, { a: true }); table.look(1, { b: true }); const p = table.pay({ payer: 1, merchant: 1, amountMinor: 4 }); pays.refund({ payment: p }); }`);
    expect(recorded.checks).toHaveLength(2);
    expect(amounts).toEqual([4, 4]);
  });
});

describe('sleep', () => {
  const styles = [
    ['sync', 'function () { CALL; after(); }'],
    ['await', 'async function () { await CALL; after(); }'],
  ] as const;
  const nothing = [
    'sleep()',
    'sleep(NaN)',
    'sleep(-3)',
    'sleep("soon")',
    'sleep(0)',
    'sleep(null)',
  ];

  it.each(styles.flatMap(([style, body]) => nothing.map((call) => [call, style, body] as const)))(
    '%s returns at once, in %s style',
    async (call, _, body) => {
      const { recorded } = await ran(`import { sleep } from 'k6';
      const after = () => console.log('awake');
      export default ${body.replace('CALL', call)}`);
      expect(recorded.lines).toEqual(['info awake']);
    },
  );

  it.each(styles)('for no time lets others have their turn, in %s style', async (_, body) => {
    const script = await ScriptUnderTest.load(`import { sleep } from 'k6';
      const after = () => undefined;
      const wait = ${body.replace('CALL', 'sleep(-1)')};
      export default async function () { for (;;) await wait(); }`);
    const vu = script.users.create(1);
    const iterating = script.iterate(vu);
    await new Promise((turn) => setImmediate(turn));
    vu.interrupt();
    expect((await iterating)?.end).toBe('interrupted');
  });

  it.each(['sleep(Infinity)', 'sleep(1e300)', 'sleep(2147484)'])(
    '%s lasts longer than a short one, until the iteration is interrupted',
    async (call) => {
      const script = await ScriptUnderTest.load(`import { sleep } from 'k6';
        export default function () { if (__VU === 1) ${call}; else sleep(0.02); console.log(__VU); }`);
      const [long, short] = [script.users.create(1), script.users.create(2)];
      const iterating = script.iterate(long);
      await script.iterate(short);
      expect(script.recorded.lines).toEqual(['info 2']);
      long.interrupt();
      await iterating;
      expect(script.recorded.ended.map(({ vu, end }) => [vu, end])).toEqual([
        [2, 'completed'],
        [1, 'interrupted'],
      ]);
    },
  );
});

describe('k6/metrics', () => {
  it('takes numbers and booleans, with tags', async () => {
    const { recorded } = await ran(`import { Counter, Rate, Trend, Gauge } from 'k6/metrics';
      const cakes = new Counter('cakes'), good = new Rate('good'), wait = new Trend('wait', true), left = new Gauge('left');
      export default function () { cakes.add(2, { kind: 'plum' }); good.add(true); good.add(0); wait.add(1.5); left.add(9); cakes.add('x'); }`);
    expect(recorded.samples).toEqual([
      ['cakes', 2, '', { kind: 'plum' }],
      ['good', 1, '', undefined],
      ['good', 0, '', undefined],
      ['wait', 1.5, '', undefined],
      ['left', 9, '', undefined],
    ]);
    expect(recorded.lines).toEqual(['warn metric "cakes": x is not a number; not added']);
  });

  it('are made in init code only', async () => {
    const script = await ScriptUnderTest.load(
      `import { Counter } from 'k6/metrics'; export default function () { new Counter('late'); }`,
    );
    expect(String((await script.iterate(script.users.create(1)))?.error)).toMatch(
      /must be made in init code/,
    );
  });
});

describe('k6/execution', () => {
  it('says where the script is', async () => {
    const script = await ScriptUnderTest.load(`import exec, { scenario, vu } from 'k6/execution';
      export const options = { scenarios: { rush: { executor: 'constant-vus', duration: '1s', startTime: '250ms' } } };
      export default function () {
        console.log(JSON.stringify([scenario.name, exec.scenario.executor, scenario.iterationInTest, scenario.startTime,
          scenario.progress, vu.idInTest, exec.vu.iterationInScenario, exec.instance.currentTestRunDuration, exec.test.options.scenarios.rush.duration]));
      }`);
    const vu = script.users.create(4);
    await script.iterate(vu, 7);
    await script.iterate(vu, 9);
    expect(script.recorded.lines.map((line) => JSON.parse(line.slice(5)))).toEqual([
      ['rush', 'constant-vus', 7, 1_700_000_000_250, 0.25, 4, 0, 500, '1s'],
      ['rush', 'constant-vus', 9, 1_700_000_000_250, 0.25, 4, 1, 500, '1s'],
    ]);
  });

  it('can be listed, made JSON of and taken apart', async () => {
    const script = await ScriptUnderTest.load(`import exec from 'k6/execution';
      export default function () {
        const { fail } = exec.test;
        fail('by its own name');
        const parts = [exec, exec.scenario, exec.vu, exec.test, exec.instance].map((part) => Object.keys(part).sort().join());
        console.log(JSON.stringify([parts, exec.scenario, exec.vu.idInTest === JSON.parse(JSON.stringify(exec)).vu.idInTest]));
      }`);
    await script.iterate(script.users.create(4), 7);
    const [[parts, scenario, isAlike]] = script.recorded.lines.map((line) =>
      JSON.parse(line.slice(5)),
    );
    expect(parts).toEqual([
      'instance,scenario,test,vu',
      'executor,iterationInInstance,iterationInTest,name,progress,startTime',
      'idInInstance,idInTest,iterationInInstance,iterationInScenario,metrics,tags',
      'abort,fail,options',
      'currentTestRunDuration,iterationsCompleted,iterationsInterrupted,vusActive,vusInitialized',
    ]);
    expect(scenario).toMatchObject({ name: 'default', iterationInTest: 7 });
    expect(isAlike).toBe(true);
  });

  it('holds the tags of the test and of the scenario where the script finds and changes its own', async () => {
    const script = await ScriptUnderTest.load(`import exec from 'k6/execution';
      const one = { executor: 'per-vu-iterations' };
      export const options = { tags: { run: 'n1', kind: 'any' }, scenarios: { rush: { ...one, tags: { kind: 'vip' } }, quiet: one } };
      export default function () {
        console.log(JSON.stringify([exec.vu.tags, exec.vu.metrics.tags]));
        exec.vu.metrics.tags.zone = 'north';
        delete exec.vu.tags.run;
      }`);
    const vu = script.users.create(1);
    await script.iterate(vu, 0, 0);
    expect(vu.tags).toEqual({ kind: 'vip', scenario: 'rush', zone: 'north' });
    await script.iterate(vu, 1, 0);
    await script.iterate(vu, 0, 1);
    const [first, , other] = script.recorded.lines.map((line) => JSON.parse(line.slice(5)));
    const rush = { run: 'n1', kind: 'vip', scenario: 'rush' };
    const quiet = { run: 'n1', kind: 'any', scenario: 'quiet' };
    expect(first).toEqual([rush, rush]);
    expect(other).toEqual([quiet, quiet]);
  });
});

describe('k6/data, k6/encoding, open', () => {
  it('a shared array is built once a thread, and gives frozen copies', async () => {
    const script = await ScriptUnderTest.load(
      `import { SharedArray } from 'k6/data'; import { b64encode, b64decode } from 'k6/encoding';
      const users = new SharedArray('users', () => JSON.parse(open('users.json')).map((n) => ({ n, r: Math.random() })));
      export default function () {
        const first = users[0];
        let sum = 0; for (const { n } of users) sum += n;
        let refused = 0;
        try { first.n = 5; } catch { refused++; }
        try { users[0] = 5; } catch { refused++; }
        try { users.push(1); } catch { refused++; }
        console.log(JSON.stringify([users.length, users.map((u) => u.n), sum, refused, first === users[0], users[0].r, b64decode(b64encode('hé', 'rawurl'), 'rawurl', 's')]));
      }`,
      { files: { 'users.json': '[3, 4]' } },
    );
    for (const id of [1, 2]) await script.iterate(script.users.create(id));
    const [one, two] = script.recorded.lines;
    expect(one).toBe(two);
    expect(one).toMatch(/^info \[2,\[3,4\],7,3,false,0\.\d+,"hé"\]$/);
  });

  it('a shared array is listed, spread and written down as an array is', async () => {
    const { recorded } = await ran(
      `import { SharedArray } from 'k6/data';
      const users = new SharedArray('users', () => [{ n: 3 }, null, 'x']);
      const none = new SharedArray('none', () => []);
      export default function () {
        const named = []; for (const i in users) named.push(i);
        const { 2: last, ...rest } = users;
        console.log(JSON.stringify({
          keys: Object.keys(users), values: Object.values(users), entries: Object.entries(users), named, spread: [...users], copied: { ...users }, last, rest,
          json: JSON.stringify({ users }), isArray: Array.isArray(users), has: [0 in users, 2 in users, 3 in users, '-1' in users, 'length' in users, 'map' in users],
          own: Object.getOwnPropertyNames(users), owns: [Object.hasOwn(users, 1), users.hasOwnProperty(3)], joined: users.concat([9], users).length,
          found: users.findIndex((u) => u === 'x'), described: Object.getOwnPropertyDescriptor(users, 'length'), none: [Object.keys(none), none.length, [...none], JSON.stringify(none)],
        }));
        console.log(users);
      }`,
    );
    const values = [{ n: 3 }, null, 'x'];
    const keys = ['0', '1', '2'];
    const [listed = '', shown] = recorded.lines;
    expect(JSON.parse(listed.slice(5))).toEqual({
      keys,
      values,
      entries: keys.map((key, i) => [key, values[i]]),
      named: keys,
      spread: values,
      copied: { ...values },
      last: 'x',
      rest: { 0: { n: 3 }, 1: null },
      json: JSON.stringify({ users: values }),
      isArray: true,
      has: [true, true, false, false, true, true],
      own: [...keys, 'length'],
      owns: [true, false],
      joined: 7,
      found: 2,
      described: { value: 3, writable: true, enumerable: false, configurable: false },
      none: [[], 0, [], '[]'],
    });
    expect(shown).toBe('info [{"n":3},null,"x"]');
  });

  it.each([
    'users[0] = 5',
    'users[9] = 5',
    'users.name = 5',
    'users.length = 0',
    'users.push(1)',
    'users.pop()',
    'users.shift()',
    'users.sort()',
    'users.reverse()',
    'users.fill(0)',
    'users.splice(0, 1)',
    'delete users[0]',
    'Object.defineProperty(users, 0, { value: 1 })',
    'Object.freeze(users)',
    'Object.setPrototypeOf(users, null)',
    'users[0].n = 5',
    'users[0].list.push(5)',
  ])('a shared array refuses %s, and stays as it was', async (write) => {
    const { recorded } = await ran(
      `import { SharedArray } from 'k6/data';
      const users = new SharedArray('users', () => [{ n: 3, list: [1] }, { n: 1 }]);
      export default function () {
        let name; try { ${write}; } catch (error) { name = error.name; }
        console.log(name, JSON.stringify(users));
      }`,
    );
    expect(recorded.lines).toEqual(['info TypeError [{"n":3,"list":[1]},{"n":1}]']);
  });

  it('open works in init code only', async () => {
    const script = await ScriptUnderTest.load(`export default function () { open('users.json'); }`);
    expect(String((await script.iterate(script.users.create(1)))?.error)).toMatch(
      /open\(\) works in init code only/,
    );
  });
});

describe('k6/x/pay', () => {
  it('turns each call into one operation', async () => {
    const { recorded } =
      await ran(`import * as p from 'k6/x/pay'; import { void as drop } from 'k6/x/pay';
      export default function () {
        const payment = p.pay({ payer: 7, merchant: 3, amountMinor: 100, channel: 'bankCard' });
        p.transfer({ payer: 7, payee: 8, amountMinor: 5 });
        p.topUp({ user: 7, amountMinor: 50 });
        p.refund({ payment }); p.refund({ payment, amountMinor: 30 });
        const held = p.hold({ payer: 7, merchant: 3, amountMinor: 90, timeoutS: 60 });
        p.capture({ hold: held, amountMinor: 80 }); p.voidHold({ hold: held }); drop({ hold: held });
        p.balance({ user: 7 });
      }`);
    const merchant = 2 ** 40 + 3;
    const K = OPERATION_KIND;
    expect(
      recorded.submitted.map((o) => [
        o.kind,
        o.account,
        o.counterparty,
        o.amountMinor,
        o.channel,
        o.timeoutS,
        o.reference?.idWords[3],
      ]),
    ).toEqual([
      [K.pay, 7, merchant, 100, CHANNEL.bankCard, 0, undefined],
      [K.transfer, 7, 8, 5, CHANNEL.balance, 0, undefined],
      [K.topUp, 7, 0, 50, CHANNEL.bankCard, 0, undefined],
      [K.refund, 7, merchant, 100, CHANNEL.balance, 0, 1],
      [K.refund, 7, merchant, 30, CHANNEL.balance, 0, 1],
      [K.hold, 7, merchant, 90, CHANNEL.balance, 60, undefined],
      [K.capture, 7, merchant, 80, CHANNEL.balance, 0, 6],
      [K.void, 7, 0, 0, CHANNEL.balance, 0, 6],
      [K.void, 7, 0, 0, CHANNEL.balance, 0, 6],
      [K.balance, 7, 0, 0, CHANNEL.balance, 0, undefined],
    ]);
  });

  it('has types for everything it exports', () => {
    const types = readFileSync('scenarios/k6-x-pay.d.ts', 'utf8');
    for (const name of Object.keys(payApi.exports))
      expect(types).toMatch(new RegExp(`export (function ${name}[<(]|const ${name}:)|as ${name} `));
  });
});
