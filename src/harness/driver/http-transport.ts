/**
 * Operations over the gateway's HTTP/JSON API, one request each, over a few keep-alive connections:
 *
 *   records of a turn -> requests -> slices, each to the connection that owes least -> answers -> ack records
 *
 * What became of an attempt is said the same way whichever end it took: an answer (http-answer.ts); no connection, so no
 * byte left: `not_sent`; a connection that broke after it was written: `connection_lost`, which says nothing. A
 * connection that owes answers and has given none for a deadline and a half is broken, so that a link that swallows
 * everything does not keep it for ever, and a late answer still counts; what the deadline has run out for by then the
 * driver knows already.
 */
import { ACK_BYTES } from '../../wire/acks.js';
import type { ResultName } from '../../wire/results.js';
import { writeAnswer, writeBare } from './http-answer.js';
import { HttpConnection } from './http-connection.js';
import { type HttpRequest, httpRequest } from './http-request.js';
import type { Transport, TransportEvents, TransportOptions } from './transport.js';

/** Of one worker. Enough that a slow answer holds up few others, and few enough that one write carries many. */
const CONNECTIONS = 16;
/** Requests of one turn that go to one connection before the next is taken. */
const SLICE = 8;
const ACKS_MAX = 256;
const WATCH_MS = 50;
/** In deadlines. */
const SILENCE_MAX = 1.5;

export interface HttpAddress {
  readonly host: string;
  readonly port: number;
  /** Default CONNECTIONS. */
  readonly connections?: number;
}

export class HttpTransport implements Transport {
  operations = 0;
  readonly #hostHeader: string;
  readonly #deadlineUs: number;
  readonly #nowUs: () => number;
  readonly #events: TransportEvents;
  readonly #connections: readonly HttpConnection[];
  readonly #acks = new Uint8Array(ACKS_MAX * ACK_BYTES);
  readonly #view = new DataView(this.#acks.buffer);
  readonly #watch: NodeJS.Timeout;
  #ackCount = 0;
  #added: HttpRequest[] = [];

  constructor(address: HttpAddress, options: TransportOptions, events: TransportEvents) {
    const { host, port, connections = CONNECTIONS } = address;
    const { nowUs, random, deadlineMs } = options;
    this.#hostHeader = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    this.#deadlineUs = deadlineMs * 1000;
    this.#nowUs = nowUs;
    this.#events = events;
    const toThis = {
      onAnswer: (request: HttpRequest, status: number, body: Buffer) =>
        writeAnswer(this.#view, this.#nextAck(), request, { status, body }),
      onRead: () => this.#tell(),
      onLost: (requests: readonly HttpRequest[]) => this.#onLost(requests),
    };
    this.#connections = Array.from(
      { length: connections },
      () => new HttpConnection({ host, port, nowUs, random, events: toThis }),
    );
    this.#watch = setInterval(() => this.#breakSilent(), WATCH_MS);
  }

  get connected(): boolean {
    return this.#connections.some((connection) => connection.connected);
  }

  get empty(): boolean {
    return this.#added.length === 0;
  }

  /** A request is a frame of one operation. */
  get frames(): number {
    return this.operations;
  }

  add(words: Uint32Array, at: number): void {
    this.#added.push(httpRequest(words, at, this.#hostHeader));
  }

  send(): void {
    const requests = this.#added;
    this.#added = [];
    for (let from = 0; from < requests.length; from += SLICE) {
      const to = Math.min(from + SLICE, requests.length);
      const connection = this.#leastOwing();
      if (connection === undefined) {
        this.#tellAll(requests.slice(from), 'declined', 'not_sent');
        return;
      }
      connection.write(requests, from, to);
      this.operations += to - from;
    }
  }

  renew(): void {
    const unsent = this.#added;
    this.#added = [];
    for (const connection of this.#connections) connection.renew();
    this.#tellAll(unsent, 'unknown', 'connection_lost');
  }

  close(): void {
    clearInterval(this.#watch);
    for (const connection of this.#connections) connection.close();
  }

  #leastOwing(): HttpConnection | undefined {
    let least: HttpConnection | undefined;
    for (const connection of this.#connections) {
      if (!connection.connected) continue;
      if (least === undefined || connection.owed < least.owed) least = connection;
    }
    return least;
  }

  #breakSilent(): void {
    const sinceUs = this.#nowUs() - this.#deadlineUs * SILENCE_MAX;
    for (const connection of this.#connections) {
      if (connection.silentSince(sinceUs)) connection.renew();
    }
  }

  /** Of what is past its deadline the driver has given up the attempt, and may have sent another since. */
  #onLost(requests: readonly HttpRequest[]): void {
    const sinceUs = this.#nowUs() - this.#deadlineUs;
    const young = requests.filter((request) => request.sentUs > sinceUs);
    this.#tellAll(young, 'unknown', 'connection_lost');
  }

  #tellAll(
    requests: readonly HttpRequest[],
    outcome: 'declined' | 'unknown',
    code: ResultName,
  ): void {
    for (const { tag } of requests) writeBare(this.#view, this.#nextAck(), tag, outcome, code);
    this.#tell();
  }

  /** Where the next ack record goes. */
  #nextAck(): number {
    if (this.#ackCount === ACKS_MAX) this.#tell();
    return this.#ackCount++ * ACK_BYTES;
  }

  #tell(): void {
    const count = this.#ackCount;
    if (count === 0) return;
    this.#ackCount = 0;
    this.#events.onAcks(this.#acks.subarray(0, count * ACK_BYTES));
  }
}
