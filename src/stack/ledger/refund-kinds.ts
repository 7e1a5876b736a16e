/** Kinds that use up a part of an earlier operation that took effect: refunds, and what a product has that gives back or goes on. */
import { kindFlags, knownKind, operationKind } from '../../products/kinds.js';
import { drawsOnEarlier } from '../../wire/operation-kinds.js';

/** By kind. */
export const REFUNDS = kindFlags(drawsOnEarlier);

/** By kind of those: flags of the kinds that it may refer to. */
export const REFERS_TO: readonly (Uint8Array | undefined)[] = Array.from(REFUNDS, (is, kind) => {
  if (is === 0) return undefined;
  const { refersTo = [] } = operationKind(kind)?.row ?? {};
  const numbers = refersTo.map((name) => knownKind(name).row.number);
  return kindFlags(({ number }) => numbers.includes(number));
});

/** By kind: it takes the whole of what it refers to. */
export const TAKES_WHOLE = kindFlags(({ goesOn }) => goesOn === 'whole');
