/** For tests: a client and a server socket with a proxy between them, and what each has seen. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { nowMs } from '../clock.js';
import { TcpProxy } from '../proxy.js';
import type { ToxicRequest } from '../toxic-list.js';

/** One end of the connection and what has come out of it. */
export class End {
  readonly socket: Socket;
  /** The chunks read. */
  readonly chunks: Buffer[] = [];
  bytes = 0;
  ended = false;
  closed = false;
  errorCode: string | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.bytes += chunk.length;
    });
    socket.on('end', () => {
      this.ended = true;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.errorCode = error.code;
    });
    socket.on('close', () => {
      this.closed = true;
    });
  }

  get received(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get text(): string {
    return this.received.toString('latin1');
  }
}

export interface Pair {
  readonly client: End;
  readonly server: End;
}

export class TestProxy {
  readonly proxy: TcpProxy;
  readonly #upstream: Server;
  readonly #clients: Socket[] = [];

  private constructor(proxy: TcpProxy, upstream: Server) {
    this.proxy = proxy;
    this.#upstream = upstream;
  }

  static async start(seed = 1): Promise<TestProxy> {
    const upstream = createServer({ allowHalfOpen: true, noDelay: true });
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const proxy = new TcpProxy({
      name: 'test',
      listen: '127.0.0.1:0',
      upstream: `127.0.0.1:${portOf(upstream)}`,
      seed,
    });
    await proxy.start();
    return new TestProxy(proxy, upstream);
  }

  /** A new connection through the proxy, open at both ends. */
  async pair(): Promise<Pair> {
    const accepted = once(this.#upstream, 'connection');
    const [host, port] = this.proxy.view().listen.split(':');
    const client = connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true });
    this.#clients.push(client);
    await once(client, 'connect');
    const [server] = await accepted;
    return { client: new End(client), server: new End(server) };
  }

  addToxic(
    type: string,
    attributes: Readonly<Record<string, number>> = {},
    more: Partial<Omit<ToxicRequest, 'attributes'>> = {},
  ): void {
    this.proxy.addToxic({
      name: type,
      type,
      stream: 'upstream',
      toxicity: 1,
      ...more,
      attributes: new Map(Object.entries(attributes)),
    });
  }

  updateToxic(name: string, attributes: Readonly<Record<string, number>>): void {
    this.proxy.updateToxic(name, {
      toxicity: undefined,
      attributes: new Map(Object.entries(attributes)),
    });
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    for (const client of this.#clients) client.destroy();
    this.#upstream.close();
  }
}

/** Milliseconds until the fact is so; throws after five seconds. */
export async function until(fact: () => boolean): Promise<number> {
  const fromMs = nowMs();
  while (!fact()) {
    if (nowMs() - fromMs > 5_000) throw new Error(`still not so: ${fact}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return nowMs() - fromMs;
}

function portOf(server: Server): number {
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}
