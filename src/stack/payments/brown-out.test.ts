/** Which kinds a gateway refuses while so many operations are in flight. */
import { describe, expect, test } from 'vitest';
import { OPERATION_KIND } from '../../wire/operations.js';
import { BrownOut } from './brown-out.js';

const { balance, pay, refund, transfer } = OPERATION_KIND;
const STEPS = [
  { kinds: ['balance'], inFlight: 10 },
  { kinds: ['refund', 'transfer'], inFlight: 20 },
];

describe('a brown-out', () => {
  test('refuses more with every step, and never what it does not name', () => {
    const brownOut = new BrownOut(STEPS);
    const refused = (inFlight: number) =>
      [balance, refund, transfer, pay].map((kind) => brownOut.refuses(kind, inFlight));
    expect(refused(9)).toEqual([false, false, false, false]);
    expect(refused(10)).toEqual([true, false, false, false]);
    expect(refused(20)).toEqual([true, true, true, false]);
    expect(refused(60_000)).toEqual([true, true, true, false]);
  });

  test('ends a step below where it began', () => {
    const brownOut = new BrownOut(STEPS);
    const steps = [25, 19, 16, 15, 9, 8, 7, 9, 10].map((inFlight) => brownOut.stepAt(inFlight));
    expect(steps).toEqual([2, 2, 2, 1, 1, 1, 0, 0, 1]);
  });

  test('names kinds that there are', () => {
    expect(() => new BrownOut([{ kinds: ['pray'], inFlight: 1 }])).toThrow(
      'brown-out: there is no kind pray',
    );
  });
});
