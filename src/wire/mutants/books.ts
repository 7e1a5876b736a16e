/** Planted bugs of what is opened, read and told: accounts, balances, look-ups, receipts, the export of the books. */
import type { MutantRow } from './row.js';

export const BOOKS_MUTANTS = {
  'open-with-less': {
    bug: 'every user is opened with a cent less than asked',
    room: 'ledger',
    exposedBy: 'the start',
    law: 'accounts-as-opened',
  },
  'open-without-bound': {
    bug: 'merchants are opened without the bound that they must not overdraw',
    room: 'ledger',
    exposedBy: 'the start',
    law: 'accounts-as-opened',
  },
  'read-stale-balance': {
    bug: 'a balance is read from a copy that is up to half a second old',
    room: 'ledger',
    exposedBy: 'balance reads of an account that is paying',
    law: 'read-in-real-time',
  },
  'read-neighbour-balance': {
    bug: 'now and then a balance read tells the balance of the account beside it',
    room: 'ledger',
    exposedBy: 'balance reads',
    law: 'receipt-matches-books',
  },
  'read-torn-balance': {
    bug: 'a balance read tells the balance of now with a version of before',
    room: 'ledger',
    exposedBy: 'balance reads of an account that is paying',
    law: 'receipt-matches-books',
  },
  'lookup-says-absent': {
    bug: 'a look-up does not find what is there',
    room: 'ledger',
    exposedBy: 'an operation that is looked up after the load',
    needsFault: true,
    law: 'look-up-finds',
  },
  'swap-receipt-balances': {
    bug: 'now and then a receipt tells the balances of payer and payee the other way round',
    room: 'payments',
    exposedBy: 'payments',
    law: 'receipt-matches-books',
  },
  'export-skips-rows': {
    bug: 'the export of the books leaves out every 997th entry',
    room: 'ledger',
    exposedBy: 'books of more than 997 entries',
    law: 'version-chain',
  },
} as const satisfies Record<string, MutantRow>;
