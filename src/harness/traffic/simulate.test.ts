import { describe, expect, it } from 'vitest';
import { MOVE_KIND, PATTERNS } from './moves.js';
import { simulateTraffic } from './simulate.js';

const OPTIONS = { seed: 7, users: 3000, merchants: 150, days: 2, fraudShare: 1e-3 };
const { moves, labels } = simulateTraffic(OPTIONS);

describe('simulated traffic', () => {
  it('is the same for a seed, and another for another', () => {
    expect(simulateTraffic(OPTIONS)).toEqual({ moves, labels });
    expect(simulateTraffic({ ...OPTIONS, seed: 8 }).moves.amountMinor).not.toEqual(
      moves.amountMinor,
    );
  });

  it('is in order of time, between parties that there are, of whole amounts', () => {
    for (let i = 0; i < moves.count; i++) {
      if (i > 0) expect(moves.atS[i]).toBeGreaterThanOrEqual(moves.atS[i - 1]);
      const isFromUser = moves.kind[i] === MOVE_KIND.pay || moves.kind[i] === MOVE_KIND.transfer;
      const isToMerchant = moves.kind[i] === MOVE_KIND.pay;
      expect(moves.from[i]).toBeLessThanOrEqual(isFromUser ? OPTIONS.users : OPTIONS.merchants);
      expect(moves.to[i]).toBeLessThanOrEqual(isToMerchant ? OPTIONS.merchants : OPTIONS.users);
      expect(moves.from[i] * moves.to[i] * moves.amountMinor[i]).toBeGreaterThan(0);
      if (moves.kind[i] === MOVE_KIND.transfer) expect(moves.from[i]).not.toBe(moves.to[i]);
    }
  });

  it('has every pattern, each about its share of the value', () => {
    const value = PATTERNS.map(() => 0);
    for (let i = 0; i < moves.count; i++) value[labels.pattern[i]] += moves.amountMinor[i];
    for (const [pattern, moved] of value.entries()) {
      expect(moved, PATTERNS[pattern]).toBeGreaterThan(0);
      if (pattern > 0) expect(moved / value[0], PATTERNS[pattern]).toBeLessThan(0.02);
    }
  });

  it('moves the same honest money whatever fraud there is', () => {
    const other = simulateTraffic({ ...OPTIONS, fraudShare: 1e-9 });
    const honest = (traffic: typeof other): number =>
      traffic.moves.amountMinor.reduce(
        (sum, amount, i) => sum + (traffic.labels.scheme[i] === 0 ? amount : 0),
        0,
      );
    // but for the bonus that hunters were given
    expect(honest({ moves, labels }) / honest(other)).toBeCloseTo(1, 3);
  });

  it('has honest money that looks like fraud', () => {
    const back = new Set<string>();
    const honest = new Map<number, Set<number>>();
    let returned = 0;
    for (let i = 0; i < moves.count; i++) {
      if (labels.scheme[i] !== 0 || moves.kind[i] !== MOVE_KIND.transfer) continue;
      const { [i]: from } = moves.from;
      const { [i]: to } = moves.to;
      if (back.has(`${to} ${from}`)) returned++;
      back.add(`${from} ${to}`);
      honest.set(to, (honest.get(to) ?? new Set()).add(from));
    }
    expect(returned).toBeGreaterThan(100);
    expect(Math.max(...[...honest.values()].map((payers) => payers.size))).toBeGreaterThan(10);
  });
});
