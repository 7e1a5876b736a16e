/**
 * What a script gets back from one operation. Made once per operation, so it holds only where the operation lies in the
 * journal: all else is read from there when a script asks for it.
 */

import { accountName } from '../../products/account-names.js';
import { ACK, type Outcome } from '../../wire/acks.js';
import { readInt64, readUint64 } from '../../wire/bytes.js';
import {
  formatOperationId,
  type OperationIdWords,
  readOperationId,
} from '../../wire/operation-id.js';
import { OP } from '../../wire/operations.js';
import type { Receipt } from '../../wire/receipt.js';
import { type ResultName, resultName } from '../../wire/results.js';
import type { JournalWriter } from '../journal/writer.js';
import type { OperationResult } from '../ports/pay.js';

export class JournalledResult implements OperationResult {
  readonly outcome: Outcome;
  readonly #code: number;
  readonly #journal: JournalWriter;
  readonly #sequence: number;
  readonly #completion: number;

  /** Positional, because one is made per operation: see the fields. */
  constructor(
    outcome: Outcome,
    code: number,
    journal: JournalWriter,
    sequence: number,
    completion: number,
  ) {
    this.outcome = outcome;
    this.#code = code;
    this.#journal = journal;
    this.#sequence = sequence;
    this.#completion = completion;
  }

  /** The result by name: `created`, or why not. */
  get code(): ResultName {
    return resultName(this.#code) ?? 'answer_malformed';
  }

  /** In minor units, as asked. */
  get amountMinor(): number {
    return readUint64(this.#asked(), OP.amount);
  }

  /** The account whose shard is home: what a refund, a capture or a void of this operation must name. */
  get account(): number {
    return readUint64(this.#asked(), OP.account);
  }

  get counterparty(): number {
    return readUint64(this.#asked(), OP.counterparty);
  }

  get idWords(): OperationIdWords {
    return readOperationId(this.#asked(), OP.id);
  }

  get id(): string {
    return formatOperationId(this.idWords);
  }

  /** Undefined unless the outcome is `ok`. */
  get receipt(): Receipt | undefined {
    if (this.outcome !== 'ok') return undefined;
    const view = this.#journal.readCompletion(this.#completion);
    const legs = Array.from({ length: view.getUint8(ACK.legs) }, (_, i) => ({
      account: accountName(readUint64(view, ACK.accounts + i * 8)),
      version: view.getUint32(ACK.versions + i * 4, true),
      balanceMinor: readInt64(view, ACK.balances + i * 8),
    }));
    return { timestampUs: readUint64(view, ACK.timestamp), legs };
  }

  /** What setup() hands on of it, and a log shows: enough to refer to it. */
  toJSON(): object {
    const { account, amountMinor, code, counterparty, id, outcome } = this;
    return { outcome, code, id, account, counterparty, amountMinor };
  }

  #asked(): DataView {
    return this.#journal.readInvoke(this.#sequence);
  }
}
