/**
 * One client's connection through a proxy: two sockets and a link each way.
 *
 *   client socket --- link 'upstream' ---> upstream socket
 *   client socket <-- link 'downstream' -- upstream socket
 *
 * A half-close is passed on as a half-close (Toxiproxy closes both ways and loses the answer). A socket that
 * breaks takes the other one with it, once what it had sent has gone through the chain.
 */
import { connect, type Socket } from 'node:net';
import type { Address } from './address.js';
import { adoptBulk, dialBulk, SOCKET_OPTIONS } from './bulk-socket.js';
import { Link, type LinkOwner } from './link.js';
import type { LinkBytes } from './link-bytes.js';
import type { Direction, Toxic, ToxicList } from './toxic-list.js';

export interface ConnectionParts {
  /** As accepted, paused. */
  readonly client: Socket;
  readonly upstream: Address;
  readonly toxics: ToxicList;
  readonly bytes: Readonly<Record<Direction, LinkBytes>>;
  /** 1, 2, ... in order of acceptance. */
  readonly number: number;
  /** Both sockets are closed. */
  readonly onClose: (connection: Connection) => void;
}

/** An upstream that does not answer the dial must not hold a client for the system's two minutes. */
const DIAL_MS_MAX = 10_000;

/** How long a closing connection may take to write what it had passed; Toxiproxy's limit. */
const CLOSE_MS_MAX = 5_000;

export class Connection implements LinkOwner {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #links: Readonly<Record<Direction, Link>>;
  readonly #onClose: (connection: Connection) => void;
  #closing = false;
  #openSockets = 2;

  constructor(parts: ConnectionParts) {
    const { toxics, number: connectionNumber } = parts;
    this.#onClose = parts.onClose;
    const ownClient = adoptBulk(parts.client, (view) => this.#links.upstream.onView(view));
    const ownUpstream = dialBulk(parts.upstream, (view) => this.#links.downstream.onView(view));
    const client = ownClient ?? parts.client;
    this.#client = client;
    this.#upstream = ownUpstream ?? connect({ ...parts.upstream, ...SOCKET_OPTIONS });
    this.#upstream.setTimeout(DIAL_MS_MAX, () => this.#upstream.destroy());
    this.#upstream.once('connect', () => this.#onDialled());
    const link = (source: Socket, destination: Socket, direction: Direction): Link =>
      new Link({
        source,
        destination,
        owner: this,
        toxics: toxics.chain(direction),
        bytes: parts.bytes[direction],
        connectionNumber,
      });
    this.#links = {
      upstream: link(client, this.#upstream, 'upstream'),
      downstream: link(this.#upstream, client, 'downstream'),
    };
    this.#watch(client, this.#links.upstream, this.#links.downstream);
    this.#watch(this.#upstream, this.#links.downstream, this.#links.upstream);
    this.#links.upstream.start({ ownBuffer: ownClient !== undefined });
    this.#links.downstream.start({ ownBuffer: ownUpstream !== undefined });
    client.resume();
  }

  addToxic(toxic: Toxic): void {
    this.#links[toxic.stream].addToxic(toxic);
  }

  updateToxic(toxic: Toxic): void {
    this.#links[toxic.stream].updateToxic(toxic);
  }

  removeToxic(toxic: Toxic): void {
    this.#links[toxic.stream].removeToxic(toxic);
  }

  onLinkEnd(link: Link): void {
    if (link.source.destroyed) this.#finish(link.destination);
    else link.destination.end();
  }

  /** Closes both ways after what was passed has been written. */
  close(): void {
    if (this.#closing) return;
    this.#stopLinks();
    this.#finish(this.#client);
    this.#finish(this.#upstream);
  }

  reset(): void {
    this.#stopLinks();
    this.#client.resetAndDestroy();
    this.#upstream.resetAndDestroy();
  }

  /** Closes both ways now. */
  destroy(): void {
    this.#stopLinks();
    this.#client.destroy();
    this.#upstream.destroy();
  }

  /** Dialling a loopback port that nobody listens on can, once in thousands of times, connect to itself. */
  #onDialled(): void {
    const { localPort, localAddress, remotePort, remoteAddress } = this.#upstream;
    if (localPort === remotePort && localAddress === remoteAddress) this.#upstream.destroy();
    else this.#upstream.setTimeout(0);
  }

  #stopLinks(): void {
    this.#closing = true;
    this.#links.upstream.stop();
    this.#links.downstream.stop();
  }

  /** `from` is fed by the socket, `into` writes to it. */
  #watch(socket: Socket, from: Link, into: Link): void {
    // The reason does not matter here: 'close' always follows and does the work.
    socket.on('error', () => {});
    socket.on('close', () => {
      into.stop();
      if (from.endPassed) this.#finish(from.destination);
      else from.endSource();
      this.#openSockets -= 1;
      if (this.#openSockets > 0) return;
      this.#stopLinks();
      this.#onClose(this);
    });
  }

  #finish(socket: Socket): void {
    if (socket.destroyed) return;
    const timer = setTimeout(() => socket.destroy(), CLOSE_MS_MAX);
    socket.once('close', () => clearTimeout(timer));
    socket.destroySoon();
  }
}
