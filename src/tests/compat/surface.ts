/**
 * What k6 has, as its public documentation names it, in the order of the page. Modules and their exports, executors, metrics and
 * exit codes are asked of the code; what is inside of them is listed here. An item is `<of what> <name>`.
 */
import { EXIT_CODES } from '../../harness/exit-codes.js';
import { k6Module, k6ModuleNames } from '../../harness/k6/modules.js';
import { builtInMetrics } from '../../harness/options/metrics.js';
import { EXECUTORS } from '../../harness/schedule/executors/registry.js';

export interface Section {
  readonly title: string;
  readonly items: readonly string[];
}

/** `items('Response', 'status body')`: `Response status`, `Response body`. */
export function items(of: string, names: string): readonly string[] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => `${of} ${name}`);
}

/** The codes that are k6's; those above are paydrill's own. */
const EXIT_CODE_MAX = 110;

const MODULES: readonly Section[] = k6ModuleNames()
  .filter((name) => !name.startsWith('k6/x/'))
  .map((name) => ({
    title: `Module \`${name}\``,
    items: Object.keys(k6Module(name)?.exports ?? {}).map((exported) => `${name} ${exported}`),
  }));

const OF_A_PROTOCOL = /^(grpc|sql|ws)_/;

/** What k6 does not have: it measures from no plan. */
const OURS = 'http_req_response_time';

function metrics(isThere: (name: string) => boolean): readonly string[] {
  return builtInMetrics({ pays: false })
    .filter((name) => name !== OURS)
    .filter(isThere)
    .map((name) => `metric ${name}`);
}

const NOT_HERE: Section = {
  title: 'Modules that are not here',
  items: items(
    'module',
    `k6/browser k6/x/* k6/experimental/timers k6/experimental/grpc k6/experimental/webcrypto k6/experimental/browser
     k6/experimental/tracing k6/experimental/redis`,
  ),
};

export const SURFACE: readonly Section[] = [
  ...MODULES,
  {
    title: 'Params of a request',
    items: items(
      'Params',
      'auth compression cookies headers jar redirects responseType tags timeout responseCallback throw',
    ),
  },
  {
    title: 'Response',
    items: items(
      'Response',
      `body status status_text headers cookies error error_code json html clickLink submitForm timings proto remote_ip
       remote_port request tls_version tls_cipher_suite ocsp url`,
    ),
  },
  {
    title: 'Client of `k6/net/grpc`',
    items: [
      ...items('grpc Client', 'load connect invoke asyncInvoke healthCheck close'),
      ...items('grpc Response', 'status message headers trailers error'),
      ...items('grpc Stream', 'on write end'),
      ...items('grpc connect-param', 'plaintext timeout reflect'),
      ...items('grpc param', 'metadata tags timeout'),
    ],
  },
  { title: 'CookieJar', items: items('CookieJar', 'cookiesForURL set clear delete') },
  {
    title: 'Selection',
    items: items(
      'Selection',
      `attr children closest contents data each eq filter find first get has html is last map next nextAll nextUntil not
       parent parents parentsUntil prev prevAll prevUntil serialize serializeArray serializeObject size slice text toArray val`,
    ),
  },
  {
    title: 'What `k6/execution` tells',
    items: [
      ...items('scenario', 'name executor startTime progress iterationInInstance iterationInTest'),
      ...items(
        'instance',
        'iterationsInterrupted iterationsCompleted vusActive vusInitialized currentTestRunDuration',
      ),
      ...items('test', 'abort fail options'),
      ...items(
        'vu',
        'iterationInInstance iterationInScenario idInInstance idInTest tags metrics.tags metrics.metadata',
      ),
    ],
  },
  {
    title: 'Globals',
    items: items(
      'global',
      `open require __ENV __VU __ITER console setTimeout clearTimeout setInterval clearInterval crypto TextEncoder
       TextDecoder import.meta.resolve global`,
    ),
  },
  {
    title: 'What a script exports',
    items: items('export', 'options default exec setup teardown handleSummary'),
  },
  {
    title: 'Ways to write a script',
    items: items(
      'language',
      `TypeScript CommonJS JSON-import https-import relative-import package-import async-default classes
       array-callbacks higher-order-helpers generators promises`,
    ),
  },
  {
    title: 'Options',
    items: items(
      'option',
      `vus duration iterations stages scenarios executionSegment executionSegmentSequence paused noSetup setupTimeout
       noTeardown teardownTimeout handleSummaryTimeout rps dns maxRedirects userAgent batch batchPerHost httpDebug
       insecureSkipTLSVerify tlsCipherSuites tlsVersion tlsAuth throw thresholds blacklistIPs blockHostnames hosts
       noConnectionReuse noVUConnectionReuse minIterationDuration cloud ext summaryTrendStats summaryTimeUnit systemTags
       tags metricSamplesBufferSize noCookiesReset discardResponseBodies consoleOutput localIPs features linger
       noUsageReport unknown-key wrong-type`,
    ),
  },
  {
    title: 'Command line',
    items: items(
      'flag',
      `--env --vus --duration --iterations --stage --tag --rps --no-setup --no-teardown --no-thresholds --no-summary
       --summary-mode --summary-export --summary-trend-stats --summary-time-unit --console-output
       --include-system-env-vars --http-debug --insecure-skip-tls-verify --user-agent --max-redirects --throw
       --no-connection-reuse --no-vu-connection-reuse --discard-response-bodies --min-iteration-duration 
        --dns --local-ips --blacklist-ip --block-hostnames --batch --batch-per-host --system-tags
       --linger --paused --no-usage-report --quiet --out --secret-source K6_*
       --log-output --no-color --verbose --address --compatibility-mode`,
    ),
  },
  { title: 'Executors', items: EXECUTORS.map(({ name }) => `executor ${name}`) },
  {
    title: 'Scenarios',
    items: items('scenario-option', 'executor startTime gracefulStop exec env tags'),
  },
  {
    title: 'Thresholds',
    items: items(
      'threshold',
      `avg min max med p(N) count rate value < <= > >= == === != abortOnFail delayAbortEval sub-metric unknown-metric
       wrong-method`,
    ),
  },
  { title: 'Metrics', items: metrics((name) => !OF_A_PROTOCOL.test(name)) },
  { title: 'Metrics of gRPC', items: metrics((name) => name.startsWith('grpc_')) },
  { title: 'Metrics of WebSockets', items: metrics((name) => name.startsWith('ws_')) },
  {
    title: 'System tags',
    items: items(
      'tag',
      'proto subproto status method url name group check error error_code tls_version scenario expected_response vu iter ip',
    ),
  },
  {
    title: 'The end of a run',
    items: items(
      'summary',
      'text-thresholds text-results text-checks text-custom text-http text-execution text-network handleSummary-data summary-export',
    ),
  },
  {
    title: 'Exit codes',
    items: Object.values(EXIT_CODES)
      .filter(({ code }) => code <= EXIT_CODE_MAX)
      .map(({ code }) => `exit ${code}`),
  },
  NOT_HERE,
];
