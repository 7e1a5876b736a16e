/** What laws ask of a kind of operation, beyond the table of kinds (wire/operation-kinds.ts). */
import { kindsWhere, knownKind } from '../../products/kinds.js';
import { givesBack, type OperationKindRow } from '../../wire/operation-kinds.js';

/** Money goes to or comes from the counterparty at once; a hold only names it. */
export function movesCounterparty({ counterparty, effect }: OperationKindRow): boolean {
  return counterparty !== undefined && (effect === 'posts' || effect === 'posts-reserved');
}

/** It gives back what was set aside, whatever that was: it names no amount of its own. */
export function namesNoAmount({ effect }: OperationKindRow): boolean {
  return effect === 'frees-reserved';
}

export function movesTowardsHome({ direction }: OperationKindRow): boolean {
  return direction === 'towards-home';
}

/** Kinds that give back a part of an earlier operation, and those that they may refer to. */
export const GIVING_BACK = kindsWhere(givesBack);
export const GIVEN_BACK: readonly string[] = [
  ...new Set(GIVING_BACK.flatMap((name) => knownKind(name).row.refersTo)),
];
