/** What a target file promises, and what its books showed, as plan.json has it for whoever judges the run. */
import type { NeutralShown } from '../../books/neutral/neutral-source.js';
import type { NeutralBooks, Promises, TargetFacts } from '../../records/target-facts.js';
import type { PromisesSpec, TargetFile } from './target-file.js';

/** `shown` undefined: it has no books. */
export function factsOfFile(file: TargetFile, shown: NeutralShown | undefined): TargetFacts {
  const { name, version, promises = {} } = file;
  return {
    name: version === undefined ? name : `${name} ${version}`,
    evidence: shown?.evidence ?? 'none',
    promises: promisesOf(promises, shown),
    labels: {
      ledgerEngine: name,
      durability: promises.acknowledged === 'none' ? 'none promised' : 'its own',
      shards: 0,
    },
    hasBooks: shown !== undefined,
    money: undefined,
    neutral: shown && neutralOf(promises, shown),
  };
}

function promisesOf(spec: PromisesSpec, shown: NeutralShown | undefined): Promises {
  return {
    isolation:
      spec.isolation ?? (shown?.evidence === 'versions' ? 'linearizable-accounts' : 'none'),
    durability: spec.acknowledged === 'none' ? 'none' : 'acknowledged',
    idRetention: spec.ids ?? 'forever',
    atomicity: spec.atomic === false ? 'none' : 'at-rest',
    noOverdraft: spec.noOverdraft ?? true,
  };
}

/** What books of a target file are taken for where its promises say nothing else. */
export const USUAL_BOOKS = {
  doubleEntry: true,
  charges: 'none',
  holds: 'pending',
  captures: 'once',
} as const satisfies Partial<NeutralBooks>;

function neutralOf(
  promises: PromisesSpec,
  { hasAccounts, ordersByVersion }: NeutralShown,
): NeutralBooks {
  const {
    doubleEntry = USUAL_BOOKS.doubleEntry,
    charges = USUAL_BOOKS.charges,
    holds = USUAL_BOOKS.holds,
    captures = USUAL_BOOKS.captures,
  } = promises;
  return { hasAccounts, ordersByVersion, doubleEntry, charges, holds, captures };
}
