/** What a server answers that does not want the upgrade: its status, its headers, and the beginning of its body. */
import type { IncomingMessage } from 'node:http';
import type { UpgradeAnswer } from '../ports/websocket.js';

/** More of a body tells nobody anything. */
const BODY_BYTES_MAX = 64 * 1024;

export class Refusal {
  readonly #message: IncomingMessage;
  #tell: ((answer: UpgradeAnswer) => void) | undefined;
  readonly #parts: Buffer[] = [];
  #bytes = 0;

  /** `tell` is called once, when the body is there, is long enough, or breaks off. */
  constructor(message: IncomingMessage, tell: (answer: UpgradeAnswer) => void) {
    this.#message = message;
    this.#tell = tell;
    message.on('data', (part: Buffer) => this.#take(part));
    message.on('error', () => this.#done());
    message.on('close', () => this.#done());
    message.on('end', () => this.#done());
  }

  drop(): void {
    this.#tell = undefined;
    this.#message.destroy();
  }

  #take(part: Buffer): void {
    this.#parts.push(part);
    this.#bytes += part.length;
    if (this.#bytes >= BODY_BYTES_MAX) this.#done();
  }

  #done(): void {
    const tell = this.#tell;
    this.#tell = undefined;
    const { statusCode = 0, rawHeaders } = this.#message;
    const body = Buffer.concat(this.#parts).subarray(0, BODY_BYTES_MAX).toString('utf8');
    tell?.({ status: statusCode, headers: rawHeaders, body });
  }
}
