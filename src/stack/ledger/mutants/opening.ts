/** Planted bugs of how accounts are opened. */
import { CLASS_UNIT } from '../../../wire/accounts.js';
import type { OpenRange } from '../../../wire/admin.js';
import type { Mutant } from '../../../wire/mutants.js';

/** What is opened in place of what was asked. */
export function openedAs(range: OpenRange, mutant: Mutant | undefined): OpenRange {
  if (mutant === 'open-with-less' && range.openingMinor > 0)
    return { ...range, openingMinor: range.openingMinor - 1 };
  if (mutant === 'open-without-bound' && range.firstAccount >= CLASS_UNIT)
    return { ...range, mustNotOverdraw: false };
  return range;
}
