/**
 * One named proxy: a listener on loopback, its upstream, its toxics and its live connections. Changing `listen`
 * or `upstream` closes everything and starts again; disabling closes the listener and all connections and keeps
 * the toxics. The caller serialises calls that change it (see api.ts).
 */
import { createServer, type Server, type Socket } from 'node:net';
import { type Address, formatAddress, parseAddress, parseListen } from './address.js';
import { SOCKET_OPTIONS } from './bulk-socket.js';
import { Connection } from './connection.js';
import { bindError } from './errors.js';
import { LinkBytes } from './link-bytes.js';
import { hashParts } from './random.js';
import {
  type Toxic,
  type ToxicChange,
  ToxicList,
  type ToxicRequest,
  type ToxicView,
} from './toxic-list.js';

export interface ProxyView {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
  readonly toxics: readonly ToxicView[];
}

export class TcpProxy {
  readonly name: string;
  readonly toxics: ToxicList;
  readonly bytes = { upstream: new LinkBytes(), downstream: new LinkBytes() };
  readonly #connections = new Set<Connection>();
  #listen: string;
  #upstream: string;
  #server: Server | undefined;
  #accepted = 0;

  /** Throws for a `listen` beyond loopback. Starts nothing. */
  constructor(parts: {
    readonly name: string;
    readonly listen: string;
    readonly upstream: string;
    readonly seed: number;
  }) {
    parseListen(parts.listen);
    this.name = parts.name;
    this.#listen = parts.listen;
    this.#upstream = parts.upstream;
    this.toxics = new ToxicList(hashParts(parts.seed, [parts.name]));
  }

  get enabled(): boolean {
    return this.#server !== undefined;
  }

  /** Now. */
  get connections(): number {
    return this.#connections.size;
  }

  view(): ProxyView {
    return {
      name: this.name,
      listen: this.#listen,
      upstream: this.#upstream,
      enabled: this.enabled,
      toxics: this.toxics.all().map((toxic) => toxic.view()),
    };
  }

  /** Binds; starting a started proxy changes nothing. Throws the bind's error. */
  async start(): Promise<void> {
    if (this.#server !== undefined) return;
    const listen = parseListen(this.#listen);
    const server = createServer({ ...SOCKET_OPTIONS, pauseOnConnect: true }, (socket) =>
      this.#accept(socket),
    );
    try {
      await bind(server, listen);
    } catch (error) {
      throw bindError(formatAddress(listen), error instanceof Error ? error : new Error('bind'));
    }
    server.on('error', () => {
      // Accepting one connection failed (too many open files): the others go on.
    });
    this.#server = server;
    const bound = server.address();
    if (bound !== null && typeof bound === 'object') {
      this.#listen = formatAddress({ host: listen.host, port: bound.port });
    }
  }

  /** Closes the listener and every connection; when it resolves the port is free. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }

  differs(listen: string, upstream: string): boolean {
    return (
      formatAddress(parseListen(listen)) !== this.#resolvedListen() || upstream !== this.#upstream
    );
  }

  async update(change: {
    readonly listen: string;
    readonly upstream: string;
    readonly enabled: boolean;
  }): Promise<void> {
    if (this.differs(change.listen, change.upstream)) {
      await this.stop();
      this.#listen = change.listen;
      this.#upstream = change.upstream;
    }
    if (change.enabled) await this.start();
    else await this.stop();
  }

  addToxic(request: ToxicRequest): Toxic {
    const toxic = this.toxics.add(request);
    for (const connection of this.#connections) connection.addToxic(toxic);
    return toxic;
  }

  updateToxic(name: string, change: ToxicChange): Toxic {
    const toxic = this.toxics.update(name, change);
    for (const connection of this.#connections) connection.updateToxic(toxic);
    return toxic;
  }

  removeToxic(name: string): void {
    const toxic = this.toxics.remove(name);
    for (const connection of this.#connections) connection.removeToxic(toxic);
  }

  removeAllToxics(): void {
    for (const toxic of this.toxics.all()) this.removeToxic(toxic.name);
  }

  #resolvedListen(): string {
    return formatAddress(parseListen(this.#listen));
  }

  #accept(client: Socket): void {
    const upstream = parseAddress(this.#upstream);
    if (upstream === undefined || this.#server === undefined) {
      // Toxiproxy too takes any text as upstream and closes each client when the dial fails.
      client.destroy();
      return;
    }
    this.#accepted += 1;
    this.#connections.add(
      new Connection({
        client,
        upstream: { host: upstream.host || '127.0.0.1', port: upstream.port },
        toxics: this.toxics,
        bytes: this.bytes,
        number: this.#accepted,
        onClose: (connection) => this.#connections.delete(connection),
      }),
    );
  }
}

function bind(server: Server, listen: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen.port, listen.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
