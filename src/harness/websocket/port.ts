/**
 * WebSockets for the virtual users of one worker thread, on the package `ws`. It is loaded with the first socket: a script without
 * sockets pays nothing for it.
 */
import type { Network } from '../http/network.js';
import type { WebSocketConnection, WebSocketPort } from '../ports/websocket.js';
import { Connection } from './connection.js';

export function webSocketPort(network: Network): WebSocketPort {
  return {
    open(call, listener): WebSocketConnection {
      const connection = new Connection(call, listener);
      void connection.dial(network);
      return connection;
    },
  };
}
