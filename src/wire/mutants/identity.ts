/** Planted bugs of ids: what an operation's id is bound to, for how long, and what a repeat is told. */
import type { MutantRow } from './row.js';

export const IDENTITY_MUTANTS = {
  'remember-id-after-commit': {
    bug: 'an id counts as used only once its batch is on its way to disk: what comes twice at a time is applied twice',
    room: 'ledger',
    exposedBy: 'an id that is sent twice at the same time',
    law: 'once-per-id',
  },
  'evict-ids': {
    bug: 'all but the latest 500 ids of a shard are forgotten, and may come again',
    room: 'ledger',
    exposedBy: 'a late repeat of an id',
    law: 'once-per-id',
  },
  'forget-declines': {
    bug: 'that an id was declined is not remembered: a repeat may succeed',
    room: 'ledger',
    exposedBy: 'a repeat of a declined id, once there is money',
    law: 'definite-decline',
  },
  'ignore-amount-on-repeat': {
    bug: 'a used id with another amount is answered with the first receipt',
    room: 'ledger',
    exposedBy: 'an id that is sent again with another amount',
    law: 'id-binding',
  },
  'ignore-payee-on-repeat': {
    bug: 'a used id with another payee is answered with the first receipt',
    room: 'ledger',
    exposedBy: 'an id that is sent again for another payee',
    law: 'id-binding',
  },
  'ignore-payer-on-repeat': {
    bug: 'a used id with another payer is answered with the first receipt',
    room: 'ledger',
    exposedBy: 'an id that is sent again for another payer of the same shard',
    law: 'id-binding',
  },
  'fresh-receipt-on-repeat': {
    bug: 'a repeat gets a receipt made of what its accounts are now',
    room: 'ledger',
    exposedBy: 'a repeat of an id, after its accounts have moved on',
    law: 'receipt-matches-books',
  },
  'empty-answer-in-flight': {
    bug: 'while an operation across shards is under way a repeat of it is answered at once, with no receipt',
    room: 'payments',
    exposedBy: 'an id that is sent twice at the same time',
    law: 'receipt-matches-books',
  },
  'one-number-one-account': {
    bug: 'a payer and a merchant with one number are taken for one account, and nothing is paid',
    room: 'gateway',
    exposedBy: 'a payment of a user to the merchant of the same number',
    law: 'refused-with-reason',
  },
  'retry-with-new-id': {
    bug: 'what was lost with a link to a shard the gateway sends again under an id of its own',
    room: 'payments',
    exposedBy: 'a link to a shard that breaks',
    needsFault: true,
    law: 'no-phantom',
  },
} as const satisfies Record<string, MutantRow>;
