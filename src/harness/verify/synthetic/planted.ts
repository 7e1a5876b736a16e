/**
 * Bugs planted in made-up histories, each with the law that must be broken by it and what its witness must say. The
 * catalogue that laws, and changes to laws, are tested with.
 */
import type { PlantedBug } from './planted-bug.js';
import { PLANTED_IDENTITY } from './planted-identity.js';
import { LEGS } from './planted-legs.js';
import { PLANTED_MONEY } from './planted-money.js';
import { PLANTED_REFERENCES } from './planted-references.js';
import { PLANTED_RESERVED } from './planted-reserved.js';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...LEGS,
  ...PLANTED_IDENTITY,
  ...PLANTED_MONEY,
  ...PLANTED_RESERVED,
  ...PLANTED_REFERENCES,
];
