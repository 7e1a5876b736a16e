/** Planted bugs of what is reserved and never ends, or ends twice; and of receipts that tell another story than the books. */
import { OUTCOME } from '../../../wire/acks.js';
import { COMMAND, COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { ENTRY_COMMAND, LEG_PENDING } from '../../../wire/ledger-log.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import { acknowledged, branch, isAcknowledged, legOf, pay, payAcross } from './found.js';
import type { PlantedBug } from './planted-bug.js';
import type { EntryRecord } from './records.js';
import type { Recorded } from './run-folder.js';
import { keyOf, removeEntry, repeatEntry, settle } from './settle.js';

const { primary, secondary } = COMMAND_FLAG;

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

const BUSY_ENTRIES = 40;

/** From a second after all else to `end` its shard declines what risk control refuses, ten times a second. */
function keepBusy(recorded: Recorded, end: EntryRecord): void {
  const log = recorded.entries[end.shard];
  const like = log?.find(({ command }) => command === COMMAND.record_decline);
  const asked = recorded.operations.find(
    ({ id }) => like !== undefined && keyOf(id) === keyOf(like.id),
  );
  if (log === undefined || like === undefined || asked?.completion === undefined)
    throw new Error('risk control refused nothing');
  const idle = { us: 1_000_000, from: log.length - 1 };
  const invokedUs = Math.max(...recorded.operations.map((operation) => operation.invokedUs));
  const number = recorded.operations.filter(({ worker }) => worker === asked.worker).length;
  for (let i = 0; i < BUSY_ENTRIES; i++) {
    const laterUs = idle.us + i * 100_000;
    // Of numbers that no sequence reaches.
    const id: typeof asked.id = [asked.id[0], asked.id[1], asked.id[2], 0xf000_0000 + i];
    const times = { intendedUs: invokedUs + laterUs, invokedUs: invokedUs + laterUs };
    const completion = { ...asked.completion, completedUs: invokedUs + laterUs + 500 };
    recorded.operations.push({ ...asked, ...times, completion, id, sequence: number + i });
    log.splice(idle.from + i, 0, { ...like, id, timestampUs: end.timestampUs + laterUs });
  }
  end.timestampUs += idle.us + BUSY_ENTRIES * 100_000;
  recorded.readAtUs[end.shard] = end.timestampUs + 1;
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
    bug: 'a hold ran out long after its time, while its shard was at work',
    law: 'hold-bounds',
    witness:
      /and is a hold that runs out \d+ us after its time, while its shard was at work \(entry/,
    plant: (recorded) => {
      const entries = recorded.entries.flat();
      const ended = new Set(entries.map(({ reference }) => (reference ? keyOf(reference) : '')));
      const hold = entries.find(
        ({ command, id, timeoutS }) =>
          command === COMMAND.hold && timeoutS > 1 && !ended.has(keyOf(id)),
      );
      const asked = recorded.operations.find(
        ({ id }) => hold !== undefined && keyOf(id) === keyOf(hold.id),
      );
      if (hold === undefined || asked === undefined) throw new Error('no open hold');
      hold.timeoutS = 1;
      asked.timeoutS = 1;
      const end = repeatEntry(recorded, hold);
      end.command = ENTRY_COMMAND.expire;
      end.reference = hold.id;
      for (const leg of end.legs) leg.pending = LEG_PENDING.released;
      keepBusy(recorded, end);
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

export const PLANTED_RESERVED: readonly PlantedBug[] = [...RESERVED, ...RECEIPTS];
