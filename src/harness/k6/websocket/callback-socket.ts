/**
 * The socket of k6/ws and the call that lasts as long as it. Handlers run in the loop of the call, one after the other; what the script
 * itself causes (`close`, an error of `send`) is handled on the spot, as in k6.
 *
 *   connect -> open -> the function given -> `open` -> messages, pings, timers ... -> `close` -> the answer to the upgrade
 */
import { clearInterval, setInterval, setTimeout } from 'node:timers';
import { timerMs } from '../../entropy/timer-ms.js';
import type { UpgradeAnswer, WebSocketEnd } from '../../ports/websocket.js';
import { isFunction } from '../../vu/script-values.js';
import type { Vu } from '../../vu/virtual-user.js';
import { bytesOfBuffer } from './blob.js';
import type { Dial } from './dial.js';
import { Session, WAITING_MAX } from './session.js';
import { TaskLoop } from './task-loop.js';
import { GOING_AWAY, uncleanEnd } from './unclean-end.js';

type Handler = (...args: unknown[]) => unknown;

export type Opened =
  | { readonly isOpen: true; readonly answer: UpgradeAnswer }
  | { readonly isOpen: false; readonly end: WebSocketEnd };

export class CallbackSocket {
  readonly #session: Session;
  readonly #loop: TaskLoop;
  readonly #handlers = new Map<string, Handler[]>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Whether the upgrade came about. */
  readonly opened: Promise<Opened>;
  /** What handlers of `close` do that wait. */
  #closing: unknown = undefined;
  #isClosed = false;

  constructor(vu: Vu, dial: Dial, url: string) {
    this.#loop = new TaskLoop(vu.background.turns, () => this.#session.resume());
    let isOpened: (opened: Opened) => void;
    this.opened = new Promise((resolve) => {
      isOpened = resolve;
    });
    this.#session = new Session(vu, {
      dial,
      url,
      listener: {
        onOpen: (answer) => isOpened({ isOpen: true, answer }),
        onMessage: (data) => this.#received(data),
        onPing: () => this.#loop.push(() => this.#emit('ping')),
        onPong: () => this.#loop.push(() => this.#emit('pong')),
        onEnd: (end) => {
          isOpened({ isOpen: false, end });
          this.#loop.push(() => this.#ended(end));
        },
      },
    });
  }

  /** Until it is closed. Rejects with what a function of the script throws. */
  async run(callback: Handler): Promise<void> {
    try {
      // What has come meanwhile waits behind these: nobody has had the time to listen.
      await this.#loop.call(() => callback(this.#forScript()));
      if (!this.#isClosed) await this.#loop.call(() => this.#emit('open'));
      await this.#loop.run();
      await this.#loop.call(() => this.#closing);
    } finally {
      for (const timer of this.#timers) clearInterval(timer);
      if (!this.#isClosed) this.#session.close(GOING_AWAY, '');
      this.#session.over();
    }
  }

  /** On the spot. */
  terminate(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#session.terminate();
  }

  #forScript(): object {
    return {
      on: (event: unknown, handler: unknown): void => this.#on(String(event), handler),
      send: (text: unknown): unknown => this.#send(String(text)),
      sendBinary: (data: unknown): unknown => this.#send(binary(data)),
      ping: (): unknown => this.#ping(),
      close: (code: unknown = GOING_AWAY): void => this.#close(Number(code)),
      setTimeout: (callback: unknown, ms: unknown): void =>
        this.#setTimer('setTimeout', callback, ms),
      setInterval: (callback: unknown, ms: unknown): void =>
        this.#setTimer('setInterval', callback, ms),
    };
  }

  #on(event: string, handler: unknown): void {
    if (!isFunction(handler))
      throw new TypeError(`socket.on("${event}"): the handler is no function`);
    this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), handler]);
  }

  #send(data: string | Uint8Array): unknown {
    if (this.#isClosed) return this.#emit('error', new SocketError('websocket: close sent'));
    return this.#session.send(data);
  }

  #ping(): unknown {
    if (this.#isClosed) return this.#emit('error', new SocketError('websocket: close sent'));
    return this.#session.ping();
  }

  #close(code: number): void {
    if (this.#isClosed) return;
    this.#session.close(code, '');
    this.#over(code);
  }

  #ended(end: WebSocketEnd): unknown {
    const error = uncleanEnd(end);
    const told = error === undefined ? undefined : this.#emit('error', new SocketError(error));
    const over = (): void => this.#over(end.code);
    return told instanceof Promise ? told.then(over) : over();
  }

  #over(code: number): void {
    this.#isClosed = true;
    this.#session.over();
    this.#loop.stop();
    this.#closing = this.#emit('close', code);
  }

  #received(data: string | ArrayBuffer): void {
    const event = typeof data === 'string' ? 'message' : 'binaryMessage';
    this.#loop.push(() => this.#emit(event, data));
    if (this.#loop.waiting > WAITING_MAX) this.#session.pause();
  }

  #setTimer(name: 'setTimeout' | 'setInterval', callback: unknown, delay: unknown): void {
    const ms = Number(delay);
    if (!isFunction(callback)) throw new TypeError(`${name}: the handler is no function`);
    if (!(ms > 0))
      throw new Error(`${name} requires a >0 timeout parameter, received ${String(delay)}`);
    let isWaiting = false;
    const task = (): unknown => {
      isWaiting = false;
      return callback();
    };
    const fire = (): void => {
      if (isWaiting) return; // a time that is due behind a handler is left out, as in k6
      isWaiting = true;
      this.#loop.push(task);
    };
    const start = name === 'setTimeout' ? setTimeout : setInterval;
    this.#timers.add(start(fire, timerMs(ms)));
  }

  /** Handlers in their order, each to its end. */
  #emit(event: string, ...args: unknown[]): unknown {
    let before: Promise<unknown> | undefined;
    for (const handler of this.#handlers.get(event) ?? []) {
      const result: unknown =
        before === undefined ? handler(...args) : before.then(() => handler(...args));
      if (result instanceof Promise) before = result;
    }
    return before;
  }
}

/** What handlers of `error` are given. */
class SocketError {
  readonly #words: string;

  constructor(words: string) {
    this.#words = words;
  }

  error(): string {
    return this.#words;
  }

  toString(): string {
    return this.#words;
  }
}

function binary(data: unknown): Uint8Array {
  const bytes = bytesOfBuffer(data);
  if (bytes !== undefined) return bytes;
  throw new TypeError(
    `socket.sendBinary() expects an ArrayBuffer, received: ${data === null ? 'null' : typeof data}`,
  );
}
