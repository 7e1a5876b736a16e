/** What laws say of books, as it is told of the books of somebody else. */
import { expect, it } from 'vitest';
import { foreignWords } from './foreign-words.js';

it.each([
  ['is done 2 times: entry 0 of shard 0, entry 2 of shard 0', 'is done 2 times'],
  [
    'has one posting, of -36.10 on wallet-8 (MSAT): entry 54',
    'has one posting, of -36.10 on wallet-8 (MSAT)',
  ],
  [
    'makes version 1 of alice after version 1 (entry 7 of shard 0)',
    'makes version 1 of alice after version 1',
  ],
  [
    'was never asked for, and is entry 3 of shard 0: post of 1.00 on bob',
    'was never asked for, and is in the books: post of 1.00 on bob',
  ],
  ['is in the books all the same: entry 5 of shard 0', 'is in the books all the same'],
  ['captures (entry 4 of shard 0) a hold that is not there', 'captures a hold that is not there'],
  ['the balances of shard 0 sum to 5.00', 'the balances sum to 5.00'],
  [
    'shard 0 has debits of 1.00 and credits of 2.00',
    'the books have debits of 1.00 and credits of 2.00',
  ],
  ['is before itself on shard 0 (G0): x', 'is before itself (G0): x'],
])('%s', (ours, theirs) => {
  expect(foreignWords(ours)).toBe(theirs);
});
