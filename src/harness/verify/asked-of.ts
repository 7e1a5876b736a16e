/**
 * Whether a law is asked of a run at all: not of a target that did not promise what it tests, not of books that cannot show it,
 * and not of one that was not at rest where it holds only then.
 */
import type { DrillRecord } from '../records/drill-record.js';
import { EVIDENCE, type PlanRecord } from '../records/plan-record.js';
import type { Evidence, NeutralBooks } from '../records/target-facts.js';
import type { Circumstances } from './circumstances.js';
import { formOf, type Law, NEUTRAL_NEEDS } from './law.js';
import { PROMISES } from './promises.js';

export interface NotAsked {
  readonly status: 'not_exercised' | 'undecided';
  /** Why, in one line. */
  readonly because: string;
  /** What this leaves open, in one line; undefined where nothing is owed. */
  readonly limit: string | undefined;
}

/** Undefined where the law is asked. */
export function notAsked(asked: Law, { plan, drill }: Circumstances): NotAsked | undefined {
  const law = formOf(asked, plan.neutral);
  const { isMade, words } = PROMISES[law.tests];
  if (!isMade(plan.promises)) {
    const because = `the target does not promise that ${words}`;
    return { status: 'not_exercised', because, limit: `not held to ${law.name}: ${because}` };
  }
  const lacking = plan.neutral && notInNeutral(law, plan.neutral);
  if (lacking !== undefined) return lacking;
  if (rank(plan.evidence) > rank(law.needs)) {
    const because = `${SHOWN[law.needs]}, and the books of this target do not`;
    const limit = `${law.unseen} could go unseen: ${law.name} needs books in which ${because}`;
    return { status: 'not_exercised', because: `it needs books in which ${because}`, limit };
  }
  const derived = law.derivesFrom && AGREED[law.derivesFrom];
  if (derived?.isKnown(plan) === false) {
    const because = `the plan does not say ${derived.words}`;
    const limit = `${law.unseen} could go unseen: ${law.name} is not asked, as ${because}`;
    return { status: 'not_exercised', because, limit };
  }
  if (law.onlyAtRest && !drill.atRest)
    return { status: 'undecided', because: restless(drill), limit: undefined };
  return undefined;
}

/** Undefined where books in the neutral schema have what the law is about. */
function notInNeutral(law: Law, books: NeutralBooks): NotAsked | undefined {
  if (law.neutral === undefined) {
    const because = 'it is about what only books of the reference stack have';
    return { status: 'not_exercised', because, limit: undefined };
  }
  const need = law.neutral.needs
    ?.map((name) => NEUTRAL_NEEDS[name])
    .find(({ isMet }) => !isMet(books));
  if (need === undefined) return undefined;
  const because = `${need.words}, and these do not`;
  const limit = `${law.unseen} could go unseen: ${law.name} needs books in which ${because}`;
  return { status: 'not_exercised', because: `it needs books in which ${because}`, limit };
}

const AGREED = {
  money: {
    words: 'which accounts there are and what is charged',
    isKnown: ({ money }: PlanRecord) => money !== undefined,
  },
  risk: {
    words: 'what risk control declines',
    isKnown: ({ money }: PlanRecord) => money?.risk !== undefined,
  },
};

function restless({ notAtRest }: DrillRecord): string {
  const [first] = notAtRest;
  return `the target was not at rest when its books were read${first === undefined ? '' : `: ${first}`}`;
}

/** What bounds the whole verdict beside laws that are not asked, one line each. */
export function boundsOf({ evidence, neutral }: PlanRecord): readonly string[] {
  const level =
    evidence === 'versions'
      ? []
      : [`the evidence is ${evidence}: books in which ${SHOWN[evidence]}, and no more`];
  const charges = neutral?.charges ?? 'none';
  const charged = `what the ${charges === 'both' ? 'payer and the payee are' : `${charges} is`} charged is not checked`;
  return [...level, ...(charges === 'none' ? [] : [charged])];
}

function rank(evidence: Evidence): number {
  return EVIDENCE.indexOf(evidence);
}

/** What books with this evidence do: a clause after `books in which`. */
const SHOWN: Readonly<Record<Evidence, string>> = {
  versions: 'every change of an account has its version',
  order: 'the changes of an account stand in their order',
  timestamps: 'every entry has its time',
  ids: 'every entry names its operation',
  balances: 'every account has its balance',
  none: 'anything stands',
};
