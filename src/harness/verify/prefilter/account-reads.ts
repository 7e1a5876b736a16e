/**
 * What clients read of one account, by version: which balance, the latest question and the first answer. leg-walk.ts says what
 * that must agree with.
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
  askedUs = -1;

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

  /** The reads of a version are behind us; the latest of them was sent at `invokedUs`. */
  pass(invokedUs: number): void {
    if (invokedUs > this.askedUs) this.askedUs = invokedUs;
  }
}
