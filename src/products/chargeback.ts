/**
 * Payments that the payer disputes: the merchant's money goes into suspense, a part of the payment or all of it, and then to whoever is
 * right: the payer, or the merchant again. Disputes and refunds of a payment stay within it together.
 */
import { endsOnce, standsAtEveryVersion } from './own-laws.js';
import { defineProduct } from './product.js';

export const chargeback = defineProduct({
  name: 'chargeback',
  title: 'Payments that are disputed, in suspense until somebody is right',
  accounts: {
    disputed: { class: 72, of: 'user', mustNotOverdraw: true },
  },
  operations: {
    open: {
      number: 72,
      noun: 'dispute',
      home: 'payee',
      counterparty: 'merchant',
      refersTo: ['pay'],
      legs: [
        { account: 'payee.disputed', amount: 'amount' },
        { account: 'payer', amount: '-amount' },
      ],
    },
    win: {
      number: 73,
      noun: 'dispute won',
      home: 'payee',
      refersTo: ['chargeback.open'],
      goesOn: 'whole',
      legs: [
        { account: 'payee.disputed', amount: '-amount' },
        { account: 'payee', amount: 'amount' },
      ],
    },
    lose: {
      number: 74,
      noun: 'dispute lost',
      home: 'payer',
      counterparty: 'merchant',
      refersTo: ['chargeback.open'],
      goesOn: 'whole',
      legs: [
        { account: 'payer.disputed', amount: '-amount' },
        { account: 'payee', amount: 'amount' },
      ],
    },
  },
  laws: {
    suspense: standsAtEveryVersion({
      statement:
        'In suspense is what is disputed and neither won nor lost, at every version: nothing once all is decided.',
      accounts: ['chargeback.disputed'],
      of: 'user',
      changes: {
        'chargeback.open': 'o.amount',
        'chargeback.win': '-o.amount',
        'chargeback.lose': '-o.amount',
      },
    }),
    once: endsOnce({
      statement: 'A dispute is won or lost, once and whole.',
      begins: 'chargeback.open',
      ends: ['chargeback.win', 'chargeback.lose'],
    }),
  },
});
