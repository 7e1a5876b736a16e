/**
 * A few days of labelled traffic from one seed: honest people first, then schemes of each pattern until each has moved its share of what honest
 * people moved. Pure: the same options give the same moves. No draw of the honest depends on how much fraud there is.
 */
import { Random } from '../entropy/random.js';
import { DAY_S } from './day.js';
import { bonusHunters, takeover } from './fraud/accounts.js';
import { brushing } from './fraud/brushing.js';
import { cashOut } from './fraud/cash-out.js';
import { cycle, muleChain } from './fraud/chains.js';
import { fanIn, fanOut, scatterGather } from './fraud/fans.js';
import type { Scheme } from './fraud/scheme.js';
import { business } from './honest/business.js';
import { friends } from './honest/friends.js';
import { shopping } from './honest/shopping.js';
import { type Labels, MoveBook, type Moves } from './moves.js';
import { makeWorld } from './world.js';

export interface TrafficOptions {
  readonly seed: number;
  readonly users: number;
  readonly merchants: number;
  readonly days: number;
  /** Of the value moved, what each pattern moves; there are nine. */
  readonly fraudShare: number;
}

export interface LabelledTraffic {
  readonly moves: Moves;
  readonly labels: Labels;
}

const SCHEMES: readonly Scheme[] = [
  ...[cashOut, brushing, fanIn, fanOut, cycle, scatterGather, muleChain, takeover, bonusHunters],
];
const PEOPLE = 1;
const CRIME = 2;
/** Small sums: they are held to a tenth of a pattern's share. */
const SMALL: ReadonlySet<Scheme> = new Set([bonusHunters]);

export function simulateTraffic(options: TrafficOptions): LabelledTraffic {
  const world = makeWorld(options, new Random(options.seed, PEOPLE));
  const book = new MoveBook();
  shopping(world, book);
  friends(world, book);
  business(world, book);
  const shareMinor = book.valueMinor * options.fraudShare;
  for (const [number, scheme] of SCHEMES.entries()) {
    const criminal = { ...world, random: new Random(options.seed, CRIME, number) };
    let left = shareMinor * (SMALL.has(scheme) ? 0.1 : 1);
    while (left > 0) left -= scheme(criminal, book);
  }
  return book.finish(options.days * DAY_S);
}
