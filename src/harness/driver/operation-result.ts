/**
 * What a script gets back from one operation. Made once per operation, so it holds only what is cheap: id and
 * receipt are read from the journal when a script asks for them.
 */

import { formatAccount } from '../../wire/accounts.js';
import { ACK, type Outcome } from '../../wire/acks.js';
import { readInt64, readUint64 } from '../../wire/bytes.js';
import {
  formatOperationId,
  type OperationIdWords,
  readOperationId,
} from '../../wire/operation-id.js';
import { OP } from '../../wire/operations.js';
import { type ResultName, resultName } from '../../wire/results.js';
import type { JournalWriter } from '../journal/writer.js';

/** One posted leg of a receipt. */
export interface ReceiptLeg {
  /** `user:7`, `merchant:3@1`, `fee@0` ... */
  readonly account: string;
  /** The account's version after the posting: 1, 2, 3 ... */
  readonly version: number;
  /** Posted balance after, in minor units. */
  readonly balanceMinor: number;
}

export interface Receipt {
  /** Ledger time in microseconds since the Unix epoch. */
  readonly timestampUs: number;
  readonly legs: readonly ReceiptLeg[];
}

export class OperationResult {
  readonly outcome: Outcome;
  /** In minor units, as asked. */
  readonly amountMinor: number;
  /** The account whose shard is home: what a refund, a capture or a void of this operation must name. */
  readonly account: number;
  readonly counterparty: number;
  readonly #code: number;
  readonly #journal: JournalWriter;
  readonly #sequence: number;
  readonly #completion: number;

  constructor(
    outcome: Outcome,
    code: number,
    asked: {
      readonly account: number;
      readonly counterparty: number;
      readonly amountMinor: number;
    },
    journal: JournalWriter,
    sequence: number,
    completion: number,
  ) {
    this.outcome = outcome;
    this.amountMinor = asked.amountMinor;
    this.account = asked.account;
    this.counterparty = asked.counterparty;
    this.#code = code;
    this.#journal = journal;
    this.#sequence = sequence;
    this.#completion = completion;
  }

  /** The result by name: `created`, or why not. */
  get code(): ResultName {
    return resultName(this.#code) ?? 'answer_malformed';
  }

  get idWords(): OperationIdWords {
    return readOperationId(this.#journal.readInvoke(this.#sequence), OP.id);
  }

  get id(): string {
    return formatOperationId(this.idWords);
  }

  /** Undefined unless the outcome is `ok`. */
  get receipt(): Receipt | undefined {
    if (this.outcome !== 'ok') return undefined;
    const view = this.#journal.readCompletion(this.#completion);
    const legs = Array.from({ length: view.getUint8(ACK.legs) }, (_, i) => ({
      account: formatAccount(readUint64(view, ACK.accounts + i * 8)),
      version: view.getUint32(ACK.versions + i * 4, true),
      balanceMinor: readInt64(view, ACK.balances + i * 8),
    }));
    return { timestampUs: readUint64(view, ACK.timestamp), legs };
  }
}
