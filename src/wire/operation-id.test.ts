/** Operation ids as text: what is written is what is read, in the one form that there is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatOperationId, makeOperationId, parseOperationId } from './operation-id.js';

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('an operation id', () => {
  it('is written as its 128 bits in hexadecimal, with dashes, in lower case', () => {
    fc.assert(
      fc.property(word, word, word, word, (a, b, c, d) => {
        const bits = [a, b, c, d].reduce((sum, one) => sum * 2n ** 32n + BigInt(one), 0n);
        const digits = bits.toString(16).padStart(32, '0');
        const text = digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
        expect(formatOperationId([a, b, c, d])).toBe(text);
      }),
    );
  });

  it('that was written is read again, in either case', () => {
    fc.assert(
      fc.property(word, word, word, word, (a, b, c, d) => {
        const text = formatOperationId([a, b, c, d]);
        expect(parseOperationId(text)).toEqual([a, b, c, d]);
        expect(parseOperationId(text.toUpperCase())).toEqual([a, b, c, d]);
      }),
    );
  });

  it('says when it was made, its version and its variant', () => {
    const id = makeOperationId({ unixMs: 0x0123456789ab, free12: 0xcde, free30: 1, free32: 2 });
    expect(formatOperationId(id)).toBe('01234567-89ab-7cde-8000-000100000002');
  });

  it.each(['', '01234567-89ab-7cde-8000-00010000000', '01234567-89ab-7cde-8000-00010000000g'])(
    'is not read out of "%s"',
    (text) => {
      expect(parseOperationId(text)).toBe(undefined);
    },
  );
});
