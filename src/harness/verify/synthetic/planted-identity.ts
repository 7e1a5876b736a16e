/** Planted bugs of what was asked and what happened: payments that are lost, invented, done twice, declined and done, or done for somebody else. */
import { OUTCOME } from '../../../wire/acks.js';
import { COMMAND, COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { LEG_PENDING } from '../../../wire/ledger-log.js';
import { makeOperationId } from '../../../wire/operation-id.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import { RESOLUTION } from '../../records/journal-layout.js';
import { type Acknowledged, acknowledged, branch, pay, payAcross } from './found.js';
import type { PlantedBug } from './planted-bug.js';
import { removeEntry, repeatEntry, settle } from './settle.js';

const { primary, secondary } = COMMAND_FLAG;

const LOST: readonly PlantedBug[] = [
  {
    bug: 'a payment was acknowledged and is gone (ack before commit, then a kill)',
    law: 'no-lost-ack',
    witness:
      /^payment \S+ of \d+\.\d\d from user:\d+ to merchant:\d+ was acknowledged at 00:\d\d\.\d{3} and is not in the books of shard \d$/,
    plant: (recorded) => {
      removeEntry(recorded, pay(recorded).effect);
      settle(recorded);
    },
  },
  {
    bug: 'a retried payment was acknowledged and is gone',
    law: 'no-lost-ack',
    witness: /was acknowledged at \S+ \(attempt 2\) and is not in the books/,
    plant: (recorded) => {
      const { operation, effect } = pay(recorded);
      operation.completion.attempts = 2;
      removeEntry(recorded, effect);
      settle(recorded);
    },
  },
  {
    bug: 'a look-up found a payment that is not there',
    law: 'no-lost-ack',
    witness: /\(found by look-up\) and is not in the books/,
    plant: (recorded) => {
      const { operation, effect } = pay(recorded);
      operation.completion.resolution = RESOLUTION.lookUp;
      removeEntry(recorded, effect);
      settle(recorded);
    },
  },
  {
    bug: 'a look-up did not find a payment that was there',
    law: 'look-up-finds',
    witness:
      /^payment \S+ of .* and was not found as of ledger time (\d+), and is in the books since \1: entry \d+ of shard \d$/,
    plant: (recorded) => {
      const { operation, effect } = pay(recorded);
      Object.assign(operation.completion, {
        outcome: OUTCOME.declined,
        code: RESULTS.operation_not_found.code,
        timestampUs: effect.timestampUs,
        legs: [],
        resolution: RESOLUTION.lookUp,
      });
    },
  },
  {
    bug: 'the far half of an acknowledged payment is gone (half-done across shards)',
    law: 'no-lost-ack',
    witness: /is in the books of shard \d and its other half is not in those of shard \d$/,
    plant: (recorded) => {
      const { operation } = payAcross(recorded);
      removeEntry(recorded, branch(recorded, operation, COMMAND.confirm, secondary));
      settle(recorded);
    },
  },
];

const INVENTED: readonly PlantedBug[] = [
  {
    bug: 'the books hold a payment that nobody asked for',
    law: 'no-phantom',
    witness:
      /^operation \S+ was never asked for, and is entry \d+ of shard \d: post of \d+\.\d\d on user:\d+$/,
    plant: (recorded) => {
      const copy = repeatEntry(recorded, pay(recorded).effect);
      copy.id = makeOperationId({ unixMs: 1, free12: 2, free30: 3, free32: 4 });
      settle(recorded);
    },
  },
  {
    bug: 'a Try that nobody asked for was cancelled again',
    law: 'no-phantom',
    witness: /was never asked for, and is entry \d+ of shard \d: try_ of/,
    plant: (recorded) => {
      const id = makeOperationId({ unixMs: 1, free12: 2, free30: 3, free32: 4 });
      const { operation } = payAcross(recorded);
      const made = branch(recorded, operation, COMMAND.try_, primary);
      const tried = repeatEntry(recorded, made);
      const cancelled = repeatEntry(recorded, made);
      tried.id = id;
      cancelled.id = id;
      cancelled.command = COMMAND.cancel;
      cancelled.code = RESULTS.cancelled.code;
      for (const leg of cancelled.legs) leg.pending = LEG_PENDING.released;
      settle(recorded);
    },
  },
];

const DECLINED: readonly PlantedBug[] = [
  {
    bug: 'the client was told `declined` after the payment had happened',
    law: 'definite-decline',
    witness:
      /was declined with risk_amount_limit at \S+ \(attempt 3\) and is in the books all the same: entry \d+ of shard \d$/,
    plant: (recorded) => decline(pay(recorded).operation, RESULTS.risk_amount_limit.code, 3),
  },
  {
    bug: 'a single attempt was answered `not admitted` and happened',
    law: 'definite-decline',
    witness: /was declined with not_admitted at/,
    plant: (recorded) => decline(pay(recorded).operation, RESULTS.not_admitted.code, 1),
  },
  {
    bug: 'an operation was not sent and happened',
    law: 'definite-decline',
    witness: /was declined with not_sent at/,
    plant: (recorded) => decline(payAcross(recorded).operation, RESULTS.not_sent.code, 0),
  },
];

function decline(operation: Acknowledged, code: number, attempts: number): void {
  const { completion } = operation;
  Object.assign(completion, {
    outcome: OUTCOME.declined,
    code,
    attempts,
    legs: [],
    timestampUs: 0,
  });
}

const TWICE: readonly PlantedBug[] = [
  {
    bug: 'a retry was applied a second time (ids forgotten on restart)',
    law: 'once-per-id',
    witness: /and is done 2 times: entry \d+ of shard (\d), entry \d+ of shard \1$/,
    plant: (recorded) => {
      const { operation, effect } = pay(recorded);
      operation.completion.attempts = 2;
      repeatEntry(recorded, effect);
      settle(recorded);
    },
  },
  {
    bug: 'a payment was applied on two shards',
    law: 'once-per-id',
    witness: /and is done 2 times: entry \d+ of shard \d, entry \d+ of shard \d$/,
    plant: (recorded) => {
      const { effect } = pay(recorded);
      const other = (effect.shard + 1) % recorded.entries.length;
      const twin = recorded.entries[other]?.at(-1);
      if (twin === undefined) throw new Error('the other shard is empty');
      const copy = repeatEntry(recorded, twin);
      const accounts = recorded.accounts[other]?.slice(-4) ?? [];
      Object.assign(copy, { ...effect, shard: other, peer: other, timestampUs: copy.timestampUs });
      copy.legs = effect.legs.map((leg, index) => ({
        ...leg,
        account: accounts[index]?.account ?? 0,
      }));
      settle(recorded, { receipts: false });
    },
  },
  {
    bug: 'the far half of a payment was confirmed twice',
    law: 'once-per-id',
    witness: /and is done on the other shard 2 times/,
    plant: (recorded) => {
      const { operation } = payAcross(recorded);
      repeatEntry(recorded, branch(recorded, operation, COMMAND.confirm, secondary));
      settle(recorded);
    },
  },
];

const ANOTHER_BODY: readonly PlantedBug[] = [
  {
    bug: 'the books hold another amount than was asked (key compared, body ignored)',
    law: 'id-binding',
    witness: /and was asked, and what the books hold \(entry \d+ of shard \d\) is of \d+\.\d\d$/,
    plant: (recorded) => {
      const { operation } = pay(recorded);
      operation.amount += 7;
    },
  },
  {
    bug: 'another user paid',
    law: 'id-binding',
    witness: /does not move that amount on user:\d+$/,
    plant: (recorded) => {
      const { operation } = pay(recorded);
      operation.account = operation.account === 1 ? 3 : 1;
    },
  },
  {
    bug: 'another merchant was paid',
    law: 'id-binding',
    witness: /does not touch merchant:9999$/,
    plant: (recorded) => {
      pay(recorded).operation.counterparty = 2 ** 40 + 9999;
    },
  },
  {
    bug: 'another merchant was paid, on the other shard',
    law: 'id-binding',
    witness: /does not touch merchant:9999$/,
    plant: (recorded) => {
      payAcross(recorded).operation.counterparty = 2 ** 40 + 9999;
    },
  },
  {
    bug: 'a top-up went out instead of in',
    law: 'id-binding',
    witness: /does not move that amount on/,
    plant: (recorded) => {
      const { effect } = acknowledged(recorded, OPERATION_KIND.topUp);
      for (const leg of effect.legs) leg.posting = -leg.posting;
      settle(recorded);
    },
  },
  {
    bug: 'a refund of another payment',
    law: 'id-binding',
    witness: /refers to another operation$/,
    plant: (recorded) => {
      const { operation } = acknowledged(recorded, OPERATION_KIND.refund);
      operation.reference = makeOperationId({ unixMs: 9, free12: 9, free30: 9, free32: 9 });
    },
  },
  {
    bug: 'a payment was asked and a transfer is in the books',
    law: 'id-binding',
    witness: /is a transfer$/,
    plant: (recorded) => {
      pay(recorded).effect.kind = OPERATION_KIND.transfer;
    },
  },
  {
    bug: 'a repeat with the same body was refused as another body',
    law: 'id-binding',
    witness:
      /was declined with exists_with_different_amount .* and was refused as another body, and is what the books hold/,
    plant: (recorded) =>
      decline(pay(recorded).operation, RESULTS.exists_with_different_amount.code, 2),
  },
];

export const PLANTED_IDENTITY: readonly PlantedBug[] = [
  ...LOST,
  ...INVENTED,
  ...DECLINED,
  ...TWICE,
  ...ANOTHER_BODY,
];
