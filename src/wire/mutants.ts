/**
 * Bugs that can be planted in the reference stack on purpose, each with the law that must catch it. Both sides
 * read this table: the stack plants, the harness and the docs name.
 */

export interface MutantRow {
  readonly bug: string;
  /** The law that must be broken; others may be broken with it. */
  readonly law: string;
  /** What has to happen for it to show. */
  readonly exposedBy: string;
}

export const MUTANTS = {
  'ack-before-commit': {
    bug: 'the ledger answers before the batch is on disk',
    law: 'no-lost-ack',
    exposedBy: 'SIGKILL of a shard',
  },
  'forget-ids-on-restart': {
    bug: 'the ledger forgets which ids it has applied when it restarts',
    law: 'once-per-id',
    exposedBy: 'a retry of an operation that was applied before the restart',
  },
  'confirm-without-try': {
    bug: 'Confirm posts the legs of a branch that was never tried',
    law: 'reserved-ends-once',
    exposedBy: 'cross-shard operations',
  },
  'lose-credit-leg': {
    bug: 'now and then a payment debits the payer and does not credit the merchant',
    law: 'double-entry',
    exposedBy: 'payments',
  },
  'skip-overdraft-check': {
    bug: 'the ledger debits without looking at the balance',
    law: 'no-overdraft',
    exposedBy: 'a payer with less money than the amount',
  },
  'decline-after-commit': {
    bug: 'now and then the gateway answers `declined` for a payment the ledger has applied',
    law: 'definite-decline',
    exposedBy: 'payments',
  },
} as const satisfies Record<string, MutantRow>;

export type Mutant = keyof typeof MUTANTS;

export function isMutant(name: string): name is Mutant {
  return Object.hasOwn(MUTANTS, name);
}
