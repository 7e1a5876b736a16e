/**
 * The connections of one virtual user, as k6 has them: each VU its own, kept alive, a few idle ones to a host.
 *
 *   send -> an idle connection to that origin, or a new one -> answer, or a failure
 *
 * A request on a connection that the server closed while it lay idle is sent once more on a new one, where that changes
 * nothing on the server, as Go's client does.
 */
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { HttpAnswer, HttpCall, HttpClient, HttpOptions } from '../ports/http.js';
import type { Addresses } from './addresses.js';
import type { Carrier, Exchange, ReadAnswer } from './carrier.js';
import { type ConnectionEvents, HttpConnection } from './connection.js';
import { type Failure, failureOf, TIMED_OUT } from './failures.js';
import { Http2Connection } from './http2-connection.js';

const EMPTY = Buffer.alloc(0);
/** setTimeout's own. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export interface ClientParts {
  readonly options: HttpOptions;
  readonly addresses: Addresses;
  readonly tlsOf: (hostname: string) => ConnectionOptions;
  readonly nowUs: () => number;
}

interface Waiting {
  readonly resolve: (answer: HttpAnswer) => void;
  carrier: Carrier | undefined;
  timer: NodeJS.Timeout | undefined;
}

export class VuHttpClient implements HttpClient, ConnectionEvents {
  readonly #parts: ClientParts;
  readonly #idle = new Map<string, HttpConnection[]>();
  /** One to an origin that speaks HTTP/2. */
  readonly #http2 = new Map<string, Http2Connection>();
  readonly #waiting = new Map<Exchange, Waiting>();
  #closed = false;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  send(call: HttpCall): Promise<HttpAnswer> {
    return new Promise((resolve) => {
      const exchange = newExchange(call, this.#parts.nowUs());
      const waiting: Waiting = { resolve, carrier: undefined, timer: undefined };
      this.#waiting.set(exchange, waiting);
      if (call.timeoutMs <= TIMER_MS_MAX)
        waiting.timer = setTimeout(() => this.#timeOut(exchange), call.timeoutMs);
      const key = originKey(call);
      const carrier = this.#http2.get(key) ?? this.#takeIdle(key);
      if (carrier === undefined) void this.#dial(key, exchange, waiting);
      else {
        waiting.carrier = carrier;
        carrier.carry(exchange);
      }
    });
  }

  closeIdle(): void {
    for (const connections of this.#idle.values())
      for (const connection of connections) connection.close();
    this.#idle.clear();
    const busy = new Set([...this.#waiting.values()].map(({ carrier }) => carrier));
    for (const [key, connection] of this.#http2) {
      if (busy.has(connection)) continue;
      this.#http2.delete(key);
      connection.close();
    }
  }

  close(): void {
    this.#closed = true;
    this.closeIdle();
    for (const { carrier, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      carrier?.close();
    }
    this.#waiting.clear();
  }

  onEnded(
    carrier: Carrier,
    exchange: Exchange,
    answer: ReadAnswer,
    failure: Failure | undefined,
  ): void {
    const waiting = this.#waiting.get(exchange);
    if (waiting === undefined) return;
    if (failure !== undefined && mayBeSentAgain(exchange, answer, failure)) {
      exchange.isReused = false;
      exchange.firstByteUs = -1;
      exchange.sentUs = -1;
      void this.#dial(carrier.key, exchange, waiting);
      return;
    }
    const nowUs = this.#parts.nowUs();
    this.#settle(exchange, waiting, answerOf(exchange, { carrier, answer, failure, nowUs }));
    if (failure === undefined && carrier instanceof HttpConnection) this.#keep(carrier);
    else if (this.#parts.options.noConnectionReuse) carrier.close();
  }

  onClosed(carrier: Carrier): void {
    const { key } = carrier;
    if (this.#http2.get(key) === carrier) this.#http2.delete(key);
    const idle = this.#idle.get(key)?.filter((one) => one !== carrier);
    if (idle !== undefined) this.#idle.set(key, idle);
  }

  onHttp2(connection: HttpConnection, socket: TLSSocket, exchange: Exchange): void {
    const { key, tls } = connection;
    const waiting = this.#waiting.get(exchange);
    // Another request, under way at the same time, has found out before.
    let carrier = this.#http2.get(key);
    if (carrier !== undefined || waiting === undefined) socket.destroy();
    if (waiting === undefined) return;
    if (carrier === undefined) {
      carrier = new Http2Connection(key, socket, { tls, nowUs: this.#parts.nowUs, events: this });
      if (!this.#parts.options.noConnectionReuse) this.#http2.set(key, carrier);
    }
    waiting.carrier = carrier;
    carrier.begin(exchange);
  }

  async #dial(key: string, exchange: Exchange, waiting: Waiting): Promise<void> {
    const { addresses, nowUs, tlsOf } = this.#parts;
    const { origin } = exchange.call;
    let failure: Failure;
    try {
      const address = await addresses.find(origin);
      if (this.#closed || !this.#waiting.has(exchange)) return;
      waiting.carrier = new HttpConnection(key, address, {
        tls: origin.secure ? tlsOf(origin.hostname) : undefined,
        first: exchange,
        nowUs,
        events: this,
      });
      return;
    } catch (error) {
      failure = failureOf(error, 'lookup');
    }
    this.#settle(exchange, waiting, answerOf(exchange, { failure, nowUs: nowUs() }));
  }

  #timeOut(exchange: Exchange): void {
    const waiting = this.#waiting.get(exchange);
    if (waiting === undefined) return;
    if (waiting.carrier !== undefined) {
      waiting.carrier.giveUp(exchange, TIMED_OUT);
      return;
    }
    const nowUs = this.#parts.nowUs();
    this.#settle(exchange, waiting, answerOf(exchange, { failure: TIMED_OUT, nowUs }));
  }

  #settle(exchange: Exchange, waiting: Waiting, answer: HttpAnswer): void {
    this.#waiting.delete(exchange);
    clearTimeout(waiting.timer);
    waiting.resolve(answer);
  }

  #takeIdle(key: string): HttpConnection | undefined {
    const idle = this.#idle.get(key);
    for (let one = idle?.pop(); one !== undefined; one = idle?.pop()) if (one.isOpen) return one;
    return undefined;
  }

  #keep(connection: HttpConnection): void {
    const { noConnectionReuse, batchPerHost } = this.#parts.options;
    if (!connection.isOpen) return;
    const idle = this.#idle.get(connection.key);
    if (noConnectionReuse || (idle?.length ?? 0) >= Math.max(1, batchPerHost)) connection.close();
    else if (idle === undefined) this.#idle.set(connection.key, [connection]);
    else idle.push(connection);
  }
}

function mayBeSentAgain(
  { isReused, call }: Exchange,
  { hasBegun }: ReadAnswer,
  failure: Failure,
): boolean {
  return isReused && call.isIdempotent && !hasBegun && failure !== TIMED_OUT;
}

function newExchange(call: HttpCall, startedUs: number): Exchange {
  return {
    call,
    startedUs,
    connectingUs: 0,
    tlsUs: 0,
    gotConnectionUs: -1,
    sentUs: -1,
    firstByteUs: -1,
    bytesSent: 0,
    bytesReceived: 0,
    isReused: false,
  };
}

function originKey({ origin }: HttpCall): string {
  return `${origin.secure ? 's' : ''}${origin.hostname}:${origin.port}`;
}

function answerOf(
  exchange: Exchange,
  end: {
    readonly carrier?: Carrier;
    readonly answer?: ReadAnswer;
    readonly failure: Failure | undefined;
    readonly nowUs: number;
  },
): HttpAnswer {
  const { carrier, failure, nowUs } = end;
  const answer = failure === undefined ? end.answer : undefined;
  return {
    failure,
    status: answer?.status ?? 0,
    reason: answer?.reason ?? '',
    proto: answer?.proto ?? '',
    headers: answer?.headers ?? [],
    body: answer?.body() ?? EMPTY,
    timings: timingsOf(exchange, nowUs),
    bytesSent: exchange.bytesSent,
    bytesReceived: exchange.bytesReceived,
    remoteIp: carrier?.remoteIp ?? '',
    remotePort: carrier?.remotePort ?? 0,
    tls: carrier?.tls,
  };
}

/** Of what never came to a stage: none of that stage. */
function timingsOf(exchange: Exchange, nowUs: number): HttpAnswer['timings'] {
  const { connectingUs, tlsUs, startedUs } = exchange;
  const gotUs = exchange.gotConnectionUs < 0 ? nowUs : exchange.gotConnectionUs;
  const sentUs =
    exchange.sentUs < 0 ? (exchange.gotConnectionUs < 0 ? gotUs : nowUs) : exchange.sentUs;
  const firstUs =
    exchange.firstByteUs < 0 ? (exchange.sentUs < 0 ? sentUs : nowUs) : exchange.firstByteUs;
  const endUs = exchange.firstByteUs < 0 ? firstUs : nowUs;
  return {
    blockedUs: Math.max(0, gotUs - startedUs - connectingUs - tlsUs),
    connectingUs,
    tlsUs,
    sendingUs: sentUs - gotUs,
    waitingUs: firstUs - sentUs,
    receivingUs: endUs - firstUs,
  };
}
