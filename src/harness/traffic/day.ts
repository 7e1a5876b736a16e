/** When people do things: the hours of a festival day, and a time drawn from them. */
import type { Random } from '../entropy/random.js';

export const DAY_S = 86_400;
/** Weight of each hour: the opening at midnight, a quiet night, the evening. */
const HOURS = [9, 4, 1, 0.6, 0.5, 0.8, 2, 3, 4, 5, 5, 6, 6, 5, 5, 5, 5, 6, 7, 8, 10, 11, 10, 8];
const NIGHT_HOURS = HOURS.map((weight, hour) => (hour < 6 ? 8 : weight));

/** Seconds since the first midnight, on day number `day` from 0. */
export function timeOfDay(random: Random, day: number, isNightOwl = false): number {
  const hours = isNightOwl ? NIGHT_HOURS : HOURS;
  let left = random.nextFloat() * hours.reduce((sum, weight) => sum + weight, 0);
  let hour = 0;
  while (hour < 23 && left >= hours[hour]) left -= hours[hour++];
  return day * DAY_S + hour * 3600 + Math.floor(random.nextFloat() * 3600);
}
