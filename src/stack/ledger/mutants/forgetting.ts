/** Planted bugs of ids that are known and count as new. */
import type { Mutant } from '../../../wire/mutants.js';
import type { Books } from '../books.js';
import { STATE } from '../ids.js';

/** Forgets the record of a known id where the bug says so, and tells whether it did. */
export type Forgets = (record: number) => boolean;

/** evict-ids: so many stay. */
const KEPT = 500;

export function forgettingBug(books: Books, mutant: Mutant | undefined): Forgets | undefined {
  const isForgotten = rule(books, mutant);
  if (isForgotten === undefined) return undefined;
  return (record) => {
    if (!isForgotten(record)) return false;
    books.ids.forget(record);
    return true;
  };
}

function rule({ ids, log }: Books, mutant: Mutant | undefined): Forgets | undefined {
  const isDone = (record: number): boolean =>
    ids.state(record) === STATE.posted || ids.state(record) === STATE.confirmed;
  switch (mutant) {
    case 'remember-id-after-commit':
      return (record) => isDone(record) && ids.a(record) === log.ordinal;
    case 'evict-ids':
      return (record) => isDone(record) && ids.count - record > KEPT;
    case 'forget-declines':
      return (record) => ids.state(record) === STATE.declined;
    default:
      return undefined;
  }
}
