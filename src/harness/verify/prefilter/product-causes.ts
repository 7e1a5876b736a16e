/**
 * Why a shard may refuse an operation of a product, by its definition, as the walk has left the accounts of the user at home: one to
 * debit had too little free, or those to credit may not have so much. Whom it would have debited on the other side refunds.ts knows.
 */
import type { CompiledLeg } from '../../../products/catalogue.js';
import { productKind } from '../../../products/kinds.js';
import { SLOTS } from '../../../wire/accounts.js';
import { COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import {
  type AccountStates,
  STATE,
  STATE_FIELDS,
  STATE_FLAG,
  STATE_WORDS,
} from './account-states.js';
import { USER_HIGH } from './asked-entries.js';

const { secondary: SECONDARY } = COMMAND_FLAG;

export interface RefusedEntry {
  readonly kind: number;
  readonly role: number;
  /** `detailWord` */
  readonly details: number;
}

export class ProductCauses {
  readonly #states: AccountStates;

  constructor(states: AccountStates) {
    this.#states = states;
  }

  /** `user`: -1 where it is not known. */
  isPoor(user: number, entry: RefusedEntry, amountMinor: number): boolean {
    return this.#legs(user, entry).some(({ row, leg }) => {
      const posting = leg.amount.of(amountMinor, entry.details);
      return posting < 0 && this.#free(row) < -posting;
    });
  }

  isFull(user: number, entry: RefusedEntry, amountMinor: number): boolean {
    let rest = 0;
    let shares = 0;
    for (const { row, leg } of this.#legs(user, entry)) {
      const room = this.#states.room(row);
      if (leg.rest !== undefined) {
        rest += room;
        shares++;
      } else if (room < leg.amount.of(amountMinor, entry.details)) return true;
    }
    return shares > 0 && rest < amountMinor;
  }

  /** Legs on accounts of the user. */
  #legs(
    user: number,
    { kind, role }: RefusedEntry,
  ): { readonly row: number; readonly leg: CompiledLeg }[] {
    if (user < 0 || role === SECONDARY) return [];
    return (productKind(kind)?.legs ?? []).flatMap((leg) => {
      const { account } = leg;
      if (account.on !== 'home' || (account.of !== 'party' && account.of !== 'user')) return [];
      const high = account.of === 'user' ? account.class * SLOTS : USER_HIGH;
      return [{ row: this.#states.index.find(user, high), leg }];
    });
  }

  /** Infinity where it may overdraw, or is not there. */
  #free(row: number): number {
    const { fields, words } = this.#states;
    const isBounded =
      row >= 0 && (words[row * STATE_WORDS + STATE.flags] & STATE_FLAG.bounded) !== 0;
    if (!isBounded) return Number.POSITIVE_INFINITY;
    const from = row * STATE_FIELDS;
    return fields[from + STATE.balance] - fields[from + STATE.debitsPending];
  }
}
