/**
 * The answer of the reference stack's HTTP API to a request that a script made itself: it says more than the outcome that the script
 * tells, the result by name and the receipt. Read as the driver reads its own answers (http-answer.ts).
 */
import { ACK, ACK_BYTES, OUTCOME } from '../../wire/acks.js';
import { writeInt64, writeUint64 } from '../../wire/bytes.js';
import { OPERATION_KIND } from '../../wire/operations.js';
import { RESULTS, resultScope } from '../../wire/results.js';
import type { ReadBalance, ToldOutcome } from '../ports/told.js';
import { type Asked, writeAnswer, writeBare } from './http-answer.js';

export class ToldAnswer {
  /** Of the last answer that was read. */
  readonly ack = new DataView(new ArrayBuffer(ACK_BYTES));

  /** The code of the result; undefined where `answer` is none, or says something else than the script does: then `ack` means nothing. */
  read(asked: Asked, outcome: ToldOutcome, answer: unknown): number | undefined {
    if (outcome !== 'ok' && outcome !== 'declined') return undefined;
    if (!this.#write(asked, answer)) return undefined;
    const isSame = this.ack.getUint8(ACK.outcome) === OUTCOME[outcome];
    return isSame ? this.ack.getUint16(ACK.code, true) : undefined;
  }

  /** Whether the answer to a look-up of that operation says for good what became of it; undefined where `answer` is none. */
  readLookUp(asked: Asked, answer: unknown): boolean | undefined {
    if (!this.#write({ ...asked, kind: OPERATION_KIND.lookup }, answer)) return undefined;
    const outcome = this.ack.getUint8(ACK.outcome);
    const code = this.ack.getUint16(ACK.code, true);
    if (outcome === OUTCOME.ok) return true;
    return (
      outcome === OUTCOME.declined && (code === NOT_FOUND || resultScope(code) === 'operation')
    );
  }

  /** Of a balance that a script read; without a version it is the script's word, and no receipt. Returns the code of the result. */
  writeRead(tag: number, { account, balanceMinor, version }: ReadBalance): number {
    const { ack } = this;
    const name = version === undefined ? 'accepted_by_target' : 'created';
    writeBare(ack, 0, tag, 'ok', name);
    ack.setUint8(ACK.legs, 1);
    writeUint64(ack, ACK.accounts, account);
    writeInt64(ack, ACK.balances, balanceMinor);
    ack.setUint32(ACK.versions, version ?? 0, true);
    return RESULTS[name].code;
  }

  #write(asked: Asked, answer: unknown): boolean {
    if (typeof answer !== 'object' || answer === null) return false;
    const status: unknown = 'status' in answer ? answer.status : undefined;
    const body = bodyOf(answer);
    if (typeof status !== 'number' || body === undefined) return false;
    writeAnswer(this.ack, 0, asked, { status, body });
    return true;
  }
}

/** What an operation's look-up may say for good. */
const NOT_FOUND = RESULTS.operation_not_found.code;

function bodyOf(answer: object): Buffer | undefined {
  const body: unknown = 'body' in answer ? answer.body : undefined;
  if (typeof body === 'string') return Buffer.from(body);
  return body instanceof ArrayBuffer ? Buffer.from(body) : undefined;
}
