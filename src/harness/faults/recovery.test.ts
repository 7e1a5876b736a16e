import { describe, expect, it } from 'vitest';
import { recoveredMs } from './recovery.js';

/** Each letter is 100 ms in which 100 operations were offered: what share of them went well. */
const SHARES: Readonly<Record<string, number>> = { o: 1, d: 0.9, x: 0, h: 0.5, n: 0.96 };

function recovered(timeline: string, appliedMs: number, healedMs: number): number | undefined {
  const letters = [...timeline];
  return recoveredMs({
    attempted: letters.map((letter) => (letter === '.' ? 0 : 100)),
    ok: letters.map((letter) => (letter === '.' ? 0 : 100 * SHARES[letter])),
    bucketMs: 100,
    appliedMs,
    healedMs,
  });
}

describe('service has recovered', () => {
  const rows: readonly [string, string, number, number, number | undefined][] = [
    ['at once where it is good from the healing on', 'ooooxxxooooo', 400, 700, 700],
    ['not before the healing was done', 'ooooxxxooooo', 400, 730, 730],
    ['when it is good again, not when it is healed', 'ooooxxxxxhhooooo', 400, 700, 1100],
    ['only where it stays good for half a second', 'ooooxxxooxxooooo', 400, 700, 1100],
    ['when 95 % go well', 'ooooxxxnnnnn', 400, 700, 700],
    ['not with 90 % where all went well before', 'ooooxxxddddddd', 400, 700, undefined],
    ['with 90 % where 90 % was usual: declines are no outage', 'ddddxxxddddd', 400, 700, 700],
    ['never where the load ends before half a second', 'ooooxxxoooo', 400, 700, undefined],
    ['never where nothing is offered any more', 'ooooxxx........', 400, 700, undefined],
    ['never where it stays down', 'ooooxxxxxxxxxxx', 400, 700, undefined],
    ['also from a fault at the very start', 'xxoooooo', 0, 200, 200],
  ];
  it.each(rows)('%s', (_name, timeline, appliedMs, healedMs, expected) => {
    expect(recovered(timeline, appliedMs, healedMs)).toBe(expected);
  });
});
