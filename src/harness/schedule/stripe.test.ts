import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countInStripe, numberInWhole } from './stripe.js';

it('stripes share things out completely and evenly', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 1, max: 9 }), (total, of) => {
      const seen = Array.from({ length: of }, (_, index) => index).flatMap((index) =>
        Array.from({ length: countInStripe(total, { index, of }) }, (_, k) =>
          numberInWhole(k, { index, of }),
        ),
      );
      expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, n) => n));
    }),
  );
});
