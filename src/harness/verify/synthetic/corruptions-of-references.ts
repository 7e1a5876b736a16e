/** The lies about holds, refunds, reads and declines, at random places. */
import type { Corruption } from './corruption.js';
import { REFERENCE_LIES } from './reference-lies.js';

export const REFERENCE_CORRUPTIONS: readonly Corruption[] = REFERENCE_LIES.map(({ bug, lie }) => ({
  name: bug,
  apply: (recorded, random) => lie(recorded, (things) => things[random.below(things.length)]),
}));
