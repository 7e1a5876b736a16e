/**
 * One client connection as long as all that comes on it is what the front serves.
 *
 *   bytes -> head, body -> desk -> owed answers, in the order of the requests -> one write a turn
 *      |
 *      +---> anything else: first the answers that are owed, then the socket with every byte from there on goes to Node's
 *            server, for good
 *
 * What ends early is said by that server's own listeners too: who never asks, or leaves in mid-request. A request of which
 * a part is missing for a second is handed over as it is, so that the limits on slow clients are one thing and not two.
 */
import type { Socket } from 'node:net';
import { monotonicMs } from '../../payments/clock.js';
import type { HttpQueries } from '../http-queries.js';
import type { OperationDesk } from '../operation-desk.js';
import type { AnswerText } from './answer-text.js';
import { ID_TEXT_BYTES } from './id-bytes.js';
import { OperationReader } from './operation-reader.js';
import { type AnswerOwner, OwedAnswer } from './owed-answer.js';
import { readQuestion } from './question.js';
import { MORE, OTHER, RequestHead } from './request-head.js';

/** What its connections share. */
export interface Front {
  readonly desk: OperationDesk;
  readonly queries: HttpQueries;
  readonly answers: AnswerText;
  /** Calls `flush` before this turn of the event loop is over. */
  flushLater(connection: FrontConnection): void;
  /** The socket is Node's server's from here on; its bytes from the next one on are still in it. */
  handOver(socket: Socket): void;
  /** Node's server is told of an error of the client by its code, answers it and ends the connection. */
  clientError(code: string, socket: Socket): void;
  /** The connection is no longer the front's. */
  left(connection: FrontConnection): void;
}

export interface IdleLimits {
  /** Until the first request. */
  readonly firstMs: number;
  /** From an answer to the next request. */
  readonly nextMs: number;
}

/** A part of a request that is older when it is looked at is handed over. */
const PART_MS_MAX = 1000;
/** Bytes the client has not taken, at which reading from it stops. */
const UNSENT_PAUSE_BYTES = 64 * 1024;

/** Answers that left are cut off the list when there are so many. */
const OWED_CUT = 1024;

const NOTHING = Buffer.alloc(0);
/** They hold what was read last, and are done with before anything else is read. */
const head = new RequestHead();
const reader = new OperationReader();

export class FrontConnection implements AnswerOwner {
  readonly answers: AnswerText;
  readonly #front: Front;
  readonly #socket: Socket;
  /** The beginning of a request. */
  #part: Buffer = NOTHING;
  /** In order; those before `#first` have left. */
  readonly #owed: OwedAnswer[] = [];
  #first = 0;
  #flushing = false;
  /** It goes to Node's server as soon as nothing is owed. */
  #leaving = false;
  #closed = false;
  #asked = false;
  /** When it was opened, or its last answer left, or the part of a request came. Monotonic milliseconds. */
  #sinceMs = monotonicMs();
  readonly #onData = (chunk: Buffer): void => this.#take(chunk);
  readonly #onEnd = (): void => this.#end();
  readonly #onClose = (): void => this.#forget();
  readonly #onDrain = (): void => {
    if (!this.#leaving) this.#socket.resume();
  };

  constructor(socket: Socket, front: Front) {
    this.#socket = socket;
    this.#front = front;
    this.answers = front.answers;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('close', this.#onClose);
    socket.on('drain', this.#onDrain);
    socket.on('error', ignore); // 'close' follows
  }

  /** Looks for what has lasted too long. */
  watch(nowMs: number, limits: IdleLimits): void {
    if (this.#leaving || this.#closed) return;
    const lastedMs = nowMs - this.#sinceMs;
    if (this.#part.length > 0) {
      if (lastedMs >= PART_MS_MAX) this.#leave(this.#part);
    } else if (!this.#asked) {
      if (lastedMs >= limits.firstMs) {
        this.#front.clientError('ERR_HTTP_REQUEST_TIMEOUT', this.#socket);
      }
    } else if (this.#owed.length === 0 && this.#socket.writableLength === 0) {
      if (lastedMs >= limits.nextMs) this.#socket.destroy();
    }
  }

  answered(): void {
    if (this.#flushing || this.#closed) return;
    this.#flushing = true;
    this.#front.flushLater(this);
  }

  /** Writes the answers that are due. */
  flush(): void {
    this.#flushing = false;
    if (this.#closed) return;
    const owed = this.#owed;
    let output = '';
    while (this.#first < owed.length && owed[this.#first].text !== '') {
      output += owed[this.#first++].text;
    }
    if (this.#first === owed.length || this.#first >= OWED_CUT) {
      owed.splice(0, this.#first);
      this.#first = 0;
    }
    if (output !== '') this.#write(output);
    if (this.#leaving) this.#leaveWhenDone();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #write(output: string): void {
    this.#socket.write(output, 'latin1');
    this.#sinceMs = monotonicMs();
    if (this.#socket.writableLength > UNSENT_PAUSE_BYTES) this.#socket.pause();
  }

  #take(chunk: Buffer): void {
    const nowMs = monotonicMs();
    const isPart = this.#part.length > 0;
    const bytes = isPart ? Buffer.concat([this.#part, chunk]) : chunk;
    let at = 0;
    while (at < bytes.length) {
      const end = this.#serve(bytes, at, nowMs);
      if (end === OTHER) {
        this.#leave(bytes.subarray(at));
        return;
      }
      if (end === MORE) break;
      this.#asked = true;
      at = end;
    }
    if (!isPart || at > 0) this.#sinceMs = nowMs;
    this.#part = at < bytes.length ? bytes.subarray(at) : NOTHING;
  }

  /** Where the request that begins at `from` ends, now that it was asked; or MORE, or OTHER. */
  #serve(bytes: Buffer, from: number, nowMs: number): number {
    const at = head.read(bytes, from, bytes.length);
    if (at <= 0) return at;
    if (!head.isPost) {
      const question = readQuestion(bytes.toString('latin1', head.targetAt, head.targetEnd));
      if (question === undefined) return OTHER;
      const owed = this.#owe(new OwedAnswer(this));
      void question(this.#front.queries).then((told) => owed.settle(this.answers.ofQuery(told)));
      return at;
    }
    const end = at + head.bodyBytes;
    if (end > bytes.length) return MORE;
    if (!reader.read(bytes, { from: at, to: end, keyAt: head.keyAt })) return OTHER;
    const id = bytes.toString('latin1', reader.idAt, reader.idAt + ID_TEXT_BYTES).toLowerCase();
    const sink = this.#owe(new OwedAnswer(this, id));
    this.#front.desk.take(reader.record, 0, { sink, nowMs, deadlineMs: Infinity }, 0);
    return end;
  }

  #owe(answer: OwedAnswer): OwedAnswer {
    this.#owed.push(answer);
    return answer;
  }

  /** No more is read here: `rest` and all that follows is for Node's server. */
  #leave(rest: Buffer): void {
    this.#leaving = true;
    this.#part = NOTHING;
    this.#socket.off('data', this.#onData);
    this.#socket.pause();
    // At once: what is in the socket keeps it from ending before it is handed over.
    this.#socket.unshift(rest);
    this.#leaveWhenDone();
  }

  #leaveWhenDone(): void {
    if (this.#owed.length > 0) return;
    this.#forget();
    this.#socket.off('end', this.#onEnd);
    this.#socket.off('close', this.#onClose);
    this.#socket.off('drain', this.#onDrain);
    this.#socket.off('error', ignore);
    this.#front.handOver(this.#socket);
  }

  /** The client sends no more. What it is still owed it does not get, as from Node's server. */
  #end(): void {
    this.flush();
    this.#closed = true;
    if (this.#part.length > 0) this.#front.clientError('HPE_INVALID_EOF_STATE', this.#socket);
    else this.#socket.end();
  }

  #forget(): void {
    this.#closed = true;
    this.#owed.length = 0;
    this.#front.left(this);
  }
}

function ignore(): void {}
