/**
 * k6's flags that stand for options of a script, in one table: how each is typed, and the option it becomes. What is typed goes before
 * what the script exports; so does a variable `K6_...` of the environment, after what is typed.
 */

/** `flag`: takes no value. `stages`: `30s:10`, repeatable or `,` between. `pairs`: `name=value`, repeatable. `list`: `,` between. */
export type FlagKind = 'number' | 'text' | 'flag' | 'list' | 'stages' | 'pairs';

export interface K6Flag {
  /** Of the script. */
  readonly option: string;
  readonly flags: string;
  readonly kind: FlagKind;
  readonly meaning: string;
  /** Of the environment; none where k6 has none. */
  readonly variable?: string;
}

function row(
  option: string,
  flags: string,
  kind: FlagKind,
  meaning: string,
  variable: string | undefined = variableOf(flags),
): K6Flag {
  return { option, flags, kind, meaning, ...(variable === undefined ? {} : { variable }) };
}

/** `K6_NO_SETUP` of `--no-setup`. */
function variableOf(flags: string): string {
  return `K6_${longOf(flags).slice(2).replaceAll('-', '_').toUpperCase()}`;
}

export const K6_FLAGS: readonly K6Flag[] = [
  row('vus', '-u, --vus <n>', 'number', 'virtual users'),
  row('duration', '-d, --duration <time>', 'text', 'how long, as 30s or 1m30s'),
  row('iterations', '-i, --iterations <n>', 'number', 'iterations, shared by all virtual users'),
  row(
    'stages',
    '-s, --stage <time:target>',
    'stages',
    'a stage, as 30s:10; repeatable',
    'K6_STAGES',
  ),
  row('tags', '--tag <name=value>', 'pairs', 'a tag of every sample; repeatable', 'K6_TAGS'),
  row(
    'rps',
    '--rps <n>',
    'number',
    'HTTP requests a second, all virtual users together; 0: as many as they make',
  ),
  row('noSetup', '--no-setup', 'flag', 'do not run setup()'),
  row('noTeardown', '--no-teardown', 'flag', 'do not run teardown()'),
  row('noThresholds', '--no-thresholds', 'flag', 'do not judge thresholds'),
  row('maxRedirects', '--max-redirects <n>', 'number', 'redirections that a request follows'),
  row('batch', '--batch <n>', 'number', 'requests of a batch at a time'),
  row(
    'batchPerHost',
    '--batch-per-host <n>',
    'number',
    'requests of a batch at a time to one host',
  ),
  row('userAgent', '--user-agent <text>', 'text', 'what requests say they come from'),
  row('httpDebug', '--http-debug', 'flag', 'has no effect'),
  row(
    'insecureSkipTLSVerify',
    '--insecure-skip-tls-verify',
    'flag',
    'believe every TLS certificate',
  ),
  row('noConnectionReuse', '--no-connection-reuse', 'flag', 'a connection for each request'),
  row(
    'noVUConnectionReuse',
    '--no-vu-connection-reuse',
    'flag',
    'new connections in each iteration',
  ),
  row(
    'minIterationDuration',
    '--min-iteration-duration <time>',
    'text',
    'a virtual user is not free sooner',
  ),
  row('throw', '-w, --throw', 'flag', 'a request that fails throws'),
  row(
    'blacklistIPs',
    '--blacklist-ip <network>',
    'list',
    'networks that no request goes to',
    'K6_BLACKLIST_IPS',
  ),
  row('blockHostnames', '--block-hostnames <name>', 'list', 'names that no request goes to'),
  row(
    'summaryTrendStats',
    '--summary-trend-stats <list>',
    'list',
    'what is told of trends, as avg,p(99)',
  ),
  row(
    'summaryTimeUnit',
    '--summary-time-unit <unit>',
    'text',
    'unit of times in the summary: s, ms or us',
  ),
  row('systemTags', '--system-tags <list>', 'list', 'the tags of k6 that samples carry'),
  row('discardResponseBodies', '--discard-response-bodies', 'flag', 'read no body of an answer'),
  row('localIPs', '--local-ips <list>', 'text', 'has no effect'),
  row('dns', '--dns <list>', 'text', 'has no effect'),
  row('consoleOutput', '--console-output <file>', 'text', 'where what console is told goes'),
  row('paused', '-p, --paused', 'flag', 'has no effect'),
  row('linger', '-l, --linger', 'flag', 'has no effect'),
  row('noUsageReport', '--no-usage-report', 'flag', 'nothing is reported in any case'),
];

/** `--stage` of `-s, --stage <time:target>`. */
export function longOf(flags: string): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}

/** What the option becomes; `previous`: what was typed before it. Undefined: it is none. */
export function flagValue(kind: FlagKind, text: string, previous?: unknown): unknown {
  switch (kind) {
    case 'number':
      return /^\d+$/.test(text) ? Number(text) : undefined;
    case 'text':
      return text;
    case 'flag':
      return ['true', '1'].includes(text)
        ? true
        : ['false', '0'].includes(text)
          ? false
          : undefined;
    case 'list':
      return [...listOf(previous), ...text.split(',').map((one) => one.trim())];
    case 'stages': {
      const stages = text.split(',').map((stage) => /^([^:]+):(\d+)$/.exec(stage.trim()));
      if (stages.some((stage) => stage === null)) return undefined;
      return [
        ...listOf(previous),
        ...stages.map((stage) => ({ duration: stage?.[1], target: Number(stage?.[2]) })),
      ];
    }
    case 'pairs': {
      const at = text.indexOf('=');
      return at < 1 ? undefined : { ...Object(previous), [text.slice(0, at)]: text.slice(at + 1) };
    }
    default:
      return kind satisfies never;
  }
}

function listOf(previous: unknown): readonly unknown[] {
  return Array.isArray(previous) ? previous : [];
}

/** The words that give the option that value, for the command line. */
export function flagWords(
  { kind, flags }: K6Flag,
  value: unknown,
): readonly (readonly [string, string | true])[] {
  const long = longOf(flags);
  if (kind === 'flag') return value === true ? [[long, true]] : [];
  if (kind === 'pairs')
    return Object.entries(Object(value)).map(([name, text]) => [long, `${name}=${text}`]);
  if (kind === 'stages' && Array.isArray(value))
    return value.map(({ duration, target }) => [long, `${duration}:${target}`]);
  return [[long, Array.isArray(value) ? value.join() : String(value)]];
}
