/** Planted bugs of money: entries that do not balance, and accounts that are not what their history makes them. */
import { COMMAND, COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { LEG_PENDING } from '../../../wire/ledger-log.js';
import { RESULTS } from '../../../wire/results.js';
import { branch, legOf, pay, payAcross } from './found.js';
import type { PlantedBug } from './planted-bug.js';
import type { EntryRecord } from './records.js';
import { keyOf, settle } from './settle.js';

const { secondary } = COMMAND_FLAG;

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

export const PLANTED_MONEY: readonly PlantedBug[] = [...MONEY, ...HISTORY];
