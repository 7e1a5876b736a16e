/**
 * What clients read of one account, in the order of its versions: which balance at which version, and whether it lies between
 * question and answer. A version that somebody knew before a read was sent must not be later than what it read; walked in the
 * order of versions that is one number, the latest question of all reads of earlier versions.
 */
import type { BalanceRead } from './load-operations.js';

/** All reads of one version. */
interface VersionReads {
  readonly balance: number;
  invokedMaxUs: number;
  completedMinUs: number;
}

export class AccountReads {
  readonly #byVersion = new Map<number, VersionReads>();
  /** The latest question of the reads of versions that are passed. */
  #askedUs = -1;

  get versions(): number {
    return this.#byVersion.size;
  }

  /** False where it contradicts another read of that version. */
  expect(read: BalanceRead): boolean {
    const { balance, completedUs, invokedUs, version } = read;
    const other = this.#byVersion.get(version);
    if (other === undefined) {
      this.#byVersion.set(version, {
        balance,
        invokedMaxUs: invokedUs,
        completedMinUs: completedUs,
      });
      return true;
    }
    other.invokedMaxUs = Math.max(other.invokedMaxUs, invokedUs);
    other.completedMinUs = Math.min(other.completedMinUs, completedUs);
    return other.balance === balance;
  }

  at(version: number): VersionReads | undefined {
    return this.#byVersion.get(version);
  }

  /** Whether what was known of the next version at `knownUs` was so before a read of an earlier one was sent. */
  isStale(knownUs: number): boolean {
    return knownUs < this.#askedUs;
  }

  /** The reads of a version are behind us; the latest of them was sent at `invokedUs`. */
  pass(invokedUs: number): void {
    if (invokedUs > this.#askedUs) this.#askedUs = invokedUs;
  }
}
