/** The legs of a command on their way into its record. */
import { LEGS_MAX } from '../../wire/ledger-commands.js';

/** Up to LEGS_MAX legs, reused from operation to operation. */
export class Legs {
  readonly accounts = new Float64Array(LEGS_MAX);
  readonly postings = new Float64Array(LEGS_MAX);
  count = 0;
  /** COMMAND_FLAG.fill. */
  fills = false;

  clear(): void {
    this.count = 0;
    this.fills = false;
  }

  /** Appends a leg; one of zero is dropped. */
  add(account: number, postingMinor: number): void {
    if (postingMinor !== 0) this.#append(account, postingMinor);
  }

  /** Appends a leg that takes what is left by the credit before it. */
  fill(account: number): void {
    this.fills = true;
    this.#append(account, 0);
  }

  #append(account: number, postingMinor: number): void {
    this.accounts[this.count] = account;
    this.postings[this.count] = postingMinor;
    this.count++;
  }
}
