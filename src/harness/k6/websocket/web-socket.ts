/**
 * `WebSocket` of k6/websockets: the browser's, as far as k6 has it. Its events have their turn in the VU: while a call blocks the VU,
 * the socket stays as it is for the script. An iteration lasts until its sockets are closed.
 */
import type { WebSocketEnd } from '../../ports/websocket.js';
import type { Vu } from '../../vu/virtual-user.js';
import { tellFailure } from '../http/told-failures.js';
import { Blob, bytesOfBuffer } from './blob.js';
import { dialOf } from './dial.js';
import { type EventName, Listeners, type SocketEvent } from './listeners.js';
import { Session, WAITING_MAX } from './session.js';
import { ABNORMAL_CLOSURE, uncleanEnd } from './unclean-end.js';

const STATE = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const;
type State = (typeof STATE)[keyof typeof STATE];

const NORMAL_CLOSURE = 1000;

export class WebSocket {
  static readonly CONNECTING = STATE.CONNECTING;
  static readonly OPEN = STATE.OPEN;
  static readonly CLOSING = STATE.CLOSING;
  static readonly CLOSED = STATE.CLOSED;
  readonly CONNECTING = STATE.CONNECTING;
  readonly OPEN = STATE.OPEN;
  readonly CLOSING = STATE.CLOSING;
  readonly CLOSED = STATE.CLOSED;
  readonly url: string;
  readonly #vu: Vu;
  readonly #session: Session;
  readonly #listeners = new Listeners();
  #state: State = STATE.CONNECTING;
  #binaryType: 'blob' | 'arraybuffer' = 'blob';
  /** Messages whose turn has not come. */
  #waiting = 0;

  /** Throws for an address that is none of ws or wss, for params that are none, and in init code. */
  constructor(vu: Vu, url: unknown, protocols: unknown, params: unknown) {
    this.url = String(url);
    this.#vu = vu;
    const dial = dialOf(vu, this.url, { params, protocols: protocolsOf(protocols) });
    if (dial === undefined || this.url.includes('#'))
      throw new SyntaxError(
        `WebSocket takes an address of ws or wss without a fragment, got ${JSON.stringify(this.url)}`,
      );
    this.#session = new Session(vu, {
      dial,
      url: this.url,
      listener: {
        onOpen: () => this.#inTurn(() => this.#opened()),
        onMessage: (data) => this.#received(data),
        onPing: () => this.#inTurn(() => this.#emit('ping')),
        onPong: () => this.#inTurn(() => this.#emit('pong')),
        onEnd: (end) => this.#inTurn(() => this.#ended(end, done)),
      },
    });
    const done = vu.background.opened(() => this.#giveUp());
  }

  get readyState(): State {
    return this.#state;
  }

  get bufferedAmount(): number {
    return this.#session.bufferedAmount;
  }

  get binaryType(): 'blob' | 'arraybuffer' {
    return this.#binaryType;
  }

  set binaryType(type: unknown) {
    if (type !== 'blob' && type !== 'arraybuffer')
      throw new TypeError(`binaryType is blob or arraybuffer, got ${JSON.stringify(type)}`);
    this.#binaryType = type;
  }

  addEventListener(event: unknown, listener: unknown): void {
    this.#listeners.add(event, listener);
  }

  send(data: unknown): void {
    this.#assertOpen('send');
    const sent = typeof data === 'string' ? data : (bytesOfBuffer(data) ?? Blob.bytesOf(data));
    if (sent === undefined)
      throw new TypeError(
        `WebSocket.send() takes text, an ArrayBuffer, a view of one or a Blob, got ${data === null ? 'null' : typeof data}`,
      );
    this.#session.send(sent);
  }

  ping(): void {
    this.#assertOpen('ping');
    this.#session.ping();
  }

  close(code: unknown = NORMAL_CLOSURE, reason: unknown = ''): void {
    if (this.#state === STATE.CLOSING || this.#state === STATE.CLOSED) return;
    this.#session.close(Number(code), String(reason));
    this.#state = STATE.CLOSING;
  }

  get onopen(): unknown {
    return this.#listeners.own('open');
  }

  set onopen(listener: unknown) {
    this.#listeners.setOwn('open', listener);
  }

  get onmessage(): unknown {
    return this.#listeners.own('message');
  }

  set onmessage(listener: unknown) {
    this.#listeners.setOwn('message', listener);
  }

  get onerror(): unknown {
    return this.#listeners.own('error');
  }

  set onerror(listener: unknown) {
    this.#listeners.setOwn('error', listener);
  }

  get onclose(): unknown {
    return this.#listeners.own('close');
  }

  set onclose(listener: unknown) {
    this.#listeners.setOwn('close', listener);
  }

  get onping(): unknown {
    return this.#listeners.own('ping');
  }

  set onping(listener: unknown) {
    this.#listeners.setOwn('ping', listener);
  }

  get onpong(): unknown {
    return this.#listeners.own('pong');
  }

  set onpong(listener: unknown) {
    this.#listeners.setOwn('pong', listener);
  }

  #assertOpen(method: string): void {
    if (this.#state === STATE.OPEN) return;
    const error = new Error(`WebSocket.${method}(): the socket is not open`);
    error.name = 'InvalidStateError';
    throw error;
  }

  #opened(): void {
    if (this.#state !== STATE.CONNECTING) return; // closed meanwhile
    this.#state = STATE.OPEN;
    this.#emit('open');
  }

  #received(data: string | ArrayBuffer): void {
    if (++this.#waiting > WAITING_MAX) this.#session.pause();
    this.#inTurn(() => {
      if (--this.#waiting === 0) this.#session.resume();
      const isBlob = typeof data !== 'string' && this.#binaryType === 'blob';
      this.#emit('message', { data: isBlob ? new Blob([data]) : data });
    });
  }

  /** `done`: the iteration needs not last for it any more. */
  #ended(end: WebSocketEnd, done: () => void): void {
    const isAnswer = this.#state === STATE.CLOSING && end.code !== ABNORMAL_CLOSURE;
    const error = isAnswer ? undefined : uncleanEnd(end);
    this.#state = STATE.CLOSED;
    if (error !== undefined && !this.#listeners.has('error'))
      tellFailure(this.#vu.thread, `WebSocket to "${this.url}" failed: ${error}`);
    const close = (): void => this.#emit('close', { code: end.code, reason: end.reason }, done);
    if (error === undefined) close();
    else this.#emit('error', { error }, close);
  }

  #giveUp(): void {
    this.#state = STATE.CLOSED;
    this.#session.terminate();
  }

  #emit(type: EventName, fields: object = {}, after: () => void = () => undefined): void {
    const { clock, startedUnixMs } = this.#vu.thread.host;
    const timestamp = Math.floor(startedUnixMs + clock.nowUs() / 1000);
    const event: SocketEvent = { type, timestamp, ...fields };
    const calls = this.#listeners.of(type).map((listener) => () => listener(event));
    this.#vu.background.callAll(calls, after);
  }

  #inTurn(what: () => void): void {
    this.#vu.background.turns.run(what);
  }
}

function protocolsOf(protocols: unknown): readonly string[] {
  if (protocols === undefined || protocols === null) return [];
  return (Array.isArray(protocols) ? protocols : [protocols]).map(String);
}
