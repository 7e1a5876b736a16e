/** For benches: the two loads, bytes pushed one way and messages echoed, and the server that both end at. */
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a load did in its window. */
export interface Measured {
  /** Bytes pushed, or messages echoed. */
  readonly count: number;
  readonly seconds: number;
  /** Of the round trips; empty for bytes pushed. */
  readonly roundTripsUs: Float64Array;
}

export class Sink {
  readonly #server: Server;
  #bytes = 0;

  private constructor(options: { readonly echo: boolean }) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        this.#bytes += chunk.length;
        if (options.echo) socket.write(chunk);
      });
    });
  }

  static async start(options: { readonly echo: boolean }): Promise<Sink> {
    const sink = new Sink(options);
    await new Promise<void>((resolve) => sink.#server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  stop(): void {
    this.#server.close();
  }
}

interface Load {
  readonly port: number;
  readonly connections: number;
  readonly messageBytes: number;
  readonly seconds: number;
  /** At both edges of the window, after the warm-up and before the sockets close. */
  readonly onEdge: () => void;
}

const WARM_UP_MS = 300;

/** Writes as fast as the sockets take it. */
export async function push(load: Load, sink: Sink): Promise<Measured> {
  const chunk = Buffer.alloc(load.messageBytes, 7);
  const sockets = await open(load);
  for (const socket of sockets) {
    const fill = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', fill);
    fill();
  }
  await after(WARM_UP_MS);
  load.onEdge();
  const [fromBytes, fromMs] = [sink.bytes, performance.now()];
  await after(load.seconds * 1000);
  const [count, seconds] = [sink.bytes - fromBytes, (performance.now() - fromMs) / 1000];
  load.onEdge();
  close(sockets);
  return { count, seconds, roundTripsUs: new Float64Array() };
}

/** Each connection has one message on its way and sends the next one when it is back. */
export async function echo(load: Load): Promise<Measured> {
  const message = Buffer.alloc(load.messageBytes, 7);
  const sockets = await open(load);
  const roundTripsUs = new Float64Array(4_000_000);
  let count = 0;
  let measuring = false;
  for (const socket of sockets) {
    let missing = message.length;
    let sentMs = performance.now();
    socket.on('data', (chunk) => {
      missing -= chunk.length;
      if (missing > 0) return;
      const nowMs = performance.now();
      if (measuring && count < roundTripsUs.length) roundTripsUs[count++] = (nowMs - sentMs) * 1000;
      missing = message.length;
      sentMs = nowMs;
      socket.write(message);
    });
    socket.write(message);
  }
  await after(WARM_UP_MS);
  load.onEdge();
  measuring = true;
  const fromMs = performance.now();
  await after(load.seconds * 1000);
  measuring = false;
  const seconds = (performance.now() - fromMs) / 1000;
  load.onEdge();
  close(sockets);
  return { count, seconds, roundTripsUs: roundTripsUs.slice(0, count).sort() };
}

async function open(load: Load): Promise<Socket[]> {
  const sockets = Array.from({ length: load.connections }, () =>
    connect({ port: load.port, host: '127.0.0.1', noDelay: true }).on('error', () => {}),
  );
  await Promise.all(
    sockets.map((socket) => new Promise<void>((resolve) => socket.once('connect', resolve))),
  );
  return sockets;
}

function close(sockets: readonly Socket[]): void {
  for (const socket of sockets) socket.destroy();
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
