/** Draws that the traffic is made of, from one generator. */
import type { Random } from '../entropy/random.js';

/** From `low` to `high`, both included. */
export function between(random: Random, low: number, high: number): number {
  return low + random.int(high - low + 1);
}

export function happens(random: Random, probability: number): boolean {
  return random.nextFloat() < probability;
}

export function oneOf<T>(random: Random, of: readonly T[]): T {
  return of[random.int(of.length)];
}

/** Log-normal with this median; `spread` is the standard deviation of its logarithm (Box and Muller, 1958). */
export function logNormal(random: Random, median: number, spread: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.nextFloat()));
  return median * Math.exp(spread * radius * Math.cos(2 * Math.PI * random.nextFloat()));
}

/** How often something of this mean rate happens (Knuth, 3.4.1); for means of a few. */
export function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let times = 0;
  for (let product = random.nextFloat(); product > limit; product *= random.nextFloat()) times++;
  return times;
}

/** 1 to `count`, low numbers far more often: a Zipf-like law by inversion of its density. */
export function ranked(random: Random, count: number): number {
  return Math.min(count, Math.floor(count ** random.nextFloat()));
}

/** `count` different ones of 1 to `below`. */
export function someOf(random: Random, count: number, below: number): number[] {
  const chosen = new Set<number>();
  while (chosen.size < Math.min(count, below)) chosen.add(1 + random.int(below));
  return [...chosen];
}
