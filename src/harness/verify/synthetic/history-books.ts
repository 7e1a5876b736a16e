/** The books of a made-up history: a ledger a shard, the accounts as they open, and where each party is booked. */
import {
  merchantAccount,
  merchantSubAccount,
  SYSTEM_ACCOUNT,
  shardOfAccount,
  systemAccount,
  userAccount,
} from '../../../wire/accounts.js';
import type { MoneyRules } from '../../records/target-facts.js';
import { type Behind, type Posting, SyntheticLedger } from './ledger.js';
import type { EntryRecord, OperationRecord } from './records.js';

/** What was agreed, but for what no made-up history has. */
export type AgreedBooks = Omit<MoneyRules, 'products'>;

export class HistoryBooks {
  readonly ledgers: readonly SyntheticLedger[];
  readonly #agreed: AgreedBooks;

  /** `nowUs`: Unix microseconds, later at every call. */
  constructor(agreed: AgreedBooks, nowUs: () => number, onEntry: (entry: EntryRecord) => void) {
    this.#agreed = agreed;
    this.ledgers = Array.from(
      { length: agreed.shards },
      (_, shard) => new SyntheticLedger(shard, nowUs, onEntry),
    );
    this.#open();
  }

  shardOf(account: number): number {
    return shardOfAccount(account, this.#agreed.shards);
  }

  ledgerOf(account: number): SyntheticLedger {
    return this.ledgerAt(this.shardOf(account));
  }

  ledgerAt(shard: number): SyntheticLedger {
    const ledger = this.ledgers[shard];
    if (ledger === undefined) throw new Error(`no shard ${shard}`);
    return ledger;
  }

  crosses(operation: Pick<OperationRecord, 'account' | 'counterparty'>): boolean {
    const home = this.shardOf(operation.account);
    return this.shardOf(this.payeeOf(operation, home)) !== home;
  }

  payeeOf(operation: Pick<OperationRecord, 'counterparty'>, home: number): number {
    const number = operation.counterparty - merchantAccount(0);
    const isSplit = number >= 1 && number <= this.#agreed.splitMerchants;
    return isSplit ? merchantSubAccount(number, home) : operation.counterparty;
  }

  /** What `payee` has of a payment, and what is charged. */
  credits(amount: number, payee: number, shard: number): Posting[] {
    const fee = Math.floor((amount * this.#agreed.feePer10k) / 10_000);
    const commission = Math.floor((amount * this.#agreed.commissionPer10k) / 10_000);
    return [
      { account: payee, posting: amount - fee - commission },
      { account: systemAccount(SYSTEM_ACCOUNT.fee, shard), posting: fee },
      { account: systemAccount(SYSTEM_ACCOUNT.platform, shard), posting: commission },
    ].filter(({ posting }) => posting !== 0);
  }

  behind(
    operation: OperationRecord,
    branch: { readonly flags: number; readonly peer: number } = {
      flags: 0,
      peer: this.shardOf(operation.account),
    },
  ): Behind {
    const { id, reference, kind, amount, channel, timeoutS } = operation;
    return { id, reference, kind, amount, channel, timeoutS, ...branch };
  }

  #open(): void {
    const { users, merchants, splitMerchants, openingMinor, shards } = this.#agreed;
    for (let user = 1; user <= users; user++)
      this.ledgerOf(userAccount(user)).open(userAccount(user), openingMinor, true);
    for (let merchant = 1; merchant <= merchants; merchant++) {
      if (merchant > splitMerchants) {
        const account = merchantAccount(merchant);
        this.ledgerOf(account).open(account, 0, true);
        continue;
      }
      for (const ledger of this.ledgers)
        ledger.open(merchantSubAccount(merchant, ledger.shard), 0, true);
    }
    for (const ledger of this.ledgers) {
      const shardUsers = [...ledger.accounts.values()].reduce(
        (sum, { opening }) => sum + opening,
        0,
      );
      ledger.open(systemAccount(SYSTEM_ACCOUNT.fee, ledger.shard), 0, false);
      ledger.open(systemAccount(SYSTEM_ACCOUNT.platform, ledger.shard), 0, false);
      ledger.open(systemAccount(SYSTEM_ACCOUNT.bank, ledger.shard), -shardUsers, false);
      for (let peer = 0; peer < shards; peer++)
        ledger.open(systemAccount(SYSTEM_ACCOUNT.clearing + peer, ledger.shard), 0, false);
    }
  }
}
