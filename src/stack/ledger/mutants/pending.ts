/** Planted bugs of when a hold runs out. */
import { ENTRY } from '../../../wire/ledger-log.js';
import type { Mutant } from '../../../wire/mutants.js';
import { operationIdUnixMs } from '../../../wire/operation-id.js';
import { Pending } from '../pending.js';

/** Undefined: the sound one. */
export function pendingBug(mutant: Mutant | undefined): Pending | undefined {
  switch (mutant) {
    case 'expire-early':
      return new ExpireEarly();
    case 'expire-by-client-clock':
      return new ExpireByClientClock();
    case 'release-holds-on-restart':
      return new Reloaded(0);
    case 'forget-deadlines-on-restart':
      return new Reloaded(Number.POSITIVE_INFINITY);
    default:
      return undefined;
  }
}

class ExpireEarly extends Pending {
  override deadlineUs(at: number, timeoutS: number): number {
    return super.deadlineUs(at, timeoutS / 2);
  }
}

class ExpireByClientClock extends Pending {
  override deadlineUs(at: number, timeoutS: number): number {
    const word0 = this.view.getUint32(at + ENTRY.id, true);
    const word1 = this.view.getUint32(at + ENTRY.id + 4, true);
    return (operationIdUnixMs(word0, word1) + timeoutS * 1000) * 1000;
  }
}

/** Holds that are read back from the log run out at another time; those that are made later do not. */
export class Reloaded extends Pending {
  isReloading = true;
  readonly #reloadedUs: number;

  constructor(reloadedUs: number) {
    super();
    this.#reloadedUs = reloadedUs;
  }

  override deadlineUs(at: number, timeoutS: number): number {
    return this.isReloading ? this.#reloadedUs : super.deadlineUs(at, timeoutS);
  }
}
