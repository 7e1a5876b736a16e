/**
 * One keep-alive connection to an HTTP target that mends itself. Requests are pipelined: each is written at once, answers
 * come in the order of the requests (RFC 9112, 9.3.2). When it breaks it hands back what it still owes an answer to, for
 * any of that may have been executed, and connects anew with jittered back-off. It never sends anything twice.
 */
import { connect, type Socket } from 'node:net';
import { HttpFormatError, HttpReader } from './http-reader.js';
import type { HttpRequest } from './http-request.js';
import { reconnectDelayMs } from './reconnect.js';

export interface HttpConnectionEvents {
  /** `body` is valid during the call. */
  onAnswer(request: HttpRequest, status: number, body: Buffer): void;
  /** All answers of one read are told. */
  onRead(): void;
  /** Written and not answered when the connection broke. */
  onLost(requests: readonly HttpRequest[]): void;
}

export interface HttpConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly nowUs: () => number;
  readonly random: () => number;
  readonly events: HttpConnectionEvents;
}

export class HttpConnection {
  readonly #options: HttpConnectionOptions;
  #socket: Socket | undefined;
  #connected = false;
  #closed = false;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  /** In order of sending; answered ones before `#head` are cut off now and then. */
  #owed: HttpRequest[] = [];
  #head = 0;
  #heardUs = 0;

  constructor(options: HttpConnectionOptions) {
    this.#options = options;
    this.#connect();
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Requests written and not answered. */
  get owed(): number {
    return this.#owed.length - this.#head;
  }

  /** Only while connected. Writes `requests` from index `from` to before `to` in one piece. */
  write(requests: readonly HttpRequest[], from: number, to: number): void {
    const nowUs = this.#options.nowUs();
    if (this.owed === 0) this.#heardUs = nowUs;
    let text = '';
    for (let i = from; i < to; i++) {
      const request = requests[i];
      request.sentUs = nowUs;
      this.#owed.push(request);
      text += request.text;
    }
    this.#socket?.write(text, 'latin1');
  }

  /** Whether it has owed answers since `sinceUs` and given none. */
  silentSince(sinceUs: number): boolean {
    return this.owed > 0 && this.#heardUs <= sinceUs;
  }

  /** Ends this connection and begins a new one. */
  renew(): void {
    if (this.#connected) this.#break();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  #connect(): void {
    const { host, port } = this.#options;
    const socket = connect({ host, port, noDelay: true });
    this.#socket = socket;
    const reader = new HttpReader((status, body, last) => this.#onResponse(status, body, last));
    socket.on('connect', () => {
      this.#connected = true;
      this.#failures = 0;
    });
    socket.on('data', (chunk: Buffer) => {
      this.#heardUs = this.#options.nowUs();
      try {
        reader.push(chunk);
      } catch (error) {
        if (!(error instanceof HttpFormatError)) throw error;
        this.#break();
      }
      this.#options.events.onRead();
    });
    socket.on('error', () => undefined); // 'close' follows
    socket.on('close', () => this.#onClose(socket));
  }

  #onResponse(status: number, body: Buffer, last: boolean): void {
    if (!this.#connected) return;
    if (this.owed === 0) {
      this.#break(); // an answer to nothing: a server that says why it closes
      return;
    }
    const request = this.#owed[this.#head++];
    if (this.#head === this.#owed.length || this.#head >= 1024) {
      this.#owed = this.#owed.slice(this.#head);
      this.#head = 0;
    }
    this.#options.events.onAnswer(request, status, body);
    if (last) this.#break();
  }

  #break(): void {
    const lost = this.#owed.slice(this.#head);
    this.#owed = [];
    this.#head = 0;
    this.#connected = false;
    this.#socket?.destroy();
    if (lost.length > 0 && !this.#closed) this.#options.events.onLost(lost);
  }

  #onClose(socket: Socket): void {
    if (this.#socket !== socket) return;
    if (this.#connected) this.#break();
    this.#socket = undefined;
    if (this.#closed) return;
    const delayMs = reconnectDelayMs(this.#failures++, this.#options.random);
    this.#timer = setTimeout(() => this.#connect(), delayMs);
  }
}
