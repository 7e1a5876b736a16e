/** Operations over one Bolt connection, as many of a turn in a frame as the bound allows. */
import { BoltConnection } from './bolt-connection.js';
import { FrameBatch } from './frame-batch.js';
import type { Transport, TransportEvents, TransportOptions } from './transport.js';

export class BoltTransport implements Transport {
  readonly #batch: FrameBatch;
  readonly #connection: BoltConnection;

  constructor(
    address: { readonly host: string; readonly port: number },
    options: TransportOptions,
    events: TransportEvents,
  ) {
    this.#batch = new FrameBatch({
      operationsMax: options.operationsPerFrameMax,
      timeoutMs: options.deadlineMs,
    });
    this.#connection = new BoltConnection({
      ...address,
      random: options.random,
      events: {
        onAcks: (content) => events.onAcks(content),
        onLost: () => events.onLost(),
        onConnected: () => undefined,
      },
    });
  }

  get connected(): boolean {
    return this.#connection.connected;
  }

  get empty(): boolean {
    return this.#batch.empty;
  }

  get frames(): number {
    return this.#batch.frames;
  }

  get operations(): number {
    return this.#batch.operations;
  }

  add(words: Uint32Array, at: number): void {
    this.#batch.add(words, at);
  }

  send(): void {
    this.#batch.send(this.#connection);
  }

  renew(): void {
    this.#connection.renew();
  }

  close(): void {
    this.#connection.close();
  }
}
