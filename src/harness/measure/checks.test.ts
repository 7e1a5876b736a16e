import { describe, expect, it } from 'vitest';
import { CHECKS_MAX, CheckTally, mergeChecks, OTHER_CHECKS } from './checks.js';

describe('checks', () => {
  it('of several workers add up, apart by group and name', () => {
    const one = new CheckTally();
    one.count('', 'paid', true);
    one.count('', 'paid', false);
    one.count('::refunds', 'paid', true);
    const other = new CheckTally();
    other.count('', 'paid', true);
    expect(mergeChecks([one.counts(), other.counts()])).toEqual([
      { group: '', name: 'paid', passes: 2, fails: 1 },
      { group: '::refunds', name: 'paid', passes: 1, fails: 0 },
    ]);
  });

  it('with names made up on the way take no memory without bound, and lose no failure', () => {
    const workers = [0, 1].map((worker) => {
      const tally = new CheckTally();
      for (let i = 0; i < 3 * CHECKS_MAX; i++) tally.count('', `paid ${worker}-${i}`, i % 3 !== 0);
      return tally.counts();
    });
    const merged = mergeChecks(workers);
    expect(merged.length).toBeLessThanOrEqual(CHECKS_MAX + 1);
    expect(merged.at(-1)?.name).toBe(OTHER_CHECKS);
    expect(merged.reduce((sum, { fails }) => sum + fails, 0)).toBe(2 * CHECKS_MAX);
    expect(merged.reduce((sum, { passes }) => sum + passes, 0)).toBe(4 * CHECKS_MAX);
  });
});
