/** What the schemes have in common: where they write, whom they use, how their amounts are cut. */
import type { Random } from '../../entropy/random.js';
import { between, someOf } from '../chance.js';
import { DAY_S } from '../day.js';
import type { MoveBook } from '../moves.js';
import type { World } from '../world.js';

/** Writes one scheme; returns what it moved, minor units. */
export type Scheme = (world: World, book: MoveBook) => number;

/** Its crew: ordinary accounts with a life of their own besides, as mules are. */
export function crew(world: World, count: number): number[] {
  return someOf(world.random, count, world.users);
}

/** A moment of any day but its last hours, so that the scheme has time. */
export function startOf(world: World): number {
  return Math.floor(world.random.nextFloat() * (world.days * DAY_S - 6 * 3600));
}

/** Minutes later, so many at least and at most. */
export function minutesAfter(random: Random, atS: number, least: number, most: number): number {
  return atS + between(random, least * 60, most * 60);
}

/** What is left after a cut of 1 to 8 in a hundred. */
export function afterCut(random: Random, amountMinor: number): number {
  return Math.floor(amountMinor * (0.92 + random.nextFloat() * 0.07));
}

/** A small merchant: one of the last nine tenths. */
export function smallMerchant(world: World): number {
  return between(world.random, Math.ceil(world.merchants / 10), world.merchants);
}
