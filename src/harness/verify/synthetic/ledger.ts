/**
 * A ledger shard in memory, just big enough to write the books a correct one would write: balances, pending
 * sums, dense versions, one log. Test support: it shares no code with the reference stack, so that a
 * misunderstanding in one shows against the other.
 */
import { COMMAND } from '../../../wire/ledger-commands.js';
import { ACCOUNT_FLAG, ENTRY_COMMAND, LEG_PENDING } from '../../../wire/ledger-log.js';
import type { OperationIdWords } from '../../../wire/operation-id.js';
import { RESULTS } from '../../../wire/results.js';
import type { AccountRecord, EntryLegRecord, EntryRecord } from './records.js';

export interface Posting {
  readonly account: number;
  readonly posting: number;
}

/** What an entry says about the operation behind it. */
export interface Behind {
  readonly id: OperationIdWords;
  readonly reference: OperationIdWords | undefined;
  readonly kind: number;
  readonly amount: number;
  readonly channel: number;
  readonly flags: number;
  readonly peer: number;
  readonly timeoutS: number;
}

interface State extends AccountRecord {
  balance: number;
}

export class SyntheticLedger {
  readonly shard: number;
  readonly accounts = new Map<number, State>();
  readonly #nowUs: () => number;
  readonly #onEntry: (entry: EntryRecord) => void;

  constructor(shard: number, nowUs: () => number, onEntry: (entry: EntryRecord) => void) {
    this.shard = shard;
    this.#nowUs = nowUs;
    this.#onEntry = onEntry;
  }

  open(account: number, opening: number, mustNotOverdraw: boolean): void {
    this.accounts.set(account, {
      account,
      opening,
      balance: opening,
      debitsPending: 0,
      debitsPosted: Math.max(0, -opening),
      creditsPending: 0,
      creditsPosted: Math.max(0, opening),
      version: 0,
      flags: mustNotOverdraw ? ACCOUNT_FLAG.mustNotOverdraw : 0,
    });
  }

  /** Applies at once, all or none; the entry says which. */
  post(behind: Behind, command: number, legs: readonly Posting[]): EntryRecord {
    if (!this.#affords(legs)) return this.#decline(behind, command);
    return this.#write(behind, command, this.#change(legs, LEG_PENDING.posted));
  }

  /** Try, hold: the legs become pending. */
  reserve(behind: Behind, command: number, legs: readonly Posting[]): EntryRecord {
    if (!this.#affords(legs)) return this.#decline(behind, command);
    return this.#write(behind, command, this.#change(legs, LEG_PENDING.made));
  }

  confirm(behind: Behind, legs: readonly Posting[]): EntryRecord {
    return this.#write(behind, COMMAND.confirm, this.#change(legs, LEG_PENDING.confirmed));
  }

  /** Void, expiry and the first half of a capture. */
  release(behind: Behind, command: number, legs: readonly Posting[]): EntryRecord {
    return this.#write(behind, command, this.#change(legs, LEG_PENDING.released));
  }

  /** `code`: of the shard that refused the operation, or `cancelled`. No legs: an empty rollback. */
  cancel(behind: Behind, legs: readonly Posting[], code: number): EntryRecord {
    return this.#write(behind, COMMAND.cancel, this.#change(legs, LEG_PENDING.released), code);
  }

  expire(behind: Behind, legs: readonly Posting[]): EntryRecord {
    return this.release(behind, ENTRY_COMMAND.expire, legs);
  }

  /** What the books say against it. */
  refuse(behind: Behind, command: number, code: number): EntryRecord {
    return this.#write(behind, command, [], code);
  }

  recordDecline(behind: Behind, code: number): EntryRecord {
    return this.#write(behind, COMMAND.record_decline, [], code);
  }

  read(account: number): EntryLegRecord {
    const state = this.#state(account);
    return { account, posting: 0, balance: state.balance, version: state.version, pending: 0 };
  }

  #affords(legs: readonly Posting[]): boolean {
    return legs.every(({ account, posting }) => {
      const state = this.#state(account);
      const free = state.balance - state.debitsPending;
      return posting >= 0 || (state.flags & ACCOUNT_FLAG.mustNotOverdraw) === 0 || free >= -posting;
    });
  }

  #change(legs: readonly Posting[], pending: number): EntryLegRecord[] {
    return legs.map(({ account, posting }) => {
      const state = this.#state(account);
      const size = Math.abs(posting);
      const isDebit = posting < 0;
      const made = pending === LEG_PENDING.made ? size : pending === LEG_PENDING.posted ? 0 : -size;
      if (isDebit) state.debitsPending += made;
      else state.creditsPending += made;
      if (pending === LEG_PENDING.posted || pending === LEG_PENDING.confirmed) {
        state.balance += posting;
        if (isDebit) state.debitsPosted += size;
        else state.creditsPosted += size;
      }
      state.version++;
      return { account, posting, balance: state.balance, version: state.version, pending };
    });
  }

  #decline(behind: Behind, command: number): EntryRecord {
    return this.#write(behind, command, [], RESULTS.exceeds_credits.code);
  }

  #write(behind: Behind, command: number, legs: EntryLegRecord[], code = 0): EntryRecord {
    const entry: EntryRecord = {
      shard: this.shard,
      id: behind.id,
      reference: behind.reference,
      timestampUs: this.#nowUs(),
      amount: behind.amount,
      code,
      command,
      kind: behind.kind,
      flags: behind.flags,
      channel: behind.channel,
      peer: behind.peer,
      timeoutS: behind.timeoutS,
      legs,
    };
    this.#onEntry(entry);
    return entry;
  }

  #state(account: number): State {
    const state = this.accounts.get(account);
    if (state === undefined) throw new Error(`no account ${account} on shard ${this.shard}`);
    return state;
  }
}
