/**
 * The module `k6/ws`: a socket that blocks the VU until it is closed.
 */
import type { WebSocketEnd } from '../ports/websocket.js';
import { neverReturns } from '../vu/interrupted-error.js';
import { isFunction } from '../vu/script-values.js';
import type { Vu } from '../vu/virtual-user.js';
import { joinedHeaders } from './http/headers.js';
import { tellFailure } from './http/told-failures.js';
import type { ModuleApi } from './module-api.js';
import { CallbackSocket } from './websocket/callback-socket.js';
import { dialOf } from './websocket/dial.js';

export const wsApi: ModuleApi = {
  exports: { connect: 'session' },
  callsLater: true,
  create: (vu) => new WsModule(vu),
};

type Callback = (...args: unknown[]) => unknown;

/** What connect() gives. */
interface WsResponse {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly error: string;
}

class WsModule {
  readonly #vu: Vu;

  constructor(vu: Vu) {
    this.#vu = vu;
  }

  get default(): WsModule {
    return this;
  }

  /** `connect(url, callback)` or `connect(url, params, callback)`. */
  connect(url: unknown, ...rest: unknown[]): Promise<WsResponse> {
    const vu = this.#vu;
    const callback = rest.at(-1);
    if (rest.length === 0 || rest.length > 2 || !isFunction(callback))
      throw new TypeError('ws.connect() takes a url, params where they are wanted, and a function');
    if (vu.interrupted) return neverReturns();
    const params = rest.length === 2 ? rest[0] : undefined;
    return vu.background.block(() => this.#connect(String(url), params, callback));
  }

  async #connect(url: string, params: unknown, callback: Callback): Promise<WsResponse> {
    const vu = this.#vu;
    const dial = dialOf(vu, url, { params, protocols: [] });
    if (dial === undefined) return this.#failed(url, NO_SUCH_ADDRESS);
    const socket = new CallbackSocket(vu, dial, url);
    const release = vu.background.opened(() => socket.terminate());
    try {
      const opened = await socket.opened;
      if (!opened.isOpen) return this.#failed(url, opened.end);
      await socket.run(callback);
      return responseOf(url, opened.answer, '');
    } finally {
      release();
    }
  }

  #failed(url: string, { answer, failure = '' }: WebSocketEnd): WsResponse {
    const { thread } = this.#vu;
    if (thread.host.http.options.throws) throw new Error(failure);
    tellFailure(
      thread,
      `Attempt to establish a WebSocket connection to "${url}" failed: ${failure}`,
    );
    return responseOf(url, answer, failure);
  }
}

function responseOf(url: string, answer: WebSocketEnd['answer'], error: string): WsResponse {
  const { status = 0, headers = [], body = '' } = answer ?? {};
  return { url, status, headers: joinedHeaders(headers), body, error };
}

const NO_SUCH_ADDRESS: WebSocketEnd = {
  code: 1006,
  reason: '',
  failure: 'malformed ws or wss URL',
  answer: undefined,
};
