/**
 * Which legs a script asked for where it books them freely (`payments.entry`): the journal's record has room for two parties and
 * one amount. A line an operation, by its number in the worker, beside the journal.
 */
import type { ToldLeg } from '../ports/told.js';
import { LineFile } from './line-file.js';

export class ToldLegs {
  readonly #worker: number;
  readonly #lines: LineFile;

  constructor(where: { readonly folder: string; readonly worker: number }) {
    this.#worker = where.worker;
    this.#lines = new LineFile(where);
  }

  add(sequence: number, legs: readonly ToldLeg[]): void {
    this.#lines.add({
      worker: this.#worker,
      sequence,
      accounts: legs.map(({ account }) => account),
      amounts: legs.map(({ amountMinor }) => amountMinor),
    });
  }

  /** Throws JournalError. */
  flush(): void {
    this.#lines.flush();
  }
}
