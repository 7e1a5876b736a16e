/** Details travel in ids: where each lies, which operations have which, and which ids are none that an operation may have. */
import { expect, it } from 'vitest';
import { makeOperationId, type OperationIdWords } from '../wire/operation-id.js';
import { RESULTS, type ResultName } from '../wire/results.js';
import { compiledKind, type ProductKind } from './catalogue.js';
import { detailNames, detailOf, detailWord, idDetails, ownDetails } from './details.js';
import { refusalOf } from './possible.js';
import type { ProductDefinition, ProductOperation } from './product.js';

const RIDE: ProductDefinition = {
  name: 'ride',
  title: 'Rides between stops',
  rates: { fare: 500 },
  operations: {
    book: {
      number: 130,
      noun: 'ride',
      home: 'payer',
      counterparty: 'merchant',
      details: { from: 3, to: 4 },
      where: '(from < to) * (to <= 9)',
      amountIs: '(to - from) * fare',
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'payee', amount: 'amount' },
      ],
    },
    confirm: {
      number: 131,
      noun: 'confirmation',
      home: 'payer',
      counterparty: 'merchant',
      refersTo: ['ride.book'],
      goesOn: 'whole',
      details: 'same',
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'payee', amount: 'amount' },
      ],
    },
    undo: {
      number: 132,
      noun: 'undoing',
      home: 'payee',
      counterparty: 'merchant',
      refersTo: ['ride.confirm'],
      legs: [
        { account: 'payer', amount: '-(amount - of.from)' },
        { account: 'payee', amount: 'amount - of.from' },
      ],
    },
  },
};

const operation = (name: string): ProductOperation => {
  const found = RIDE.operations[name];
  if (found === undefined) throw new Error(`no operation ${name}`);
  return found;
};
const kind = (name: string): ProductKind =>
  compiledKind(RIDE, { name, operation: operation(name) });
const ride = (from: number, to: number): number => from + to * 8;

it('lays details out from the lowest bit of the 12 that an id has free', () => {
  const words: OperationIdWords = makeOperationId({
    unixMs: 1_700_000_000_123,
    free12: ride(5, 9),
    free30: 77,
    free32: 78,
  });
  const details = ownDetails(RIDE, operation('book'));
  const told = details.map((one) => [one.name, detailOf(one, idDetails(words[1]))]);
  expect(told).toEqual([
    ['from', 5],
    ['to', 9],
  ]);
});

it('hands the details of an operation on to whatever refers to it', () => {
  expect([...detailNames(RIDE, operation('confirm')).keys()]).toEqual([
    'from',
    'to',
    'of.from',
    'of.to',
  ]);
  expect([...detailNames(RIDE, operation('undo')).keys()]).toEqual(['of.from', 'of.to']);
  const [, payee] = kind('undo').legs;
  expect(payee?.amount.of(1000, detailWord(0, ride(7, 9)))).toBe(993);
});

it.each<[string, number, number, ResultName | undefined]>([
  ['book', 2000, ride(1, 5), undefined],
  ['book', 1999, ride(1, 5), 'amount_not_of_details'],
  ['book', 2000, ride(5, 1), 'details_not_possible'],
  ['book', 4500, ride(1, 10), 'details_not_possible'],
  ['confirm', 2000, detailWord(ride(1, 5), ride(1, 5)), undefined],
  ['confirm', 2000, detailWord(ride(1, 5), ride(2, 6)), 'id_not_of_reference'],
  ['undo', 2000, detailWord(0, ride(1, 5)), undefined],
  ['undo', 2000, detailWord(0, ride(5, 1)), 'details_not_possible'],
  ['undo', 0, detailWord(0, ride(1, 5)), 'amount_out_of_range'],
])('%s of %i with details %i', (name, amountMinor, details, refusal) => {
  const code = refusal === undefined ? 0 : RESULTS[refusal].code;
  expect(refusalOf(kind(name), amountMinor, details)).toBe(code);
});
