/**
 * What both readers of HTTP requests ask of the desk: one operation, or a question and its answer as JSON. Changes nothing
 * by itself; refuses a name that is none with one line and a code.
 */

import { accountName, accountNamed } from '../../products/account-names.js';
import {
  ACCOUNT_CLASS,
  accountParts,
  merchantSubAccount,
  type Placement,
} from '../../wire/accounts.js';
import { ACK_BYTES } from '../../wire/acks.js';
import { formatOperationId, type OperationIdWords } from '../../wire/operation-id.js';
import type { AckSink } from '../payments/ack-sink.js';
import { monotonicMs } from '../payments/clock.js';
import { balanceStatusOf, errorOf, queryStatusOf } from './http-answers.js';
import {
  idField,
  type OperationResult,
  queryRecord,
  type ReceiptLeg,
  readResult,
} from './http-operation.js';
import type { OperationDesk } from './operation-desk.js';
import { OperationRefused } from './operation-refused.js';

export interface QueryAnswer {
  /** Of HTTP. */
  readonly status: number;
  /** Its members in the order in which they are told. */
  readonly body: object;
}

export class HttpQueries {
  readonly #desk: OperationDesk;
  readonly #placement: () => Placement;

  constructor(desk: OperationDesk, placement: () => Placement) {
    this.#desk = desk;
    this.#placement = placement;
  }

  ask(record: DataView, id: OperationIdWords): Promise<OperationResult> {
    return new Promise((resolve) => {
      const sink = new HttpSink((ack) => resolve(readResult(ack, formatOperationId(id))));
      this.#desk.take(record, 0, { sink, nowMs: monotonicMs(), deadlineMs: Infinity }, 0);
    });
  }

  async lookUp(idText: string, accountText: string): Promise<QueryAnswer> {
    const id = idField('id', idText);
    const account = namedAccount(accountText);
    const result = await this.ask(queryRecord('lookup', account, id), id);
    const status = queryStatusOf(result);
    return { status, body: status === 200 ? result : errorOf(result) };
  }

  async balance(name: string): Promise<QueryAnswer> {
    const account = namedAccount(name);
    const parts: ReceiptLeg[] = [];
    for (const part of this.#partsOf(account)) {
      const result = await this.ask(queryRecord('balance', part, undefined), [0, 0, 0, 0]);
      if (result.outcome !== 'ok') {
        return { status: balanceStatusOf(result), body: errorOf(result) };
      }
      parts.push(...result.receipt);
    }
    const balanceMinor = parts.reduce((sum, part) => sum + part.balanceMinor, 0);
    return { status: 200, body: { account: accountName(account), balanceMinor, parts } };
  }

  /** A split merchant is one account on each shard. */
  #partsOf(account: number): number[] {
    const { shards, splitMerchants } = this.#placement();
    const { accountClass, slot, number } = accountParts(account);
    const isSplit = accountClass === ACCOUNT_CLASS.merchant && slot === 0;
    if (!isSplit || number > splitMerchants) return [account];
    return Array.from({ length: shards }, (_, shard) => merchantSubAccount(number, shard));
  }
}

class HttpSink implements AckSink {
  readonly view = new DataView(new ArrayBuffer(ACK_BYTES));
  readonly #onAck: (ack: DataView) => void;

  constructor(onAck: (ack: DataView) => void) {
    this.#onAck = onAck;
  }

  place(): number {
    return 0;
  }

  placed(): void {
    this.#onAck(this.view);
  }
}

function namedAccount(text: string): number {
  const account = accountNamed(text);
  if (account !== undefined) return account;
  throw new OperationRefused(
    'malformed_operation',
    'account: give user:<number> or merchant:<number>',
  );
}
