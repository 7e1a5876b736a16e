/** What laws ask of a kind of operation, beyond the table of kinds (wire/operation-kinds.ts). */
import { kindsWhere, knownKind } from '../../products/kinds.js';
import { drawsOnEarlier, type OperationKindRow } from '../../wire/operation-kinds.js';

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

/** Kinds that use up a part of an earlier operation, and those that they may refer to. */
export const DRAWING = kindsWhere(drawsOnEarlier);
export const DRAWN_ON: readonly string[] = [
  ...new Set(DRAWING.flatMap((name) => knownKind(name).row.refersTo)),
];

/** Of those that do: it does not give back, but goes on. */
export function goesOn(row: OperationKindRow): boolean {
  return row.goesOn !== undefined;
}

/** It takes the whole of what it refers to. */
export function takesWhole(row: OperationKindRow): boolean {
  return row.goesOn === 'whole';
}
