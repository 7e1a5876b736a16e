/** Each multiple as often as asked, none twice before the others had their turn. */
import { expect, it } from 'vitest';
import { Random } from '../../entropy/random.js';
import { Multiples } from './multiples.js';

function tried(seed: number): { rates: number[]; facts: ReturnType<Multiples['facts']> } {
  const random = new Random(seed);
  const multiples = new Multiples({
    ...{ multiples: [1, 2, 3, 2], ofPerSec: 100, rounds: 2 },
    random: () => random.nextFloat(),
  });
  const rates: number[] = [];
  for (let next = multiples.next(); next !== undefined; next = multiples.next()) {
    rates.push(next.ratePerSec);
    multiples.record(next.ratePerSec, next.ratePerSec < 300);
  }
  return { rates, facts: multiples.facts() };
}

it('each multiple is tried in each round, in an order that follows the seed', () => {
  const { rates, facts } = tried(1);
  expect([...rates.slice(0, 3)].sort()).toEqual([100, 200, 300]);
  expect([...rates.slice(3)].sort()).toEqual([100, 200, 300]);
  expect(facts).toEqual([
    { multiple: 1, rate_per_s: 100, held: 2, of: 2 },
    { multiple: 2, rate_per_s: 200, held: 2, of: 2 },
    { multiple: 3, rate_per_s: 300, held: 0, of: 2 },
  ]);
  const orders = Array.from({ length: 50 }, (_, seed) => tried(seed).rates.join());
  expect(new Set(orders).size).toBeGreaterThan(15);
  expect(tried(7)).toEqual(tried(7));
});

it('a multiple of a fraction is the rate that it says', () => {
  const multiples = new Multiples({ multiples: [1.1], ofPerSec: 3, rounds: 1, random: () => 0 });
  expect(multiples.next()?.ratePerSec).toBe(3.3);
});
