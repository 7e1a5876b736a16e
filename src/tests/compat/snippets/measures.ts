/** Thresholds, metrics, their tags, and what is told at the end. */
import type { Snippet } from '../snippet.js';
import { items } from '../surface.js';

export const MEASURES: readonly Snippet[] = [
  {
    name: 'thresholds-of-every-kind',
    shows: [
      'option thresholds',
      ...items('threshold', 'avg min max med p(N) count rate value < <= > >= == === != sub-metric'),
    ],
    script: `import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
      const t = new Trend('tr'), c = new Counter('co'), g = new Gauge('ga'), r = new Rate('ra');
      export const options = { thresholds: {
        tr: ['avg==2.5', 'min===1', 'max<=4', 'med>2', 'p(50)!=3', 'p(99.9)>=3.9', 'p(90) < 5'],
        co: ['count==3', 'rate>0'], ga: ['value == 7'], ra: [{ threshold: 'rate<1' }], 'tr{a:"x", b:y}': 'max==4', 'co{a:z}': ['count==0'],
      } };
      export default function () { [1, 2, 3].forEach((n) => t.add(n)); t.add(4, { a: 'x', b: 'y' }); c.add(3); g.add(7); r.add(1); r.add(0); }`,
    expect: {
      thresholds: {
        'tr avg==2.5': true,
        'tr min===1': true,
        'tr max<=4': true,
        'tr med>2': true,
        'tr p(50)!=3': true,
        'tr p(99.9)>=3.9': true,
        'tr p(90) < 5': true,
        'co count==3': true,
        'co rate>0': true,
        'ga value == 7': true,
        'ra rate<1': true,
        'tr{a:"x", b:y} max==4': true,
        'co{a:z} count==0': true,
      },
    },
  },
  {
    name: 'threshold-that-does-not-hold',
    shows: ['exit 99', 'metric http_req_failed', 'summary text-thresholds'],
    script: `import http from 'k6/http';
      export const options = { thresholds: { http_req_failed: ['rate<0.1'], http_req_duration: ['p(95)<60000'] } };
      export default function () { http.get(__ENV.URL + '/status/500'); http.get(__ENV.URL); }`,
    expect: {
      exit: 99,
      thresholds: { 'http_req_failed rate<0.1': false, 'http_req_duration p(95)<60000': true },
      text: ['█ THRESHOLDS', "✗ 'rate<0.1' rate=50.00%", "✓ 'p(95)<60000' p(95)="],
    },
  },
  {
    name: 'threshold-that-aborts',
    shows: ['threshold abortOnFail', 'threshold delayAbortEval', 'exit 99'],
    script: `import { check, sleep } from 'k6';
      export const options = { duration: '60s', gracefulStop: '0s', thresholds: { checks: [{ threshold: 'rate>0.9', abortOnFail: true, delayAbortEval: '500ms' }] } };
      export default function () { check(1, { no: () => false }); sleep(0.05); }`,
    expect: {
      exit: 99,
      says: [/threshold checks rate>0\.9 failed/],
      thresholds: { 'checks rate>0.9': false },
    },
  },
  {
    name: 'threshold-on-an-unknown-metric',
    shows: ['threshold unknown-metric', 'exit 104'],
    script: `export const options = { thresholds: { http_req_durations: ['p(95)<1'] } };
      export default function () {}`,
    expect: { exit: 104, refusal: /http_req_durations.*did you mean http_req_duration/ },
  },
  {
    name: 'threshold-of-a-wrong-method',
    shows: ['threshold wrong-method', 'exit 104'],
    script: `export const options = { thresholds: { http_reqs: ['p(95)<1'] } };
      export default function () {}`,
    expect: { exit: 104, refusal: /http_reqs is a counter and has no p/ },
  },
  {
    name: 'threshold-without-a-sample',
    differs: {
      'threshold rate':
        'of a rate or trend without a sample it is not evaluated and fails the run (allowEmpty: true lets it pass); k6 lets an empty rate pass and takes an empty trend for 0',
    },
    script: `export const options = { thresholds: { checks: ['rate>0.9'], 'http_req_duration{name:x}': [{ threshold: 'p(95)<1', allowEmpty: true }] } };
      export default function () {}`,
    expect: {
      exit: 99,
      thresholds: { 'checks rate>0.9': null, 'http_req_duration{name:x} p(95)<1': null },
    },
  },
  {
    name: 'http-metrics-and-tags',
    shows: [
      ...items(
        'metric',
        'http_reqs http_req_duration http_req_blocked http_req_connecting http_req_sending http_req_waiting http_req_receiving data_sent data_received',
      ),
      ...items('tag', 'status method error error_code'),
      'Params tags',
    ],
    script: `import http from 'k6/http';
      export const options = { thresholds: {
        'http_reqs{status:404}': ['count==1'], 'http_reqs{method:POST}': ['count==1'], 'http_reqs{error_code:1404}': ['count==1'], 'http_reqs{status:0}': ['count==1'],
        'http_reqs{error:dial: connection refused}': ['count==1'], 'http_reqs{own:5}': ['count==1'], 'http_req_duration{expected_response:true}': ['max>=30'], 'http_req_waiting{own:5}': ['min>=30'],
        http_req_blocked: ['min>=0'], http_req_connecting: ['max>0'], http_req_sending: ['max>0'], http_req_receiving: ['max>0'], data_sent: ['count>100'], data_received: ['count>200'],
      } };
      export default function () {
        http.get(__ENV.URL + '/status/404'); http.post(__ENV.URL, 'x'); http.get('http://127.0.0.1:1/'); http.get(__ENV.URL + '/delay/40', { tags: { own: 5 } });
      }`,
    expect: { metrics: { http_reqs: { count: 4 }, http_req_failed: { passes: 2, fails: 2 } } },
  },
  {
    name: 'system-tags',
    shows: [...items('tag', 'vu iter ip'), 'option systemTags'],
    script: `import http from 'k6/http';
      import { check, group } from 'k6';
      import { Counter } from 'k6/metrics';
      const own = new Counter('own');
      export const options = {
        systemTags: ['vu', 'iter', 'ip', 'name', 'nothing'],
        scenarios: { a: { executor: 'per-vu-iterations', vus: 2, iterations: 2 } },
        thresholds: {
          'http_reqs{vu:1}': ['count==2'], 'http_reqs{iter:1}': ['count==2'], 'http_reqs{vu:2,iter:0}': ['count==1'], 'http_reqs{ip:127.0.0.1}': ['count==4'],
          'http_reqs{name:till}': ['count==4'], 'http_reqs{status:200}': ['count==0'], 'http_reqs{status:mine}': ['count==0'], 'own{vu:2}': ['count==2'],
          'own{group:::shop}': ['count==0'], 'checks{check:ok}': [{ threshold: 'rate<0', allowEmpty: true }], 'iterations{vu:1}': ['count==2'] } };
      export default function () {
        http.get(__ENV.URL, { tags: { name: 'till' } });
        group('shop', () => own.add(1));
        check(1, { ok: () => true });
      }`,
    expect: { says: [/systemTags: nothing is none/], metrics: { http_reqs: { count: 4 } } },
  },
  {
    name: 'system-tags-by-flag',
    shows: ['flag --system-tags'],
    args: ['--system-tags', 'vu,url'],
    script: `import http from 'k6/http';
      export const options = { thresholds: { 'http_reqs{vu:1}': ['count==1'], 'http_reqs{status:200}': ['count==0'] } };
      export default function () { http.get(__ENV.URL); }`,
    expect: {},
  },
  {
    name: 'system-tags-by-default',
    shows: ['option systemTags'],
    script: `import http from 'k6/http';
      export const options = { thresholds: { 'http_reqs{vu:1}': ['count==0'], 'http_reqs{status:200}': ['count==1'] } };
      export default function () { http.get(__ENV.URL); }`,
    expect: {},
  },
  {
    name: 'summary-text',
    shows: items(
      'summary',
      'text-results text-checks text-custom text-http text-execution text-network',
    ),
    script: `import http from 'k6/http';
      import { check, group } from 'k6';
      import { Counter, Trend } from 'k6/metrics';
      const paid = new Counter('paid'), time = new Trend('time_to_pay', true);
      export default function () {
        paid.add(2); time.add(1234);
        group('shop', () => check(http.get(__ENV.URL), { 'is 200': (r) => r.status === 200, 'is 201': (r) => r.status === 201 }));
      }`,
    expect: {
      text: [
        '█ TOTAL RESULTS',
        /checks_total\.+: 2 /,
        /checks_succeeded\.+: 50\.00% {2}1 out of 2/,
        /checks_failed\.+: 50\.00% {2}1 out of 2/,
        '█ shop',
        '✓ is 200',
        '✗ is 201',
        '↳  0% — ✓ 0 / ✗ 1',
        'CUSTOM',
        /paid\.+: 2 /,
        /time_to_pay\.+: avg=1\.23s min=1\.23s/,
        'HTTP',
        /http_req_duration\.+: avg=/,
        '{ expected_response:true }',
        /http_req_failed\.+: 0\.00% {2}0 out of 1/,
        /http_reqs\.+: 1 /,
        'EXECUTION',
        /iterations\.+: 1 /,
        'NETWORK',
        /data_received\.+: \d+ B/,
      ],
      textWithout: ['dropped_iterations'],
    },
  },
  {
    name: 'summary-trend-stats-and-time-unit',
    shows: ['option summaryTrendStats', 'option summaryTimeUnit'],
    script: `import { Trend } from 'k6/metrics';
      const time = new Trend('time_to_pay', true);
      export const options = { summaryTrendStats: ['med', 'p(99.9)', 'count'], summaryTimeUnit: 'ms' };
      export default function () { time.add(1234); }`,
    expect: { text: [/time_to_pay\.+: med=1234\.00ms p\(99\.9\)=1234\.00ms count=1\n/] },
  },
  {
    name: 'handle-summary',
    shows: ['export handleSummary', 'summary handleSummary-data'],
    script: `import { check, group } from 'k6';
      import http from 'k6/http';
      import { Trend } from 'k6/metrics';
      const time = new Trend('time_to_pay', true);
      export const options = { thresholds: { checks: ['rate>0.9'], 'http_reqs{a:b}': ['count==0'] } };
      export function setup() { return { token: 1 }; }
      export default function (data) { group('shop', () => group('till', () => check(http.get(__ENV.URL), { 'is 200': (r) => r.status === 200 }))); time.add(5); }
      const textSummary = (data, options) => Object.keys(data.metrics).sort().map((name) => options.indent + name).join('\\n');
      export function handleSummary(data) {
        return { stdout: textSummary(data, { indent: '  ', enableColors: false }), stderr: 'to stderr', [__ENV.OUT + '/data.json']: JSON.stringify(data), [__ENV.OUT + '/note.txt']: 'a note' };
      }`,
    expect: {
      text: [
        /^ {2}checks\n {2}data_received\n/,
        '  http_req_duration{expected_response:true}',
        '  time_to_pay',
      ],
      textWithout: ['pay_', '█'],
      says: [/to stderr/],
      written: {
        'note.txt': 'a note',
        'data.json': {
          setup_data: { token: 1 },
          state: { isStdOutTTY: false, isStdErrTTY: false },
          options: {
            summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'],
            summaryTimeUnit: '',
          },
          root_group: {
            name: '',
            path: '',
            id: 'd41d8cd98f00b204e9800998ecf8427e',
            checks: [],
            groups: [
              {
                name: 'shop',
                path: '::shop',
                groups: [
                  {
                    name: 'till',
                    path: '::shop::till',
                    checks: [{ name: 'is 200', path: '::shop::till::is 200', passes: 1, fails: 0 }],
                  },
                ],
              },
            ],
          },
          metrics: {
            checks: {
              type: 'rate',
              contains: 'default',
              values: { rate: 1, passes: 1, fails: 0 },
              thresholds: { 'rate>0.9': { ok: true } },
            },
            http_reqs: { type: 'counter', contains: 'default', values: { count: 1 } },
            data_received: { type: 'counter', contains: 'data' },
            data_sent: { type: 'counter', contains: 'data' },
            'http_reqs{a:b}': { values: { count: 0 }, thresholds: { 'count==0': { ok: true } } },
            time_to_pay: {
              type: 'trend',
              contains: 'time',
              values: { avg: 5, min: 5, med: 5, max: 5, 'p(90)': 5, 'p(95)': 5 },
            },
            iterations: { type: 'counter', values: { count: 1 } },
            vus_max: { type: 'gauge', values: { value: 1, min: 1, max: 1 } },
          },
        },
      },
    },
  },
  {
    name: 'handle-summary-that-tells-a-server',
    shows: ['export handleSummary'],
    script: `import http from 'k6/http';
      export default function () { http.get(__ENV.URL); }
      export function handleSummary(data) {
        const answer = http.post(__ENV.URL + '/reports', JSON.stringify({ asked: data.metrics.http_reqs.values.count }));
        return { stdout: 'told: ' + answer.status };
      }`,
    expect: {
      asked: ['GET /', 'POST /reports'],
      requests: [{}, { body: '{"asked":1}' }],
      text: ['told: 200'],
    },
  },
  {
    name: 'handle-summary-that-throws',
    shows: ['export handleSummary'],
    script: `export default function () {}
      export function handleSummary() { throw new Error('no luck'); }`,
    expect: { says: [/no luck/], text: ['█ TOTAL RESULTS'] },
  },
  {
    name: 'handle-summary-timeout',
    shows: ['option handleSummaryTimeout'],
    script: `export const options = { handleSummaryTimeout: '300ms' };
      export default function () {}
      export function handleSummary() { for (;;); }`,
    expect: { says: [/took longer than 0\.3 s/] },
  },
];
