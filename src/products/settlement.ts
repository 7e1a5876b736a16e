/**
 * Merchants' takings on their way to the bank: swept from the merchant to its owner, for a fee; under way until the bank says that they
 * arrived, or sends them back. A sweep ends once, and then nothing of it is under way.
 */
import { endsOnce, standsAtEveryVersion } from './own-laws.js';
import { defineProduct } from './product.js';

const NET = 'o.amount - (o.amount * 10) // 10000';

export const settlement = defineProduct({
  name: 'settlement',
  title: "Merchants' takings, swept and paid out by the bank",
  rates: {
    /** Of what is swept, per 10,000; it is not given back. */
    feePer10k: 10,
  },
  accounts: {
    inTransit: { class: 56, of: 'user', mustNotOverdraw: true },
  },
  operations: {
    sweep: {
      number: 56,
      noun: 'sweep',
      home: 'payee',
      counterparty: 'merchant',
      amounts: { fee: 'floor(amount * feePer10k / 10000)' },
      legs: [
        { account: 'payee.inTransit', amount: 'amount - fee' },
        { account: 'payer', amount: '-amount' },
        { account: 'fee@payer', amount: 'fee' },
      ],
    },
    arrive: {
      number: 57,
      noun: 'arrival of a sweep',
      home: 'payer',
      refersTo: ['settlement.sweep'],
      goesOn: 'whole',
      amounts: { fee: 'floor(amount * feePer10k / 10000)' },
      legs: [
        { account: 'payer.inTransit', amount: 'fee - amount' },
        { account: 'bank@payer', amount: 'amount - fee' },
      ],
    },
    bounce: {
      number: 58,
      noun: 'return of a sweep',
      home: 'payer',
      counterparty: 'merchant',
      refersTo: ['settlement.sweep'],
      goesOn: 'whole',
      amounts: { fee: 'floor(amount * feePer10k / 10000)' },
      legs: [
        { account: 'payer.inTransit', amount: 'fee - amount' },
        { account: 'payee', amount: 'amount - fee' },
      ],
    },
  },
  laws: {
    transit: standsAtEveryVersion({
      statement:
        'Under way is what was swept and has neither arrived nor come back, at every version: nothing once all has.',
      accounts: ['settlement.inTransit'],
      of: 'user',
      changes: {
        'settlement.sweep': NET,
        'settlement.arrive': `-(${NET})`,
        'settlement.bounce': `-(${NET})`,
      },
    }),
    once: endsOnce({
      statement: 'A sweep arrives or comes back, once and whole.',
      begins: 'settlement.sweep',
      ends: ['settlement.arrive', 'settlement.bounce'],
    }),
  },
});
