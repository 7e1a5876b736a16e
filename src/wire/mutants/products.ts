/** Bugs of what products have and plain payments have not: amounts shared out over accounts, accounts that may not have more than they opened with. */
import type { MutantRow } from './row.js';

export const PRODUCT_MUTANTS = {
  'share-out-backwards': {
    bug: 'what is repaid is shared out from the last account to the first: what was spent before the fees',
    room: 'payments',
    exposedBy: 'repayments by somebody who owes late fees',
    scenario: 'huabei.ts',
    law: 'legs-follow-operation',
  },
  'skip-first-share': {
    bug: 'the first account that an amount is shared out over is passed by: a refund goes to the balance and not to the limit',
    room: 'payments',
    exposedBy: 'refunds of credit payments',
    scenario: 'huabei.ts',
    law: 'legs-follow-operation',
  },
  'ignore-cap': {
    bug: 'an account that may not have more than it opened with takes whatever it is given',
    room: 'ledger',
    exposedBy: 'a repayment of more than is owed',
    scenario: 'huabei.ts',
    law: 'no-overdraft',
  },
  'go-on-in-part': {
    bug: 'what must take the whole of what it refers to may take a part: a loan is paid out short',
    room: 'ledger',
    exposedBy: 'a disbursement of less than was decided',
    scenario: 'loan.ts',
    law: 'refund-bounds',
    orLaws: ['loan-disbursed'],
  },
  'go-on-from-declined': {
    bug: 'what goes on from an operation does not look whether that took effect: a declined loan is paid out of what another was decided at',
    room: 'ledger',
    exposedBy: 'a disbursement of a declined application by somebody who has another loan waiting',
    scenario: 'loan.ts',
    law: 'refund-bounds',
    orLaws: ['loan-disbursed'],
  },
  'capitalise-interest': {
    bug: 'interest is added to the principal, where it bears interest and nobody sees it',
    room: 'payments',
    exposedBy: 'a day of interest',
    scenario: 'loan.ts',
    law: 'legs-follow-operation',
    orLaws: ['loan-owed'],
  },
} as const satisfies Record<string, MutantRow>;
