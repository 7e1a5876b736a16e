/**
 * The ledger's planted bugs that need more than an `if` (src/wire/mutants.ts names them all). They exist so that a
 * drill can show that its laws catch them; without `--mutant` nothing here is made.
 */
import { ACCOUNT_CLASS, accountParts } from '../../wire/accounts.js';
import { OPERATION_KIND } from '../../wire/operations.js';
import type { Command } from './command.js';
import type { Legs } from './legs.js';

/** One payment in this many loses its credit. */
const ONE_IN = 500;

/** lose-credit-leg: now and then a payment debits the payer and does not credit the merchant. */
export class LoseCreditLeg {
  #payments = 0;

  bite(command: Command, legs: Legs): void {
    if (command.kind !== OPERATION_KIND.pay || ++this.#payments % ONE_IN !== 0) return;
    for (let leg = 0; leg < legs.count; leg++) {
      const merchant = accountParts(legs.accounts[leg]).accountClass === ACCOUNT_CLASS.merchant;
      if (merchant && legs.postings[leg] > 0) {
        legs.drop(leg);
        return;
      }
    }
  }
}
