import { expect, it } from 'vitest';
import { formatOperationId, makeOperationId } from '../../wire/operation-id.js';
import { operationTitle } from './witness.js';

const idWith = (details: number): string =>
  formatOperationId(
    makeOperationId({ unixMs: 1_764_500_000_000, free12: details, free30: 5, free32: 6 }),
  );

it.each([
  ['transit.exit', 31, 'exit ID (station 31) of 15.00 from user:7 to merchant:1'],
  // the upper six bits are nobody's
  ['transit.enter', 3 + 64, 'entry ID (station 3) of 15.00 from user:7 to merchant:1'],
  ['pay', 31, 'payment ID of 15.00 from user:7 to merchant:1'],
])('says what was asked, and which details its id has: %s', (kind, details, sentence) => {
  const id = idWith(details);
  const row = {
    kind,
    amount: 1_500,
    account_text: 'user:7',
    counterparty: 1,
    counterparty_text: 'merchant:1',
  };
  expect(operationTitle(row, id).replace(id, 'ID')).toBe(sentence);
});
