/** Executors, scenarios and the shortcuts for them. */
import { SEE, type Snippet } from '../snippet.js';

/** What each iteration tells, where its order is not asked for. */
const TELL = 'export default function () { see([exec.scenario.name, exec.scenario.executor]); }';
const HEAD = `import exec from 'k6/execution'; ${SEE}`;

export const SCENARIOS: readonly Snippet[] = [
  {
    name: 'shortcut-of-nothing',
    shows: ['executor per-vu-iterations'],
    script: `${HEAD} ${TELL}`,
    expect: { sees: [['default', 'per-vu-iterations']] },
  },
  {
    name: 'shortcut-iterations',
    shows: [
      'option iterations',
      'option vus',
      'executor shared-iterations',
      'metric iterations',
      'metric vus_max',
    ],
    script: `${HEAD} export const options = { vus: 2, iterations: 5 }; ${TELL}`,
    expect: {
      sees: Array.from({ length: 5 }, () => ['default', 'shared-iterations']),
      metrics: { iterations: { count: 5 }, vus_max: { value: 2 } },
    },
  },
  {
    name: 'shortcut-vus',
    shows: ['option vus'],
    script: `${HEAD} export const options = { vus: 3 }; ${TELL}`,
    expect: { sees: Array.from({ length: 3 }, () => ['default', 'shared-iterations']) },
  },
  {
    name: 'shortcut-duration',
    shows: ['option duration', 'executor constant-vus', 'metric vus'],
    script: `${HEAD} import { sleep } from 'k6'; let told = false;
      export const options = { vus: 2, duration: '1s' };
      export default function () { if (!told) see([exec.scenario.name, exec.scenario.executor]); told = true; sleep(0.2); }`,
    expect: {
      sees: [
        ['default', 'constant-vus'],
        ['default', 'constant-vus'],
      ],
      metrics: { vus: { max: 2 } },
    },
  },
  {
    name: 'shortcut-stages',
    shows: ['option stages', 'executor ramping-vus'],
    script: `${HEAD} import { sleep } from 'k6'; let told = false;
      export const options = { stages: [{ duration: '0s', target: 2 }, { duration: '1s', target: 2 }] };
      export default function () { if (!told) see([exec.scenario.name, exec.scenario.executor]); told = true; sleep(0.2); }`,
    expect: {
      sees: [
        ['default', 'ramping-vus'],
        ['default', 'ramping-vus'],
      ],
      metrics: { vus_max: { value: 2 } },
    },
  },
  {
    name: 'shared-iterations-more-vus-than-iterations',
    shows: ['executor shared-iterations', 'exit 104'],
    script: `export const options = { scenarios: { a: { executor: 'shared-iterations', vus: 3, iterations: 2 } } };
      export default function () {}`,
    expect: { exit: 104, refusal: /iterations/ },
  },
  {
    name: 'max-duration-drops-what-is-left',
    shows: ['executor per-vu-iterations', 'metric dropped_iterations'],
    script: `import { sleep } from 'k6';
      export const options = { thresholds: { dropped_iterations: ['count==18'] }, scenarios: { a: { executor: 'per-vu-iterations', vus: 2, iterations: 10, maxDuration: '1s', gracefulStop: '10s' } } };
      export default function () { sleep(1.2); }`,
    expect: {
      metrics: { iterations: { count: 2 }, dropped_iterations: { count: 18 } },
      thresholds: { 'dropped_iterations count==18': true },
    },
  },
  {
    name: 'constant-arrival-rate',
    shows: ['executor constant-arrival-rate'],
    script: `export const options = { scenarios: { a: { executor: 'constant-arrival-rate', rate: 20, timeUnit: '1s', duration: '1s', preAllocatedVUs: 20 } } };
      export default function () {}`,
    expect: { metrics: { iterations: { count: 20 } } },
  },
  {
    name: 'arrival-rate-that-finds-no-vu',
    shows: ['executor constant-arrival-rate', 'metric dropped_iterations'],
    script: `import { sleep } from 'k6';
      export const options = { scenarios: { a: { executor: 'constant-arrival-rate', rate: 10, duration: '1s', preAllocatedVUs: 1, gracefulStop: '10s' } } };
      export default function () { sleep(1.5); }`,
    expect: { metrics: { iterations: { count: 1 }, dropped_iterations: { count: 9 } } },
  },
  {
    name: 'ramping-arrival-rate',
    shows: ['executor ramping-arrival-rate'],
    script: `export const options = { scenarios: { a: { executor: 'ramping-arrival-rate', startRate: 0, timeUnit: '1s', stages: [{ target: 20, duration: '1s' }, { target: 0, duration: '1s' }], preAllocatedVUs: 20 } } };
      export default function () {}`,
    expect: { metrics: { iterations: { count: 20 } } },
  },
  {
    name: 'arrival-rate-without-vus',
    shows: ['exit 104'],
    script: `export const options = { scenarios: { a: { executor: 'constant-arrival-rate', rate: 20, duration: '1s' } } };
      export default function () {}`,
    expect: { exit: 104, refusal: /preAllocatedVUs/ },
  },
  {
    name: 'unknown-executor',
    shows: ['scenario-option executor', 'exit 104'],
    script: `export const options = { scenarios: { a: { executor: 'constant-vu', duration: '1s' } } };
      export default function () {}`,
    expect: { exit: 104, refusal: /executor "constant-vu".*constant-vus/ },
  },
  {
    name: 'scenarios-one-after-the-other',
    shows: [
      'option scenarios',
      'export options',
      'tag scenario',
      ...['executor', 'startTime', 'exec', 'env', 'tags'].map((name) => `scenario-option ${name}`),
    ],
    script: `import http from 'k6/http'; ${HEAD}
      export const options = {
        scenarios: {
          browse: { executor: 'shared-iterations', iterations: 2, exec: 'browse', env: { WHERE: 'shop' }, tags: { kind: 'read' } },
          buy: { executor: 'per-vu-iterations', startTime: '400ms', exec: 'buy', env: { WHERE: 'till' }, tags: { kind: 'write' } },
        },
        thresholds: { 'http_reqs{scenario:browse}': ['count==2'], 'http_reqs{kind:write}': ['count==1'], 'iterations{scenario:buy}': ['count==1'] },
      };
      export function browse() { http.get(__ENV.URL + '/' + __ENV.WHERE); }
      export function buy() { http.post(__ENV.URL + '/' + __ENV.WHERE); see(exec.instance.currentTestRunDuration >= 400); }`,
    expect: {
      asked: ['GET /shop', 'GET /shop', 'POST /till'],
      sees: [true],
      thresholds: {
        'http_reqs{scenario:browse} count==2': true,
        'http_reqs{kind:write} count==1': true,
        'iterations{scenario:buy} count==1': true,
      },
    },
  },
  {
    name: 'scenario-without-its-function',
    shows: ['scenario-option exec', 'exit 104'],
    script: `export const options = { scenarios: { a: { executor: 'shared-iterations', exec: 'login' } } };
      export default function () {}`,
    expect: { exit: 104, refusal: /login/ },
  },
  {
    name: 'computed-options',
    shows: ['export options', 'option stages'],
    env: { SIZE: 'small' },
    script: `${HEAD}
      const sizes = { small: { vus: 1, iterations: 2 }, big: { vus: 100, duration: '10m' } };
      const withThresholds = (base) => Object.assign({}, base, { thresholds: { checks: [{ threshold: 'rate>=0', abortOnFail: false }] } });
      export const options = withThresholds(sizes[__ENV.SIZE || 'big']);
      export default function () { see(__ITER); }`,
    expect: { exit: 99, sees: [0, 1], thresholds: { 'checks rate>=0': null } },
  },
  {
    name: 'min-iteration-duration',
    shows: ['option minIterationDuration'],
    script: `${HEAD}
      export const options = { minIterationDuration: '150ms', iterations: 3, thresholds: { iteration_duration: ['max<100'] } };
      const began = [];
      export default function () { began.push(Date.now()); if (__ITER === 2) see(began[2] - began[0] >= 295); }
      export function setup() {}`,
    expect: { sees: [true] },
  },
];
