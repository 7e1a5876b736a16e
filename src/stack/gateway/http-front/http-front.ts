/**
 * In front of Node's HTTP server: every connection begins here, and stays as long as it asks for nothing but payments,
 * look-ups and balances in the shape in which clients ask for them. All else, with every byte of it, goes to the server as
 * if it had been there from the beginning, so that what is odd, wrong or rare has one reader and one set of answers.
 *
 *   client --> front-connection --+--> desk                        what load is made of
 *                                 +--> Node's server --> fastify   everything else
 *
 * It takes the place of the server's own listener for connections and calls that for those that it hands over. One thing is
 * otherwise than in a server without it: where bytes that are no request come in one piece with a request before them that is
 * handed over, and is refused, the connection may end before that refusal is written, or tell of both.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { monotonicMs } from '../../payments/clock.js';
import type { HttpQueries } from '../http-queries.js';
import type { OperationDesk } from '../operation-desk.js';
import { AnswerText } from './answer-text.js';
import { type Front, FrontConnection } from './front-connection.js';

export interface HttpFrontOptions {
  readonly desk: OperationDesk;
  readonly queries: HttpQueries;
}

/** How often connections are looked at for what has lasted too long. */
const WATCH_MS = 1000;
/** Node closes an idle connection so much later than its client is told. */
const KEEP_ALIVE_SPARE_MS = 1000;

export class HttpFront implements Front {
  readonly desk: OperationDesk;
  readonly queries: HttpQueries;
  readonly answers: AnswerText;
  readonly #server: Server;
  readonly #toServer: ReturnType<Server['listeners']>;
  readonly #connections = new Set<FrontConnection>();
  readonly #watch: NodeJS.Timeout;
  #waiting: FrontConnection[] = [];
  #flushing: FrontConnection[] = [];
  readonly #flushAll = (): void => this.#flush();

  /** To be put there before `server` listens. It keeps to the server's time limits and tells of them. */
  constructor(server: Server, { desk, queries }: HttpFrontOptions) {
    this.desk = desk;
    this.queries = queries;
    this.answers = new AnswerText(server.keepAliveTimeout);
    this.#server = server;
    this.#toServer = server.listeners('connection');
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      this.#connections.add(new FrontConnection(socket, this));
    });
    this.#watch = setInterval(() => {
      const nowMs = monotonicMs();
      const nextMs = server.keepAliveTimeout + KEEP_ALIVE_SPARE_MS;
      const limits = { firstMs: server.headersTimeout, nextMs };
      for (const connection of this.#connections) connection.watch(nowMs, limits);
    }, WATCH_MS);
  }

  flushLater(connection: FrontConnection): void {
    this.#waiting.push(connection);
    if (this.#waiting.length === 1) setImmediate(this.#flushAll);
  }

  handOver(socket: Socket): void {
    for (const listener of this.#toServer) Reflect.apply(listener, this.#server, [socket]);
    socket.resume();
  }

  clientError(code: string, socket: Socket): void {
    this.#server.emit('clientError', Object.assign(new Error(code), { code }), socket);
  }

  left(connection: FrontConnection): void {
    this.#connections.delete(connection);
  }

  /** Ends the connections that it has; the server ends those that it was handed. */
  close(): void {
    clearInterval(this.#watch);
    for (const connection of this.#connections) connection.destroy();
  }

  #flush(): void {
    const flushing = this.#waiting;
    this.#waiting = this.#flushing;
    this.#flushing = flushing;
    for (const connection of flushing) connection.flush();
    flushing.length = 0;
  }
}
