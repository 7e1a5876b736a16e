/** Options of a script, and what is typed or stands in the environment in their place. */
import { SEE, type Snippet } from '../snippet.js';
import { items } from '../surface.js';

const TELL = `import exec from 'k6/execution'; ${SEE}`;

export const COMMAND_LINES: readonly Snippet[] = [
  {
    name: 'options-nobody-knows',
    shows: [
      'option unknown-key',
      ...items('option', 'cloud ext features metricSamplesBufferSize noUsageReport'),
    ],
    script: `export const options = { vuss: 3, cloud: { projectID: 1 }, ext: { loadimpact: { name: 'x' } }, features: 'a', metricSamplesBufferSize: 10, noUsageReport: true };
      export default function () {}`,
    expect: {
      says: [/vuss is not known and ignored; did you mean vus\?/],
      saysNot: [/cloud|ext|features|metricSamples|noUsage/],
    },
  },
  {
    name: 'options-of-a-wrong-type',
    shows: ['option wrong-type', 'exit 104'],
    script: `export const options = { vus: 'many' };
      export default function () {}`,
    expect: { exit: 104, refusal: /vus must be a whole number/ },
  },
  {
    name: 'options-without-effect',
    differs: {
      ...Object.fromEntries(
        items('option', 'httpDebug paused linger').map((item) => [
          item,
          'accepted, and told once to have no effect',
        ]),
      ),
      'option dns':
        'accepted, and told once to have no effect: a name is looked up once in five minutes, and one of its addresses drawn',
      'option localIPs':
        'accepted, and told once to have no effect: the system chooses the address',
    },
    script: `export const options = { httpDebug: 'full', paused: false, linger: true, dns: { ttl: '1m', select: 'first' }, localIPs: '127.0.0.2' };
      export default function () {}`,
    expect: {
      says: ['httpDebug', 'linger', 'dns', 'localIPs'].map(
        (name) => new RegExp(`${name} has no effect here`),
      ),
      saysNot: [/paused/],
    },
  },
  {
    name: 'execution-segments',
    shows: ['option executionSegment', 'option executionSegmentSequence'],
    script: `export const options = { executionSegment: '0:1/4', executionSegmentSequence: '0,1/4,1/2,1', scenarios: { a: { executor: 'shared-iterations', vus: 4, iterations: 8 } } };
      export default function () {}`,
    expect: { metrics: { iterations: { count: 2 } } },
  },
  {
    name: 'requests-a-second',
    shows: ['option rps'],
    script: `import http from 'k6/http'; ${SEE}
      export const options = { vus: 2, iterations: 4, rps: 20 };
      export function setup() { return Date.now(); }
      export default function () { http.get(__ENV.URL); }
      export function teardown(began) { see(Date.now() - began >= 145); }`,
    expect: { sees: [true], metrics: { http_reqs: { count: 4 } } },
  },
  {
    name: 'client-certificates',
    tls: true,
    shows: ['option tlsAuth'],
    files: { 'cert.pem': '$CERT', 'key.pem': '$KEY' },
    script: `import http from 'k6/http'; ${SEE}
      export const options = { insecureSkipTLSVerify: true, tlsAuth: [{ domains: ['127.0.0.1'], cert: open('./cert.pem'), key: open('./key.pem') }] };
      export default function () { see(http.get(__ENV.TLS_URL + '/client').json('client')); }`,
    expect: { sees: ['localhost'] },
  },
  {
    name: 'flags-before-options',
    shows: items('flag', '--env --vus --iterations --tag --no-setup --no-teardown --user-agent'),
    args: [
      '-u',
      '2',
      '-i',
      '3',
      '--tag',
      'run=night',
      '--no-setup',
      '--no-teardown',
      '--user-agent',
      'typed/1',
      '-e',
      'WORD=typed',
    ],
    script: `import http from 'k6/http'; ${TELL}
      export const options = { vus: 9, userAgent: 'script/1', scenarios: { a: { executor: 'constant-vus', vus: 5, duration: '10m' } }, thresholds: { 'http_reqs{run:night}': ['count==3'] } };
      export function setup() { http.get(__ENV.URL + '/setup'); }
      export default function () { http.get(__ENV.URL + '/' + __ENV.WORD); see(exec.scenario.executor); }
      export function teardown() { http.get(__ENV.URL + '/teardown'); }`,
    expect: {
      asked: ['GET /typed', 'GET /typed', 'GET /typed'],
      sees: ['shared-iterations', 'shared-iterations', 'shared-iterations'],
      requests: [{ headers: { 'user-agent': 'typed/1' } }],
      thresholds: { 'http_reqs{run:night} count==3': true },
    },
  },
  {
    name: 'flags-of-time',
    shows: items('flag', '--duration --stage --no-thresholds --min-iteration-duration'),
    args: ['--stage', '0s:1,1s:1', '--no-thresholds', '--min-iteration-duration', '300ms'],
    script: `${TELL} export const options = { iterations: 5, thresholds: { checks: ['rate>2'], unknown: ['x<1'] } };
      let told = false;
      export default function () { if (!told) see(exec.scenario.executor); told = true; }`,
    expect: { sees: ['ramping-vus'], thresholds: {} },
  },
  {
    name: 'flag-duration',
    shows: ['flag --duration'],
    args: ['-d', '1s', '-u', '1'],
    script: `import { sleep } from 'k6'; ${TELL} export const options = { iterations: 5 };
      let told = false;
      export default function () { if (!told) see(exec.scenario.executor); told = true; sleep(0.2); }`,
    expect: { sees: ['constant-vus'] },
  },
  {
    name: 'flags-of-requests',
    shows: items(
      'flag',
      '--rps --throw --max-redirects --discard-response-bodies --no-connection-reuse --no-vu-connection-reuse --batch --batch-per-host --blacklist-ip --block-hostnames',
    ),
    args: [
      '--rps',
      '1000',
      '--throw',
      '--max-redirects',
      '1',
      '--discard-response-bodies',
      '--no-connection-reuse',
      '--no-vu-connection-reuse',
      '--batch',
      '3',
      '--batch-per-host',
      '1',
      '--blacklist-ip',
      '10.0.0.0/8',
      '--block-hostnames',
      '*.test',
    ],
    script: `import http from 'k6/http'; ${SEE}
      export default function () {
        const res = http.get(__ENV.URL + '/redirect/3'); see([res.status, res.body]);
        for (const url of ['http://a.test/', 'http://10.0.0.1/']) try { http.get(url); } catch (error) { see('threw'); }
        see(http.batch([__ENV.URL, __ENV.URL]).length);
      }`,
    expect: { sees: [[302, null], 'threw', 'threw', 2] },
  },
  {
    name: 'flags-of-the-summary',
    shows: [
      ...items(
        'flag',
        '--summary-export --summary-trend-stats --summary-time-unit --console-output --summary-mode',
      ),
      'summary summary-export',
      'option consoleOutput',
    ],
    args: [
      '--summary-export',
      '$OUT/summary.json',
      '--summary-trend-stats',
      'avg,p(99)',
      '--summary-time-unit',
      'us',
      '--console-output',
      '$OUT/console.log',
      '--summary-mode',
      'full',
    ],
    script: `import http from 'k6/http';
      import { check, group } from 'k6';
      export const options = { thresholds: { checks: ['rate>0.9'], http_reqs: ['count<1'] } };
      export default function () { console.log('to the file'); group('shop', () => check(http.get(__ENV.URL), { 'is 200': (r) => r.status === 200 })); }`,
    expect: {
      exit: 99,
      text: [/http_req_duration\.+: avg=[\d.]+µs p\(99\)=[\d.]+µs\n/, /http_req_waiting\.+: avg=/],
      saysNot: [/to the file/],
      written: {
        'console.log': consoleLine('to the file'),
        'summary.json': {
          root_group: {
            groups: { shop: { path: '::shop', checks: { 'is 200': { passes: 1, fails: 0 } } } },
            checks: {},
          },
          metrics: {
            checks: { value: 1, passes: 1, fails: 0, thresholds: { 'rate>0.9': false } },
            http_reqs: { count: 1, thresholds: { 'count<1': true } },
          },
        },
      },
    },
  },
  {
    name: 'no-summary',
    shows: items('flag', '--no-summary --quiet --out'),
    args: ['--no-summary', '--quiet', '--out', 'json=$OUT/seconds.json'],
    script: `export default function () {}
      export function handleSummary() { return { stdout: 'told' }; }`,
    expect: { textWithout: ['told', '█'], written: { 'seconds.json': /./ } },
  },
  {
    name: 'variables-of-the-environment',
    shows: ['flag --include-system-env-vars', 'flag K6_*', 'global __ENV'],
    args: ['-e', 'SHOP_B=typed'],
    processEnv: { SHOP_A: 'system', SHOP_B: 'system', K6_ITERATIONS: '2', K6_USER_AGENT: 'env/1' },
    script: `import http from 'k6/http'; ${SEE}
      export const options = { iterations: 7 };
      export default function () { http.get(__ENV.URL); see([__ENV.SHOP_A, __ENV.SHOP_B, __ENV['SHOP_C'] || 'otherwise']); }`,
    expect: {
      sees: [
        ['system', 'typed', 'otherwise'],
        ['system', 'typed', 'otherwise'],
      ],
      requests: [{ headers: { 'user-agent': 'env/1' } }],
    },
  },
  {
    name: 'no-variables-of-the-environment',
    shows: ['flag --include-system-env-vars'],
    args: ['--include-system-env-vars', 'false'],
    processEnv: { SHOP_A: 'system' },
    script: `${SEE} export default function () { see(__ENV.SHOP_A === undefined); }`,
    expect: { sees: [true] },
  },
  {
    name: 'flags-of-the-launcher',
    differs: Object.fromEntries(
      items('flag', '--verbose --address --compatibility-mode').map((item) => [
        item,
        'accepted, and told to have no effect',
      ]),
    ),
    shows: items('flag', '--log-output --no-color --quiet --out'),
    args: [
      ...['-v', '-a', 'localhost:0', '--compatibility-mode=extended', '--log-output', 'stderr'],
      ...['--no-color', '-o', 'json=$OUT/seconds.json', '--no-thresholds=true', '--quiet'],
    ],
    script: `${SEE} export const options = { thresholds: { iterations: ['count>5'] } };
      export default function () { see('told'); }`,
    expect: {
      sees: ['told'],
      says: [/without effect here: --verbose, --address, --compatibility-mode/],
      written: { 'seconds.json': /./ },
    },
  },
  {
    name: 'flags-without-effect',
    tls: true,
    differs: Object.fromEntries(
      items('flag', '--http-debug --dns --local-ips --linger --paused').map((item) => [
        item,
        'accepted, and told once to have no effect',
      ]),
    ),
    shows: items('flag', '--insecure-skip-tls-verify --no-usage-report'),
    args: [
      '--http-debug',
      '--dns',
      'ttl=5m',
      '--local-ips',
      '127.0.0.2',
      '-l',
      '-p',
      '--no-usage-report',
      '--insecure-skip-tls-verify',
    ],
    script: `import http from 'k6/http'; ${SEE} export default function () { see(http.get(__ENV.TLS_URL).status); }`,
    expect: {
      sees: [200],
      says: ['httpDebug', 'dns', 'localIPs', 'linger', 'paused'].map(
        (name) => new RegExp(`${name} has no effect here`),
      ),
    },
  },
  {
    name: 'a-flag-that-is-wrong',
    shows: ['exit 104'],
    args: ['--vus', 'many'],
    script: 'export default function () {}',
    expect: { exit: 104, refusal: /--vus.*whole number/ },
  },
];

/** A line of the file that console goes to. */
function consoleLine(text: string): RegExp {
  return new RegExp(`^time="[^"]+" level=info msg="${text}" source=console\\n$`);
}
