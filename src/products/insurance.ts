/**
 * Insurance of a sum, as of an order's return freight: a premium is paid into the reserve of the insurer, a claim sets money of that reserve
 * aside, and is paid out or rejected. The amount of a policy is the sum insured; all claims on it stay within that.
 */
import { endsOnce, standsAtEveryVersion } from './own-laws.js';
import { defineProduct } from './product.js';

/** As the ledger rounds them: the premium up, the commission of it down. */
const PREMIUM = '((o.amount * 120 + 9999) // 10000)';
const COMMISSION = `((${PREMIUM} * 1500) // 10000)`;

export const insurance = defineProduct({
  name: 'insurance',
  title: 'Sums insured for a premium, claims paid out of a reserve',
  rates: {
    /** Of the sum insured, per 10,000. */
    premiumPer10k: 120,
    /** Of the premium, per 10,000, to whoever sold it. */
    commissionPer10k: 1_500,
  },
  accounts: {
    claimed: { class: 64, of: 'user', mustNotOverdraw: true },
    reserve: { class: 65, of: 'shard' },
    commissions: { class: 66, of: 'shard' },
  },
  operations: {
    insure: {
      number: 64,
      noun: 'policy',
      home: 'payer',
      amounts: {
        premium: 'ceil(amount * premiumPer10k / 10000)',
        commission: 'floor(premium * commissionPer10k / 10000)',
      },
      legs: [
        { account: 'payer', amount: '-premium' },
        { account: 'reserve@payer', amount: 'premium - commission' },
        { account: 'commissions@payer', amount: 'commission' },
      ],
    },
    claim: {
      number: 65,
      noun: 'claim',
      home: 'payee',
      refersTo: ['insurance.insure'],
      goesOn: 'part',
      legs: [
        { account: 'reserve@payee', amount: '-amount' },
        { account: 'payee.claimed', amount: 'amount' },
      ],
    },
    payOut: {
      number: 66,
      noun: 'payment of a claim',
      home: 'payee',
      refersTo: ['insurance.claim'],
      goesOn: 'whole',
      legs: [
        { account: 'payee.claimed', amount: '-amount' },
        { account: 'payee', amount: 'amount' },
      ],
    },
    reject: {
      number: 67,
      noun: 'rejection of a claim',
      home: 'payer',
      refersTo: ['insurance.claim'],
      goesOn: 'whole',
      legs: [
        { account: 'payer.claimed', amount: '-amount' },
        { account: 'reserve@payer', amount: 'amount' },
      ],
    },
  },
  laws: {
    claimed: standsAtEveryVersion({
      statement:
        'Set aside is what was claimed and neither paid out nor rejected, at every version: nothing once all is decided.',
      accounts: ['insurance.claimed'],
      of: 'user',
      changes: {
        'insurance.claim': 'o.amount',
        'insurance.payOut': '-o.amount',
        'insurance.reject': '-o.amount',
      },
    }),
    reserve: standsAtEveryVersion({
      statement:
        'The reserve is what premiums brought, without commission, less the claims that were not rejected, at every version.',
      accounts: ['insurance.reserve'],
      of: 'shard',
      changes: {
        'insurance.insure': `${PREMIUM} - ${COMMISSION}`,
        'insurance.claim': '-o.amount',
        'insurance.reject': 'o.amount',
      },
    }),
    once: endsOnce({
      statement: 'A claim is paid out or rejected, once and whole.',
      begins: 'insurance.claim',
      ends: ['insurance.payOut', 'insurance.reject'],
    }),
  },
});
