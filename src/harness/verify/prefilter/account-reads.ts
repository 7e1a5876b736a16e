/**
 * What clients read of one account, in the order of its versions: which balance, the latest question and the first answer.
 * leg-walk.ts says what that must agree with. Versions are dense, so that the next one that was read is one comparison away.
 */
import type { BalanceRead } from './load-operations.js';

/** All reads of one version. */
interface VersionReads {
  readonly version: number;
  readonly balance: number;
  invokedMaxUs: number;
  completedMinUs: number;
}

/** No version is. */
const NONE = -1;

export class AccountReads {
  /** The next version that was read; -1 where none is left. */
  nextVersion = NONE;
  /** The latest question of the reads of versions that are passed. */
  askedUs = -1;
  readonly #byVersion = new Map<number, VersionReads>();
  /** Those that are not passed, the next one last. */
  #left: VersionReads[] = [];

  /** False where it contradicts another read of that version. */
  expect({ balance, completedUs, invokedUs, version }: BalanceRead): boolean {
    const other = this.#byVersion.get(version);
    if (other === undefined) {
      this.#byVersion.set(version, {
        version,
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

  /** All reads are known; returns of how many versions. */
  start(): number {
    this.#left = [...this.#byVersion.values()].sort((one, other) => other.version - one.version);
    this.#byVersion.clear();
    this.nextVersion = this.#left.at(-1)?.version ?? NONE;
    return this.#left.length;
  }

  /** The reads of the next version, which are passed. */
  pass(): VersionReads {
    const read = this.#left.pop();
    if (read === undefined) throw new Error('no version is left that was read');
    this.nextVersion = this.#left.at(-1)?.version ?? NONE;
    this.asked(read.invokedMaxUs);
    return read;
  }

  /** A version that is passed was read by who asked at `invokedUs`. */
  asked(invokedUs: number): void {
    if (invokedUs > this.askedUs) this.askedUs = invokedUs;
  }
}
