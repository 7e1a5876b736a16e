/** What is measured of gRPC calls, with k6's names and tags. */
import type { MetricDefinition, Tags } from '../../../ports/metrics.js';
import type { Vu } from '../../../vu/virtual-user.js';
import { carried } from '../../system-tags.js';

const DURATION = { name: 'grpc_req_duration', kind: 'trend', isTime: true } as const;
const STREAMS = counter('grpc_streams');
const MESSAGES_SENT = counter('grpc_streams_msgs_sent');
const MESSAGES_RECEIVED = counter('grpc_streams_msgs_received');
const DATA_SENT = counter('data_sent');
const DATA_RECEIVED = counter('data_received');

/** A message travels behind a flag and its length. */
const PREFIX_BYTES = 5;

/** One call's. */
export class CallMeter {
  readonly #vu: Vu;
  readonly #tags: Tags;
  readonly #startedUs: number;

  constructor(
    vu: Vu,
    call: { readonly address: string; readonly path: string; readonly tags: Tags | undefined },
  ) {
    const { address, path, tags } = call;
    const [, service = '', method = ''] = path.split('/');
    this.#vu = vu;
    const made = { url: `${address}${path}`, service, method };
    this.#tags = { ...carried(vu, { name: path }), ...tags, ...carried(vu, made) };
    this.#startedUs = vu.thread.host.clock.nowUs();
  }

  streamBegan(): void {
    this.#add(STREAMS, 1);
  }

  sent(bytes: Uint8Array): void {
    this.#add(DATA_SENT, bytes.byteLength + PREFIX_BYTES);
  }

  received(bytes: Uint8Array): void {
    this.#add(DATA_RECEIVED, bytes.byteLength + PREFIX_BYTES);
  }

  streamSent(bytes: Uint8Array): void {
    this.#add(MESSAGES_SENT, 1);
    this.sent(bytes);
  }

  streamReceived(bytes: Uint8Array): void {
    this.#add(MESSAGES_RECEIVED, 1);
    this.received(bytes);
  }

  /** `code`: gRPC's. */
  ended(code: number): void {
    const ms = (this.#vu.thread.host.clock.nowUs() - this.#startedUs) / 1000;
    this.#add(DURATION, ms, { ...this.#tags, ...carried(this.#vu, { status: String(code) }) });
  }

  #add(metric: MetricDefinition, value: number, tags = this.#tags): void {
    this.#vu.thread.host.metrics.add(metric, value, tags, this.#vu);
  }
}

function counter(name: string): MetricDefinition {
  return { name, kind: 'counter', isTime: false };
}
