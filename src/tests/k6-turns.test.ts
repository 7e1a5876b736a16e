/** One thing at a time in a VU, as in k6: what a script begins waits for its turn while a call blocks. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptUnderTest } from '../harness/compile/testing/script-under-test.js';
import { startTestServer, type TestServer } from '../harness/http/testing/test-server.js';

let server: TestServer;

beforeEach(async () => {
  server = await startTestServer();
});

afterEach(() => server.close());

interface Ran {
  /** What `say` was given, in order. */
  readonly said: readonly string[];
  readonly end: string | undefined;
  readonly error: unknown;
}

/** One iteration of `main`, a function. */
async function ran(main: string, init = ''): Promise<Ran> {
  const script = await ScriptUnderTest.load(
    `import http from 'k6/http'; import { group, sleep } from 'k6'; import { pay } from 'k6/x/pay';
    const SLOW = ${JSON.stringify(`${server.url}/delay/30`)};
    const say = (word) => console.log(word);
    const order = { payer: 1, merchant: 1, amountMinor: 1 };
    ${init}
    export default ${main}`,
  );
  const vu = script.users.create(1);
  const ended = await script.iterate(vu);
  const told = script.recorded.lines.length;
  await new Promise((resolve) => setTimeout(resolve, 5));
  vu.interrupt();
  expect(script.recorded.lines).toHaveLength(told); // an iteration that has ended says no more
  return {
    said: script.recorded.lines.map((line) => line.replace(/^info /, '')),
    end: ended?.end,
    error: ended?.error,
  };
}

describe('a call that blocks', () => {
  it.each([
    ['http.get', 'http.get(SLOW)'],
    ['http.batch', 'http.batch([SLOW, SLOW])'],
    ['sleep', 'sleep(0.03)'],
    ['a helper', 'wait()'],
    ['a group', "group('g', () => { wait(); wait(); })"],
  ])('%s lets no timer run, nor between it and the next', async (_what, call) => {
    const { said, end } = await ran(
      `function () { setTimeout(() => say('timer'), 1); ${call}; say('first'); ${call}; say('second'); }`,
      'const wait = () => { sleep(0.01); http.get(SLOW); };',
    );
    expect(end).toBe('completed');
    expect(said).toEqual(['first', 'second', 'timer']);
  });

  it('an operation in k6’s style too, in the exported function and in a helper', async () => {
    const busy = 'for (let i = 0; i < 2000; i++)';
    const whole = await ran(
      `function () { setTimeout(() => say('timer'), 1); ${busy} pay(order); say('paid'); }`,
    );
    expect(whole.said).toEqual(['paid', 'timer']);
    const helped = await ran(
      `function () { setTimeout(() => say('timer'), 1); many(); say('paid'); }`,
      `function many() { ${busy} pay(order); say('all'); }`,
    );
    expect(helped.said).toEqual(['all', 'paid', 'timer']);
  });

  it('lets timers run where the script awaits a promise of its own', async () => {
    const { said } = await ran(
      `async function () { setTimeout(() => say('timer'), 1); await new Promise((done) => setTimeout(done, 20)); say('awaited'); http.get(SLOW); say('got'); }`,
    );
    expect(said).toEqual(['timer', 'awaited', 'got']);
  });

  it('keeps the answer to asyncRequest waiting, and the order of what waits', async () => {
    const { said } = await ran(
      `async function () {
        http.asyncRequest('GET', '${server.url}').then((answer) => say('answer ' + answer.status));
        setTimeout(() => say('timer'), 20);
        http.get(SLOW); sleep(0.03); say('main');
      }`,
    );
    expect(said).toEqual(['main', 'answer 200', 'timer']);
  });

  it('in a timer blocks the timers after it', async () => {
    const { said } = await ran(
      `function () {
        setTimeout(() => { say('one'); http.get(SLOW); say('one got'); }, 1);
        setTimeout(() => { say('two'); sleep(0.01); say('two slept'); }, 2);
        setTimeout(() => say('three'), 3);
      }`,
    );
    expect(said).toEqual(['one', 'one got', 'two', 'two slept', 'three']);
  });

  it('of two async functions begins one after the other', async () => {
    const { said } = await ran(
      `async function () { await Promise.all(['a', 'b'].map((name) => twice(name))); say('both'); }`,
      `async function twice(name) { http.get(SLOW); say(name + '1'); http.get(SLOW); say(name + '2'); await null; say(name + '3'); }`,
    );
    expect(said).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'both']);
    expect(server.received.map(({ url }) => url)).toHaveLength(4);
  });

  it('in an async function that nobody awaits is waited for', async () => {
    const { said } = await ran(
      'function () { late(); say("main"); }',
      'async function late() { http.get(SLOW); say("late"); }',
    );
    expect(said).toEqual(['main', 'late']);
  });
});

describe('a timer', () => {
  it('that is cleared while it waits for its turn is not called', async () => {
    const { said, end } = await ran(
      `function () { const id = setTimeout(() => say('never'), 1); sleep(0.02); clearTimeout(id); say('main'); }`,
    );
    expect([said, end]).toEqual([['main'], 'completed']);
  });

  it('that repeats does not heap up behind a call that blocks', async () => {
    const { said } = await ran(
      `function () { let n = 0; const id = setInterval(() => { say('tick'); if (++n === 2) clearInterval(id); }, 1); sleep(0.05); say('main'); }`,
    );
    expect(said).toEqual(['main', 'tick', 'tick']);
  });

  it('that throws ends the iteration, whatever else is open', async () => {
    const { said, end, error } = await ran(
      `function () { setTimeout(() => { throw new Error('boom'); }, 1); setTimeout(() => say('never'), 40); setInterval(() => say('tick'), 1000); }`,
    );
    expect([said, end, String(error)]).toEqual([[], 'threw', 'Error: boom']);
  });

  it('that throws ends a function that awaits something else', async () => {
    const { end, error } = await ran(
      `async function () { setTimeout(() => { throw new Error('boom'); }, 1); await new Promise(() => {}); }`,
    );
    expect([end, String(error)]).toEqual(['threw', 'Error: boom']);
  });

  it('is given up where the function throws', async () => {
    const { said, end } = await ran(
      `function () { setTimeout(() => say('never'), 1); sleep(0.01); throw new Error('boom'); }`,
    );
    expect([said, end]).toEqual([[], 'threw']);
  });

  it('of setup() that throws ends it', async () => {
    const script = await ScriptUnderTest.load(
      `export async function setup() { setTimeout(() => { throw new Error('boom'); }, 1); await new Promise(() => {}); } export default function () {}`,
    );
    await expect(script.users.create(0).runLifecycle('setup', undefined)).rejects.toThrow('boom');
  });
});

describe('after an iteration that failed', () => {
  it('the next of the VU is its own', async () => {
    const script = await ScriptUnderTest.load(
      `import http from 'k6/http';
      export default async function () {
        if (__ITER === 0) {
          http.asyncRequest('GET', '${server.url}/delay/30').then(() => console.log('late'));
          setTimeout(() => { throw new Error('boom'); }, 1);
          await new Promise(() => {});
        }
        await new Promise((done) => setTimeout(done, 60));
        console.log('second');
      }`,
    );
    const vu = script.users.create(1);
    expect((await script.iterate(vu, 0))?.end).toBe('threw');
    expect((await script.iterate(vu, 1))?.end).toBe('completed');
    expect(script.recorded.lines).toEqual(['info second']);
  });
});
