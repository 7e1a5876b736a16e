/** A code is of one user and one step, whoever makes it again. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type OperationIdWords, operationIdUnixMs } from '../wire/operation-id.js';
import { codeAt, isCodeOf } from './code.js';

const CODE = { stepS: 30, windowS: 45, secret: 'qr' };
const user = fc.integer({ min: 1, max: 999_999_999 });
const unixMs = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 });

const isCode = (words: OperationIdWords, of: number): boolean => isCodeOf(CODE, of, words);

it('is the same through a step, and another in the next and of another user', () => {
  fc.assert(
    fc.property(user, unixMs, fc.integer({ min: 0, max: 29_999 }), (number, at, later) => {
      const begins = at - (at % 30_000);
      const code = codeAt(CODE, number, begins + later);
      expect(code).toEqual(codeAt(CODE, number, begins));
      expect(operationIdUnixMs(code[0], code[1])).toBe(begins);
      expect(code).not.toEqual(codeAt(CODE, number, begins + 30_000));
      expect(isCode(code, number)).toBe(true);
      expect(isCode(code, number + 1)).toBe(false);
    }),
  );
});

it('is no code any more when a bit of it is another', () => {
  fc.assert(
    fc.property(user, unixMs, fc.nat({ max: 127 }), (number, at, bit) => {
      const words = [...codeAt(CODE, number, at)];
      const word = bit >>> 5;
      words[word] = ((words[word] ?? 0) ^ (1 << (bit & 31))) >>> 0;
      const [a = 0, b = 0, c = 0, d = 0] = words;
      expect(isCode([a, b, c, d], number)).toBe(false);
    }),
  );
});
