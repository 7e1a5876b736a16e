/**
 * Ways in which journal and books can lie, each one change (or two that belong together), made at random places. What a
 * change breaks is not stated here: laws and prefilter are compared with each other over all of them.
 */

import { merchantSubAccount, SYSTEM_ACCOUNT, systemAccount } from '../../../wire/accounts.js';
import { OUTCOME } from '../../../wire/acks.js';
import { COMMAND } from '../../../wire/ledger-commands.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import type { Corruption } from './corruption.js';
import { REFERENCE_CORRUPTIONS } from './corruptions-of-references.js';
import type { SeededRandom } from './random.js';
import type { AccountRecord, EntryRecord, OperationRecord, ReceiptLegRecord } from './records.js';
import type { Recorded } from './run-folder.js';
import { removeEntry, repeatEntry } from './settle.js';

/** A double holds it, and not the integers next to it. */
const BEYOND_DOUBLES = 2 ** 55;

function pick<T>(items: readonly T[], random: SeededRandom): T | undefined {
  return items[random.below(items.length)];
}

function some(random: SeededRandom): number {
  return (1 + random.below(100)) * (random.chance(0.5) ? 1 : -1);
}

/** How one thing is changed. */
type Change<Thing> = (thing: Thing, random: SeededRandom, recorded: Recorded) => void;

/** On one of those that are found, drawn at random. */
function onOne<Thing>(
  name: string,
  find: (recorded: Recorded, random: SeededRandom) => readonly Thing[],
  change: Change<Thing>,
): Corruption {
  return {
    name,
    apply: (recorded, random) => {
      const thing = pick(find(recorded, random), random);
      if (thing !== undefined) change(thing, random, recorded);
      return thing !== undefined;
    },
  };
}

function onEntry(name: string, change: Change<EntryRecord>): Corruption {
  return onOne(name, ({ entries }) => entries.flat(), change);
}

/** On a random entry with legs. */
function onLegs(name: string, change: Change<EntryRecord>): Corruption {
  const withLegs = ({ entries }: Recorded): EntryRecord[] =>
    entries.flat().filter(({ legs }) => legs.length > 0);
  return onOne(name, withLegs, change);
}

function onLeg(
  name: string,
  change: (leg: EntryRecord['legs'][number], random: SeededRandom) => void,
): Corruption {
  return onLegs(name, (entry, random) => {
    const leg = pick(entry.legs, random);
    if (leg !== undefined) change(leg, random);
  });
}

/** Mostly on one that was touched. */
function onAccount(name: string, change: Change<AccountRecord>): Corruption {
  const someOf = ({ accounts }: Recorded, random: SeededRandom): AccountRecord[] => {
    const touched = accounts.flat().filter(({ version }) => version > 0);
    return random.chance(0.8) ? touched : accounts.flat();
  };
  return onOne(name, someOf, change);
}

function onOperation(
  name: string,
  change: Change<OperationRecord>,
  fits: (operation: OperationRecord) => boolean = () => true,
): Corruption {
  return onOne(name, ({ operations }) => operations.filter(fits), change);
}

function unlist(account: AccountRecord, { accounts }: Recorded): void {
  for (const listed of accounts) {
    const at = listed.indexOf(account);
    if (at >= 0) listed.splice(at, 1);
  }
}

const isOk = ({ completion }: OperationRecord): boolean => completion?.outcome === OUTCOME.ok;
const isRead = (operation: OperationRecord): boolean =>
  operation.kind === OPERATION_KIND.balance && isOk(operation);

function onReceiptLeg(
  name: string,
  change: (leg: ReceiptLegRecord, random: SeededRandom) => void,
  fits: (operation: OperationRecord) => boolean = isOk,
): Corruption {
  return onOperation(
    name,
    ({ completion }, random) => {
      const leg = pick(completion?.legs ?? [], random);
      if (leg !== undefined) change(leg, random);
    },
    (operation) => fits(operation) && (operation.completion?.legs.length ?? 0) > 0,
  );
}

const ENTRIES: readonly Corruption[] = [
  onEntry('an entry is gone', (entry, _, recorded) => removeEntry(recorded, entry)),
  onEntry('an entry is there twice', (entry, _, recorded) => repeatEntry(recorded, entry)),
  onEntry('two entries change places', (entry, _, recorded) => {
    const log = recorded.entries[entry.shard] ?? [];
    const at = log.indexOf(entry);
    const next = log[at + 1];
    if (next !== undefined) log.splice(at, 2, next, entry);
  }),
  onEntry('an entry is of another time', (entry, random) => {
    entry.timestampUs += some(random) * 1000;
  }),
  onEntry('an entry is of a time beyond doubles', (entry) => {
    entry.timestampUs = BEYOND_DOUBLES;
  }),
  onEntry('an entry is of another amount', (entry, random) => {
    entry.amount += 1 + random.below(100);
  }),
  onEntry('an entry has another command', (entry, random) => {
    entry.command = (entry.command % 8) + 1 + (random.chance(0.2) ? 32 : 0);
  }),
  onEntry('an entry is of another kind', (entry, random) => {
    entry.kind = random.chance(0.1) ? 99 : (entry.kind % 9) + 1;
  }),
  onEntry('an entry has another role', (entry, random) => {
    entry.flags = (entry.flags + 1 + random.below(2)) % 3;
  }),
  onEntry('an entry has another peer', (entry, random) => {
    entry.peer = random.chance(0.4) ? 255 : (entry.peer + 1) % 4;
  }),
  onEntry('an entry has another result', (entry) => {
    entry.code = entry.code === RESULTS.created.code ? RESULTS.exceeds_credits.code : 0;
  }),
  onEntry('an entry refers to another operation', (entry, random, recorded) => {
    const other = pick(recorded.operations, random);
    entry.reference = entry.reference !== undefined && random.chance(0.5) ? undefined : other?.id;
  }),
  onEntry('an entry has the id of another operation', (entry, random, recorded) => {
    entry.id = pick(recorded.operations, random)?.id ?? entry.id;
  }),
  onEntry('an entry has the id of a balance read', (entry, random, recorded) => {
    entry.id = pick(recorded.operations.filter(isRead), random)?.id ?? entry.id;
  }),
  onEntry('an entry has an id that nobody used', (entry) => {
    const [a, b, c, d] = entry.id;
    entry.id = [a, b, c ^ 0x55, d];
  }),
  onEntry('a hold has another time to run', (entry, random) => {
    entry.timeoutS = random.below(3);
  }),
  {
    name: 'all of a shard but its first entries is gone',
    apply: (recorded, random) => {
      const log = pick(recorded.entries, random);
      log?.splice(random.below(log.length + 1));
      return log !== undefined;
    },
  },
];

const LEGS: readonly Corruption[] = [
  onLeg('a leg is on another account', (leg, random) => {
    leg.account += 1 + random.below(100);
  }),
  onLeg('a leg is on a clearing account', (leg, random) => {
    leg.account = systemAccount(SYSTEM_ACCOUNT.clearing + random.below(3), random.below(3));
  }),
  onLeg('a leg is on a part of a merchant that is elsewhere', (leg, random) => {
    leg.account = merchantSubAccount(1 + random.below(4), random.below(4));
  }),
  onLeg('a leg moves another amount', (leg, random) => {
    leg.posting += some(random);
  }),
  onLeg('a leg leaves another balance', (leg, random) => {
    leg.balance += some(random);
  }),
  onLeg('a leg has another version', (leg, random) => {
    leg.version += 1 + random.below(3);
  }),
  onLeg('a leg has another mode', (leg, random) => {
    leg.pending = (leg.pending + 1 + random.below(3)) % 4;
  }),
  onLeg('a leg has a mode that is not known', (leg) => {
    leg.pending = 9;
  }),
  onLeg('a leg is beyond doubles', (leg) => {
    leg.posting = BEYOND_DOUBLES;
    leg.balance += BEYOND_DOUBLES;
  }),
  onLegs('an entry lost a leg', (entry, random) => {
    entry.legs.splice(random.below(entry.legs.length), 1);
  }),
  onLegs('an entry lost all legs', (entry) => {
    entry.legs.length = 0;
  }),
  onLegs('an entry has a leg twice', (entry) => {
    const [leg] = entry.legs;
    if (leg !== undefined) entry.legs.splice(1, entry.legs.length > 3 ? 1 : 0, { ...leg });
  }),
  onLegs('two legs take each other’s account', (entry) => {
    const [a, b] = entry.legs;
    if (a === undefined || b === undefined) return;
    [a.account, b.account] = [b.account, a.account];
  }),
  onLegs('an entry moves the opposite way', (entry) => {
    for (const leg of entry.legs) leg.posting = -leg.posting;
  }),
  onLegs('an entry moves more on two legs', (entry, random) => {
    const [a, b] = entry.legs;
    const more = some(random);
    if (a === undefined || b === undefined) return;
    a.posting -= more;
    b.posting += more;
  }),
  onLegs('an entry moves beyond doubles and back', (entry) => {
    const [a, b] = entry.legs;
    if (a === undefined || b === undefined) return;
    a.posting -= BEYOND_DOUBLES;
    b.posting += BEYOND_DOUBLES;
  }),
  onLegs('a far half is on another payee and of another kind', (entry, random, recorded) => {
    const half = pick(
      recorded.entries
        .flat()
        .filter((one) => one.command === COMMAND.confirm && one.flags === 2 && one.legs.length > 1),
      random,
    );
    const leg = half?.legs[1] ?? entry.legs[0];
    if (half !== undefined) half.kind = OPERATION_KIND.hold;
    if (leg !== undefined) leg.account += 1;
  }),
];

const ACCOUNTS: readonly Corruption[] = [
  onAccount('an account was opened with another balance', (account, random) => {
    account.opening += some(random);
  }),
  onAccount('an account has other debits', (account, random) => {
    account.debitsPosted += some(random);
  }),
  onAccount('an account has other credits', (account, random) => {
    account.creditsPosted += some(random);
  }),
  onAccount('an account has other debits pending', (account, random) => {
    account.debitsPending += some(random);
  }),
  onAccount('an account has other credits pending', (account, random) => {
    account.creditsPending += some(random);
  }),
  onAccount('an account has another version', (account, random) => {
    account.version += 1 + random.below(3);
  }),
  onAccount('an account may not overdraw, or may', (account) => {
    account.flags ^= 1;
  }),
  onAccount('an account is beyond doubles', (account) => {
    account.debitsPosted += BEYOND_DOUBLES;
    account.creditsPosted += BEYOND_DOUBLES;
  }),
  onAccount('two accounts drift the opposite way', (account, random, recorded) => {
    const other = pick(recorded.accounts.flat(), random);
    account.creditsPosted += 7;
    if (other !== undefined) other.debitsPosted += 7;
  }),
  onAccount('an account is not listed', (account, _, recorded) => {
    unlist(account, recorded);
  }),
  onAccount('an account is listed on two shards', (account, random, recorded) => {
    pick(recorded.accounts, random)?.push({ ...account });
  }),
  onAccount('an account is listed on another shard', (account, random, recorded) => {
    unlist(account, recorded);
    pick(recorded.accounts, random)?.push(account);
  }),
];

const JOURNAL: readonly Corruption[] = [
  onOperation('another amount was asked', (operation, random) => {
    operation.amount += 1 + random.below(100);
  }),
  onOperation('another account was named', (operation, random) => {
    operation.account += 1 + random.below(100);
  }),
  onOperation('another counterparty was named', (operation, random) => {
    operation.counterparty += 1 + random.below(100);
  }),
  onOperation('another kind was asked', (operation, random) => {
    operation.kind = random.chance(0.1) ? 99 : (operation.kind % 9) + 1;
  }),
  onOperation('another operation was referred to', (operation, random, recorded) => {
    const other = pick(recorded.operations, random);
    operation.reference = operation.reference === undefined ? other?.id : undefined;
  }),
  onOperation('an operation was never answered', (operation) => {
    operation.completion = undefined;
  }),
  onOperation('an answer was `ok`', ({ completion }) => {
    if (completion !== undefined) completion.outcome = OUTCOME.ok;
  }),
  onOperation(
    'an answer was a decline',
    ({ completion }, random) => {
      if (completion === undefined) return;
      const results = Object.values(RESULTS);
      completion.outcome = OUTCOME.declined;
      completion.code = results[random.below(results.length)]?.code ?? 0;
      completion.attempts = random.below(3);
    },
    isOk,
  ),
  onOperation('an answer was found by look-up', ({ completion }) => {
    if (completion !== undefined) completion.resolution = 1;
  }),
  onOperation(
    'an answer was a look-up that found nothing',
    ({ completion }, random, recorded) => {
      if (completion === undefined) return;
      completion.outcome = OUTCOME.declined;
      completion.code = RESULTS.operation_not_found.code;
      completion.resolution = 1;
      const stamps = recorded.entries.flat().map(({ timestampUs }) => timestampUs);
      completion.timestampUs = stamps[random.below(stamps.length)] ?? 0;
    },
    isOk,
  ),
  onOperation('an operation was invoked at another time', (operation, random) => {
    operation.invokedUs = Math.max(0, operation.invokedUs + some(random) * 10_000);
  }),
  onOperation('an answer came at another time', ({ completion }, random) => {
    if (completion !== undefined)
      completion.completedUs = Math.max(0, completion.completedUs + some(random) * 10_000);
  }),
  onOperation('an answer came at a time beyond doubles', ({ completion }) => {
    if (completion !== undefined) completion.completedUs = BEYOND_DOUBLES;
  }),
  onOperation('an id was used for another body too', (operation, random, recorded) => {
    const { worker } = operation;
    const sequence = recorded.operations.filter((one) => one.worker === worker).length;
    const copy = structuredClone(operation);
    copy.amount += random.below(2);
    if (copy.completion !== undefined && random.chance(0.5))
      Object.assign(copy.completion, {
        outcome: OUTCOME.declined,
        code: RESULTS.exists_with_different_amount.code,
        legs: [],
      });
    copy.sequence = sequence;
    recorded.operations.push(copy);
  }),
  onReceiptLeg('a receipt names another account', (leg, random) => {
    leg.account += 1 + random.below(100);
  }),
  onReceiptLeg('a receipt tells another balance', (leg, random) => {
    leg.balance += some(random);
  }),
  onReceiptLeg('a receipt tells another version', (leg, random) => {
    leg.version += 1 + random.below(3);
  }),
  onReceiptLeg('a receipt is beyond doubles', (leg) => {
    leg.balance += BEYOND_DOUBLES;
  }),
  onOperation(
    'a receipt lost a leg',
    ({ completion }, random) => {
      completion?.legs.splice(random.below(completion.legs.length), 1);
    },
    isOk,
  ),
  onOperation(
    'a receipt has a leg twice',
    ({ completion }) => {
      const [leg] = completion?.legs ?? [];
      if (leg !== undefined) completion?.legs.splice(1, 1, { ...leg });
    },
    isOk,
  ),
  onOperation(
    'a receipt is of another time',
    ({ completion }, random) => {
      if (completion !== undefined) completion.timestampUs += some(random);
    },
    isOk,
  ),
  onReceiptLeg('another balance was read', (leg, random) => (leg.balance += some(random)), isRead),
  onReceiptLeg('another version was read', (leg, random) => (leg.version += some(random)), isRead),
  onReceiptLeg(
    'an account of no shard was read',
    (leg) => {
      leg.account = merchantSubAccount(1, 77);
    },
    isRead,
  ),
];

export const CORRUPTIONS: readonly Corruption[] = [
  ...ENTRIES,
  ...LEGS,
  ...ACCOUNTS,
  ...JOURNAL,
  ...REFERENCE_CORRUPTIONS,
];
