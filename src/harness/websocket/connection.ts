/**
 * One WebSocket: dialled here, so that names, TLS and what a script forbids are those of its requests; the rest is the package's.
 *
 *   looking up -> dialling -> (TLS) -> upgrade asked for -> open -> ended
 *
 * Whatever happens, its listener is told of one end, unless it was terminated.
 */
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { WebSocket } from 'ws';
import { failureOf, type Stage } from '../http/failures.js';
import type { Network } from '../http/network.js';
import type {
  UpgradeAnswer,
  WebSocketCall,
  WebSocketConnection,
  WebSocketListener,
} from '../ports/websocket.js';
import { Refusal } from './refusal.js';

/** RFC 6455, 7.4.1: no frame closed it. */
const ABNORMAL = 1006;
const PROTOCOL_HEADER = 'sec-websocket-protocol';

export class Connection implements WebSocketConnection {
  readonly #call: WebSocketCall;
  #listener: WebSocketListener | undefined;
  #stage: Stage = 'lookup';
  #socket: Socket | undefined;
  #ws: WebSocket | undefined;
  #failure: string | undefined;
  #refusal: Refusal | undefined;
  /** Until it is open. */
  readonly #timer: NodeJS.Timeout;

  constructor(call: WebSocketCall, listener: WebSocketListener) {
    this.#call = call;
    this.#listener = listener;
    this.#timer = setTimeout(() => this.#giveUp(this.#tooLong()), call.timeoutMs);
  }

  get bufferedAmount(): number {
    return this.#ws?.bufferedAmount ?? 0;
  }

  get bytesSent(): number {
    return this.#socket?.bytesWritten ?? 0;
  }

  get bytesReceived(): number {
    return this.#socket?.bytesRead ?? 0;
  }

  async dial({ addresses, tlsOf }: Network): Promise<void> {
    const { origin, url, headers, compresses } = this.#call;
    try {
      const [{ WebSocket: Ws }, address] = await Promise.all([
        import('ws'),
        addresses.find(origin),
      ]);
      if (this.#listener === undefined) return; // ended meanwhile
      this.#stage = 'dial';
      const socket = origin.secure
        ? connectTls({ ...address, ...tlsOf(origin.hostname), ALPNProtocols: ['http/1.1'] })
        : connect({ ...address, noDelay: true });
      this.#socket = socket;
      socket.on('error', () => undefined); // whoever uses it is told too, as long as anybody does
      socket.once('connect', () => {
        this.#stage = origin.secure ? 'tls' : 'open';
      });
      socket.once('secureConnect', () => {
        this.#stage = 'open';
      });
      const ws = new Ws(url, [], {
        createConnection: () => socket,
        headers: Object.fromEntries(headers),
        perMessageDeflate: compresses,
      });
      this.#ws = ws;
      this.#listen(ws);
    } catch (error) {
      this.#failure = failureOf(error, this.#stage).message;
      this.#end(ABNORMAL, '');
    }
  }

  send(data: string | Uint8Array): void {
    this.#ws?.send(data);
  }

  ping(payload: string): void {
    this.#ws?.ping(payload);
  }

  close(code: number, reason: string): void {
    const isOpen = this.#ws?.readyState !== 0 && this.#ws !== undefined;
    if (isOpen) this.#ws?.close(code, reason);
    else this.#giveUp('the socket was closed before it was open');
  }

  terminate(): void {
    this.#listener = undefined;
    clearTimeout(this.#timer);
    this.#refusal?.drop();
    this.#ws?.terminate();
    this.#socket?.destroy();
  }

  pause(): void {
    this.#ws?.pause();
  }

  resume(): void {
    this.#ws?.resume();
  }

  #listen(ws: WebSocket): void {
    ws.on('upgrade', (message) => this.#upgraded(message));
    ws.on('unexpected-response', (_request, message) => {
      this.#refusal = new Refusal(message, (answer) => this.#refused(answer));
    });
    ws.on('message', (data: Buffer, isBinary) =>
      this.#listener?.onMessage(isBinary ? new Uint8Array(data).buffer : data.toString('utf8')),
    );
    ws.on('ping', () => this.#listener?.onPing());
    ws.on('pong', (data) => this.#listener?.onPong(data.toString('utf8')));
    ws.on('error', (error) => {
      this.#failure ??= wordsOf(error, this.#stage);
    });
    ws.on('close', (code, reason) => this.#end(code, reason.toString('utf8')));
  }

  /** The package would refuse a subprotocol that was asked for by header alone: who asks for one that way looks at it too. */
  #upgraded({ headers, rawHeaders, statusCode = 0 }: IncomingMessage): void {
    delete headers[PROTOCOL_HEADER];
    const answer = { status: statusCode, headers: rawHeaders, body: '' };
    this.#ws?.once('open', () => {
      clearTimeout(this.#timer);
      this.#listener?.onOpen(answer);
    });
  }

  #tooLong(): string {
    return `${this.#stage === 'tls' || this.#stage === 'open' ? 'read' : 'dial'}: i/o timeout`;
  }

  #refused(answer: UpgradeAnswer): void {
    this.#failure = 'websocket: bad handshake';
    this.#end(ABNORMAL, '', answer);
  }

  /** In a later turn: who asked for it is not called back on the spot. */
  #giveUp(failure: string): void {
    this.#failure ??= failure;
    setImmediate(() => this.#end(ABNORMAL, ''));
  }

  #end(code: number, reason: string, answer?: UpgradeAnswer): void {
    const listener = this.#listener;
    this.terminate();
    listener?.onEnd({ code, reason, failure: this.#failure, answer });
  }
}

function wordsOf(error: Error, stage: Stage): string {
  if (error.message === 'socket hang up') return 'EOF';
  return failureOf(error, stage).message;
}
