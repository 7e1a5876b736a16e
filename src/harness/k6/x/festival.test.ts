import { describe, expect, it } from 'vitest';
import { Random } from '../../entropy/random.js';
import { Festival, type FestivalParameters, festivalShape } from './festival.js';
import { drawZipf, zipf } from './zipf.js';

const DRAWS = 100_000;

function shares<T>(draw: () => T): Map<T, number> {
  const counts = new Map<T, number>();
  for (let i = 0; i < DRAWS; i++) {
    const value = draw();
    counts.set(value, (counts.get(value) ?? 0) + 1 / DRAWS);
  }
  return counts;
}

function crowd(more: Partial<FestivalParameters> = {}): Festival {
  return new Festival(festivalShape({ users: 1000, merchants: 100, ...more }), new Random(3));
}

describe('merchants', () => {
  it.each([
    [0, 10],
    [0.5, 100],
    [1, 1000],
    [1.3, 20],
    [2, 1],
  ])('have shares proportional to rank^-%d, of %d', (exponent, ranks) => {
    const shape = zipf(ranks, exponent);
    const random = new Random(11);
    const drawn = shares(() => drawZipf(shape, random));
    const weights = Array.from({ length: ranks }, (_, i) => (i + 1) ** -exponent);
    const sum = weights.reduce((a, b) => a + b, 0);
    expect(Math.max(...drawn.keys())).toBeLessThanOrEqual(ranks);
    for (const rank of [1, 2, 3, 7, ranks].filter((r) => r <= ranks))
      expect(drawn.get(rank) ?? 0).toBeCloseTo((weights[rank - 1] ?? 0) / sum, 2);
  });

  it('at s = 1 give the busiest of 20,000 a tenth of everything', () => {
    const night = crowd({ merchants: 20_000 });
    expect(shares(() => night.merchant()).get(1)).toBeCloseTo(0.095, 2);
  });
});

describe('the crowd', () => {
  it('pays from 1 to the last user, and never to itself', () => {
    const night = crowd({ users: 3 });
    expect([...shares(() => night.payer()).keys()].sort()).toEqual([1, 2, 3]);
    for (const payer of [1, 2, 3]) {
      const payees = shares(() => night.payee(payer));
      expect(payees.size).toBe(2);
      expect(payees.has(payer)).toBe(false);
    }
  });

  it('spends around the middle, within the bounds, in whole fen', () => {
    const night = crowd({ medianMinor: 1000, amountSigma: 1, minMinor: 200, maxMinor: 9000 });
    const amounts = Array.from({ length: DRAWS }, () => night.amountMinor()).sort((a, b) => a - b);
    expect(amounts.every((amount) => Number.isInteger(amount))).toBe(true);
    expect([amounts[0], amounts.at(-1)]).toEqual([200, 9000]);
    const at = (part: number): number => Math.log((amounts[DRAWS * part] ?? 0) / 1000);
    expect(at(0.5)).toBeCloseTo(0, 1);
    expect(at(0.841)).toBeCloseTo(1, 1);
    expect(at(0.159)).toBeCloseTo(-1, 1);
  });

  it('chooses channels by weight', () => {
    const night = crowd({ channels: { huabei: 29, yuebao: 18, bankCard: 53 } });
    const drawn = shares(() => night.channel());
    expect(drawn.get('huabei')).toBeCloseTo(0.29, 2);
    expect(drawn.get('yuebao')).toBeCloseTo(0.18, 2);
    expect(drawn.get('bankCard')).toBeCloseTo(0.53, 2);
    expect(drawn.size).toBe(3);
  });

  it.each([
    [{ users: 1 }, /users must be a whole number from 2/],
    [{ merchants: 0 }, /merchants must be/],
    [{ zipfExponent: -1 }, /zipfExponent must be/],
    [{ minMinor: 5, maxMinor: 4 }, /maxMinor must be a whole number from 5/],
    [{ channels: {} }, /at least one weight/],
    [{ channels: { huabei: -1 } }, /channels must be/],
  ])('refuses %j', (parameters, message) => {
    expect(() => crowd(parameters)).toThrow(message);
  });
});
