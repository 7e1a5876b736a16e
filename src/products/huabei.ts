/**
 * Pay later: the platform pays the merchant now, the user repays once a month. What a user may still spend is an account that opens
 * with the limit; what is used is what is missing from it, and nothing more than that can be repaid. Late fees stand on an account
 * of their own, below nothing as long as they are owed.
 */
import { defineProduct } from './product.js';

export const huabei = defineProduct({
  name: 'huabei',
  title: 'Pay later: credit at merchants, repaid after the bill',
  rates: {
    /** 5,000 yuan. */
    creditLimit: 500_000,
    /** To the fee and the platform account, per 10,000: as merchants pay for any payment. */
    feePer10k: 60,
    commissionPer10k: 10,
  },
  accounts: {
    available: {
      class: 16,
      of: 'user',
      opening: 'creditLimit',
      mustNotOverdraw: true,
      mustNotPassOpening: true,
    },
    fees: { class: 17, of: 'user', mustNotPassOpening: true },
    income: { class: 18, of: 'shard' },
  },
  operations: {
    pay: {
      number: 16,
      noun: 'credit payment',
      home: 'payer',
      counterparty: 'merchant',
      judgedByRisk: true,
      amounts: {
        fee: 'floor(amount * feePer10k / 10000)',
        commission: 'floor(amount * commissionPer10k / 10000)',
      },
      legs: [
        { account: 'payer.available', amount: '-amount' },
        { account: 'payee', amount: 'amount - fee - commission' },
        { account: 'fee@payee', amount: 'fee' },
        { account: 'platform@payee', amount: 'commission' },
      ],
    },
    refund: {
      number: 17,
      noun: 'refund of a credit payment',
      home: 'payee',
      counterparty: 'merchant',
      refersTo: ['huabei.pay'],
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'payee.available', amount: 'amount' },
      ],
    },
    repay: {
      number: 18,
      noun: 'repayment',
      home: 'payer',
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'payer.available', amount: 'amount' },
      ],
    },
    lateFee: {
      number: 19,
      noun: 'late fee',
      home: 'payer',
      legs: [
        { account: 'payer.fees', amount: '-amount' },
        { account: 'income@payer', amount: 'amount' },
      ],
    },
    repayFees: {
      number: 20,
      noun: 'repayment of late fees',
      home: 'payer',
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'payer.fees', amount: 'amount' },
      ],
    },
  },
});
