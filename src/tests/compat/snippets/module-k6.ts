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
    name: 'group-and-check-of-async-functions',
    shows: ['k6 group', 'k6 check'],
    script: `import { group } from 'k6';
      import http from 'k6/http';
      export default async function () {
        await group('later', async () => { await http.asyncRequest('GET', __ENV.URL); });
      }`,
    expect: { exit: 107, refusal: /group\(\) takes no async function/, asked: [] },
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
