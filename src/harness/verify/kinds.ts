/** What laws ask of a kind of operation, beyond the table of kinds (wire/operation-kinds.ts). */
import type { OperationKindRow } from '../../wire/operation-kinds.js';

/** Money goes to or comes from the counterparty at once; a hold only names it. */
export function movesCounterparty({ counterparty, effect }: OperationKindRow): boolean {
  return counterparty !== undefined && (effect === 'posts' || effect === 'posts-reserved');
}

/** It gives back what was set aside, whatever that was: it names no amount of its own. */
export function namesNoAmount({ effect }: OperationKindRow): boolean {
  return effect === 'frees-reserved';
}

/** It gives back a part of an earlier operation that took effect. */
export function givesBack({ effect, refersTo }: OperationKindRow): boolean {
  return effect === 'posts' && refersTo.length > 0;
}

export function movesTowardsHome({ direction }: OperationKindRow): boolean {
  return direction === 'towards-home';
}
