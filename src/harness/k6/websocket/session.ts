/**
 * One socket of a virtual user, measured as k6 measures it: what goes over it, how long it took to open and how long it was open.
 * Samples carry the group and the tags that the VU had when the socket was made.
 */
import type { BuiltInMetric } from '../../options/metrics.js';
import type { MetricDefinition, SampleContext, Tags } from '../../ports/metrics.js';
import type {
  UpgradeAnswer,
  WebSocketConnection,
  WebSocketEnd,
  WebSocketListener,
} from '../../ports/websocket.js';
import type { Vu } from '../../vu/virtual-user.js';
import { headerOf, headersOf } from '../http/headers.js';
import { carried } from '../system-tags.js';
import type { Dial } from './dial.js';

/** More messages than this that wait for the script are left with the system. */
export const WAITING_MAX = 64;

export class Session {
  readonly #vu: Vu;
  readonly #dial: Dial;
  readonly #context: SampleContext;
  readonly #connection: WebSocketConnection;
  readonly #startUs: number;
  #tags: Tags;
  #isOpen = false;
  #wasOpened = false;
  #sent = 0;
  #received = 0;
  /** When each ping left that is not answered, by what it carries. */
  readonly #pings = new Map<string, number>();
  #lastPing = 0;

  /** `url`: as the script gave it. */
  constructor(
    vu: Vu,
    {
      dial,
      url,
      listener,
    }: { readonly dial: Dial; readonly url: string; readonly listener: WebSocketListener },
  ) {
    this.#vu = vu;
    this.#dial = dial;
    this.#context = {
      scenario: vu.scenario,
      group: vu.group,
      tags: vu.tags === undefined ? undefined : { ...vu.tags },
      id: vu.id,
      iterationOfVu: vu.iterationOfVu,
    };
    const name = dial.tags?.name ?? url;
    this.#tags = { ...dial.tags, ...carried(vu, { url: dial.tags?.url ?? name, name }) };
    this.#startUs = this.#nowUs();
    this.#connection = vu.thread.host.sockets.open(dial.call, {
      onOpen: (answer) => {
        this.#isOpen = true;
        this.#wasOpened = true;
        this.#answered(answer);
        listener.onOpen(answer);
      },
      onMessage: (data) => {
        this.#add(METRIC.ws_msgs_received, 1);
        this.#countBytes();
        listener.onMessage(data);
      },
      onPing: () => listener.onPing(),
      onPong: (payload) => {
        this.#ponged(payload);
        listener.onPong(payload);
      },
      onEnd: (end) => {
        this.#ended(end);
        listener.onEnd(end);
      },
    });
  }

  get bufferedAmount(): number {
    return this.#connection.bufferedAmount;
  }

  send(data: string | Uint8Array): void {
    this.#connection.send(data);
    this.#add(METRIC.ws_msgs_sent, 1);
    this.#countBytes();
  }

  ping(): void {
    const payload = String(++this.#lastPing);
    this.#pings.set(payload, this.#nowUs());
    this.#connection.ping(payload);
  }

  /** The end is told. */
  close(code: number, reason: string): void {
    this.#connection.close(code, reason);
  }

  /** The end is not told, and no session of k6's ends. */
  terminate(): void {
    this.#countBytes();
    this.#connection.terminate();
  }

  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    this.#connection.resume();
  }

  /** The session is over for the script, and is measured; what comes afterwards nobody looks at. */
  over(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#countBytes();
    this.#add(METRIC.ws_session_duration, (this.#nowUs() - this.#startUs) / 1000);
  }

  #answered(answer: UpgradeAnswer | undefined): void {
    const { jar, cookieUrl } = this.#dial;
    if (answer !== undefined) {
      for (const line of headersOf(answer.headers, 'set-cookie')) jar.receive(cookieUrl, line);
      const subproto = headerOf(answer.headers, 'sec-websocket-protocol') ?? '';
      this.#tags = {
        ...this.#tags,
        ...carried(this.#vu, { status: String(answer.status), subproto }),
      };
    }
    this.#add(METRIC.ws_sessions, 1);
    this.#add(METRIC.ws_connecting, (this.#nowUs() - this.#startUs) / 1000);
    this.#countBytes();
  }

  #ended({ answer }: WebSocketEnd): void {
    if (this.#isOpen) this.over();
    else if (!this.#wasOpened) this.#answered(answer);
  }

  #ponged(payload: string): void {
    const sentUs = this.#pings.get(payload);
    if (sentUs === undefined) return; // of nobody
    this.#pings.delete(payload);
    this.#add(METRIC.ws_ping, (this.#nowUs() - sentUs) / 1000);
  }

  #countBytes(): void {
    const { bytesSent, bytesReceived } = this.#connection;
    if (bytesSent > this.#sent) this.#add(METRIC.data_sent, bytesSent - this.#sent);
    if (bytesReceived > this.#received)
      this.#add(METRIC.data_received, bytesReceived - this.#received);
    this.#sent = Math.max(this.#sent, bytesSent);
    this.#received = Math.max(this.#received, bytesReceived);
  }

  #add(metric: MetricDefinition, value: number): void {
    this.#vu.thread.host.metrics.add(metric, value, this.#tags, this.#context);
  }

  #nowUs(): number {
    return this.#vu.thread.host.clock.nowUs();
  }
}

const METRIC = {
  ws_sessions: { name: 'ws_sessions', kind: 'counter', isTime: false },
  ws_connecting: { name: 'ws_connecting', kind: 'trend', isTime: true },
  ws_session_duration: { name: 'ws_session_duration', kind: 'trend', isTime: true },
  ws_msgs_sent: { name: 'ws_msgs_sent', kind: 'counter', isTime: false },
  ws_msgs_received: { name: 'ws_msgs_received', kind: 'counter', isTime: false },
  ws_ping: { name: 'ws_ping', kind: 'trend', isTime: true },
  data_sent: { name: 'data_sent', kind: 'counter', isTime: false },
  data_received: { name: 'data_received', kind: 'counter', isTime: false },
} as const satisfies Partial<Record<BuiltInMetric, MetricDefinition>>;
