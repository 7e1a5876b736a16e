/**
 * One HTTP/2 connection to a server that chose it in the TLS handshake: any number of requests at once, each a stream of its own. The
 * protocol is Node's; what is measured and how it fails is told as for HTTP/1.1.
 *
 *   open: streams come and go -> no more (the server said so, or is gone) -> closed
 */

import { STATUS_CODES } from 'node:http';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { HttpCall, TlsFacts } from '../ports/http.js';
import type { Carrier, CarrierEvents, Exchange, ReadAnswer } from './carrier.js';
import { endedEarly, type Failure, failureOf, goneAway, streamFailure } from './failures.js';

interface Running {
  readonly stream: ClientHttp2Stream;
  readonly answer: StreamAnswer;
}

export class Http2Connection implements Carrier {
  readonly key: string;
  readonly tls: TlsFacts | undefined;
  readonly remoteIp: string;
  readonly remotePort: number;
  readonly #socket: TLSSocket;
  readonly #session: ClientHttp2Session;
  readonly #nowUs: () => number;
  readonly #events: CarrierEvents<Http2Connection>;
  readonly #running = new Map<Exchange, Running>();
  #wentAway: Failure | undefined;
  #isOpen = true;
  /** Bytes of the connection that an exchange was told already. */
  #bytesSent = 0;
  #bytesReceived = 0;

  constructor(
    key: string,
    socket: TLSSocket,
    options: {
      readonly tls: TlsFacts | undefined;
      readonly nowUs: () => number;
      readonly events: CarrierEvents<Http2Connection>;
    },
  ) {
    this.key = key;
    this.tls = options.tls;
    this.remoteIp = socket.remoteAddress ?? '';
    this.remotePort = socket.remotePort ?? 0;
    this.#socket = socket;
    this.#nowUs = options.nowUs;
    this.#events = options.events;
    // Loaded by the few scripts whose servers speak it.
    const { connect } = process.getBuiltinModule('node:http2');
    this.#session = connect('https://authority', { createConnection: () => socket });
    this.#session.on('goaway', (code) => {
      this.#wentAway = goneAway(code);
      this.#close();
    });
    this.#session.on('error', (error) => this.#lose(failureOf(error, 'open')));
    this.#session.on('close', () => this.#lose(this.#wentAway ?? endedEarly(false)));
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  carry(exchange: Exchange): void {
    exchange.isReused = true;
    this.begin(exchange);
  }

  /** The same on a connection that was made for it. */
  begin(exchange: Exchange): void {
    const { call } = exchange;
    const hasBody = call.body !== undefined && call.body.byteLength > 0;
    exchange.gotConnectionUs = this.#nowUs();
    const stream = this.#session.request(requestHeaders(call), { endStream: !hasBody });
    const answer = new StreamAnswer(call.keepsBody);
    this.#running.set(exchange, { stream, answer });
    const sent = (): void => {
      if (exchange.sentUs < 0) exchange.sentUs = this.#nowUs();
    };
    stream.on('response', (headers) => {
      sent();
      exchange.firstByteUs = this.#nowUs();
      answer.begin(headers);
    });
    stream.on('data', (chunk: Buffer) => answer.push(chunk));
    stream.on('end', () => this.#end(exchange, answer.hasBegun ? undefined : endedEarly(false)));
    stream.on('error', (error) => this.#end(exchange, this.#failureOf(stream, error)));
    stream.on('close', () => this.#end(exchange, this.#wentAway ?? endedEarly(answer.hasBegun)));
    if (hasBody) stream.end(call.body, sent);
    else sent();
  }

  giveUp(exchange: Exchange, failure: Failure): void {
    const running = this.#running.get(exchange);
    this.#end(exchange, failure);
    running?.stream.close(CANCEL);
  }

  close(): void {
    this.#running.clear();
    this.#isOpen = false;
    this.#session.destroy();
    this.#socket.destroy();
  }

  #end(exchange: Exchange, failure: Failure | undefined): void {
    const running = this.#running.get(exchange);
    if (running === undefined) return;
    this.#running.delete(exchange);
    exchange.bytesSent = this.#socket.bytesWritten - this.#bytesSent;
    exchange.bytesReceived = this.#socket.bytesRead - this.#bytesReceived;
    this.#bytesSent += exchange.bytesSent;
    this.#bytesReceived += exchange.bytesReceived;
    this.#events.onEnded(this, exchange, running.answer, failure);
  }

  #failureOf({ rstCode }: ClientHttp2Stream, error: Error): Failure {
    if (this.#wentAway !== undefined) return this.#wentAway;
    return rstCode > 0 ? streamFailure(rstCode) : failureOf(error, 'open');
  }

  /** The connection is gone under all that it carries. */
  #lose(failure: Failure): void {
    this.#close();
    for (const exchange of [...this.#running.keys()]) this.#end(exchange, failure);
    this.#session.destroy();
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#events.onClosed(this);
  }
}

const CANCEL = 8;

class StreamAnswer implements ReadAnswer {
  status = 0;
  headers: readonly string[] = [];
  hasBegun = false;
  readonly proto = 'HTTP/2.0';
  readonly #keepsBody: boolean;
  readonly #chunks: Buffer[] = [];

  constructor(keepsBody: boolean) {
    this.#keepsBody = keepsBody;
  }

  /** There are none in HTTP/2; k6 shows those that HTTP/1.1 has. */
  get reason(): string {
    return STATUS_CODES[this.status] ?? '';
  }

  begin(headers: IncomingHttpHeaders & { readonly ':status'?: number }): void {
    this.hasBegun = true;
    this.status = headers[':status'] ?? 0;
    this.headers = Object.entries(headers).flatMap(([name, value]) => {
      if (name.startsWith(':') || value === undefined) return [];
      return [value].flat().flatMap((one) => [name, one]);
    });
  }

  push(chunk: Buffer): void {
    if (this.#keepsBody) this.#chunks.push(chunk);
  }

  body(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

/** Of a connection, not of a request: HTTP/2 has no place for them (RFC 9113, 8.2.2). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** From request line and header lines. */
function requestHeaders({ head, origin }: HttpCall): Record<string, string | string[]> {
  const [first = '', ...lines] = head.split('\r\n');
  const [method = '', path = ''] = first.split(' ');
  const headers: Record<string, string | string[]> = {
    ':method': method,
    ':path': path,
    ':scheme': 'https',
    ':authority': origin.hostname,
  };
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'host') headers[':authority'] = value;
    else if (!HOP_BY_HOP.has(name))
      headers[name] = name in headers ? [headers[name], value].flat() : value;
  }
  return headers;
}
