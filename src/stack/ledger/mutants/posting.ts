/** Planted bugs of what a ledger books when it posts at once. */
import { ACCOUNT_CLASS, accountParts } from '../../../wire/accounts.js';
import type { Mutant } from '../../../wire/mutants.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import type { Books } from '../books.js';
import type { Command } from '../command.js';

/** Before the entry of a command that posts at once is written; `books.legs` are its legs. */
export interface PostingBug {
  bite(command: Command, books: Books, record: number): void;
}

export function postingBug(mutant: Mutant | undefined): PostingBug | undefined {
  switch (mutant) {
    case 'lose-credit-leg':
      return new LoseCreditLeg();
    case 'top-up-twice':
      return new TopUpTwice();
    default:
      return undefined;
  }
}

/** One payment in this many loses its credit. */
const PAYMENTS = 50;

class LoseCreditLeg implements PostingBug {
  #payments = 0;

  bite(command: Command, { legs }: Books): void {
    if (command.kind !== OPERATION_KIND.pay || ++this.#payments % PAYMENTS !== 0) return;
    for (let leg = 0; leg < legs.count; leg++) {
      const merchant = accountParts(legs.accounts[leg]).accountClass === ACCOUNT_CLASS.merchant;
      if (merchant && legs.postings[leg] > 0) {
        legs.drop(leg);
        return;
      }
    }
  }
}

const TOP_UPS = 20;

class TopUpTwice implements PostingBug {
  #topUps = 0;

  bite(command: Command, books: Books, record: number): void {
    if (command.kind === OPERATION_KIND.topUp && ++this.#topUps % TOP_UPS === 0)
      books.post(command, record);
  }
}
