/**
 * The Bolt edge: accepts client connections on loopback. Each connection lives and dies alone: what one sends
 * never ends another.
 */
import { createServer, type Server } from 'node:net';
import { addressOf } from '../../wire/address.js';
import { ChunkPool } from '../payments/frame-output.js';
import type { Turn } from '../payments/turn.js';
import { ClientConnection, type ClientConnectionOptions } from './client-connection.js';
import type { OperationDesk } from './operation-desk.js';

export interface ClientLimits
  extends Pick<ClientConnectionOptions, 'unsentPauseBytes' | 'unsentDropBytes'> {
  /** A client that stays paused for so long, or up to twice that, is dropped; default 10,000. */
  readonly pausedDropMs?: number;
}

export interface BoltServerOptions {
  readonly desk: OperationDesk;
  readonly turn: Turn;
  readonly log: (line: string) => void;
  readonly onAdmin: (body: unknown) => unknown;
  /** Connections at a time; more are closed at once. Default 1,024. */
  readonly connectionsMax?: number;
  readonly limits?: ClientLimits;
}

export class BoltServer {
  readonly #server: Server;
  readonly #connections = new Set<ClientConnection>();
  readonly #watch: NodeJS.Timeout;

  constructor(options: BoltServerOptions) {
    const pool = new ChunkPool();
    this.#server = createServer({ noDelay: true }, (socket) => {
      const connection = new ClientConnection({ ...options, ...options.limits, socket, pool });
      this.#connections.add(connection);
      socket.once('close', () => this.#connections.delete(connection));
    });
    this.#server.maxConnections = options.connectionsMax ?? 1024;
    const wasPaused = new Set<ClientConnection>();
    this.#watch = setInterval(() => {
      for (const connection of this.#connections) {
        if (connection.paused && wasPaused.has(connection)) connection.drop('stopped reading');
        if (connection.paused) wasPaused.add(connection);
        else wasPaused.delete(connection);
      }
      for (const connection of wasPaused) {
        if (!this.#connections.has(connection)) wasPaused.delete(connection);
      }
    }, options.limits?.pausedDropMs ?? 10_000);
  }

  /** Resolves to `host:port`. */
  async listen(address: string): Promise<string> {
    const { host, port } = splitLoopback(address);
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (cause: NodeJS.ErrnoException) => {
        const why = cause.code === 'EADDRINUSE' ? 'the port is in use' : cause.message;
        reject(new Error(`bolt: cannot listen on ${address}: ${why}`, { cause }));
      });
      this.#server.listen({ host, port }, resolve);
    });
    const bound = this.#server.address();
    if (bound === null || typeof bound === 'string') throw new Error('bolt: no address');
    return `${host}:${bound.port}`;
  }

  async close(): Promise<void> {
    clearInterval(this.#watch);
    for (const connection of this.#connections) connection.end();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** Splits `host:port` and refuses a host that is not loopback. */
export function splitLoopback(address: string): { host: string; port: number } {
  const parts = addressOf(address);
  if (parts.host !== 'localhost' && parts.host !== '::1' && !parts.host.startsWith('127.')) {
    throw new Error(`${address}: servers of the stack listen on loopback only, e.g. 127.0.0.1:0`);
  }
  return parts;
}
