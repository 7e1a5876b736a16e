/**
 * The modules `k6/websockets` and, under the name it had before, `k6/experimental/websockets`: WebSockets beside one another.
 */
import type { Vu } from '../vu/virtual-user.js';
import type { ModuleApi } from './module-api.js';
import { Blob } from './websocket/blob.js';
import { WebSocket } from './websocket/web-socket.js';

export const webSocketsApi: ModuleApi = {
  exports: { WebSocket: 'plain', Blob: 'plain' },
  callsLater: true,
  create: (vu) => new WebSocketsModule(vu),
};

export const experimentalWebSocketsApi: ModuleApi = {
  ...webSocketsApi,
  replacedBy: 'k6/websockets',
};

class WebSocketsModule {
  readonly Blob = Blob;
  readonly #vu: Vu;
  #webSocket: unknown = undefined;

  constructor(vu: Vu) {
    this.#vu = vu;
  }

  get default(): WebSocketsModule {
    return this;
  }

  /** A class of the VU's own, made when the script first asks for it. */
  get WebSocket(): unknown {
    const vu = this.#vu;
    this.#webSocket ??= class extends WebSocket {
      constructor(url: unknown, protocols?: unknown, params?: unknown) {
        super(vu, url, protocols, params);
      }
    };
    return this.#webSocket;
  }
}
