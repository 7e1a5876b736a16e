/**
 * The connections of one virtual user, as k6 has them: each VU its own, kept alive, a few idle ones to a host.
 *
 *   send -> an idle connection to that origin, or a new one -> answer, or a failure
 *
 * A request on a connection that the server closed while it lay idle is sent once more on a new one, where that changes
 * nothing on the server, as Go's client does.
 */
import type { ConnectionOptions } from 'node:tls';
import type { HttpAnswer, HttpCall, HttpClient, HttpOptions } from '../ports/http.js';
import type { Addresses } from './addresses.js';
import { type ConnectionEvents, type Exchange, HttpConnection } from './connection.js';
import { type Failure, failureOf, TIMED_OUT } from './failures.js';

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
  connection: HttpConnection | undefined;
  timer: NodeJS.Timeout | undefined;
}

export class VuHttpClient implements HttpClient, ConnectionEvents {
  readonly #parts: ClientParts;
  readonly #idle = new Map<string, HttpConnection[]>();
  readonly #waiting = new Map<Exchange, Waiting>();
  #closed = false;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  send(call: HttpCall): Promise<HttpAnswer> {
    return new Promise((resolve) => {
      const exchange = newExchange(call, this.#parts.nowUs());
      const waiting: Waiting = { resolve, connection: undefined, timer: undefined };
      this.#waiting.set(exchange, waiting);
      if (call.timeoutMs <= TIMER_MS_MAX)
        waiting.timer = setTimeout(() => this.#timeOut(exchange), call.timeoutMs);
      const key = originKey(call);
      const connection = this.#takeIdle(key);
      if (connection === undefined) void this.#dial(key, exchange, waiting);
      else {
        waiting.connection = connection;
        connection.carry(exchange);
      }
    });
  }

  closeIdle(): void {
    for (const connections of this.#idle.values())
      for (const connection of connections) connection.close();
    this.#idle.clear();
  }

  close(): void {
    this.#closed = true;
    this.closeIdle();
    for (const { connection, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      connection?.close();
    }
    this.#waiting.clear();
  }

  onEnded(connection: HttpConnection, exchange: Exchange, failure: Failure | undefined): void {
    const waiting = this.#waiting.get(exchange);
    if (waiting === undefined) return;
    if (failure !== undefined && this.#mayBeSentAgain(exchange, connection, failure)) {
      exchange.isReused = false;
      exchange.firstByteUs = -1;
      exchange.sentUs = -1;
      void this.#dial(connection.key, exchange, waiting);
      return;
    }
    this.#settle(exchange, waiting, answerOf(exchange, connection, failure, this.#parts.nowUs()));
    if (failure === undefined) this.#keep(connection);
  }

  onIdleClosed(connection: HttpConnection): void {
    const idle = this.#idle.get(connection.key);
    const at = idle?.indexOf(connection) ?? -1;
    if (at >= 0) idle?.splice(at, 1);
  }

  async #dial(key: string, exchange: Exchange, waiting: Waiting): Promise<void> {
    const { addresses, nowUs, tlsOf } = this.#parts;
    const { origin } = exchange.call;
    let failure: Failure;
    try {
      const address = await addresses.find(origin);
      if (this.#closed || !this.#waiting.has(exchange)) return;
      waiting.connection = new HttpConnection(key, address, {
        tls: origin.secure ? tlsOf(origin.hostname) : undefined,
        first: exchange,
        nowUs,
        events: this,
      });
      return;
    } catch (error) {
      failure = failureOf(error, 'lookup');
    }
    this.#settle(exchange, waiting, answerOf(exchange, undefined, failure, nowUs()));
  }

  #timeOut(exchange: Exchange): void {
    const waiting = this.#waiting.get(exchange);
    if (waiting === undefined) return;
    if (waiting.connection !== undefined) waiting.connection.giveUp(TIMED_OUT);
    else
      this.#settle(
        exchange,
        waiting,
        answerOf(exchange, undefined, TIMED_OUT, this.#parts.nowUs()),
      );
  }

  #settle(exchange: Exchange, waiting: Waiting, answer: HttpAnswer): void {
    this.#waiting.delete(exchange);
    clearTimeout(waiting.timer);
    waiting.resolve(answer);
  }

  #mayBeSentAgain(exchange: Exchange, { parser }: HttpConnection, failure: Failure): boolean {
    return (
      exchange.isReused && exchange.call.isIdempotent && !parser.hasBegun && failure !== TIMED_OUT
    );
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
  connection: HttpConnection | undefined,
  failure: Failure | undefined,
  nowUs: number,
): HttpAnswer {
  const parser = connection?.parser;
  const isWhole = failure === undefined && parser !== undefined;
  return {
    failure,
    status: isWhole ? parser.status : 0,
    reason: isWhole ? parser.reason : '',
    proto: isWhole ? parser.proto : '',
    headers: isWhole ? parser.headers : [],
    body: isWhole ? parser.body() : EMPTY,
    timings: timingsOf(exchange, nowUs),
    bytesSent: exchange.bytesSent,
    bytesReceived: exchange.bytesReceived,
    remoteIp: connection?.remoteIp ?? '',
    remotePort: connection?.remotePort ?? 0,
    tls: connection?.tls,
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
