/** The module `k6` itself. */
import { SEE, type Snippet } from '../snippet.js';

export const MODULE_K6: readonly Snippet[] = [
  {
    name: 'check',
    shows: ['k6 check', 'metric checks', 'tag check'],
    script: `import { check } from 'k6';
      ${SEE}
      export const options = { iterations: 2, thresholds: { 'checks{check:is five}': ['rate==1'], 'checks{own:x}': ['rate==0'] } };
      export default function () {
        see(check(5, { 'is five': (n) => n === 5, 'truthy value': 'yes', 'falsy value': 0 }));
        see(check(null, {}));
        see(check(1, { 'tagged': () => false }, { own: 'x' }));
        try { check(1, { 'throws': () => { throw new Error('no'); } }); } catch (error) { see(error.message); }
      }`,
    expect: {
      sees: [false, true, false, 'no', false, true, false, 'no'],
      checks: {
        'is five': [2, 0],
        'truthy value': [2, 0],
        'falsy value': [0, 2],
        tagged: [0, 2],
        throws: [0, 2],
      },
      metrics: { checks: { passes: 4, fails: 6, rate: 0.4 } },
      thresholds: { 'checks{check:is five} rate==1': true, 'checks{own:x} rate==0': true },
    },
  },
  {
    name: 'check-and-group-names',
    shows: ['k6 check', 'k6 group'],
    script: `import { check, group } from 'k6';
      ${SEE}
      export default function () {
        const later = { of: { later: () => Promise.resolve(true) } };
        for (const f of [() => check(1, { 'a::b': () => true }), () => group('a::b', () => 1), () => check(1, later.of)])
          try { f(); see('ran'); } catch (error) { see('threw'); }
      }`,
    expect: { sees: ['threw', 'threw', 'threw'] },
  },
  {
    name: 'fail',
    shows: ['k6 fail'],
    script: `import { fail, check } from 'k6';
      ${SEE}
      export const options = { iterations: 3 };
      export default function () {
        if (__ITER === 1) fail('the second one');
        see(__ITER);
      }`,
    expect: { sees: [0, 2], says: [/the second one/], metrics: { iterations: { count: 3 } } },
  },
  {
    name: 'group',
    shows: ['k6 group', 'metric group_duration', 'tag group'],
    script: `import { check, group, sleep } from 'k6';
      import http from 'k6/http';
      ${SEE}
      export const options = { thresholds: { 'http_reqs{group:::shop}': ['count==1'], 'http_reqs{group:::shop::till}': ['count==2'], 'group_duration{group:::shop}': ['avg>=20'] } };
      export default function () {
        see(group('shop', () => {
          http.get(__ENV.URL + '/1');
          group('till', () => { http.get(__ENV.URL + '/2'); sleep(0.02); http.get(__ENV.URL + '/3'); check(1, { paid: () => true }); });
          return 'value';
        }));
        try { group('throws', () => { throw new Error('inside'); }); } catch (error) { see(error.message); }
        check(1, { out: () => true });
      }`,
    expect: {
      sees: ['value', 'inside'],
      asked: ['GET /1', 'GET /2', 'GET /3'],
      checks: { '::shop::till::paid': [1, 0], out: [1, 0] },
      thresholds: {
        'http_reqs{group:::shop} count==1': true,
        'http_reqs{group:::shop::till} count==2': true,
        'group_duration{group:::shop} avg>=20': true,
      },
    },
  },
  {
    name: 'groups-of-async-functions',
    differs: {
      'k6 group':
        'also of an async function, without a feature flag: it lasts until the promise is settled',
      'k6 check': 'also of a promise: of what it is fulfilled with; gives a promise then',
    },
    script: `import { check, group } from 'k6';
      import http from 'k6/http';
      ${SEE}
      export const options = { thresholds: {
        'http_reqs{group:::a}': ['count==2'], 'http_reqs{group:::b}': ['count==1'], 'http_reqs{group:::a::in}': ['count==1'],
        'http_reqs{group:}': ['count==1'], 'group_duration{group:::a}': ['min>=20'], 'group_duration{group:::b}': ['max<2000'] } };
      const get = (path) => http.asyncRequest('GET', __ENV.URL + path);
      const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      export default async function () {
        const a = group('a', async () => {
          await get('/a');
          await later(30);
          await group('in', async () => { await get('/in'); });
          http.get(__ENV.URL + '/a');
          return 'value';
        });
        const b = group('b', async () => { await get('/b'); });
        see(await Promise.all([a, b]));
        see(await check(get('/out'), { 'is 200': (res) => res.status === 200 }));
        try { await group('c', async () => { throw new Error('inside'); }); } catch (error) { see(error.message); }
        try { await check(Promise.reject(new Error('lost')), {}); } catch (error) { see(error.message); }
      }`,
    expect: {
      sees: [['value', null], true, 'inside', 'lost'],
      askedInAnyOrder: ['GET /a', 'GET /a', 'GET /b', 'GET /in', 'GET /out'],
      checks: { 'is 200': [1, 0] },
      metrics: { iterations: { count: 1 } },
      thresholds: {
        'http_reqs{group:::a} count==2': true,
        'http_reqs{group:::b} count==1': true,
        'http_reqs{group:::a::in} count==1': true,
        'http_reqs{group:} count==1': true,
        'group_duration{group:::a} min>=20': true,
        'group_duration{group:::b} max<2000': true,
      },
    },
  },
  {
    name: 'async-predicates',
    shows: ['k6 check'],
    script: `import { check } from 'k6';
      export default async function () { check(1, { later: async () => true }); }`,
    expect: { exit: 107, refusal: /check\(\) takes no async function/, asked: [] },
  },
  {
    name: 'check-whose-predicates-ask',
    shows: ['k6 check'],
    script: `import { check } from 'k6';
      import http from 'k6/http';
      ${SEE}
      const isUp = (path) => http.get(__ENV.URL + path).status === 200;
      export default function () {
        const pages = Array.from({ length: 2 }, (_, i) => http.get(__ENV.URL + '/page/' + i));
        see(check(pages, { all: (all) => all.length === 2, first: () => isUp('/a'), second: () => http.get(__ENV.URL + '/b').status !== 200 }, { of: 'pages' }));
        see(check(null, { third: () => isUp('/c') }));
      }`,
    expect: {
      asked: ['GET /page/0', 'GET /page/1', 'GET /a', 'GET /b', 'GET /c'],
      checks: { all: [1, 0], first: [1, 0], second: [0, 1], third: [1, 0] },
      sees: [false, true],
    },
  },
  {
    name: 'group-that-nobody-awaits',
    shows: ['k6 group'],
    script: `import { group, sleep } from 'k6';
      import http from 'k6/http';
      export const options = { iterations: 2, thresholds: { 'http_reqs{group:::late}': ['count==2'], 'iteration_duration': ['min>=20'] } };
      export default function () {
        group('late', async () => { await new Promise((resolve) => setTimeout(resolve, 25)); http.get(__ENV.URL); });
      }`,
    expect: {
      asked: ['GET /', 'GET /'],
      thresholds: { 'http_reqs{group:::late} count==2': true, 'iteration_duration min>=20': true },
    },
  },
  {
    name: 'sleep',
    shows: ['k6 sleep', 'metric iteration_duration'],
    script: `import { sleep } from 'k6';
      ${SEE}
      export const options = { iterations: 2, thresholds: { iteration_duration: ['min>=30'] } };
      export default function () {
        const t = Date.now(); sleep(0.03); sleep(Math.random() * 0.001); sleep(0); sleep(-1); see(Date.now() - t >= 29);
      }`,
    expect: { sees: [true, true], thresholds: { 'iteration_duration min>=30': true } },
  },
  {
    name: 'random-seed',
    shows: ['k6 randomSeed'],
    script: `import { randomSeed } from 'k6';
      ${SEE}
      randomSeed(123456789);
      const drawn = [Math.random()];
      export const options = { scenarios: { a: { executor: 'per-vu-iterations', vus: 2, iterations: 2 } } };
      export default function () {
        drawn.push(Math.random());
        if (__ITER === 1) see([new Set(drawn).size, drawn.map((n) => Math.floor(n * 1e6)).join()]);
      }
      export function handleSummary() { return { stdout: drawn[0] === Math.random() ? 'same' : 'another' }; }`,
    expect: { text: ['another'] },
  },
  {
    name: 'random-seed-in-the-iteration',
    shows: ['k6 randomSeed'],
    script: `import { randomSeed } from 'k6';
      const seen = [];
      ${SEE}
      export const options = { iterations: 2 };
      export default function () {
        randomSeed(7); seen.push([Math.random(), Math.random()].join());
        if (__ITER === 1) see([seen[0] === seen[1], seen[0].split(',')[0] !== seen[0].split(',')[1]]);
      }`,
    expect: { sees: [[true, true]] },
  },
];
