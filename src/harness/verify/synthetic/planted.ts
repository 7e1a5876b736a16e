/**
 * Bugs planted in made-up histories, each with the law that must be broken by it and what its witness must say. The
 * catalogue that laws, and changes to laws, are tested with.
 */
import { OUTCOME } from '../../../wire/acks.js';
import { COMMAND, COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { ENTRY_COMMAND, LEG_PENDING } from '../../../wire/ledger-log.js';
import { makeOperationId } from '../../../wire/operation-id.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import { RESOLUTION } from '../../records/journal-layout.js';
import {
  type Acknowledged,
  acknowledged,
  branch,
  isAcknowledged,
  legOf,
  pay,
  payAcross,
} from './found.js';
import type { PlantedBug } from './planted-bug.js';
import { LEGS } from './planted-legs.js';
import { PLANTED_REFERENCES } from './planted-references.js';
import type { EntryRecord } from './records.js';
import type { Recorded } from './run-folder.js';
import { keyOf, removeEntry, repeatEntry, settle } from './settle.js';

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

const MONEY: readonly PlantedBug[] = [
  {
    bug: 'a payment debits the payer and does not credit the merchant',
    law: 'double-entry',
    witness: /and has legs that sum to -\d+\.\d\d: entry \d+ of shard \d, post$/,
    plant: (recorded) => {
      pay(recorded).effect.legs.splice(1, 1);
      settle(recorded);
    },
  },
  {
    bug: 'an entry took effect with no legs at all',
    law: 'double-entry',
    witness: /and has 0 legs: entry/,
    plant: (recorded) => {
      pay(recorded).effect.legs.length = 0;
      settle(recorded);
    },
  },
  {
    bug: 'a declined entry moved money',
    law: 'double-entry',
    witness: /was declined with exceeds_credits and has 4 legs/,
    plant: (recorded) => {
      pay(recorded).effect.code = RESULTS.exceeds_credits.code;
    },
  },
  {
    bug: 'a payment declined with the code of a Cancel moved money',
    law: 'double-entry',
    witness: /was declined with cancelled and has 4 legs: entry \d+ of shard \d, post$/,
    plant: (recorded) => {
      pay(recorded).effect.code = RESULTS.cancelled.code;
    },
  },
  {
    bug: 'a Cancel with the code of a refusal gives money to nobody',
    law: 'double-entry',
    witness: /has legs that sum to -?\d+\.\d\d: entry \d+ of shard \d, cancel$/,
    plant: (recorded) => {
      const { operation } = payAcross(recorded);
      const half = branch(recorded, operation, COMMAND.confirm, secondary);
      half.command = COMMAND.cancel;
      half.code = RESULTS.exceeds_credits.code;
      for (const leg of half.legs) leg.pending = LEG_PENDING.released;
      half.legs.splice(1, 1);
      settle(recorded);
    },
  },
  {
    bug: 'money appeared on an account',
    law: 'conservation',
    witness: /^the balances of shard 0 sum to \S+ and were opened with 0\.00$/,
    plant: (recorded) => {
      const account = recorded.accounts[0]?.find(({ version }) => version > 3);
      if (account !== undefined) account.creditsPosted += 100;
    },
  },
  {
    bug: 'something stays reserved on one side only',
    law: 'conservation',
    witness: /^shard 1 has debits of \S+ and credits of \S+ pending$/,
    plant: (recorded) => {
      const account = recorded.accounts[1]?.find(({ version }) => version > 3);
      if (account !== undefined) account.debitsPending += 5;
    },
  },
  {
    bug: 'what one shard sent is not what the other got',
    law: 'shards-agree',
    witness: /^shards 0 and 1 do not agree on what crossed between them: \S+ and \S+$/,
    plant: (recorded) => {
      const { operation } = payAcross(recorded);
      for (const command of [COMMAND.try_, COMMAND.confirm]) {
        const entry = branch(recorded, operation, command, secondary);
        legOf(entry, 0).posting -= 3;
        legOf(entry, 1).posting += 3;
      }
      settle(recorded);
    },
  },
];

const HISTORY: readonly PlantedBug[] = [
  {
    bug: 'cached balances drifted, in sum nothing is missing',
    law: 'balance-is-history',
    witness: /^\S+ has \S+ where opening and postings make \S+$/,
    plant: (recorded) => {
      const [a, b] = recorded.accounts[0]?.filter(({ version }) => version > 3) ?? [];
      if (a === undefined || b === undefined) throw new Error('too few accounts');
      a.creditsPosted += 100;
      b.debitsPosted += 100;
    },
  },
  {
    bug: 'an account is a version behind its history',
    law: 'balance-is-history',
    witness: /^\S+ is at version \d+ after \d+ changes$/,
    plant: (recorded) => {
      const account = recorded.accounts[1]?.find(({ version }) => version > 3);
      if (account !== undefined) account.version--;
    },
  },
  {
    bug: 'what an account has pending drifted',
    law: 'balance-is-history',
    witness: /^\S+ has 0\.05 of debits and \S+ of credits pending where its history leaves 0\.00/,
    plant: (recorded) => {
      const account = recorded.accounts[1]?.find(
        ({ debitsPending, version }) => version > 3 && debitsPending === 0,
      );
      if (account !== undefined) account.debitsPending += 5;
    },
  },
  {
    bug: 'an account that was never opened has entries',
    law: 'balance-is-history',
    witness: /^user:\d+ was never opened on shard \d and has entries$/,
    plant: (recorded) => {
      const user = legOf(pay(recorded).effect, 0).account;
      for (const [shard, accounts] of recorded.accounts.entries())
        recorded.accounts[shard] = accounts.filter(({ account }) => account !== user);
    },
  },
  {
    bug: 'two operations got the same version (fork)',
    law: 'version-chain',
    witness: /and makes version (\d+) of \S+ after version \1 \(entry \d+ of shard \d\)$/,
    plant: (recorded) => {
      legOf(pay(recorded).effect, 1).version--;
    },
  },
  {
    bug: 'a version is missing (gap)',
    law: 'version-chain',
    witness: /and makes version \d+ of merchant:\S+ after version \d+/,
    plant: (recorded) => {
      legOf(pay(recorded).effect, 1).version++;
    },
  },
  {
    bug: 'an update was lost',
    law: 'version-chain',
    witness: /makes the balance of \S+ \S+ at version \d+ where \S+ and the posting make \S+/,
    plant: (recorded) => {
      legOf(pay(recorded).effect, 0).balance += 1;
    },
  },
  {
    bug: 'the log steps back in time',
    law: 'version-chain',
    witness: /^entry \d+ of shard \d is not later than the entry before it$/,
    plant: (recorded) => {
      const log = recorded.entries[0] ?? [];
      const [a, b] = [log[10], log[11]];
      if (a !== undefined && b !== undefined) b.timestampUs = a.timestampUs;
    },
  },
  {
    bug: 'an operation that was invoked later comes before one that was acknowledged earlier',
    law: 'version-chain',
    witness:
      /was acknowledged at \S+ and has version \d+ of \S+, after a version of an operation that was invoked only at/,
    plant: (recorded) => {
      const { operation, effect } = pay(recorded);
      const fee = legOf(effect, 2);
      const log = recorded.entries[effect.shard] ?? [];
      const later = log
        .slice(log.indexOf(effect) + 40)
        .find(
          (entry) => entry.command === COMMAND.post && legAccounts(entry).includes(fee.account),
        );
      const other = recorded.operations.find(
        (candidate) => later !== undefined && keyOf(candidate.id) === keyOf(later.id),
      );
      if (other?.completion === undefined) throw new Error('no later operation');
      operation.invokedUs = other.completion.completedUs + 1;
      operation.completion.completedUs = operation.invokedUs + 50;
    },
  },
];

function legAccounts(entry: EntryRecord): number[] {
  return entry.legs.map(({ account }) => account);
}

/**
 * An account that may not overdraw and that, with less money at the start, would have had less reserved than it held at one
 * moment, and never less than nothing. `free`: the least it had free.
 */
function reserving(recorded: Recorded) {
  for (const [shard, accounts] of recorded.accounts.entries()) {
    const bank = accounts.find(({ opening }) => opening < 0);
    for (const account of accounts.filter(({ flags, opening }) => flags === 1 && opening > 0)) {
      let pending = 0;
      let free = Number.POSITIVE_INFINITY;
      let least = account.opening;
      for (const leg of legsOf(recorded.entries[shard] ?? [], account.account)) {
        const isMade = leg.pending === LEG_PENDING.made;
        if (leg.posting < 0 && leg.pending !== LEG_PENDING.posted)
          pending += isMade ? -leg.posting : leg.posting;
        free = Math.min(free, leg.balance - pending);
        least = Math.min(least, leg.balance);
      }
      if (bank !== undefined && free < least) return { account, bank, free };
    }
  }
  throw new Error('no account reserved anything');
}

function legsOf(entries: readonly EntryRecord[], account: number): EntryRecord['legs'] {
  return entries.flatMap(({ legs }) => legs.filter((leg) => leg.account === account));
}

const RESERVED: readonly PlantedBug[] = [
  {
    bug: 'the ledger debited without looking at the balance',
    law: 'no-overdraft',
    witness: /and leaves user:\d+ with -\d+\.\d\d free at version \d+ \(entry \d+ of shard \d\)$/,
    plant: (recorded) => {
      const { effect } = pay(recorded);
      const payer = legOf(effect, 0);
      const account = recorded.accounts[effect.shard]?.find((one) => one.account === payer.account);
      const bank = recorded.accounts[effect.shard]?.find((one) => one.opening < 0);
      if (account === undefined || bank === undefined) throw new Error('no payer');
      const taken = Math.min(account.opening, payer.balance + 1);
      account.opening -= payer.balance + 1;
      bank.opening += payer.balance + 1;
      if (taken <= 0) throw new Error('the payer had nothing');
      settle(recorded);
    },
  },
  {
    bug: 'money that was reserved was spent',
    law: 'no-overdraft',
    witness: /and leaves user:\d+ with -0\.01 free at version \d+ \(entry \d+ of shard \d\)$/,
    plant: (recorded) => {
      const { account, bank, free } = reserving(recorded);
      account.opening -= free + 1;
      bank.opening += free + 1;
      settle(recorded);
    },
  },
  {
    bug: 'a branch was confirmed with other legs than it was tried',
    law: 'reserved-ends-once',
    witness: /and is ended on shard \d with other legs than it was tried$/,
    plant: (recorded) => {
      const made = branch(recorded, payAcross(recorded).operation, COMMAND.try_, primary);
      legOf(made, 0).posting -= 3;
      legOf(made, 1).posting += 3;
      settle(recorded);
    },
  },
  {
    bug: 'Confirm posted a branch that was never tried',
    law: 'reserved-ends-once',
    witness: /and is ended by confirm on shard \d \(entry \d+\) and was never tried there$/,
    plant: (recorded) => {
      const { operation } = payAcross(recorded);
      removeEntry(recorded, branch(recorded, operation, COMMAND.try_, secondary));
      settle(recorded);
    },
  },
  {
    bug: 'a branch is tried and nothing ever came of it',
    law: 'no-stuck-hold',
    witness: /and is tried on shard \d \(entry \d+\) and neither confirmed nor cancelled$/,
    plant: (recorded) => {
      const { operation } = payAcross(recorded);
      operation.completion = Object.assign(operation.completion, { outcome: OUTCOME.unknown });
      removeEntry(recorded, branch(recorded, operation, COMMAND.confirm, primary));
      removeEntry(recorded, branch(recorded, operation, COMMAND.confirm, secondary));
      settle(recorded);
    },
  },
  {
    bug: 'home confirmed and the peer cancelled',
    law: 'no-stuck-hold',
    witness: /and is confirmed on its home shard \d and not on shard \d$/,
    plant: (recorded) => {
      const { operation } = payAcross(recorded);
      operation.completion = Object.assign(operation.completion, { outcome: OUTCOME.unknown });
      const half = branch(recorded, operation, COMMAND.confirm, secondary);
      half.command = COMMAND.cancel;
      half.code = RESULTS.cancelled.code;
      for (const leg of half.legs) leg.pending = LEG_PENDING.released;
      settle(recorded);
    },
  },
  {
    bug: 'a hold was captured and voided',
    law: 'reserved-ends-once',
    witness: /and is a hold that ended 2 times: release and void_$/,
    plant: (recorded) => {
      const release = recorded.entries
        .flat()
        .find((entry) => entry.command === ENTRY_COMMAND.release);
      const other = acknowledged(recorded, OPERATION_KIND.topUp);
      if (release === undefined) throw new Error('no capture');
      const copy = repeatEntry(recorded, release);
      copy.command = COMMAND.void_;
      copy.id = other.operation.id;
      settle(recorded);
    },
  },
  {
    bug: 'a hold ran out of time and is still pending',
    law: 'no-stuck-hold',
    witness: /is a hold that ran out of time and is still pending/,
    plant: (recorded) => {
      const ended = new Set(
        recorded.entries.flat().map((entry) => (entry.reference ? keyOf(entry.reference) : '')),
      );
      const hold = recorded.entries
        .flat()
        .find((entry) => entry.command === COMMAND.hold && !ended.has(keyOf(entry.id)));
      if (hold === undefined) throw new Error('no open hold');
      hold.timeoutS = 1;
      const last = recorded.entries[hold.shard]?.at(-1);
      if (last !== undefined) last.timestampUs += 2_000_000;
      const told = recorded.operations.find(
        (operation) => last !== undefined && keyOf(operation.id) === keyOf(last.id),
      );
      if (told?.completion !== undefined && last !== undefined && told.completion.timestampUs > 0)
        told.completion.timestampUs = last.timestampUs;
    },
  },
];

const RECEIPTS: readonly PlantedBug[] = [
  {
    bug: 'a receipt tells another balance than the books',
    law: 'receipt-matches-books',
    witness:
      /and has a receipt that says \S+ has \S+ at version \d+; the books say \S+ at version \d+$/,
    plant: (recorded) => {
      const leg = pay(recorded).operation.completion.legs[1];
      if (leg !== undefined) leg.balance += 1;
    },
  },
  {
    bug: 'a receipt tells a version the books gave to somebody else (rolled back ledger)',
    law: 'receipt-matches-books',
    witness: /and has a receipt that says/,
    plant: (recorded) => {
      const leg = payAcross(recorded).operation.completion.legs[0];
      if (leg !== undefined) leg.version += 1;
    },
  },
  {
    bug: 'a receipt names an account that the operation did not touch',
    law: 'receipt-matches-books',
    witness:
      /and has a receipt with version \d+ of user:777, which the books do not have$|has a receipt without/,
    plant: (recorded) => {
      const leg = pay(recorded).operation.completion.legs[0];
      if (leg !== undefined) leg.account = 777;
    },
  },
  {
    bug: 'a receipt leaves out a leg',
    law: 'receipt-matches-books',
    witness: /and has a receipt without \S+, which the books have at version \d+$/,
    plant: (recorded) => {
      pay(recorded).operation.completion.legs.pop();
    },
  },
  {
    bug: 'a receipt tells another time',
    law: 'receipt-matches-books',
    witness: /and has a receipt of ledger time \d+; the books say \d+$/,
    plant: (recorded) => {
      pay(recorded).operation.completion.timestampUs += 1;
    },
  },
  {
    bug: 'a balance was read that the account never had',
    law: 'receipt-matches-books',
    witness:
      /^balance read \S+ of user:\d+ was acknowledged at \S+ and read \S+ at version \d+ of user:\d+; the books say \S+$/,
    plant: (recorded) => {
      const read = recorded.operations.find(
        (operation) => operation.kind === OPERATION_KIND.balance && isAcknowledged(operation),
      );
      const leg = read?.completion?.legs[0];
      if (leg === undefined) throw new Error('no balance read');
      leg.balance += 1;
    },
  },
];

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...LEGS,
  ...LOST,
  ...INVENTED,
  ...DECLINED,
  ...TWICE,
  ...ANOTHER_BODY,
  ...MONEY,
  ...HISTORY,
  ...RESERVED,
  ...RECEIPTS,
  ...PLANTED_REFERENCES,
];
