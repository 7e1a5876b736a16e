/**
 * The answer of the reference stack's HTTP API to a request that a script made itself: it says more than the outcome that the script
 * tells, the result by name and the receipt. Read as the driver reads its own answers (http-answer.ts).
 */
import { ACK, ACK_BYTES, OUTCOME } from '../../wire/acks.js';
import type { ToldOutcome } from '../ports/told.js';
import { type Asked, writeAnswer } from './http-answer.js';

export class ToldAnswer {
  /** Of the last answer that was read. */
  readonly ack = new DataView(new ArrayBuffer(ACK_BYTES));

  /** The code of the result; undefined where `answer` is none, or says something else than the script does: then `ack` means nothing. */
  read(asked: Asked, outcome: ToldOutcome, answer: unknown): number | undefined {
    if (outcome !== 'ok' && outcome !== 'declined') return undefined;
    if (typeof answer !== 'object' || answer === null) return undefined;
    const status: unknown = 'status' in answer ? answer.status : undefined;
    const body = bodyOf(answer);
    if (typeof status !== 'number' || body === undefined) return undefined;
    writeAnswer(this.ack, 0, asked, { status, body });
    const isSame = this.ack.getUint8(ACK.outcome) === OUTCOME[outcome];
    return isSame ? this.ack.getUint16(ACK.code, true) : undefined;
  }
}

function bodyOf(answer: object): Buffer | undefined {
  const body: unknown = 'body' in answer ? answer.body : undefined;
  if (typeof body === 'string') return Buffer.from(body);
  return body instanceof ArrayBuffer ? Buffer.from(body) : undefined;
}
