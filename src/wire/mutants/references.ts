/** Planted bugs of what refers to an earlier operation: holds and their ends, refunds. */
import type { MutantRow } from './row.js';

export const REFERENCE_MUTANTS = {
  'capture-twice': {
    bug: 'a hold that was captured can be captured again',
    room: 'ledger',
    exposedBy: 'a second capture of a hold',
    law: 'hold-bounds',
  },
  'void-after-capture': {
    bug: 'a hold that was captured can be voided: the payer gets the money back',
    room: 'ledger',
    exposedBy: 'a void after a capture',
    law: 'reserved-ends-once',
    orLaws: ['hold-bounds'],
  },
  'capture-over-hold': {
    bug: 'a capture may take more than was held',
    room: 'ledger',
    exposedBy: 'a capture of more than was held',
    law: 'hold-bounds',
  },
  'capture-for-anybody': {
    bug: 'a capture may name another payee than the hold',
    room: 'ledger',
    exposedBy: 'a capture for another merchant',
    law: 'hold-bounds',
  },
  'void-by-anybody': {
    bug: 'a hold can be voided in the name of another payer',
    room: 'ledger',
    exposedBy: 'a void that names another payer of the same shard',
    law: 'hold-bounds',
  },
  'refund-without-bound': {
    bug: 'refunds of a payment may pass what was paid',
    room: 'ledger',
    exposedBy: 'a second refund of a whole payment',
    law: 'refund-bounds',
  },
  'refund-to-anybody': {
    bug: 'a refund may go to another user than the payer',
    room: 'ledger',
    exposedBy: 'a refund that names another payer of the same shard',
    law: 'refund-bounds',
  },
  'forget-far-payments': {
    bug: 'a refund does not find a payment across shards: it looks for posted ones, and those are confirmed',
    room: 'ledger',
    exposedBy: 'a refund of a payment across shards',
    law: 'refused-with-reason',
  },
  'expire-early': {
    bug: 'a hold expires at half of its time',
    room: 'ledger',
    exposedBy: 'holds that are left alone',
    law: 'hold-bounds',
  },
  'expire-by-client-clock': {
    bug: 'the time of a hold begins when the client made its id, not when the ledger made the hold',
    room: 'ledger',
    exposedBy: 'holds that are left alone',
    law: 'hold-bounds',
  },
} as const satisfies Record<string, MutantRow>;
