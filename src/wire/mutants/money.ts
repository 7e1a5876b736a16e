/** Planted bugs of amounts: what is posted, on whom, and whether there was money for it. */
import type { MutantRow } from './row.js';

export const MONEY_MUTANTS = {
  'lose-credit-leg': {
    bug: 'now and then a payment debits the payer and does not credit the merchant',
    room: 'ledger',
    exposedBy: 'payments',
    law: 'double-entry',
  },
  'top-up-twice': {
    bug: 'now and then a top-up is booked twice',
    room: 'ledger',
    exposedBy: 'top-ups',
    law: 'once-per-id',
  },
  'lost-update': {
    bug: 'now and then a balance is written back from before the posting that came last',
    room: 'ledger',
    exposedBy: 'two payments to one merchant',
    law: 'version-chain',
  },
  'skip-overdraft-check': {
    bug: 'the ledger debits without looking at the balance',
    room: 'ledger',
    exposedBy: 'a payer with less money than the amount',
    law: 'no-overdraft',
  },
  'overdraft-on-stale-balance': {
    bug: 'whether there is money is looked up in a balance that is up to half a second old',
    room: 'ledger',
    exposedBy: 'a payer who pays twice at a time and has money for one of them',
    law: 'no-overdraft',
  },
  'count-released-holds': {
    bug: 'what was held and given back still counts as spoken for',
    room: 'ledger',
    exposedBy: 'a payer with little money after a void',
    law: 'declined-with-cause',
  },
  'confirm-other-amount': {
    bug: 'now and then Confirm posts a cent less than Try reserved',
    room: 'ledger',
    exposedBy: 'operations across shards',
    law: 'reserved-ends-once',
  },
  'fee-rounded-up': {
    bug: 'the fee is rounded up',
    room: 'payments',
    exposedBy: 'amounts that are no multiple of 500',
    law: 'legs-follow-operation',
  },
  'fee-as-float': {
    bug: 'the fee is a floating-point product, rounded to the nearest',
    room: 'payments',
    exposedBy: 'amounts that are no multiple of 500',
    law: 'legs-follow-operation',
  },
  'forget-fee': {
    bug: 'now and then a merchant is charged no fee',
    room: 'payments',
    exposedBy: 'payments',
    law: 'legs-follow-operation',
  },
  'swap-fee-and-commission': {
    bug: 'the fee goes to the platform and the commission to the fee account',
    room: 'payments',
    exposedBy: 'payments',
    law: 'legs-follow-operation',
  },
  'credit-neighbour': {
    bug: 'now and then the sub-account of another split merchant is credited',
    room: 'payments',
    exposedBy: 'payments to split merchants',
    law: 'id-binding',
    orLaws: ['legs-follow-operation'],
  },
  'clearing-with-itself': {
    bug: 'the home branch posts against the clearing account of its own shard',
    room: 'payments',
    exposedBy: 'operations across shards',
    law: 'legs-follow-operation',
  },
  'cut-amount-to-32-bits': {
    bug: 'legs carry the low 32 bits of an amount',
    room: 'payments',
    exposedBy: 'a top-up of more than 2^32 minor units',
    law: 'id-binding',
    orLaws: ['legs-follow-operation'],
  },
  'risk-limit-in-yuan': {
    bug: 'risk control takes its limits for yuan: it declines at a hundredth of them',
    room: 'risk',
    exposedBy: 'payments over 500 yuan',
    law: 'risk-as-agreed',
  },
  'velocity-never-counts': {
    bug: 'risk control forgets what a payer did a moment ago',
    room: 'risk',
    exposedBy: 'a payer of too much together within a minute',
    law: 'risk-as-agreed',
  },
  'skip-risk-check': {
    bug: 'risk control lets everything go',
    room: 'risk',
    exposedBy: 'a payment over the limit',
    law: 'risk-as-agreed',
  },
} as const satisfies Record<string, MutantRow>;
