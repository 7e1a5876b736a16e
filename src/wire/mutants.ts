/**
 * Bugs that can be planted in the reference stack on purpose, each with the law that must catch it. Both sides
 * read this table: the stack plants, the harness and the docs name.
 */
import { BOOKS_MUTANTS } from './mutants/books.js';
import { COORDINATION_MUTANTS } from './mutants/coordination.js';
import { IDENTITY_MUTANTS } from './mutants/identity.js';
import { MONEY_MUTANTS } from './mutants/money.js';
import { PRODUCT_MUTANTS } from './mutants/products.js';
import { RECOVERY_MUTANTS } from './mutants/recovery.js';
import { REFERENCE_MUTANTS } from './mutants/references.js';
import { RISK_LINE_MUTANTS } from './mutants/risk-line.js';
import type { MutantRow } from './mutants/row.js';

export const MUTANTS = {
  ...RECOVERY_MUTANTS,
  ...IDENTITY_MUTANTS,
  ...MONEY_MUTANTS,
  ...REFERENCE_MUTANTS,
  ...BOOKS_MUTANTS,
  ...COORDINATION_MUTANTS,
  ...PRODUCT_MUTANTS,
  ...RISK_LINE_MUTANTS,
} as const satisfies Record<string, MutantRow>;

export type Mutant = keyof typeof MUTANTS;

export const MUTANT_NAMES = Object.keys(MUTANTS) as Mutant[];

export function isMutant(name: string): name is Mutant {
  return Object.hasOwn(MUTANTS, name);
}

export function mutantRow(name: Mutant): MutantRow {
  return MUTANTS[name];
}
