/** Product definitions that cannot be used are refused by name, in one line; those that come with paydrill are not. */
import { describe, expect, it } from 'vitest';
import { problemsOfProducts } from './check-product.js';
import { OUR_PRODUCTS } from './ours.js';
import type { ProductDefinition, ProductOperation } from './product.js';
import { readProduct } from './read-product.js';

const PAY: ProductOperation = {
  number: 130,
  noun: 'gift card payment',
  home: 'payer',
  counterparty: 'merchant',
  legs: [
    { account: 'payer.card', amount: '-amount' },
    { account: 'payee', amount: 'amount' },
  ],
};

const GIFT: ProductDefinition = {
  name: 'gift',
  title: 'Gift cards',
  rates: { feePer10k: 60 },
  accounts: {
    card: { class: 1030, of: 'user', mustNotOverdraw: true },
    pool: { class: 1031, of: 'shard' },
  },
  operations: { pay: PAY },
};

const withPay = (changes: Partial<ProductOperation>): ProductDefinition => ({
  ...GIFT,
  operations: { pay: { ...PAY, ...changes } },
});

it('finds nothing wrong with the products that come with paydrill', () => {
  expect(problemsOfProducts(OUR_PRODUCTS, [])).toEqual([]);
  expect(problemsOfProducts([GIFT])).toEqual([]);
});

it('reads the products that come with paydrill back from JSON, whole', () => {
  for (const product of OUR_PRODUCTS)
    expect(readProduct(JSON.parse(JSON.stringify(product)))).toEqual(product);
});

describe('a product file is refused for', () => {
  const cases: readonly [string, ProductDefinition, RegExp][] = [
    ['a name of other letters', { ...GIFT, name: 'Gift' }, /^product "Gift": the name must be/],
    ['a name that is taken', { ...GIFT, name: 'huabei' }, /there is a product huabei already/],
    ['a rate that is no whole number', { ...GIFT, rates: { fee: 0.6 } }, /^gift: rate fee is 0.6/],
    [
      'a class that is taken',
      { ...GIFT, accounts: { ...GIFT.accounts, card: { class: 16, of: 'user' } } },
      /account card: class 16 is that of huabei\.available/,
    ],
    [
      'a class twice',
      {
        ...GIFT,
        accounts: { card: { class: 1030, of: 'user' }, more: { class: 1030, of: 'user' } },
      },
      /account more: class 1030 is that of card/,
    ],
    [
      'a class out of range',
      { ...GIFT, accounts: { card: { class: 5000, of: 'user' } } },
      /class 5000 is not within 16 to 2047/,
    ],
    [
      'an opening that is no rate',
      { ...GIFT, accounts: { card: { class: 1030, of: 'user', opening: 'worth' } } },
      /account card: opening worth is neither/,
    ],
    [
      'bounds of an account of a shard',
      {
        ...GIFT,
        accounts: { ...GIFT.accounts, pool: { class: 1031, of: 'shard', mustNotOverdraw: true } },
      },
      /account pool is of a shard/,
    ],
    ['a number that is taken', withPay({ number: 4 }), /pay: number 4 is that of refund/],
    [
      'an unknown role',
      withPay({
        legs: [
          { account: 'buyer', amount: '-amount' },
          { account: 'payee', amount: 'amount' },
        ],
      }),
      /pay: "buyer" names no account/,
    ],
    [
      'an account that it has not',
      withPay({
        legs: [
          { account: 'payer.points', amount: '-amount' },
          { account: 'payee', amount: 'amount' },
        ],
      }),
      /"payer.points": gift has no account points of a user/,
    ],
    [
      'a party that there is not',
      withPay({ counterparty: undefined }),
      /"payee": the operation has no payee/,
    ],
    [
      'legs that do not come out',
      withPay({
        legs: [
          { account: 'payer.card', amount: '-amount' },
          { account: 'payee', amount: 'amount - 1' },
        ],
      }),
      /pay: of 1 its legs come out at -1 and not at zero/,
    ],
    [
      'a rounding that loses a unit',
      withPay({
        amounts: { fee: 'floor(amount * feePer10k / 10000)' },
        legs: [
          { account: 'payer.card', amount: '-amount' },
          { account: 'payee', amount: 'floor(amount * 9940 / 10000)' },
          { account: 'fee@payee', amount: 'fee' },
        ],
      }),
      /its legs come out at -1 and not at zero/,
    ],
    [
      'an amount that rounds to nothing',
      withPay({
        legs: [
          { account: 'payer.card', amount: '-floor(amount / 100)' },
          { account: 'payee', amount: 'floor(amount / 100)' },
        ],
      }),
      /pay: of 1 it moves nothing: its minAmount must be larger/,
    ],
    [
      'a leg that turns round where the amount is small',
      withPay({
        minAmount: 60,
        legs: [
          { account: 'payer.card', amount: '-amount' },
          { account: 'payee', amount: 'amount - 100' },
          { account: 'fee@payee', amount: '100' },
        ],
      }),
      /pay: of 60 payee moves the other way than of 4294967297/,
    ],
    [
      'a least amount that is no rate',
      withPay({ minAmount: 'least' }),
      /pay: minAmount least is neither a whole number/,
    ],
    [
      'a code without steps',
      withPay({ code: { stepS: 0, windowS: 45, secret: 'gift' } }),
      /pay: code\.stepS 0 is no whole number of seconds from 1/,
    ],
    [
      'a code that is over before its step is',
      withPay({ code: { stepS: 30, windowS: 20, secret: 'gift' } }),
      /pay: code\.windowS 20 is no whole number of seconds from stepS to below 300/,
    ],
    [
      'a code that may come late by less than its step',
      withPay({ code: { stepS: 30, windowS: 45, lateS: 20, secret: 'gift' } }),
      /pay: code\.lateS 20 is no whole number of seconds from stepS to 86400/,
    ],
    [
      'a code that follows nothing',
      withPay({ code: { stepS: 30, windowS: 45, followsS: 60, secret: 'gift' } }),
      /pay: code\.followsS is of what refers to something/,
    ],
    [
      'waiting for nothing',
      withPay({ awaits: true }),
      /pay: awaits is of what refers to something/,
    ],
    [
      'an age of no time',
      withPay({ afterS: 0, refersTo: ['pay'] }),
      /pay: afterS 0 is no whole number of seconds from 1 to 86400/,
    ],
    [
      'a secret that is no word',
      withPay({ code: { stepS: 30, windowS: 45, secret: "it's" } }),
      /pay: code\.secret must be letters, digits and hyphens/,
    ],
    [
      'an operation that is called as what every product has',
      { ...GIFT, operations: { code: PAY } },
      /operation code: the name must be a word, and none of balance, code/,
    ],
    [
      'an amount without a rounding',
      withPay({ amounts: { fee: 'amount / 2' } }),
      /"amount \/ 2" needs a rounding/,
    ],
    [
      'a name that nobody gave',
      withPay({ amounts: { fee: 'price' } }),
      /"price" is no amount and no rate; there are amount, feePer10k/,
    ],
    [
      'a text that is no expression',
      withPay({ amounts: { fee: 'amount *' } }),
      /"amount \*" is no expression/,
    ],
    [
      'two legs on one account',
      withPay({ legs: [...PAY.legs, { account: 'payee', amount: '0' }] }),
      /two legs are on payee/,
    ],
    ['one leg', withPay({ legs: PAY.legs.slice(0, 1) }), /there must be two legs at least/],
    [
      'a rest that one leg takes alone',
      withPay({
        legs: [
          { account: 'payer.card', amount: 'rest' },
          { account: 'payee', amount: '-amount' },
        ],
      }),
      /one leg alone takes the rest/,
    ],
    [
      'a reference that leads nowhere',
      withPay({ refersTo: ['gift.buy'] }),
      /pay refers to gift\.buy, which is no operation/,
    ],
    [
      'going on from nothing',
      withPay({ goesOn: 'whole' }),
      /pay goes on from nothing: it refers to no operation/,
    ],
    [
      'references in a circle',
      {
        ...GIFT,
        operations: {
          pay: { ...PAY, refersTo: ['gift.undo'] },
          undo: { ...PAY, number: 131, refersTo: ['gift.pay'] },
        },
      },
      /pay refers to itself/,
    ],
    [
      'a debit of the other side that stands before the payer’s',
      withPay({
        legs: [
          { account: 'fee@payee', amount: '-1' },
          { account: 'payer.card', amount: '-amount' },
          { account: 'payee', amount: 'amount + 1' },
        ],
      }),
      /pay: the first debit of all must be the payer's/,
    ],
    [
      'a first debit that is not the payer’s',
      withPay({
        legs: [
          { account: 'pool@payer', amount: '-amount' },
          { account: 'payee', amount: 'amount' },
        ],
      }),
      /the first debit at home must be the payer's/,
    ],
  ];

  const DETAILED: readonly [string, Partial<ProductOperation>, RegExp][] = [
    ['too many bits', { details: { from: 7, to: 6 } }, /pay: its details have 13 bits together/],
    ['a detail of no bits', { details: { from: 0 } }, /detail from has 0 bits, not 1 to 12/],
    [
      'a detail that an order has already',
      { details: { merchant: 3 } },
      /detail merchant: the name must be a word, and mean nothing else/,
    ],
    [
      'the details of another in an id that is a code',
      { details: 'same', code: { stepS: 30, windowS: 45, secret: 'gift' } },
      /its id is a code and has details of its own/,
    ],
    ['the details of nothing', { details: 'same' }, /it refers to no operation/],
    [
      'the details of what has none',
      { details: 'same', refersTo: ['pay'] },
      /which have none alike/,
    ],
    [
      'a condition on the amount',
      { where: 'amount > 5' },
      /"amount" in "amount > 5" is no amount and no rate; there are feePer10k/,
    ],
    [
      'details with which nothing is possible',
      { details: { from: 3 }, where: 'from > 7' },
      /whatever is asked, it is declined/,
    ],
    [
      'legs that do not come out with one value of a detail',
      {
        details: { from: 3, to: 3 },
        legs: [
          { account: 'payer.card', amount: '-amount' },
          { account: 'payee', amount: 'amount - abs(from - to)' },
          { account: 'fee@payee', amount: 'max(from, to) - min(from, to) + (from > 6)' },
        ],
        minAmount: 20,
      },
      /of 20 \(from 7, to 0\) its legs come out at 1/,
    ],
    [
      'a leg that a detail turns round',
      {
        details: { from: 3 },
        minAmount: 20,
        legs: [
          { account: 'payer.card', amount: '-amount' },
          { account: 'payee', amount: 'amount - (from - 4)' },
          { account: 'fee@payee', amount: 'from - 4' },
        ],
      },
      /of 20 \(from 5\) fee@payee moves the other way than of 4294967297 \(from 0\)/,
    ],
    [
      'two details that are multiplied by an amount that is not small',
      { amounts: { fee: 'amount * amount' } },
      /multiplies two amounts/,
    ],
    [
      'more legs at home than an answer has room for',
      {
        legs: [
          { account: 'payer.card', amount: '-amount' },
          { account: 'pool@payer', amount: '1' },
          { account: 'fee@payer', amount: '1' },
          { account: 'bank@payer', amount: '1' },
          { account: 'payee', amount: 'amount - 3' },
        ],
        minAmount: 4,
      },
      /there are 4 legs at home, at most 3 are possible/,
    ],
  ];

  it.each(DETAILED)('%s', (_what, changes, problem) => {
    expect(problemsOfProducts([withPay(changes)]).join('\n')).toMatch(problem);
  });

  it('refers to nothing that comes after it', () => {
    const later = { ...GIFT, name: 'later', accounts: {}, operations: {} };
    const early = withPay({ refersTo: ['later.pay'] });
    expect(problemsOfProducts([early, later])).toEqual([
      'gift: pay refers to later.pay, which is no operation',
    ]);
  });

  it('takes a least amount from which everything comes out', () => {
    const legs = [
      { account: 'payer.card', amount: '-amount' },
      { account: 'payee', amount: 'amount - feePer10k' },
      { account: 'fee@payee', amount: 'feePer10k' },
    ];
    expect(problemsOfProducts([withPay({ legs, minAmount: 'feePer10k' })])).toEqual([]);
    expect(problemsOfProducts([withPay({ legs, minAmount: 59 })])).not.toEqual([]);
  });

  it.each(cases)('%s', (_what, product, problem) => {
    const problems = problemsOfProducts([product]);
    expect(problems.join('\n')).toMatch(problem);
    for (const line of problems) expect(line).not.toMatch(/\n/);
  });
});
