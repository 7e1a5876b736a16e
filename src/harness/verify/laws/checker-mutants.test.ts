/**
 * Who checks the checker: laws that are wrong in the ways checkers are wrong, judged by the same catalogue of planted bugs
 * and clean histories as the real ones. Each must give itself away.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kindsWhere, knownKind } from '../../../products/kinds.js';
import { OUTCOME } from '../../../wire/acks.js';
import { COMMAND, COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { LEG_PENDING } from '../../../wire/ledger-log.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import { RESOLUTION } from '../../records/journal-layout.js';
import { RunDatabase } from '../database.js';
import { sqlOf } from '../law.js';
import { certainBefore } from '../synthetic/lies-of-risk.js';
import { PLANTED_BUGS } from '../synthetic/planted.js';
import type { EntryRecord, OperationRecord } from '../synthetic/records.js';
import {
  extentOf,
  type Recorded,
  recordHistory,
  termsOf,
  writeRecorded,
} from '../synthetic/run-folder.js';
import { keyOf, settle } from '../synthetic/settle.js';
import { LAWS } from './registry.js';

const root = mkdtempSync(join(tmpdir(), 'paydrill-checkers-'));

interface Case {
  readonly name: string;
  /** The law that the bug breaks; undefined for a clean history. */
  readonly law: string | undefined;
  readonly database: RunDatabase;
}

interface CheckerMutant {
  readonly mistake: string;
  readonly law: string;
  readonly from: string | RegExp;
  readonly to: string;
}

const MISTAKES: readonly CheckerMutant[] = [
  {
    mistake: 'treats what is unknown as a decline',
    law: 'definite-decline',
    from: "outcome = 'declined' and (",
    to: "outcome = 'unknown' or (",
  },
  {
    mistake: 'takes a look-up that found nothing for a promise',
    law: 'definite-decline',
    from: "and attempts <= 1 and resolution = 'answered'",
    to: '',
  },
  {
    mistake: 'trusts the books alone, not the receipts',
    law: 'receipt-matches-books',
    from: /\(m\.account is null and not \(k\.kind in \([^)]*\)\s+and \(k\.role = 'secondary' or k\.leg > 4\)\)\) or k\.account is null or m\.version <> k\.version or m\.balance <> k\.balance/,
    to: 'false',
  },
  {
    mistake: 'knows a Cancel by its result',
    law: 'double-entry',
    from: /command is distinct from 'cancel'/g,
    to: "result <> 'cancelled'",
  },
  {
    mistake: 'lets every refused entry move money',
    law: 'double-entry',
    from: /result <> 'created' and command is distinct from 'cancel'/g,
    to: 'false',
  },
  {
    mistake: 'ignores versions',
    law: 'version-chain',
    from: 'version <> version_before + 1',
    to: 'false',
  },
  {
    mistake: 'ignores the balance at each version',
    law: 'version-chain',
    from: 'balance <> balance_before + posted',
    to: 'false',
  },
  {
    mistake: 'ignores real time',
    law: 'version-chain',
    from: 'invoked_before > completed_us',
    to: 'false',
  },
  {
    mistake: 'takes a repeat for the first time that an operation was sent',
    law: 'version-chain',
    from: 'min(invoked_us) as invoked_us',
    to: 'max(invoked_us) as invoked_us',
  },
  {
    mistake: 'binds what happens after the answer (Cancel) to real time',
    law: 'version-chain',
    from: "l.command not in ('try_', 'cancel', 'expire') or c.shard is not null",
    to: 'true',
  },
  {
    mistake: 'takes what is reserved for free',
    law: 'declined-with-cause',
    from: /l\.balance - sum\(l\.debit_pending\) over \([^)]*\)/,
    to: 'l.balance',
  },
  {
    mistake: 'looks at the money that was there in the end',
    law: 'declined-with-cause',
    from: 'p.lsn > f.lsn',
    to: 'p.lsn + 1000000 > f.lsn',
  },
  {
    mistake: 'believes every refusal for lack of money',
    law: 'declined-with-cause',
    from: 'coalesce(f.free, p.opening) >= p.amount',
    to: 'false',
  },
  {
    mistake: 'believes every decline that the books do not have',
    law: 'declined-with-cause',
    from: 'union all from unheard',
    to: '',
  },
  {
    mistake: 'lets a gateway decline for lack of money by itself',
    law: 'declined-with-cause',
    from: 'union all from echoed',
    to: '',
  },
  {
    mistake: 'does not count the refunds before',
    law: 'declined-with-cause',
    from: /coalesce\(sum\(m\.amount\), 0\)/g,
    to: '0',
  },
  {
    mistake: 'believes whatever an operation is said to say',
    law: 'refused-with-reason',
    from: 'from (from untrue union all from lost',
    to: 'from (from lost',
  },
  {
    mistake: 'believes that what is referred to is not there',
    law: 'refused-with-reason',
    from: 't.lsn < r.lsn',
    to: 'false',
  },
  {
    mistake: 'finds what is referred to wherever it may take effect',
    law: 'refused-with-reason',
    from: 'and t.lsn < r.lsn',
    to: '',
  },
  {
    mistake: 'takes one party for both',
    law: 'refused-with-reason',
    from: 'or without_slot(coalesce(a.counterparty, 0)) = without_slot(coalesce(b.counterparty, 0))',
    to: 'or true',
  },
  {
    mistake: 'believes every reason that the books do not have',
    law: 'refused-with-reason',
    from: 'union all from unheard',
    to: '',
  },
  {
    mistake: 'does not look whether anything is under an id that is said to be used',
    law: 'refused-with-reason',
    from: 'union all from unmet',
    to: '',
  },
  {
    mistake: 'lets every kind be refused for everything',
    law: 'refused-with-reason',
    from: 'union all from strange',
    to: '',
  },
  {
    mistake: 'takes an id that was sent again for an operation of later',
    law: 'version-chain',
    from: 'min(invoked_us)',
    to: 'max(invoked_us)',
  },
  {
    mistake: 'takes what a look-up found for what was asked last',
    law: 'id-binding',
    from: "p.resolution = 'answered' and",
    to: '',
  },
  {
    mistake: 'takes the refusal of one sending for that of all',
    law: 'definite-decline',
    from: 'o.is_attempt or',
    to: 'false or',
  },
  {
    mistake: 'takes the refusal of another body for that of what is in the books',
    law: 'definite-decline',
    from: /r\.\w+ is distinct from o\.\w+/g,
    to: 'false',
  },
  {
    mistake: 'takes what is under way for not counted',
    law: 'risk-as-agreed',
    from: 'w.declined_us >= b.at_us',
    to: 'w.since_us >= b.at_us',
  },
  {
    mistake: 'forgets that windows pass',
    law: 'risk-as-agreed',
    from: 'invoked_us - window_us - window_us // 100',
    to: 'invoked_us',
  },
  {
    mistake: 'believes every decline for what was done before',
    law: 'risk-as-agreed',
    from: 'times_most < count_max',
    to: 'false',
  },
  {
    mistake: 'believes every decline of a large amount',
    law: 'risk-as-agreed',
    from: 'having max(amount) <= agreed_amount_limit()',
    to: 'having false',
  },
  {
    mistake: 'lets a payer pay as often as it likes',
    law: 'risk-as-agreed',
    from: 'from filled where times_least >= count_max or ',
    to: 'from filled where ',
  },
  {
    mistake: 'lets a payer pay as much as it likes',
    law: 'risk-as-agreed',
    from: ' or amount_least + amount > amount_max group by',
    to: ' group by',
  },
  {
    mistake: 'counts what may still have been under way',
    law: 'risk-as-agreed',
    from: 'r.invoked_us > d.at_us',
    to: 'r.completed_us > d.at_us',
  },
  {
    mistake: 'does not know that a gateway that starts again has counted nothing',
    law: 'risk-as-agreed',
    from: 'greatest(since_us, ',
    to: 'greatest(0, ',
  },
  {
    mistake: 'takes a window to remember all of itself',
    law: 'risk-as-agreed',
    from: 'completed_us - window_us + window_us // 4',
    to: 'completed_us - window_us',
  },
  {
    mistake: 'counts a payer for ever',
    law: 'risk-as-agreed',
    from: 'r.from_us > s.at_us',
    to: 'false and r.from_us > s.at_us',
  },
  {
    mistake: 'lets a capture leave its hold',
    law: 'hold-bounds',
    from: 'where r.lsn is null or c.lsn is null',
    to: 'where r.lsn is not null and c.lsn is null',
  },
  {
    mistake: 'looks for a release anywhere before its capture',
    law: 'hold-bounds',
    from: 'r.lsn + 1 = c.lsn',
    to: 'r.lsn > c.lsn',
  },
  {
    mistake: 'takes the Try of a second sending for what was acknowledged before',
    law: 'read-in-real-time',
    from: "'try_', ",
    to: '',
  },
  {
    mistake: 'lets a read be of any time before',
    law: 'read-in-real-time',
    from: 'where k.version > r.version',
    to: 'where false',
  },
  {
    mistake: 'forgets what other reads have told',
    law: 'read-in-real-time',
    from: 'union all select account, version, completed_us from reads',
    to: '',
  },
  {
    mistake: 'lets a read be of any time after',
    law: 'read-in-real-time',
    from: 'where b.invoked_us > r.completed_us',
    to: 'where false',
  },
  {
    mistake: 'holds a read to what was told while it ran',
    law: 'read-in-real-time',
    from: 'r.invoked_us > k.known_us',
    to: 'r.completed_us > k.known_us - 1000',
  },
  {
    mistake: 'does not compare the account with the one that was asked for',
    law: 'read-in-real-time',
    from: ' or account is distinct from asked',
    to: '',
  },
  {
    mistake: 'drops acknowledgements that came late',
    law: 'no-lost-ack',
    from: "o.outcome = 'ok' and",
    to: "o.outcome = 'ok' and o.attempts = 1 and",
  },
  {
    mistake: 'drops acknowledgements found by look-up',
    law: 'no-lost-ack',
    from: "o.outcome = 'ok' and",
    to: "o.outcome = 'ok' and o.resolution = 'answered' and",
  },
  {
    mistake: 'forgets the other half of what crosses shards',
    law: 'no-lost-ack',
    from: 'or (d.crosses and h.id_hi is null)',
    to: '',
  },
  {
    mistake: 'forgets that what a look-up did not find may still arrive',
    law: 'look-up-finds',
    from: 'and e.timestamp_us <= o.receipt_timestamp_us',
    to: '',
  },
  {
    mistake: 'lets a look-up miss what was booked in the moment it names',
    law: 'look-up-finds',
    from: 'e.timestamp_us <= o.receipt',
    to: 'e.timestamp_us < o.receipt',
  },
  {
    mistake: 'counts repeats within one shard only',
    law: 'once-per-id',
    from: 'group by id_hi, id_lo, half',
    to: 'group by id_hi, id_lo, half, shard',
  },
  {
    mistake: 'lets an id be declined and done',
    law: 'once-per-id',
    from: 'having count(*) > 1\n    order by',
    to: 'having false\n    order by',
  },
  {
    mistake: 'takes the sum of the legs for their amounts',
    law: 'legs-follow-operation',
    from: /posting_\d <> case account_\d[^']*? else 0 end/g,
    to: 'false',
  },
  {
    mistake: 'takes what is pending for posted',
    law: 'legs-follow-operation',
    from: /pending_\d <> mode/g,
    to: 'false',
  },
  {
    mistake: 'does not look in which role a shard took part',
    law: 'legs-follow-operation',
    from: 'when role <> asked_role or peer <> asked_peer',
    to: 'when false',
  },
  {
    mistake: 'takes any command for the one that was asked',
    law: 'legs-follow-operation',
    from: 'when not is_asked_command or',
    to: 'when false and',
  },
  {
    mistake: 'trusts the ledger about how it began',
    law: 'accounts-as-opened',
    from: 'or l.opening <> a.opening or',
    to: 'or',
  },
  {
    mistake: 'does not miss an account',
    law: 'accounts-as-opened',
    from: 'or l.account is null or times',
    to: 'or times',
  },
  {
    mistake: 'looks at the final balance only',
    law: 'no-overdraft',
    from: 'where free < 0',
    to: 'where free < 0 and lsn = (select max(lsn) from entries)',
  },
  {
    mistake: 'calls a hold that is not due stuck',
    law: 'no-stuck-hold',
    from: '<= until_us',
    to: '> 0',
  },
  {
    mistake: 'does not look at a shard that has been idle since',
    law: 'no-stuck-hold',
    from: 'greatest(max(timestamp_us), coalesce(max(read_us), 0))',
    to: 'max(timestamp_us)',
  },
  {
    mistake: 'does not compare what was captured with what was held',
    law: 'hold-bounds',
    from: 'greatest(e.amount, e.debited) > h.amount',
    to: 'false',
  },
  {
    mistake: 'does not look for whom a hold was',
    law: 'hold-bounds',
    from: 'without_slot(a.counterparty) = without_slot(b.counterparty)',
    to: 'true',
  },
  {
    mistake: 'lets a hold run out at any time',
    law: 'hold-bounds',
    from: "e.command = 'expire' and e.timestamp_us <",
    to: 'false and e.timestamp_us <',
  },
  {
    mistake: 'lets a hold run out however late',
    law: 'hold-bounds',
    from: 'where ticks >= 10',
    to: 'where false',
  },
  {
    mistake: 'lets a hold be ended at any time',
    law: 'hold-bounds',
    from: "e.command in ('release', 'void_') and h.timeout_s is not null",
    to: 'false',
  },
  {
    mistake: 'looks at each refund by itself',
    law: 'refund-bounds',
    from: /sum\(r\.amount\) over \([^)]*\)/,
    to: 'r.amount',
  },
  {
    mistake: 'takes any reference for a payment',
    law: 'refund-bounds',
    from: 'paid_lsn is null or paid_lsn > begun_lsn',
    to: 'false',
  },
  {
    mistake: 'asks the far shard how much was refunded too',
    law: 'refund-bounds',
    from: "side = 'home' and refunded > paid",
    to: "refunded > paid or (side = 'far' and refunded > 0)",
  },
  {
    mistake: 'does not look who got the refund',
    law: 'refund-bounds',
    from: 'having not bool_or',
    to: 'having false and bool_or',
  },
];

const cases: Case[] = [];

beforeAll(async () => {
  const clean = recordHistory({ seed: 22, operations: 700, users: 60, openingMinor: 20_000 });
  const add = async (name: string, law: string | undefined, recorded: Recorded) => {
    const folder = mkdtempSync(join(root, 'run-'));
    await writeRecorded(folder, recorded);
    const database = await RunDatabase.open(folder, extentOf(recorded), termsOf(recorded));
    cases.push({ name, law, database });
  };
  await add('clean', undefined, clean);
  const poor = { seed: 21, operations: 500, users: 40, openingMinor: 12_000 };
  await add('clean, with little money', undefined, recordHistory(poor));
  await add('clean, with ids that were sent again', undefined, sentAgain(clean));
  await add('clean, with a second body that was tried far away', undefined, triedAgain(clean));
  await add('clean, with payers who paid too often', undefined, tooOften(clean));
  await add('clean, with payers who paid as often as they may', undefined, asOftenAsMay(clean));
  await add('clean, of a gateway that began anew', undefined, countedAnew(clean));
  await add('clean, with refunds that may not be', undefined, refusedRightly(clean));
  await add('unknown and happened', undefined, lessTold(clean, undefined));
  await add('happened after a look-up', undefined, lessTold(clean, { attempts: 1, resolution: 1 }));
  for (const { bug, law, plant } of PLANTED_BUGS) {
    if (!isMistaken(law)) continue;
    const recorded = structuredClone(clean);
    plant(recorded);
    await add(bug, law, recorded);
  }
}, 180_000);

afterAll(() => {
  for (const { database } of cases) database.close();
  rmSync(root, { recursive: true, force: true });
});

/** The history with ids that a client sent again when all was over: the same body, one that was shed, another body; or another
 * body of which a look-up found the first. */
function sentAgain(clean: Recorded): Recorded {
  const recorded = structuredClone(clean);
  const times = recorded.operations.map(({ completion }) => completion?.completedUs ?? 0);
  const lastUs = Math.max(...times, ...recorded.operations.map(({ invokedUs }) => invokedUs));
  let sequence = recorded.operations.filter(({ worker }) => worker === 0).length;
  for (const [index, first] of recorded.operations.slice(0, 60).entries()) {
    if (first.completion?.outcome !== OUTCOME.ok || isRead(first)) continue;
    const again = { ...first, worker: 0, intendedUs: lastUs, invokedUs: lastUs };
    const completion = { ...first.completion, completedUs: lastUs + 1, attempts: 1 };
    const refused = { ...completion, outcome: OUTCOME.declined, legs: [] };
    const shed = { ...refused, code: RESULTS.shard_unavailable.code };
    const other = { ...refused, code: RESULTS.amount_out_of_range.code };
    recorded.operations.push({ ...again, sequence: sequence++, completion });
    recorded.operations.push({ ...again, sequence: sequence++, completion: shed });
    const found = { ...completion, resolution: RESOLUTION.lookUp };
    const more = first.amount + 1;
    if (index % 2 === 1) {
      recorded.operations.push({ ...again, sequence: sequence++, amount: more, completion: found });
      continue;
    }
    const amount = 2 ** 49;
    recorded.operations.push({ ...again, sequence: sequence++, amount, completion: other });
  }
  return recorded;
}

/**
 * The history with ids that were sent again with another body, which the far shard tried before the home shard refused it: there is a
 * Try under the id of what was acknowledged long before.
 */
function triedAgain(clean: Recorded): Recorded {
  const recorded = structuredClone(clean);
  const byId = new Map(recorded.operations.map((one) => [keyOf(one.id), one]));
  const ends = recorded.operations.map(({ completion }) => completion?.completedUs ?? 0);
  const lastUs = Math.max(...ends, ...recorded.operations.map(({ invokedUs }) => invokedUs));
  const early = recorded.operations.filter(
    (one) => one.kind === OPERATION_KIND.pay && one.completion?.outcome === OUTCOME.ok,
  );
  let sequence = recorded.operations.filter(({ worker }) => worker === 0).length;
  const { code } = RESULTS.exists_with_different_credit_account_id;
  for (const log of recorded.entries) {
    const known = new Set(log.map(({ id }) => keyOf(id)));
    for (const tried of [...log]) {
      const body = byId.get(keyOf(tried.id));
      if (tried.command !== COMMAND.try_ || tried.flags !== COMMAND_FLAG.secondary) continue;
      const first = early.find(({ id }) => !known.has(keyOf(id)));
      if (body === undefined || first?.completion === undefined) continue;
      known.add(keyOf(first.id));
      const again = { ...structuredClone(tried), id: first.id, timestampUs: lastOf(log) + 1 };
      const back = { ...structuredClone(again), command: COMMAND.cancel, code };
      back.timestampUs++;
      for (const leg of back.legs) leg.pending = LEG_PENDING.released;
      log.push(again, back);
      const completion = { ...first.completion, outcome: OUTCOME.declined, code, legs: [] };
      recorded.operations.push({
        ...body,
        id: first.id,
        worker: 0,
        sequence: sequence++,
        invokedUs: lastUs + 1,
        completion: { ...completion, completedUs: lastUs + 2, attempts: 1 },
      });
    }
  }
  return settle(recorded);
}

/** The history with limits that those who were declined had reached, by what they had paid or were just paying. */
function tooOften(clean: Recorded): Recorded {
  const recorded = structuredClone(clean);
  const { risk } = recorded.money;
  const risked: readonly number[] = kindsWhere(({ judgedByRisk }) => judgedByRisk).map(
    (kind) => knownKind(kind).row.number,
  );
  const { code } = RESULTS.risk_velocity_count;
  const entries = new Map(recorded.entries.flat().map((entry) => [keyOf(entry.id), entry]));
  let changed = 0;
  for (const operation of recorded.operations) {
    const { completion } = operation;
    const entry = entries.get(keyOf(operation.id));
    if (completion?.code !== RESULTS.risk_amount_limit.code || entry === undefined) continue;
    const others = recorded.operations.filter(
      (one) =>
        one.account === operation.account &&
        risked.includes(one.kind) &&
        one.completion?.code === 0 &&
        one.invokedUs < operation.invokedUs,
    );
    if (others.length === 0) continue;
    completion.code = code;
    entry.code = code;
    changed++;
  }
  if (changed < 3 || risk === undefined) throw new Error('there were not enough declines');
  const velocity = [{ windowMs: 3_600_000, countMax: 1, amountMinorMax: 2 ** 40 }];
  const money = { ...recorded.money, risk: { ...risk, velocity } };
  // Those who paid as often and were let go do not count: the gateway began anew after all of it.
  return { ...recorded, money, countsSinceUs: 2 ** 50 };
}

/** The history, with windows so short and so full that one payment more of somebody's would certainly have been one too many. */
function asOftenAsMay(clean: Recorded, sinceUs = 0): Recorded {
  const recorded = { ...structuredClone(clean), countsSinceUs: sinceUs };
  const times = clean.operations.map(({ invokedUs }) => invokedUs);
  const lengthMs = (Math.max(...times) - Math.min(...times)) / 1000;
  const mostIn = (ms: number): number =>
    Math.max(...certainBefore(clean, ms, sinceUs).map(({ times }) => times));
  // What the window may have forgotten would make it one too many.
  const windowMs = Array.from({ length: 60 }, (_, part) => Math.round(lengthMs / (1 + part / 4)))
    .filter((ms) => mostIn(ms) >= 2)
    .find((ms) => sinceUs > 0 || mostIn(ms * 1.33) > mostIn(ms));
  if (windowMs === undefined) throw new Error('no window is filled by what it may have forgotten');
  const most = mostIn(windowMs);
  const { risk } = recorded.money;
  if (most < 2 || risk === undefined) throw new Error('nobody paid often enough');
  const velocity = [{ windowMs, countMax: most + 1, amountMinorMax: 2 ** 40 }];
  return { ...recorded, money: { ...recorded.money, risk: { ...risk, velocity } } };
}

/** In the midst of the history. */
function countedAnew(clean: Recorded): Recorded {
  const times = clean.operations.map(({ invokedUs }) => invokedUs);
  return asOftenAsMay(clean, (Math.min(...times) + Math.max(...times)) / 2);
}

/** The history with refunds that name another merchant than their payment, or come before what they refer to. */
function refusedRightly(clean: Recorded): Recorded {
  const recorded = structuredClone(clean);
  const entries = recorded.entries.flat();
  const isPayment = ({ code, command, kind }: EntryRecord): boolean =>
    code === 0 && command === COMMAND.post && kind === OPERATION_KIND.pay;
  const told = new Set<number>();
  for (const operation of recorded.operations) {
    const { completion, id } = operation;
    const { code: tooMuch } = RESULTS.refund_exceeds_payment;
    const entry = entries.find(
      (one) => keyOf(one.id) === keyOf(id) && one.code === tooMuch && one.command === COMMAND.post,
    );
    if (operation.kind !== OPERATION_KIND.refund || completion === undefined) continue;
    if (entry === undefined) continue;
    const log = recorded.entries[entry.shard] ?? [];
    const later = log.slice(log.indexOf(entry) + 1).find(isPayment);
    const isEarly = told.size === 1 && later !== undefined;
    if (isEarly) {
      operation.reference = later.id;
      entry.reference = later.id;
    } else operation.counterparty++;
    const { code } = isEarly
      ? RESULTS.refunded_operation_not_found
      : RESULTS.reference_has_different_accounts;
    completion.code = code;
    entry.code = code;
    told.add(code);
  }
  if (told.size < 2) throw new Error('there were not enough refunds of too much');
  return recorded;
}

const lastOf = (log: readonly EntryRecord[]): number => log.at(-1)?.timestampUs ?? 0;

function isRead({ kind }: OperationRecord): boolean {
  return kind === OPERATION_KIND.balance;
}

/** The history with payments whose client learnt less: nothing, or that a look-up found nothing. */
function lessTold(
  clean: Recorded,
  notFound: { readonly attempts: number; readonly resolution: number } | undefined,
): Recorded {
  const recorded = structuredClone(clean);
  const { code } = RESULTS.operation_not_found;
  // The look-up was before everything.
  const timestampUs = Math.min(...recorded.entries.flat().map((entry) => entry.timestampUs)) - 1;
  for (const operation of recorded.operations.slice(0, 20)) {
    const { completion } = operation;
    if (completion?.outcome !== OUTCOME.ok) continue;
    if (notFound === undefined) operation.completion = undefined;
    else {
      const told = { outcome: OUTCOME.declined, code, legs: [], timestampUs };
      Object.assign(completion, { ...told, ...notFound });
    }
  }
  return recorded;
}

describe('the checkers', () => {
  it('are right about every case', { timeout: 240_000 }, async () => {
    for (const { name, law: broken, database } of cases) {
      for (const law of LAWS) {
        if (broken !== undefined && broken !== law.name) continue;
        const found = (await database.rows(await sqlOf(law, database))).length > 0;
        expect([name, law.name, found]).toEqual([name, law.name, broken !== undefined]);
      }
    }
  });
});

function isMistaken(name: string): boolean {
  return MISTAKES.some(({ law }) => law === name);
}

describe('a checker that', () => {
  for (const { mistake, law: lawName, from, to } of MISTAKES) {
    it(`${mistake} is found out (${lawName})`, async () => {
      const law = LAWS.find(({ name }) => name === lawName);
      if (law === undefined) throw new Error(`no law ${lawName}`);
      const sql = law.sql.replace(from, to);
      expect(sql).not.toBe(law.sql);
      let foundOut: string | undefined;
      for (const { name, law: broken, database } of cases) {
        if (foundOut !== undefined || (broken !== undefined && broken !== lawName)) continue;
        const found = (await database.rows(sql)).length > 0;
        if (found !== (broken !== undefined)) foundOut = name;
      }
      expect(foundOut).toBeDefined();
    });
  }
});
