/** Planted bugs of what is on disk and of what a shard makes of it when it starts again. */
import type { MutantRow } from './row.js';

export const RECOVERY_MUTANTS = {
  'ack-before-commit': {
    bug: 'the ledger answers before the batch is on disk',
    room: 'ledger',
    exposedBy: 'SIGKILL of a shard',
    needsFault: true,
    law: 'no-lost-ack',
  },
  'ack-with-batch-before': {
    bug: 'all that has arrived is acknowledged when the batch before it is on disk',
    room: 'ledger',
    exposedBy: 'SIGKILL of a shard under load',
    needsFault: true,
    law: 'no-lost-ack',
  },
  'drop-tail-on-restart': {
    bug: 'recovery takes the last three whole batches for torn ones and drops them',
    room: 'ledger',
    exposedBy: 'SIGKILL of a shard',
    needsFault: true,
    law: 'no-lost-ack',
    orLaws: ['receipt-matches-books'],
  },
  'accept-torn-tail': {
    bug: 'recovery accepts a last record that was cut off within its legs',
    room: 'ledger',
    exposedBy: 'SIGKILL of a shard',
    needsFault: true,
    law: 'double-entry',
  },
  'replay-tail-twice': {
    bug: 'recovery applies the last batch twice',
    room: 'ledger',
    exposedBy: 'SIGKILL of a shard',
    needsFault: true,
    law: 'once-per-id',
  },
  'reset-versions-on-restart': {
    bug: 'the versions of all accounts begin again at zero when a shard restarts',
    room: 'ledger',
    exposedBy: 'SIGKILL of a shard',
    needsFault: true,
    law: 'version-chain',
  },
  'forget-ids-on-restart': {
    bug: 'the ledger forgets which ids it has applied when it restarts',
    room: 'ledger',
    exposedBy: 'a retry of an operation that was applied before the restart',
    needsFault: true,
    law: 'once-per-id',
  },
  'release-holds-on-restart': {
    bug: 'a restart ends every hold that is open, whatever its time',
    room: 'ledger',
    exposedBy: 'SIGKILL of a shard that has open holds',
    needsFault: true,
    law: 'hold-bounds',
  },
  'forget-deadlines-on-restart': {
    bug: 'the times of open holds are not loaded again on a restart: they never expire',
    room: 'ledger',
    exposedBy: 'SIGKILL of a shard that has open holds, and their time passing',
    needsFault: true,
    law: 'no-stuck-hold',
  },
} as const satisfies Record<string, MutantRow>;
