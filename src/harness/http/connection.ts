/**
 * One keep-alive connection to a server, for one request at a time. It says what became of each, and whether it can carry another.
 *
 *   dialling -> (TLS handshake) -> open: busy <-> idle -> closed
 *
 * Nothing is made per request but the exchange itself: the socket's listeners are the connection's own.
 */
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, TLSSocket } from 'node:tls';
import type { TlsFacts } from '../ports/http.js';
import type { SocketAddress } from './addresses.js';
import { AnswerParser } from './answer-parser.js';
import type { Carrier, CarrierEvents, Exchange } from './carrier.js';
import { endedEarly, type Failure, failureOf, type Stage } from './failures.js';

export interface ConnectionEvents extends CarrierEvents<HttpConnection> {
  /** The server chose HTTP/2: the socket is another connection's from now on, and the exchange travels there. */
  onHttp2(connection: HttpConnection, socket: TLSSocket, exchange: Exchange): void;
}

export class HttpConnection implements Carrier {
  readonly #parser = new AnswerParser();
  remoteIp = '';
  remotePort = 0;
  tls: TlsFacts | undefined = undefined;
  readonly key: string;
  readonly #nowUs: () => number;
  readonly #events: ConnectionEvents;
  readonly #socket: Socket;
  #stage: Stage = 'dial';
  #exchange: Exchange | undefined;
  #dialledUs: number;
  #closed = false;

  constructor(
    key: string,
    address: SocketAddress,
    options: {
      /** Undefined: no TLS. */
      readonly tls: ConnectionOptions | undefined;
      readonly first: Exchange;
      readonly nowUs: () => number;
      readonly events: ConnectionEvents;
    },
  ) {
    const { tls, first, nowUs, events } = options;
    this.key = key;
    this.#nowUs = nowUs;
    this.#events = events;
    this.#exchange = first;
    this.#dialledUs = nowUs();
    const socket =
      tls === undefined
        ? connect({ ...address, noDelay: true })
        : connectTls({ ...address, ...tls });
    this.#socket = socket;
    socket.on('connect', () => this.#connected(socket instanceof TLSSocket));
    if (socket instanceof TLSSocket) socket.on('secureConnect', () => this.#secured(socket));
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('end', () => this.#ended());
    socket.on('error', (error) => this.#fail(failureOf(error, this.#stage)));
    socket.on('close', () => this.#ended());
  }

  /** Only while idle. */
  carry(exchange: Exchange): void {
    this.#exchange = exchange;
    exchange.isReused = true;
    this.#write(exchange);
  }

  close(): void {
    this.#closed = true;
    this.#exchange = undefined;
    this.#socket.destroy();
  }

  giveUp(_exchange: Exchange, failure: Failure): void {
    this.#fail(failure);
  }

  #connected(isSecure: boolean): void {
    const now = this.#nowUs();
    if (this.#exchange !== undefined) this.#exchange.connectingUs = now - this.#dialledUs;
    this.remoteIp = this.#socket.remoteAddress ?? '';
    this.remotePort = this.#socket.remotePort ?? 0;
    if (isSecure) {
      this.#stage = 'tls';
      this.#dialledUs = now;
    } else this.#open();
  }

  #secured(socket: TLSSocket): void {
    if (this.#exchange !== undefined) this.#exchange.tlsUs = this.#nowUs() - this.#dialledUs;
    this.tls = { version: socket.getProtocol() ?? '', cipher: socket.getCipher().standardName };
    if (socket.alpnProtocol === 'h2') this.#handOver(socket);
    else this.#open();
  }

  #handOver(socket: TLSSocket): void {
    const exchange = this.#exchange;
    this.#closed = true;
    this.#exchange = undefined;
    socket.removeAllListeners();
    socket.pause();
    if (exchange === undefined) socket.destroy();
    else this.#events.onHttp2(this, socket, exchange);
  }

  #open(): void {
    this.#stage = 'open';
    if (this.#exchange !== undefined) this.#write(this.#exchange);
  }

  #write(exchange: Exchange): void {
    const { head, body, isHead, keepsBody } = exchange.call;
    const socket = this.#socket;
    this.#parser.begin({ isHead, keepsBody });
    exchange.gotConnectionUs = this.#nowUs();
    exchange.bytesSent = head.length + 2 + (body?.byteLength ?? 0);
    const sent = (): void => {
      if (exchange.sentUs < 0) exchange.sentUs = this.#nowUs();
    };
    if (body === undefined || body.byteLength === 0) {
      if (socket.write(`${head}\r\n`, 'latin1')) sent();
      else socket.write('', sent);
      return;
    }
    socket.cork();
    socket.write(`${head}\r\n`, 'latin1');
    const isOut = socket.write(body, isSmall(body) ? undefined : sent);
    socket.uncork();
    if (isOut && isSmall(body)) sent();
  }

  #read(chunk: Buffer): void {
    const exchange = this.#exchange;
    if (exchange === undefined) {
      this.close(); // an answer to nothing: a server that says why it closes
      this.#events.onClosed(this);
      return;
    }
    if (exchange.firstByteUs < 0) {
      exchange.firstByteUs = this.#nowUs();
      if (exchange.sentUs < 0) exchange.sentUs = exchange.firstByteUs;
    }
    exchange.bytesReceived += chunk.length;
    try {
      this.#parser.push(chunk);
    } catch (error) {
      this.#fail(failureOf(error, 'open'));
      return;
    }
    if (this.#parser.isComplete) this.#complete(exchange);
  }

  #complete(exchange: Exchange): void {
    this.#exchange = undefined;
    if (!this.#parser.keepsAlive) this.#closed = true;
    this.#events.onEnded(this, exchange, this.#parser, undefined);
    if (this.#closed) this.#socket.destroy();
  }

  #ended(): void {
    const exchange = this.#exchange;
    if (exchange === undefined) {
      if (!this.#closed) this.#events.onClosed(this);
      this.close();
      return;
    }
    if (this.#stage === 'open' && this.#parser.end()) this.#complete(exchange);
    else if (this.#stage === 'tls') this.#fail(failureOf(new Error('EOF'), 'tls'));
    else this.#fail(endedEarly(this.#parser.hasBegun));
  }

  #fail(failure: Failure): void {
    const exchange = this.#exchange;
    const wasIdle = exchange === undefined && !this.#closed;
    this.close();
    if (exchange !== undefined) this.#events.onEnded(this, exchange, this.#parser, failure);
    else if (wasIdle) this.#events.onClosed(this);
  }

  /** It can carry another. */
  get isOpen(): boolean {
    return !this.#closed && this.#stage === 'open';
  }
}

/** What the system takes at once; beyond it the time of sending is heard of later. */
function isSmall(body: Uint8Array): boolean {
  return body.byteLength <= 16 * 1024;
}
