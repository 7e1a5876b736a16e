/**
 * Answers as text, head and body, byte for byte as Node's server and the schemas of the HTTP edge write them. All that is in
 * one is ASCII, so a text is as long as its bytes. Pure, but for the date in the head.
 */
import { STATUS_CODES } from 'node:http';
import { accountName } from '../../../products/account-names.js';
import { ACK, OUTCOME, RECEIPT_LEGS } from '../../../wire/acks.js';
import { readInt64, readUint64 } from '../../../wire/bytes.js';
import { RESULTS } from '../../../wire/results.js';
import { httpDate } from '../../payments/clock.js';
import { statusOf, withError } from '../http-answers.js';
import { readResult } from '../http-operation.js';
import type { QueryAnswer } from '../http-queries.js';

const CREATED = `,"outcome":"ok","code":"created","timestampUs":`;

export class AnswerText {
  readonly #afterDate: string;

  /** `keepAliveMs` is what a client is told of how long a connection may be idle; 0 = nothing. */
  constructor(keepAliveMs: number) {
    const told = keepAliveMs > 0 ? `Keep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n` : '';
    this.#afterDate = `\r\nConnection: keep-alive\r\n${told}\r\n`;
  }

  /** To an operation: `id` is its text as it was asked, `ack` the record that answers it. */
  ofOperation(ack: DataView, id: string): string {
    const isOk = ack.getUint8(ACK.outcome) === OUTCOME.ok;
    if (isOk && ack.getUint16(ACK.code, true) === RESULTS.created.code) {
      const timestampUs = readUint64(ack, ACK.timestamp);
      return this.#text(200, `{"id":"${id}"${CREATED}${timestampUs},"receipt":[${legsText(ack)}]}`);
    }
    const result = readResult(ack, id);
    if (result.outcome === 'ok') return this.#text(200, JSON.stringify(result));
    const { error, code, ...rest } = withError(result);
    return this.#text(statusOf(result), JSON.stringify({ error, code, ...rest }));
  }

  ofQuery({ status, body }: QueryAnswer): string {
    return this.#text(status, JSON.stringify(body));
  }

  #text(status: number, body: string): string {
    return (
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      `content-type: application/json; charset=utf-8\r\ncontent-length: ${body.length}\r\n` +
      `Date: ${httpDate()}${this.#afterDate}${body}`
    );
  }
}

function legsText(ack: DataView): string {
  const legs = Math.min(ack.getUint8(ACK.legs), RECEIPT_LEGS);
  let text = '';
  for (let leg = 0; leg < legs; leg++) {
    const account = accountName(readUint64(ack, ACK.accounts + leg * 8));
    const balanceMinor = readInt64(ack, ACK.balances + leg * 8);
    const version = ack.getUint32(ACK.versions + leg * 4, true);
    if (leg > 0) text += ',';
    text += `{"account":"${account}","balanceMinor":${balanceMinor},"version":${version}}`;
  }
  return text;
}
