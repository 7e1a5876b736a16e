/**
 * The names of all metrics, in one table: k6's own as far as they apply, and paydrill's. Thresholds and summaries
 * refer to them; a script adds its own with k6/metrics. Trends of time are in milliseconds, as k6's users expect.
 */
import type { MetricDefinition, MetricKind } from '../ports/metrics.js';

export interface MetricRow {
  readonly kind: MetricKind;
  readonly isTime: boolean;
  readonly meaning: string;
}

/** What k6 says a metric holds; its data are bytes. */
export type Contents = 'time' | 'data' | 'default';

export function contentsOf({
  name,
  isTime,
}: {
  readonly name: string;
  readonly isTime: boolean | undefined;
}): Contents {
  if (name === 'data_received' || name === 'data_sent') return 'data';
  return isTime === true ? 'time' : 'default';
}

export const METRICS = {
  checks: { kind: 'rate', isTime: false, meaning: 'share of checks that passed' },
  dropped_iterations: {
    kind: 'counter',
    isTime: false,
    meaning: 'iterations that were due and found no idle VU, or no time',
  },
  group_duration: { kind: 'trend', isTime: true, meaning: 'time spent in a group' },
  data_received: {
    kind: 'counter',
    isTime: false,
    meaning: 'bytes that came over HTTP and WebSockets, and in messages of gRPC',
  },
  data_sent: {
    kind: 'counter',
    isTime: false,
    meaning: 'bytes that went over HTTP and WebSockets, and in messages of gRPC',
  },
  grpc_req_duration: {
    kind: 'trend',
    isTime: true,
    meaning: 'of gRPC calls, from the call to its end',
  },
  grpc_streams: { kind: 'counter', isTime: false, meaning: 'gRPC streams begun' },
  grpc_streams_msgs_received: {
    kind: 'counter',
    isTime: false,
    meaning: 'messages that came over gRPC streams',
  },
  grpc_streams_msgs_sent: {
    kind: 'counter',
    isTime: false,
    meaning: 'messages that went over gRPC streams',
  },
  http_req_blocked: {
    kind: 'trend',
    isTime: true,
    meaning: 'of HTTP requests, until there was a connection, its making left out',
  },
  http_req_connecting: {
    kind: 'trend',
    isTime: true,
    meaning: 'of HTTP requests, making the TCP connection',
  },
  http_req_duration: {
    kind: 'trend',
    isTime: true,
    meaning: 'of HTTP requests, sending, waiting and receiving',
  },
  http_req_failed: {
    kind: 'rate',
    isTime: false,
    meaning: 'share of HTTP requests whose answer was not expected',
  },
  http_req_receiving: {
    kind: 'trend',
    isTime: true,
    meaning: 'of HTTP requests, from the first byte of the answer to the last',
  },
  http_req_response_time: {
    kind: 'trend',
    isTime: true,
    meaning:
      'of HTTP requests at an arrival rate, to the last byte: of the first of an iteration from its intended start, of others from their beginning',
  },
  http_req_sending: {
    kind: 'trend',
    isTime: true,
    meaning: 'of HTTP requests, writing the request',
  },
  http_req_tls_handshaking: {
    kind: 'trend',
    isTime: true,
    meaning: 'of HTTP requests, the TLS handshake',
  },
  http_req_waiting: {
    kind: 'trend',
    isTime: true,
    meaning: 'of HTTP requests, from the last byte sent to the first of the answer',
  },
  http_reqs: { kind: 'counter', isTime: false, meaning: 'HTTP requests made' },
  iteration_duration: { kind: 'trend', isTime: true, meaning: 'from actual start to end' },
  iterations: { kind: 'counter', isTime: false, meaning: 'iterations that ended by themselves' },
  late_starts: {
    kind: 'counter',
    isTime: false,
    meaning: 'iterations that started later than intended because the generator was busy',
  },
  pay_declined: {
    kind: 'rate',
    isTime: false,
    meaning: 'share of operations that the target declined',
  },
  pay_not_sent: {
    kind: 'rate',
    isTime: false,
    meaning: 'share of operations that never left: no connection, or too many under way',
  },
  pay_ok: { kind: 'rate', isTime: false, meaning: 'share of operations that took effect' },
  pay_operations: { kind: 'counter', isTime: false, meaning: 'operations asked for' },
  pay_response_time: {
    kind: 'trend',
    isTime: true,
    meaning: 'of operations, from intended start to the definite answer',
  },
  pay_service_time: {
    kind: 'trend',
    isTime: true,
    meaning: 'of operations, from the sending that was answered to its answer',
  },
  pay_unknown: {
    kind: 'rate',
    isTime: false,
    meaning: 'share of operations whose outcome is unknown: an answer that comes later moves it',
  },
  sql_errors: {
    kind: 'counter',
    isTime: false,
    meaning: 'SQL statements and connections that failed',
  },
  sql_statement_duration: {
    kind: 'trend',
    isTime: true,
    meaning: 'of SQL statements, from the statement to its end',
  },
  sql_statements: {
    kind: 'counter',
    isTime: false,
    meaning: 'SQL statements asked, BEGIN and COMMIT among them',
  },
  vus: { kind: 'gauge', isTime: false, meaning: 'VUs running an iteration' },
  vus_max: { kind: 'gauge', isTime: false, meaning: 'VUs made' },
  ws_connecting: {
    kind: 'trend',
    isTime: true,
    meaning: 'of WebSockets, until the server answered the upgrade',
  },
  ws_msgs_received: {
    kind: 'counter',
    isTime: false,
    meaning: 'messages that came over WebSockets',
  },
  ws_msgs_sent: { kind: 'counter', isTime: false, meaning: 'messages that went over WebSockets' },
  ws_ping: { kind: 'trend', isTime: true, meaning: 'of WebSockets, from a ping to its pong' },
  ws_session_duration: {
    kind: 'trend',
    isTime: true,
    meaning: 'of WebSockets, from the beginning to the end of a session',
  },
  ws_sessions: { kind: 'counter', isTime: false, meaning: 'WebSockets begun' },
} as const satisfies Record<string, MetricRow>;

export type BuiltInMetric = keyof typeof METRICS;

/** Of a script that pays all of them; of others those that tell of no payments. */
export function builtInMetrics({ pays }: { readonly pays: boolean }): readonly BuiltInMetric[] {
  return Object.keys(METRICS)
    .filter(isBuiltInMetric)
    .filter((name) => pays || !(name.startsWith('pay_') || name === 'late_starts'));
}

export function builtInMetric(name: string): MetricDefinition | undefined {
  if (!isBuiltInMetric(name)) return undefined;
  const row: MetricRow = METRICS[name];
  return { name, kind: row.kind, isTime: row.isTime };
}

export function isBuiltInMetric(name: string): name is BuiltInMetric {
  return Object.hasOwn(METRICS, name);
}

/** k6's rule for names of custom metrics: 2 to 129 characters. */
const METRIC_NAME = /^[a-zA-Z_][a-zA-Z0-9_]{1,128}$/;

/** The metrics that one script defines; every VU of a thread defines the same ones again. */
export class CustomMetrics {
  readonly #byName = new Map<string, MetricDefinition>();

  /** Throws where the name cannot be one, or is taken by a metric of another kind. */
  define(wanted: MetricDefinition): MetricDefinition {
    const { name, kind } = wanted;
    const known = this.#byName.get(name);
    if (known !== undefined && known.kind === kind && known.isTime === wanted.isTime) return known;
    if (!METRIC_NAME.test(name))
      throw new Error(
        `metric name ${JSON.stringify(name)} must be 2 to 129 letters, digits or _, not beginning with a digit`,
      );
    const taken = known ?? builtInMetric(name);
    if (taken !== undefined)
      throw new Error(`metric "${name}" exists already as a ${taken.kind}; choose another name`);
    this.#byName.set(name, wanted);
    return wanted;
  }

  get(name: string): MetricDefinition | undefined {
    return this.#byName.get(name);
  }

  all(): readonly MetricDefinition[] {
    return [...this.#byName.values()];
  }
}
