/**
 * A balance that a script reads itself. Told with its version it is a receipt of one leg: the books must have it, and have had it
 * between question and answer. Without one only that the account ever had it can be asked.
 *
 *     const op = payments.balance({ of: 'alice' });
 *     const { balance, version } = http.get(url).json();
 *     op.read({ balanceMinor: balance, version });
 */
import type { ToldOutcome } from '../../../ports/told.js';
import { NUMBER_MAX } from '../order.js';
import { PaymentOperation } from './payment-operation.js';

export class BalanceOperation extends PaymentOperation {
  /** Ends it as ok. Throws where it has ended: what was read would be judged by nobody. */
  read(what: { readonly balanceMinor: number; readonly version?: number }): ToldOutcome {
    const { balanceMinor, version } = what;
    if (!Number.isSafeInteger(balanceMinor))
      throw new TypeError(
        `read: balanceMinor must be a whole number of minor units, got ${String(balanceMinor)}`,
      );
    const isVersion =
      version === undefined || (Number.isInteger(version) && version >= 0 && version <= NUMBER_MAX);
    if (!isVersion)
      throw new TypeError(`read: version must be a whole number from 0, got ${String(version)}`);
    if (this.outcome !== undefined)
      throw new Error(
        `read: it was told before that this is ${this.outcome}; tell what was read in its place, inside attempt() too`,
      );
    return this.endRead({ account: this.account, balanceMinor, version });
  }
}
