/** setup, teardown, how a run ends, and with which code. */
import { SEE, type Snippet } from '../snippet.js';

export const LIFECYCLES: readonly Snippet[] = [
  {
    name: 'setup-and-teardown',
    shows: ['export setup', 'export teardown', 'exit 0'],
    script: `import http from 'k6/http';
      ${SEE}
      export const options = { scenarios: { a: { executor: 'per-vu-iterations', vus: 2, iterations: 2 } } };
      export function setup() { const token = http.post(__ENV.URL + '/login', 'x').json('body'); return { token, none: undefined, list: [1, undefined], when: new Date(0) }; }
      export default function (data) { data.n = (data.n ?? 0) + 1; if (__ITER === 1) see(data.n); http.get(__ENV.URL + '/it'); }
      export function teardown(data) { see(data); http.del(__ENV.URL + '/login'); }`,
    expect: {
      sees: [
        2,
        2,
        {
          token: 'x',
          none: null,
          list: [1, null],
          when: '1970-01-01T00:00:00.000Z',
        },
      ],
      asked: ['POST /login', 'GET /it', 'GET /it', 'GET /it', 'GET /it', 'DELETE /login'],
      metrics: { http_reqs: { count: 6 }, iterations: { count: 4 } },
    },
  },
  {
    name: 'setup-data-that-json-cannot-hold',
    differs: {
      'export setup':
        'data that JSON would lose without a word (a function, a Map, binary data) ends the run with its path',
    },
    script: `export function setup() { return { list: [1, new Map([[1, 2]])] }; }
      export default function () {}`,
    expect: { exit: 107, says: [/a Map at data\.list\[1\]/] },
  },
  {
    name: 'setup-tags-and-group',
    shows: ['tag group', 'export setup'],
    script: `import http from 'k6/http';
      export const options = { thresholds: { 'http_reqs{group:::setup}': ['count==1'], 'http_reqs{group:::teardown}': ['count==1'], 'http_reqs{group:}': ['count==1'] } };
      export function setup() { http.get(__ENV.URL); }
      export default function (data) { http.get(__ENV.URL + '/' + typeof data); }
      export function teardown() { http.get(__ENV.URL); }`,
    expect: {
      asked: ['GET /', 'GET /undefined', 'GET /'],
      thresholds: {
        'http_reqs{group:::setup} count==1': true,
        'http_reqs{group:::teardown} count==1': true,
        'http_reqs{group:} count==1': true,
      },
    },
  },
  {
    name: 'async-setup',
    shows: ['export setup'],
    script: `import http from 'k6/http';
      ${SEE}
      export async function setup() { const res = await http.asyncRequest('GET', __ENV.URL); return res.status; }
      export default function (data) { see(data); }`,
    expect: { sees: [200] },
  },
  {
    name: 'setup-that-throws',
    shows: ['exit 107'],
    script: `export function setup() { throw new Error('no token'); }
      export default function () { console.log('ran'); }
      export function teardown() { console.log('torn down'); }`,
    expect: { exit: 107, says: [/no token/], saysNot: [/ran$/, /torn down/] },
  },
  {
    name: 'teardown-that-throws',
    shows: ['exit 107'],
    script: `export default function () {}
      export function teardown() { throw new Error('cannot clean'); }`,
    expect: { exit: 107, says: [/cannot clean/], metrics: { iterations: { count: 1 } } },
  },
  {
    name: 'setup-timeout',
    shows: ['option setupTimeout', 'exit 100'],
    script: `import { sleep } from 'k6';
      export const options = { setupTimeout: '50ms' };
      export function setup() { sleep(20); }
      export default function () {}`,
    expect: { exit: 100, says: [/setup\(\)/] },
  },
  {
    name: 'teardown-timeout',
    shows: ['option teardownTimeout', 'exit 101'],
    script: `import { sleep } from 'k6';
      export const options = { teardownTimeout: '50ms' };
      export default function () {}
      export function teardown() { sleep(20); }`,
    expect: { exit: 101, says: [/teardown\(\)/] },
  },
  {
    name: 'no-setup-and-no-teardown',
    shows: ['option noSetup', 'option noTeardown'],
    script: `${SEE}
      export const options = { noSetup: true, noTeardown: true };
      export function setup() { see('setup'); return 1; }
      export default function (data) { see(data === undefined); }
      export function teardown() { see('teardown'); }`,
    expect: { sees: [true] },
  },
  {
    name: 'iteration-that-throws',
    shows: ['metric iterations'],
    script: `import { check } from 'k6';
      export const options = { iterations: 4 };
      export default function () { if (__ITER % 2 === 1) throw new TypeError('odd'); check(1, { ran: () => true }); }`,
    expect: { checks: { ran: [2, 0] }, metrics: { iterations: { count: 4 } }, says: [/odd/] },
  },
  {
    name: 'every-iteration-throws',
    differs: { 'exit 107': 'also where every iteration threw, which k6 leaves to thresholds' },
    script: `export default function () { throw new Error('always'); }`,
    expect: { exit: 107, says: [/always/] },
  },
  {
    name: 'test-abort',
    shows: ['test abort', 'exit 108'],
    script: `import exec from 'k6/execution';
      ${SEE}
      export const options = { scenarios: { a: { executor: 'per-vu-iterations', vus: 1, iterations: 5 } } };
      export default function () {
        if (__ITER === 2) { try { exec.test.abort('out of stock'); } catch (error) { see('caught'); } see('never'); }
        see(__ITER);
      }
      export function teardown() { see('teardown'); }`,
    expect: { exit: 108, says: [/out of stock/], metrics: { iterations: { count: 2 } } },
  },
  {
    name: 'test-abort-in-setup',
    shows: ['test abort'],
    script: `import { test } from 'k6/execution';
      export function setup() { test.abort('no licence'); }
      export default function () { console.log('ran'); }`,
    expect: { exit: 108, says: [/no licence/], saysNot: [/ran$/] },
  },
  {
    name: 'test-abort-in-init-code',
    shows: ['test abort'],
    script: `import exec from 'k6/execution';
      exec.test.abort('not here');
      export default function () {}`,
    expect: { exit: 108, refusal: /not here/ },
  },
  {
    name: 'test-fail',
    shows: ['test fail', 'exit 110'],
    script: `import exec from 'k6/execution';
      ${SEE}
      export const options = { iterations: 2 };
      export default function () { exec.test.fail('looks wrong'); see(__ITER); }`,
    expect: { exit: 110, sees: [0, 1], text: [/looks wrong/] },
  },
  {
    name: 'interrupted-from-outside',
    shows: ['exit 105'],
    args: [],
    interruptedAt: /= "running"/,
    script: `import { sleep } from 'k6';
      ${SEE}
      export const options = { duration: '10m', gracefulStop: '0s' };
      export default function () { see('running'); sleep(600); }
      export function teardown() { see('teardown'); }`,
    expect: { exit: 105, sees: ['running', 'teardown'] },
  },
  {
    name: 'iterations-that-are-interrupted',
    shows: ['scenario-option gracefulStop', 'instance iterationsInterrupted'],
    script: `import { sleep } from 'k6';
      import exec from 'k6/execution';
      ${SEE}
      export const options = { scenarios: { a: { executor: 'constant-vus', vus: 2, duration: '1s', gracefulStop: '0s' } } };
      export default function () { try { sleep(30); } catch (error) { see('caught'); } finally { see('finally'); } }
      export function teardown() { see(exec.instance.iterationsInterrupted); }`,
    expect: { sees: [2], metrics: { iterations: undefined, iteration_duration: undefined } },
  },
  {
    name: 'iterations-end-in-the-time-of-grace',
    shows: ['scenario-option gracefulStop'],
    script: `import { sleep } from 'k6';
      ${SEE}
      export const options = { scenarios: { a: { executor: 'constant-vus', vus: 1, duration: '1s', gracefulStop: '30s' } } };
      export default function () { sleep(1.2); see('ended'); }`,
    expect: { sees: ['ended'], metrics: { iterations: { count: 1 } } },
  },
];
