/**
 * For tests: a whole gateway, and what Node itself tells of the server in it: its side of each connection, and the requests
 * that came through the front to it.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server } from 'node:http';
import { Socket } from 'node:net';
import { addressOf } from '../../../../wire/address.js';
import type { Gateway } from '../../run-gateway.js';
import { TestStack } from '../../testing/stack.js';
import { get, RawClient } from './requests.js';

interface RequestStart {
  readonly request: IncomingMessage;
  readonly server: Server;
}

export class FrontStand {
  readonly #stack: TestStack;
  readonly gateway: Gateway;
  /** Of those that Node's server saw since it was last asked: `GET /health`. */
  #seen: string[] = [];
  #server: Server | undefined;
  readonly #sockets = new Map<number, Socket>();
  readonly #onSocket = (message: unknown): void => {
    const { socket } = Object(message);
    if (socket instanceof Socket) this.#sockets.set(socket.remotePort ?? 0, socket);
  };
  readonly #onRequest = (message: unknown): void => {
    const { request, server } = message as RequestStart;
    if (request.socket.localPort !== addressOf(this.gateway.http).port) return;
    this.#seen.push(`${request.method} ${request.url}`);
    this.#server = server;
  };

  private constructor(stack: TestStack, gateway: Gateway) {
    this.#stack = stack;
    this.gateway = gateway;
    subscribe('net.server.socket', this.#onSocket);
    subscribe('http.server.request.start', this.#onRequest);
  }

  static async start(): Promise<FrontStand> {
    const stack = await TestStack.start();
    return new FrontStand(stack, await stack.gateway());
  }

  async close(): Promise<void> {
    unsubscribe('net.server.socket', this.#onSocket);
    unsubscribe('http.server.request.start', this.#onRequest);
    await this.#stack.close();
  }

  connect(): Promise<RawClient> {
    return RawClient.connect(this.gateway.http);
  }

  /** A connection that is past the front already. */
  async connectBehind(): Promise<RawClient> {
    const client = await this.connect();
    await client.write(get('/health'));
    await client.answered(1);
    client.text = '';
    this.seen();
    return client;
  }

  /** What came to Node's server since this was last asked. */
  seen(): readonly string[] {
    const seen = this.#seen;
    this.#seen = [];
    return seen;
  }

  async server(): Promise<Server> {
    (await this.connectBehind()).close();
    if (this.#server === undefined) throw new Error('no request came to the server');
    return this.#server;
  }

  /** The gateway's side of a connection. */
  async farSide(client: RawClient): Promise<Socket> {
    const port = client.socket.localPort ?? 0;
    await until(() => this.#sockets.has(port));
    const socket = this.#sockets.get(port);
    if (socket === undefined) throw new Error('no such connection');
    return socket;
  }
}

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
