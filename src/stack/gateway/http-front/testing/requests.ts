/** For tests: requests as bytes on the wire, and a client that writes them as they are and keeps what comes back. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { addressOf } from '../../../../wire/address.js';
import { formatOperationId } from '../../../../wire/operation-id.js';
import { freshId } from '../../testing/bolt-client.js';

export function payment(members: object = {}): Record<string, unknown> {
  const id = formatOperationId(freshId());
  return { id, kind: 'pay', payer: 'user:7', payee: 'merchant:8', amountMinor: 1, ...members };
}

/** A head as its lines are given, and a body. */
export function request(lines: readonly string[], body = ''): string {
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** `body` as it stands or as JSON; further lines of the head before the length. */
export function post(body: unknown, ...lines: readonly string[]): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = lines.some((line) => /^content-type:/i.test(line))
    ? []
    : ['content-type: application/json'];
  const length = `content-length: ${Buffer.byteLength(text)}`;
  return request(['POST /v1/operations HTTP/1.1', 'host: a', ...type, ...lines, length], text);
}

export function get(path: string, ...lines: readonly string[]): string {
  return request([`GET ${path} HTTP/1.1`, 'host: a', ...lines]);
}

export interface RawAnswer {
  readonly status: number;
  /** Head and body, but for the date. */
  readonly text: string;
  readonly body: string;
}

/** The whole answers at the beginning of `text`. */
export function answersIn(text: string): readonly RawAnswer[] {
  const answers: RawAnswer[] = [];
  let at = 0;
  for (;;) {
    const headEnd = text.indexOf('\r\n\r\n', at) + 4;
    if (headEnd < 4) return answers;
    const head = text.slice(at, headEnd);
    const end = headEnd + Number(/^content-length: *([0-9]+)/im.exec(head)?.[1] ?? 0);
    if (text.length < end) return answers;
    const body = text.slice(headEnd, end);
    const undated = head.replace(/^date: .*\r\n/im, '');
    answers.push({ status: Number(head.slice(9, 12)), text: undated + body, body });
    at = end;
  }
}

export class RawClient {
  readonly socket: Socket;
  text = '';
  ended = false;
  #onChange: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      this.text += chunk;
      this.#onChange();
    });
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      this.ended = true;
      this.#onChange();
    });
  }

  static async connect(address: string): Promise<RawClient> {
    const socket = connect({ ...addressOf(address), noDelay: true });
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  get answers(): readonly RawAnswer[] {
    return answersIn(this.text);
  }

  async write(text: string): Promise<void> {
    await new Promise<void>((resolve) => this.socket.write(text, 'latin1', () => resolve()));
  }

  /** Resolves when that many answers are there; rejects when the connection ended with fewer. */
  async answered(count: number): Promise<readonly RawAnswer[]> {
    await this.#until(() => this.ended || this.answers.length >= count);
    if (this.answers.length < count) throw new Error(`closed after ${JSON.stringify(this.text)}`);
    return this.answers;
  }

  async closed(): Promise<readonly RawAnswer[]> {
    await this.#until(() => this.ended);
    return this.answers;
  }

  close(): void {
    this.socket.destroy();
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
      });
    }
  }
}
