/**
 * Bugs in what is booked for an operation and in how the books began. Each is consistent in itself: the entry sums to zero,
 * balances, versions and receipts agree with it, the accounts end as their history says.
 */
import {
  accountParts,
  merchantSubAccount,
  SYSTEM_ACCOUNT,
  systemAccount,
  userAccount,
} from '../../../wire/accounts.js';
import { OUTCOME } from '../../../wire/acks.js';
import { COMMAND, COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { LEG_PENDING } from '../../../wire/ledger-log.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import { acknowledged, branch, legOf, pay, payAcross } from './found.js';
import type { PlantedBug } from './planted-bug.js';
import type { AccountRecord, EntryLegRecord, EntryRecord } from './records.js';
import type { Recorded } from './run-folder.js';
import { removeEntry, repeatEntry, settle } from './settle.js';

const { primary, secondary } = COMMAND_FLAG;
const FOLLOW = 'legs-follow-operation';
const OPENED = 'accounts-as-opened';

/** Moves money between legs of an entry that exist. */
function shift(entry: EntryRecord, from: number, to: number, minor: number): void {
  legOf(entry, from).posting -= minor;
  legOf(entry, to).posting += minor;
}

function legOn(account: number, posting: number, pending: number): EntryLegRecord {
  return { account, posting, balance: 0, version: 0, pending };
}

/** Entries of an operation across shards, in the role: Try, and Confirm after it. */
function bothOf(recorded: Recorded, role: number): readonly EntryRecord[] {
  const { operation } = payAcross(recorded);
  return [COMMAND.try_, COMMAND.confirm].map((command) =>
    branch(recorded, operation, command, role),
  );
}

const refund = (recorded: Recorded) =>
  acknowledged(recorded, OPERATION_KIND.refund, (_, { command }) => command === COMMAND.post);
const capture = (recorded: Recorded) =>
  acknowledged(recorded, OPERATION_KIND.capture, (_, { flags }) => flags === 0);

/** The account that was touched least. */
function quietest(recorded: Recorded, fits: (account: AccountRecord) => boolean): AccountRecord {
  const [found] = recorded.accounts
    .flat()
    .filter(fits)
    .sort((a, b) => a.version - b.version);
  if (found === undefined) throw new Error('there is no such account');
  return found;
}

const isUser = ({ account }: AccountRecord): boolean => account < 2 ** 32;

const BOOKED: readonly PlantedBug[] = [
  {
    bug: 'a fee is rounded up',
    law: FOLLOW,
    witness:
      /^payment \S+ of .* and moves \S+ on merchant:\S+ and not \S+ \(entry \d+ of shard \d\)$/,
    plant: (recorded) => {
      shift(pay(recorded).effect, 1, 2, 1);
      settle(recorded);
    },
  },
  {
    bug: 'fee and commission change places',
    law: FOLLOW,
    witness: /and moves 0\.\d\d on (fee|platform)@\d and not 0\.\d\d \(entry/,
    plant: (recorded) => {
      const { effect } = pay(recorded);
      const [fee, commission] = [legOf(effect, 2), legOf(effect, 3)];
      [fee.account, commission.account] = [commission.account, fee.account];
      settle(recorded);
    },
  },
  {
    bug: 'a part of the commission is booked as a fee',
    law: FOLLOW,
    witness: /and moves 0\.\d\d on (fee|platform)@\d and not 0\.\d\d \(entry/,
    plant: (recorded) => {
      shift(pay(recorded).effect, 3, 2, 1);
      settle(recorded);
    },
  },
  {
    bug: 'somebody else on the shard pays',
    law: FOLLOW,
    witness: /^payment .* and touches user:\d+, whose affair it is not \(entry/,
    plant: (recorded) => {
      const { effect, operation } = pay(recorded);
      const home = recorded.accounts[effect.shard] ?? [];
      const other = home.find((one) => isUser(one) && one.account !== operation.account);
      if (other === undefined) throw new Error('there is nobody else');
      legOf(effect, 0).account = other.account;
      settle(recorded);
    },
  },
  {
    bug: 'a merchant is paid on its part on another shard',
    law: FOLLOW,
    witness: /and touches merchant:\d+@\d, whose affair it is not \(entry/,
    plant: (recorded) => {
      const { effect } = pay(recorded);
      const paid = legOf(effect, 1);
      const shards = recorded.entries.length;
      const { number, slot } = accountParts(paid.account);
      paid.account = merchantSubAccount(number, slot % shards);
    },
  },
  {
    bug: 'a merchant is not charged',
    law: FOLLOW,
    witness: /and moves \S+ on merchant:\S+ and not \S+ \(entry/,
    plant: (recorded) => {
      const { effect } = pay(recorded);
      for (const leg of effect.legs.splice(2)) legOf(effect, 1).posting += leg.posting;
      settle(recorded);
    },
  },
  {
    bug: 'a payment is paid in part to a third party',
    law: FOLLOW,
    witness: /and touches user:\d+, whose affair it is not \(entry/,
    plant: (recorded) => {
      const { effect, operation } = refund(recorded);
      const home = recorded.accounts[effect.shard] ?? [];
      const third = home.find((one) => isUser(one) && one.account !== operation.account);
      if (third === undefined) throw new Error('there is no third party');
      legOf(effect, 0).posting -= 5;
      effect.legs.push(legOn(third.account, 5, LEG_PENDING.posted));
      settle(recorded);
    },
  },
  {
    bug: 'a refund is charged to the merchant as a payment would be',
    law: FOLLOW,
    witness: /^refund .* and moves -\S+ on merchant:\S+ and not -\S+ \(entry/,
    plant: (recorded) => {
      const { effect } = refund(recorded);
      effect.legs.push(
        legOn(systemAccount(SYSTEM_ACCOUNT.fee, effect.shard), 1, LEG_PENDING.posted),
      );
      const from = effect.legs.find(({ posting }) => posting < 0);
      if (from !== undefined) from.posting -= 1;
      settle(recorded);
    },
  },
  {
    bug: 'an account is touched twice by one entry',
    law: FOLLOW,
    witness: /and touches \S+ more than once \(entry/,
    plant: (recorded) => {
      const { effect } = refund(recorded);
      const first = legOf(effect, 0);
      effect.legs.push({ ...first, posting: 0 });
      settle(recorded);
    },
  },
  {
    bug: 'a payment stays pending',
    law: FOLLOW,
    witness: /and has user:\d+ made where a post makes it posted \(entry/,
    plant: (recorded) => {
      for (const leg of pay(recorded).effect.legs) leg.pending = LEG_PENDING.made;
      settle(recorded);
    },
  },
  {
    bug: 'a Try posts at once, and its Confirm only frees',
    law: FOLLOW,
    witness: /where a try_ makes it made|where a confirm makes it confirmed/,
    plant: (recorded) => {
      const [tried, confirmed] = bothOf(recorded, primary);
      for (const leg of tried?.legs ?? []) leg.pending = LEG_PENDING.posted;
      for (const leg of confirmed?.legs ?? []) leg.pending = LEG_PENDING.posted;
      settle(recorded);
    },
  },
  {
    bug: 'the far shard books another amount against its clearing account',
    law: FOLLOW,
    witness: /and moves \S+ on (clearing|merchant):\S+ and not \S+ \(entry/,
    plant: (recorded) => {
      for (const entry of bothOf(recorded, secondary)) shift(entry, 0, 1, 3);
      settle(recorded);
    },
  },
  {
    bug: 'the far half of a payment is recorded as one of another amount, and moves the right one',
    law: FOLLOW,
    witness: /^payment .* and is of \S+ and not of \S+ \(entry \d+ of shard \d\)$/,
    plant: (recorded) => {
      for (const entry of bothOf(recorded, secondary)) entry.amount += 1;
    },
  },
  {
    bug: 'the far half of a payment is recorded under another channel',
    law: FOLLOW,
    witness: /and has another channel, time-out or reference than was asked for \(entry/,
    plant: (recorded) => {
      for (const entry of bothOf(recorded, secondary)) entry.channel ^= 1;
    },
  },
  {
    bug: 'a branch is booked against the clearing account of the wrong shard',
    law: FOLLOW,
    witness: /and touches clearing:\d@\d, whose affair it is not \(entry/,
    plant: (recorded) => {
      for (const entry of bothOf(recorded, primary)) {
        const account = systemAccount(SYSTEM_ACCOUNT.clearing + entry.shard, entry.shard);
        legOf(entry, 1).account = account;
      }
      settle(recorded, { receipts: false });
    },
  },
  {
    bug: 'a payment on one shard is booked as the first half of one across shards',
    law: FOLLOW,
    witness: /and is booked as primary with shard \d and not as local with shard \d \(entry/,
    plant: (recorded) => {
      pay(recorded).effect.flags = primary;
    },
  },
  {
    bug: 'a Cancel gives back more to the payer than it had reserved',
    law: FOLLOW,
    witness: /and (moves|touches) .* \(entry/,
    plant: (recorded) => {
      const cancelled = recorded.entries
        .flat()
        .find(({ command, legs }) => command === COMMAND.cancel && legs.length > 0);
      if (cancelled === undefined) throw new Error('nothing was cancelled');
      shift(cancelled, 0, 1, 7);
      settle(recorded);
    },
  },
  {
    bug: 'a hold is released for a capture that is not there',
    law: 'hold-bounds',
    witness:
      /and releases a hold \(entry \d+ of shard \d\) and captures nothing in the entry after it$/,
    plant: (recorded) => {
      const { effect, operation } = capture(recorded);
      removeEntry(recorded, effect);
      operation.completion.outcome = OUTCOME.unknown;
      settle(recorded);
    },
  },
  {
    bug: 'a payment is booked as a hold',
    law: FOLLOW,
    witness: /^payment .* and moves money by a hold of kind pay \(entry/,
    plant: (recorded) => {
      const { effect } = pay(recorded);
      effect.command = COMMAND.hold;
      for (const leg of effect.legs) leg.pending = LEG_PENDING.made;
      settle(recorded);
    },
  },
  {
    bug: 'a void gives back more than was held',
    law: FOLLOW,
    witness: /and moves \S+ on (user|clearing):\S+ and not \S+ \(entry/,
    plant: (recorded) => {
      const { effect } = acknowledged(recorded, OPERATION_KIND.void);
      shift(effect, 0, 1, 1);
      settle(recorded);
    },
  },
  {
    bug: 'a look at a balance moves money',
    law: FOLLOW,
    witness: /^balance read .* and moves money by a post of kind pay \(entry/,
    plant: (recorded) => {
      const { effect } = pay(recorded);
      const home = new Set(recorded.accounts[effect.shard]?.map(({ account }) => account));
      const read = recorded.operations.find(
        ({ account, kind }) => kind === OPERATION_KIND.balance && home.has(account),
      );
      if (read === undefined) throw new Error('the history has no read');
      const entry = repeatEntry(recorded, effect);
      entry.id = read.id;
      settle(recorded);
    },
  },
];

const BEGAN: readonly PlantedBug[] = [
  {
    bug: 'an account began with more money',
    law: OPENED,
    witness: /^user:\d+ was opened with 500\.01 where 500\.00 was agreed$/,
    plant: (recorded) => {
      const account = quietest(recorded, isUser);
      account.opening += 1;
      settle(recorded);
    },
  },
  {
    bug: 'money was there from the beginning that the bank gave nobody',
    law: OPENED,
    witness: /^(user:\d+|bank@\d) was opened with \S+ where \S+ was agreed$/,
    plant: (recorded) => {
      const [first] = recorded.accounts;
      const user = first?.find(isUser);
      const bank = first?.find(({ account }) => account === systemAccount(SYSTEM_ACCOUNT.bank, 0));
      if (user === undefined || bank === undefined) throw new Error('shard 0 has no such accounts');
      user.opening += 1_000;
      bank.opening -= 1_000;
      settle(recorded);
    },
  },
  {
    bug: 'an account may overdraw that must not',
    law: OPENED,
    witness: /^merchant:\S+ may overdraw, other than agreed$/,
    plant: (recorded) => {
      quietest(recorded, ({ account }) => account > 2 ** 40 && account < 2 ** 41).flags = 0;
    },
  },
  {
    bug: 'an account is not listed',
    law: OPENED,
    witness: /^user:\d+ is not in the books of shard \d$/,
    plant: (recorded) => {
      const gone = quietest(recorded, isUser);
      for (const listed of recorded.accounts)
        if (listed.includes(gone)) listed.splice(listed.indexOf(gone), 1);
    },
  },
  {
    bug: 'an account is there that nobody agreed on',
    law: OPENED,
    witness: /^user:999 was never agreed on and is on shard 1$/,
    plant: (recorded) => {
      const like = quietest(recorded, isUser);
      recorded.accounts[1]?.push({ ...like, account: userAccount(999) });
    },
  },
  {
    bug: 'an account is on a shard where it does not live',
    law: OPENED,
    witness: /^user:\d+ (is not in the books of shard|was never agreed on and is on shard) \d$/,
    plant: (recorded) => {
      const moved = quietest(recorded, isUser);
      for (const listed of recorded.accounts)
        if (listed.includes(moved)) listed.splice(listed.indexOf(moved), 1);
        else listed.push(moved);
    },
  },
];

const AGAIN: readonly PlantedBug[] = [
  {
    bug: 'a hold is voided for somebody else',
    law: 'id-binding',
    witness: /^void .* does not move that amount on user:\d+$/,
    plant: (recorded) => {
      const { effect, operation } = acknowledged(recorded, OPERATION_KIND.void);
      const others = recorded.accounts[effect.shard] ?? [];
      const other = others.find((one) => isUser(one) && one.account !== operation.account);
      if (other === undefined) throw new Error('there is nobody else');
      operation.account = other.account;
    },
  },
  {
    bug: 'a payment across shards is confirmed twice at home',
    law: 'once-per-id',
    witness: /and is done 2 times: entry \d+ of shard \d, entry \d+ of shard \d$/,
    plant: (recorded) => {
      const { effect } = payAcross(recorded);
      repeatEntry(recorded, effect);
      settle(recorded);
    },
  },
  {
    bug: 'an id that was declined is done after all',
    law: 'once-per-id',
    witness:
      /and is recorded as new 2 times on shard \d: post in entry \d+ \(created\), record_decline in entry \d+/,
    plant: (recorded) => {
      const { effect } = pay(recorded);
      const decline = repeatEntry(recorded, effect);
      decline.command = COMMAND.record_decline;
      decline.code = RESULTS.cancelled.code;
      decline.legs = [];
      settle(recorded);
    },
  },
  {
    bug: 'a decline is recorded twice',
    law: 'once-per-id',
    witness:
      /and is recorded as new 2 times on shard \d: record_decline in entry \d+ \(\S+\), record_decline/,
    plant: (recorded) => {
      const declined = recorded.entries
        .flat()
        .find(({ command }) => command === COMMAND.record_decline);
      if (declined === undefined) throw new Error('nothing was declined by risk control');
      repeatEntry(recorded, declined);
    },
  },
];

export const LEGS: readonly PlantedBug[] = [...BOOKED, ...BEGAN, ...AGAIN];
