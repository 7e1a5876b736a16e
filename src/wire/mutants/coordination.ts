/** Planted bugs of Try/Confirm/Cancel, and of what the gateway makes of an answer that does not come. */
import { BROWN_OUT_LAW } from '../brown-out.js';
import type { MutantRow } from './row.js';

export const COORDINATION_MUTANTS = {
  'confirm-without-try': {
    bug: 'Confirm posts the legs of a branch that was never tried',
    room: 'payments',
    exposedBy: 'cross-shard operations',
    law: 'reserved-ends-once',
  },
  'confirm-again-posts': {
    bug: 'Confirm of a branch that is confirmed posts its legs again',
    room: 'ledger',
    exposedBy: 'a repeat of an operation across shards',
    law: 'once-per-id',
  },
  'credit-without-try': {
    bug: 'the peer is sent its credit after the commit, and nobody waits for it',
    room: 'payments',
    exposedBy: 'transfers across shards; with a link to a shard that breaks the money is gone',
    law: 'no-lost-ack',
    orLaws: ['legs-follow-operation'],
  },
  'cancel-though-committed': {
    bug: 'an answer to Confirm that is lost is taken for a no: the peer is cancelled',
    room: 'payments',
    exposedBy: 'a link to a shard that breaks under operations across shards',
    needsFault: true,
    law: 'definite-decline',
  },
  'presume-abort': {
    bug: 'recovery cancels what it finds tried at a peer without asking home',
    room: 'payments',
    exposedBy: 'SIGKILL of the gateway between the two Confirms',
    needsFault: true,
    law: 'no-lost-ack',
    orLaws: ['no-stuck-hold'],
  },
  'forget-open-branches': {
    bug: 'nobody looks for branches that a dead coordinator left open',
    room: 'payments',
    exposedBy: 'SIGKILL of the gateway under operations across shards',
    needsFault: true,
    law: undefined,
    hole: 'a target with branches open is not at rest, and a law about rest cannot judge it: the verdict is unknown and names the branches',
  },
  'decline-after-commit': {
    bug: 'now and then the gateway answers `declined` for a payment the ledger has applied',
    room: 'payments',
    exposedBy: 'payments',
    law: 'definite-decline',
  },
  'lost-link-is-decline': {
    bug: 'a link to a shard that breaks after sending is answered `declined`',
    room: 'payments',
    exposedBy: 'a link to a shard that breaks',
    needsFault: true,
    law: 'definite-decline',
    // Where the operation did not get through, that nobody refused it is all there is to see.
    orLaws: ['declined-with-cause'],
  },
  'brown-out-of-payments': {
    bug: 'while much is in flight payments are refused first, though they are not among what may be',
    room: 'payments',
    scenario: 'everyday.ts',
    exposedBy: 'a shard that is away while people pay',
    needsFault: true,
    law: BROWN_OUT_LAW,
  },
  'brown-out-for-ever': {
    bug: 'a brown-out that has begun does not end: what can wait is refused when nothing is in flight any more',
    room: 'payments',
    scenario: 'everyday.ts',
    exposedBy: 'a shard that was away, and is there again',
    needsFault: true,
    law: BROWN_OUT_LAW,
  },
} as const satisfies Record<string, MutantRow>;
