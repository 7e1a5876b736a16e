import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal, fraction, over, plus, toNumber, within } from './exact.js';
import { scaledRates } from './rates.js';

describe('a decimal number', () => {
  it.each([
    // what a person wrote, not the double next to it
    [0.1, 1n, 10n],
    [1500.25, 6001n, 4n],
    [240_000, 240_000n, 1n],
    [1e-7, 1n, 10_000_000n],
    [1.5e21, 1_500_000_000_000_000_000_000n, 1n],
  ])('%d', (value, numerator, denominator) => {
    expect(decimal(value)).toEqual({ numerator, denominator });
  });
});

describe('a fraction', () => {
  const any = fc
    .tuple(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }))
    .map(([numerator, denominator]) => fraction(numerator, denominator));

  it('divided and added up again is what it was', () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        const part = over(a, plus(a, b));
        const rest = over(b, plus(a, b));
        expect(plus(part, rest)).toEqual({ numerator: 1n, denominator: 1n });
      }),
    );
  });

  it('within bounds is itself where it fits, else close to it', () => {
    const most = { numerator: 10_000n, denominator: 10_000n };
    expect(within(fraction(355, 113), most)).toEqual(fraction(355, 113));
    fc.assert(
      fc.property(any, (a) => {
        fc.pre(toNumber(a) < 100 && toNumber(a) > 0.01);
        const near = within(a, most);
        expect(near.denominator <= most.denominator && near.numerator <= most.numerator).toBe(true);
        expect(Math.abs(toNumber(near) / toNumber(a) - 1)).toBeLessThan(0.001);
      }),
    );
  });
});

describe('scaled rates', () => {
  it.each([
    // counts, time unit in us, scale, scaled counts, scaled time unit
    [[100], 1_000_000, [10, 1], [1000], 1_000_000],
    // what the scale divides by goes into the time unit, unless the counts divide
    [[30], 1_000_000, [7, 18], [35], 3_000_000],
    [[0, 90, 30], 1_000_000, [1, 3], [0, 30, 10], 1_000_000],
  ])(
    '%j per %d us times %j',
    (counts, timeUnitUs, [numerator = 1, denominator = 1], scaled, unitUs) => {
      expect(scaledRates({ counts, timeUnitUs }, fraction(numerator, denominator))).toEqual({
        counts: scaled,
        timeUnitUs: unitUs,
      });
    },
  );
});
