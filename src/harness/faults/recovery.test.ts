import { describe, expect, it } from 'vitest';
import { recoveries } from './recovery.js';

/** Each letter is 100 ms in which 100 operations were offered: what share of them went well. */
const SHARES: Readonly<Record<string, number>> = { o: 1, d: 0.9, x: 0, h: 0.5, n: 0.96 };

type Window = readonly [appliedMs: number, healedMs: number | undefined];

function recovered(timeline: string, windows: readonly Window[]): ReturnType<typeof recoveries> {
  const letters = [...timeline];
  return recoveries({
    attempted: letters.map((letter) => (letter === '.' ? 0 : 100)),
    ok: letters.map((letter) => (letter === '.' ? 0 : 100 * (SHARES[letter] ?? 0))),
    bucketMs: 100,
    faults: windows.map(([appliedMs, healedMs]) => ({ appliedMs, healedMs })),
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
    const [recovery] = recovered(timeline, [[appliedMs, healedMs]]);
    expect(recovery).toEqual({ recoveredMs: expected, overlaps: [] });
  });
});

describe('the recovery of a fault among others', () => {
  const rows: readonly [
    string,
    string,
    readonly Window[],
    readonly (number | readonly number[] | undefined)[],
  ][] = [
    [
      'is told where they are apart',
      'ooooxxxoooooooooxxxooooo',
      [
        [400, 700],
        [1600, 1900],
      ],
      [700, 1900],
    ],
    [
      'is not told where both are there at once',
      'ooooxxxxxoooooo',
      [
        [400, 700],
        [600, 900],
      ],
      [[2], [1]],
    ],
    [
      'is not told where one is within the other',
      'ooooxxxxxoooooo',
      [
        [400, 900],
        [500, 600],
      ],
      [[2], [1]],
    ],
    [
      'is not told where one begins while service has not come back from the other',
      'ooooxxxxxxxxxxxoooooo',
      [
        [400, 700],
        [900, 1200],
      ],
      [[2], [1]],
    ],
    [
      'is told of the one that stands alone',
      'ooooxxxxxoooooooooxxxooooo',
      [
        [400, 700],
        [600, 900],
        [1800, 2100],
      ],
      [[2], [1], 2100],
    ],
    [
      'is not told of any after one that never healed',
      'ooooxxxxxxxxxxx',
      [
        [400, undefined],
        [900, 1200],
      ],
      [[2], [1]],
    ],
    [
      'does not take the outage of another for the usual',
      'ooooooooooooxxxoooooxdddddddddd',
      [
        [1200, 1500],
        [2000, 2100],
      ],
      [1500, undefined],
    ],
  ];
  it.each(rows)('%s', (_name, timeline, windows, expected) => {
    const told = recovered(timeline, windows).map(({ recoveredMs, overlaps }) =>
      overlaps.length > 0 ? overlaps : recoveredMs,
    );
    expect(told).toEqual(expected);
  });

  it('is not told of a fault that did not happen, and is not disturbed by it', () => {
    const letters = [...'ooooxxxooooo'];
    const told = recoveries({
      attempted: letters.map(() => 100),
      ok: letters.map((letter) => (letter === 'o' ? 100 : 0)),
      bucketMs: 100,
      faults: [
        { appliedMs: 400, healedMs: 700 },
        { appliedMs: undefined, healedMs: undefined },
      ],
    });
    expect(told).toEqual([
      { recoveredMs: 700, overlaps: [] },
      { recoveredMs: undefined, overlaps: [] },
    ]);
  });
});
