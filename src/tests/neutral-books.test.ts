/**
 * Books that are no reference stack's, judged: an honest ledger in every level of evidence, and what a lying one would do, each with the
 * law that must see it.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { BooksSpec } from '../harness/books/neutral/books-spec.js';
import {
  type NeutralOptions,
  neutralBooks,
  readBefore,
} from '../harness/books/neutral/neutral-source.js';
import { withOtherBooks } from '../harness/drill/verify-books.js';
import { AccountNames } from '../harness/journal/account-names.js';
import { ToldLegs } from '../harness/journal/told-legs.js';
import { LEGS_FOLDER, NAMES_FOLDER } from '../harness/records/run-layout.js';
import type { NeutralBooks, Promises } from '../harness/records/target-facts.js';
import { USUAL_BOOKS } from '../harness/targets/file/file-facts.js';
import { explainOperation } from '../harness/verify/explain/explain.js';
import { openRun } from '../harness/verify/open-run.js';
import type { OperationRecord } from '../harness/verify/synthetic/records.js';
import { writePlan, writeRecorded } from '../harness/verify/synthetic/run-folder.js';
import type { VerifyResult } from '../harness/verify/verdict.js';
import { verifyRunFolder } from '../harness/verify/verify.js';
import { OUTCOME } from '../wire/acks.js';
import type { OperationIdWords } from '../wire/operation-id.js';
import { CHANNEL, OPERATION_KIND } from '../wire/operations.js';
import { RESULTS } from '../wire/results.js';

interface Asked {
  readonly id: string;
  readonly kind: keyof typeof OPERATION_KIND;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly of?: string;
  readonly outcome?: 'ok' | 'declined' | 'unknown';
  /** Of a balance read. */
  readonly read?: { readonly balance: number; readonly version?: number };
  /** Of a booking that is asked for leg by leg. */
  readonly legs?: readonly (readonly [string, number])[];
}

/** A posting as the ledger has it. */
interface Posting {
  operation_id: string;
  account: string;
  amount_minor: number;
  version: number;
  balance_after: number;
  position: number;
  pending: boolean;
  asset?: string;
}

interface Account {
  account: string;
  balance_minor: number;
  may_overdraw: boolean;
}

interface Night {
  readonly asked: readonly Asked[];
  readonly postings: Posting[];
  readonly before: readonly Account[];
  readonly accounts: Account[];
  /** Of long before. */
  readonly old?: readonly Posting[];
}

/** A file without a row has no columns: one is always there. */
const OLD: Posting = {
  operation_id: 'old',
  account: 'vault',
  amount_minor: 0,
  version: 1,
  balance_after: 0,
  position: 0,
  pending: false,
};

const OPENING: readonly Account[] = [
  { account: 'alice', balance_minor: 10_000, may_overdraw: false },
  { account: 'bob', balance_minor: 500, may_overdraw: false },
  { account: 'shop', balance_minor: 0, may_overdraw: false },
  { account: 'escrow', balance_minor: 0, may_overdraw: false },
  { account: 'fund', balance_minor: 0, may_overdraw: false },
  { account: 'tax', balance_minor: 0, may_overdraw: false },
  { account: 'bank', balance_minor: -10_500, may_overdraw: true },
];

const ASKED: readonly Asked[] = [
  { id: 'pay-1', kind: 'pay', from: 'alice', to: 'shop', amount: 2_000 },
  { id: 'transfer-1', kind: 'transfer', from: 'alice', to: 'bob', amount: 700 },
  { id: 'pay-2', kind: 'pay', from: 'bob', to: 'shop', amount: 900 },
  { id: 'poor', kind: 'pay', from: 'bob', to: 'shop', amount: 90_000, outcome: 'declined' },
  { id: 'hold-1', kind: 'hold', from: 'alice', to: 'shop', amount: 1_000 },
  { id: 'capture-1', kind: 'capture', from: 'alice', to: 'shop', amount: 600, of: 'hold-1' },
  { id: 'hold-2', kind: 'hold', from: 'alice', to: 'shop', amount: 1_000 },
  { id: 'void-2', kind: 'void', from: 'alice', to: '', amount: 0, of: 'hold-2' },
  { id: 'refund-1', kind: 'refund', from: 'alice', to: 'shop', amount: 500, of: 'pay-1' },
  { id: 'withdraw-1', kind: 'withdraw', from: 'alice', to: '', amount: 300 },
  { id: 'never-came', kind: 'pay', from: 'alice', to: 'shop', amount: 100, outcome: 'unknown' },
  { id: 'came', kind: 'pay', from: 'alice', to: 'shop', amount: 150, outcome: 'unknown' },
];
const HAPPENED = ['pay-1', 'transfer-1', 'pay-2', 'capture-1', 'refund-1', 'withdraw-1', 'came'];

class Ledger {
  readonly accounts = new Map(OPENING.map((one) => [one.account, { ...one }]));
  readonly postings: Posting[] = [];
  readonly #versions = new Map<string, number>();

  post(id: string, legs: Readonly<Record<string, number>>): void {
    for (const [name, amount] of Object.entries(legs)) {
      const account = this.accounts.get(name);
      if (account === undefined) throw new Error(`no account ${name}`);
      account.balance_minor += amount;
      const version = (this.#versions.get(name) ?? 0) + 1;
      this.#versions.set(name, version);
      const position = this.postings.length + 1;
      const after = account.balance_minor;
      this.postings.push({
        operation_id: id,
        account: name,
        amount_minor: amount,
        version,
        balance_after: after,
        position,
        pending: false,
      });
    }
  }
}

function legsOf({ kind, from, to, amount }: Asked): Readonly<Record<string, number>> {
  if (kind === 'refund') return { [to]: -amount, [from]: amount };
  return { [from]: -amount, [kind === 'withdraw' ? 'bank' : to]: amount };
}

function honest(): Night {
  const ledger = new Ledger();
  for (const asked of ASKED) if (HAPPENED.includes(asked.id)) ledger.post(asked.id, legsOf(asked));
  return {
    asked: ASKED,
    postings: ledger.postings,
    before: OPENING,
    accounts: [...ledger.accounts.values()],
  };
}

/** What else happened, in the order of `then`, by a ledger that keeps its own books consistent. */
function lying(
  id: string,
  legs: Readonly<Record<string, number>>,
  asked: readonly Asked[] = ASKED,
): Night {
  const ledger = new Ledger();
  for (const one of asked) if (HAPPENED.includes(one.id)) ledger.post(one.id, legsOf(one));
  ledger.post(id, legs);
  return {
    asked,
    postings: ledger.postings,
    before: OPENING,
    accounts: [...ledger.accounts.values()],
  };
}

function without(id: string): Night {
  const ledger = new Ledger();
  for (const one of ASKED)
    if (HAPPENED.includes(one.id) && one.id !== id) ledger.post(one.id, legsOf(one));
  return {
    asked: ASKED,
    postings: ledger.postings,
    before: OPENING,
    accounts: [...ledger.accounts.values()],
  };
}

function changed(change: (night: Night) => void): Night {
  const night = honest();
  change(night);
  return night;
}

/** A hold sets money aside; a capture gives a part of it to the payee, and the rest back. */
const IN_ESCROW: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'hold-1': { alice: -1_000, escrow: 1_000 },
  'capture-1': { escrow: -1_000, shop: 600, alice: 400 },
  'hold-2': { alice: -1_000, escrow: 1_000 },
  'void-2': { escrow: -1_000, alice: 1_000 },
};

const WITH_WITHDRAWAL: readonly Asked[] = [
  ...ASKED,
  { id: 'withdraw-2', kind: 'withdraw', from: 'alice', to: '', amount: 300, outcome: 'unknown' },
];

const LIES: readonly (readonly [string, string, () => Night])[] = [
  ['a payment that was acknowledged is gone', 'no-lost-ack', () => without('pay-2')],
  [
    'a payment is booked twice',
    'once-per-id',
    () => lying('pay-1', { alice: -2_000, shop: 2_000 }),
  ],
  [
    'a payment that was declined is booked',
    'definite-decline',
    () => lying('poor', { bank: -90_000, shop: 90_000 }),
  ],
  ['money moves that nobody asked for', 'no-phantom', () => lying('who', { alice: -1, bob: 1 })],
  [
    'a payment is of another amount',
    'id-binding',
    () => lying('never-came', { alice: -101, shop: 101 }),
  ],
  [
    'a payment goes to somebody else',
    'id-binding',
    () => lying('never-came', { alice: -100, bob: 100 }),
  ],
  [
    'a payment is paid by somebody else',
    'id-binding',
    () => lying('never-came', { bob: -100, shop: 100 }),
  ],
  [
    'a third one is charged for a payment',
    'id-binding',
    () => lying('never-came', { alice: -100, bob: -5, shop: 100, bank: 5 }),
  ],
  [
    'a withdrawal takes more than was asked',
    'id-binding',
    () => lying('withdraw-2', { alice: -301, bank: 301 }, WITH_WITHDRAWAL),
  ],
  [
    'a withdrawal is paid by somebody else',
    'id-binding',
    () => lying('withdraw-2', { bob: -300, bank: 300 }, WITH_WITHDRAWAL),
  ],
  ['a hold moves money', 'id-binding', () => lying('hold-1', { alice: -1_000, escrow: 1_000 })],
  [
    'a refund takes instead of giving',
    'id-binding',
    () =>
      lying('refund-2', { alice: -500, shop: 500 }, [
        ...ASKED,
        {
          id: 'refund-2',
          kind: 'refund',
          from: 'alice',
          to: 'shop',
          amount: 500,
          of: 'pay-1',
          outcome: 'unknown',
        },
      ]),
  ],
  [
    'a hold is captured twice',
    'reserved-ends-once',
    () =>
      lying('capture-2', { alice: -100, shop: 100 }, [
        ...ASKED,
        { id: 'capture-2', kind: 'capture', from: 'alice', to: 'shop', amount: 100, of: 'hold-1' },
      ]),
  ],
  [
    'a hold that was voided is captured',
    'reserved-ends-once',
    () =>
      lying('capture-2', { alice: -100, shop: 100 }, [
        ...ASKED,
        { id: 'capture-2', kind: 'capture', from: 'alice', to: 'shop', amount: 100, of: 'hold-2' },
      ]),
  ],
  [
    'more is captured than was held',
    'hold-bounds',
    () =>
      lying('capture-2', { alice: -500, shop: 500 }, [
        ...ASKED,
        { id: 'capture-2', kind: 'capture', from: 'alice', to: 'shop', amount: 500, of: 'hold-1' },
      ]),
  ],
  [
    'a hold that was declined is captured',
    'hold-bounds',
    () =>
      lying('capture-3', { alice: -500, shop: 500 }, [
        ...ASKED,
        { id: 'hold-3', kind: 'hold', from: 'alice', to: 'shop', amount: 500, outcome: 'declined' },
        { id: 'capture-3', kind: 'capture', from: 'alice', to: 'shop', amount: 500, of: 'hold-3' },
      ]),
  ],
  [
    'more is refunded than was paid',
    'refund-bounds',
    () =>
      lying('refund-2', { shop: -1_501, alice: 1_501 }, [
        ...ASKED,
        { id: 'refund-2', kind: 'refund', from: 'alice', to: 'shop', amount: 1_501, of: 'pay-1' },
      ]),
  ],
  [
    'what was never paid is refunded',
    'refund-bounds',
    () =>
      lying('refund-2', { shop: -100, alice: 100 }, [
        ...ASKED,
        {
          id: 'refund-2',
          kind: 'refund',
          from: 'alice',
          to: 'shop',
          amount: 100,
          of: 'never-came',
        },
      ]),
  ],
  ['a posting goes missing', 'double-entry', () => changed(({ postings }) => void postings.pop())],
  [
    'an account has more than its postings make',
    'balance-is-history',
    () => changed(({ accounts }) => addTo(accounts, 'bob', 5)),
  ],
  [
    'money comes from nowhere',
    'conservation',
    () => changed(({ accounts }) => addTo(accounts, 'bob', 5)),
  ],
  [
    'an account vanishes with its money',
    'conservation',
    () =>
      changed(
        ({ accounts }) =>
          void accounts.splice(
            accounts.findIndex(({ account }) => account === 'bob'),
            1,
          ),
      ),
  ],
  [
    'an update is lost',
    'version-chain',
    () => changed(({ postings }) => addVersion(postings, 'alice', 3, -1)),
  ],
  [
    'a balance is not what it was and the posting',
    'version-chain',
    () => changed(({ postings }) => addBalance(postings, 'alice', 2, 7)),
  ],
  [
    'an account is overdrawn and comes back',
    'no-overdraft',
    () => lying('never-came', { alice: -100, shop: 100 }, overdrawing()),
  ],
];

/** Bob spends what he gets only later. */
function overdrawing(): readonly Asked[] {
  const [pay1, transfer, pay2, ...rest] = ASKED;
  return [pay2, pay1, transfer, ...rest].filter((one) => one !== undefined);
}

function addTo(accounts: readonly Account[], name: string, amount: number): void {
  for (const one of accounts) if (one.account === name) one.balance_minor += amount;
}

function addVersion(postings: readonly Posting[], name: string, version: number, by: number): void {
  for (const one of postings) if (one.account === name && one.version >= version) one.version += by;
}

function addBalance(postings: readonly Posting[], name: string, version: number, by: number): void {
  for (const one of postings)
    if (one.account === name && one.version === version) one.balance_after += by;
}

/** Bob gives to two, one of them by two legs. */
const BOOKING: Asked = {
  id: 'booking',
  kind: 'entry',
  from: 'bob',
  to: '',
  amount: 30,
  legs: [
    ['bob', -30],
    ['shop', 12],
    ['shop', 8],
    ['alice', 10],
  ],
};

const BOOKED: readonly (readonly [string, Readonly<Record<string, number>>, boolean])[] = [
  ['as it was asked', { bob: -30, shop: 20, alice: 10 }, true],
  ['with a leg left out', { bob: -20, shop: 20 }, false],
  ['with a leg of another amount', { bob: -31, shop: 21, alice: 10 }, false],
  ['with a leg of its own', { bob: -30, shop: 20, alice: 9, bank: 1 }, false],
  ['the other way round', { bob: 30, shop: -20, alice: -10 }, false],
];

/** Alice stood at version 5 before the load; each posting of hers makes one more. She begins with 100.00 and ends with 67.50. */
const READS: readonly (readonly [string, Asked['read'], string | undefined])[] = [
  ['as it is in the end', { balance: 6_750, version: 11 }, undefined],
  [
    'one that the books do not have at that version',
    { balance: 6_751, version: 11 },
    'receipt-matches-books',
  ],
  ['a version that nobody made', { balance: 6_750, version: 12 }, 'receipt-matches-books'],
  [
    'as it was before a payment that was known',
    { balance: 10_000, version: 5 },
    'read-in-real-time',
  ],
  ['as it was before the load', { balance: 10_500, version: 3 }, 'read-in-real-time'],
  ['what it had once, without a version', { balance: 8_000 }, undefined],
  ['what it never had, without a version', { balance: 8_001 }, 'receipt-matches-books'],
];

/** After everything else; what happened before the load is in the books. */
function readLast(read: Asked): Night {
  const night = honest();
  addVersion(night.postings, 'alice', 1, 5);
  return {
    ...night,
    asked: [...ASKED, read],
    old: [{ ...OLD, account: 'alice', version: 5, balance_after: 10_000 }],
  };
}

const NEUTRAL: NeutralBooks = { ...USUAL_BOOKS, hasAccounts: true, ordersByVersion: false };
const PROMISES: Promises = {
  isolation: 'linearizable-accounts',
  durability: 'acknowledged',
  idRetention: 'forever',
  atomicity: 'at-rest',
  noOverdraft: true,
};

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** `columns`: of the postings, those that the books show. */
async function runOf(
  night: Night,
  {
    columns = ['version', 'balance_after', 'position', 'pending'],
    neutral = {},
  }: {
    readonly columns?: readonly (keyof Posting)[];
    readonly neutral?: Partial<NeutralBooks>;
  } = {},
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'paydrill-neutral-'));
  folders.push(folder);
  const run = join(folder, 'run');
  mkdirSync(run);
  const spec: BooksSpec = {
    entries: { file: 'entries.jsonl' },
    accounts: { file: 'accounts.csv' },
  };
  const shown: readonly (keyof Posting)[] = ['operation_id', 'account', 'amount_minor', ...columns];
  const write = (postings: readonly Posting[], accounts: readonly Account[]): void => {
    const lines = [OLD, ...(night.old ?? []), ...postings].map((one) =>
      JSON.stringify(Object.fromEntries(shown.map((name) => [name, one[name]]))),
    );
    writeFileSync(join(folder, 'entries.jsonl'), `${lines.join('\n')}\n`);
    const rows = accounts.map((one) => `${one.account},${one.balance_minor},${one.may_overdraw}`);
    writeFileSync(
      join(folder, 'accounts.csv'),
      ['account,balance_minor,may_overdraw', ...rows, ''].join('\n'),
    );
  };
  const options: NeutralOptions = {
    spec,
    databases: {},
    folder,
    allowTargets: [],
    runCommand: () => Promise.reject(new Error('there is no command')),
  };
  const before = join(folder, 'before');
  write([], night.before);
  const { evidence, hasAccounts, ordersByVersion } = await readBefore(options, {
    before,
    signal: new AbortController().signal,
  });
  const names = new AccountNames({ folder: join(run, NAMES_FOLDER), worker: 0 });
  const operations = night.asked.map((asked, sequence) =>
    recordOf(asked, sequence, night.asked, names),
  );
  const legs = new ToldLegs({ folder: join(run, LEGS_FOLDER), worker: 0 });
  for (const [sequence, asked] of night.asked.entries())
    if (asked.legs !== undefined)
      legs.add(
        sequence,
        asked.legs.map(([name, amountMinor]) => ({
          account: names.number(name, 'CNY'),
          amountMinor,
        })),
      );
  names.flush();
  legs.flush();
  await writeRecorded(run, {
    money: {
      shards: 1,
      splitMerchants: 0,
      users: 0,
      merchants: 0,
      openingMinor: 0,
      products: [],
      feePer10k: 0,
      commissionPer10k: 0,
    },
    operations,
    entries: [],
    accounts: [],
    countsSinceUs: 0,
    readAtUs: [],
  });
  writePlan(run, {
    evidence,
    promises: PROMISES,
    hasBooks: true,
    neutral: { ...NEUTRAL, hasAccounts, ordersByVersion, ...neutral },
    workers: 1,
  });
  write(night.postings, night.accounts);
  const facts = await neutralBooks(options, before).fetch({ folder: run, runId: 'made-up' });
  expect(facts.reason).toBeUndefined();
  return run;
}

async function judged(night: Night, how: Parameters<typeof runOf>[1] = {}): Promise<VerifyResult> {
  return verifyRunFolder(await runOf(night, how));
}

function recordOf(
  asked: Asked,
  sequence: number,
  all: readonly Asked[],
  names: AccountNames,
): OperationRecord {
  const { id, kind, from, to, amount, of, outcome = 'ok', read } = asked;
  const invokedUs = 1_000_000 + sequence * 1_000;
  const isOver = outcome !== 'unknown';
  if (of !== undefined && !all.some((one) => one.id === of))
    throw new Error(`nothing asked as ${of}`);
  return {
    worker: 0,
    sequence,
    id: words(id),
    reference: of === undefined ? undefined : words(of),
    kind: OPERATION_KIND[kind],
    channel: CHANNEL.other,
    account: names.number(from, 'CNY'),
    counterparty: to === '' ? 0 : names.number(to, 'CNY'),
    amount,
    timeoutS: kind === 'hold' ? 600 : 0,
    intendedUs: invokedUs,
    invokedUs,
    completion: isOver
      ? {
          outcome: OUTCOME[outcome],
          code: outcome === 'ok' ? okCode(asked) : RESULTS.declined_by_target.code,
          timestampUs: 0,
          legs:
            read === undefined ? [] : [{ account: names.number(from, 'CNY'), version: 0, ...read }],
          completedUs: invokedUs + 500,
          attempts: 1,
          resolution: 0,
        }
      : undefined,
  };
}

/** With a version a read is a receipt. */
function okCode({ read }: Asked): number {
  const { created, accepted_by_target } = RESULTS;
  return (read?.version === undefined ? accepted_by_target : created).code;
}

function words(id: string): OperationIdWords {
  const digest = createHash('md5').update(id).digest();
  const word = (at: number): number => digest.readUInt32BE(at);
  return [word(0), word(4), word(8), word(12)];
}

function broken(result: VerifyResult): readonly string[] {
  return result.laws.filter(({ status }) => status === 'broken').map(({ name }) => name);
}

const LEVELS: readonly (readonly [string, readonly (keyof Posting)[]])[] = [
  ['versions, in the order of a position', ['version', 'balance_after', 'position', 'pending']],
  ['versions alone', ['version', 'balance_after']],
  ['a position', ['position']],
  ['nothing but ids', []],
];

describe("books that are no reference stack's", () => {
  it.each(LEVELS)('of an honest ledger are valid with %s', async (_, columns) => {
    const result = await judged(honest(), { columns });
    expect(
      result.laws.filter(({ status }) => status === 'broken' || status === 'undecided'),
    ).toEqual([]);
    expect(result.verdict).toBe('valid');
    expect(result.operations).toMatchObject({
      unknown: 2,
      unknown_resolved_ok: 1,
      unknown_resolved_absent: 1,
    });
  });

  it.each(LIES)('show that %s: %s', async (_, law, night) => {
    const result = await judged(night());
    expect(broken(result)).toContain(law);
    expect(result.verdict).toBe('invalid');
  });

  it.each(BOOKED)(
    'hold a booking that was asked for leg by leg: %s',
    async (_, legs, isAsAsked) => {
      const result = await judged(lying('booking', legs, [...ASKED, BOOKING]));
      expect(broken(result)).toEqual(isAsAsked ? [] : ['id-binding']);
      expect(result.verdict).toBe(isAsAsked ? 'valid' : 'invalid');
    },
  );

  it('say nothing of a booking whose legs the run folder has lost', async () => {
    const night = lying('booking', { bob: -30, shop: 20, alice: 10 }, [...ASKED, BOOKING]);
    const run = await runOf(night);
    rmSync(join(run, LEGS_FOLDER), { recursive: true });
    const result = await verifyRunFolder(run);
    expect(result.verdict).toBe('unknown');
    expect(result.laws.find(({ name }) => name === 'id-binding')?.status).toBe('undecided');
  });

  it.each(READS)('judge what a script read: %s', async (_, read, law) => {
    const result = await judged(
      readLast({ id: 'read', kind: 'balance', from: 'alice', to: '', amount: 0, read }),
    );
    expect(broken(result)).toEqual(law === undefined ? [] : [law]);
    expect(result.laws.find(({ name }) => name === 'receipt-matches-books')?.checked).toBe(1);
  });

  it('may have holds that are still open, without a version or a place of their own', async () => {
    const night = changed(({ postings }) => {
      const open = { operation_id: 'hold-2', version: undefined, balance_after: undefined };
      const reserved = { ...open, position: undefined, pending: true };
      const listed: readonly object[] = [
        { ...reserved, account: 'alice', amount_minor: -1_000 },
        { ...reserved, account: 'shop', amount_minor: 1_000 },
      ];
      Object.assign(postings, { [postings.length]: listed[0], [postings.length + 1]: listed[1] });
    });
    const { laws, verdict } = await judged({
      ...night,
      asked: ASKED.filter(({ id }) => id !== 'void-2'),
    });
    expect(laws.filter(({ status }) => status === 'broken')).toEqual([]);
    expect(verdict).toBe('valid');
  });

  it('with less evidence leave out what they cannot show, and say so', async () => {
    const { laws, limits } = await judged(honest(), { columns: [] });
    const chain = laws.find(({ name }) => name === 'version-chain');
    expect(chain?.status).toBe('not_exercised');
    expect(limits.join('\n')).toMatch(
      /lost update.* could go unseen: version-chain needs books in which every change/,
    );
  });

  it('name accounts as the script does', async () => {
    const { laws } = await judged(lying('never-came', { alice: -100, bob: 100 }));
    expect(laws.find(({ name }) => name === 'id-binding')?.witness).toMatch(
      /^payment [0-9a-f-]{36} of 1\.00 from alice to shop was never answered .* and was asked, and what the books hold touches bob, whose affair it is not$/,
    );
  });

  it('may charge whoever they say they charge, and nobody else', async () => {
    const charged = lying('never-came', { alice: -110, shop: 100, bank: 10 });
    expect((await judged(charged, { neutral: { charges: 'payer' } })).verdict).toBe('valid');
    expect(broken(await judged(charged, { neutral: { charges: 'payee' } }))).toEqual([
      'id-binding',
    ]);
    const less = lying('never-came', { alice: -100, shop: 90, bank: 10 });
    expect((await judged(less, { neutral: { charges: 'payee' } })).verdict).toBe('valid');
    expect(broken(await judged(less, { neutral: { charges: 'none' } }))).toEqual(['id-binding']);
  });

  it('may move what is held into escrow', async () => {
    const ledger = new Ledger();
    for (const asked of ASKED) {
      const legs = IN_ESCROW[asked.id] ?? legsOf(asked);
      if (HAPPENED.includes(asked.id) || asked.id in IN_ESCROW) ledger.post(asked.id, legs);
    }
    const night = {
      asked: ASKED,
      postings: ledger.postings,
      before: OPENING,
      accounts: [...ledger.accounts.values()],
    };
    expect((await judged(night, { neutral: { holds: 'escrow' } })).verdict).toBe('valid');
    expect(broken(await judged(night))).toContain('id-binding');
  });

  it('that still change while they are read are not complete, and accuse nobody', async () => {
    const run = await runOf(honest());
    const folder = join(run, '..');
    let reads = 0;
    const options: NeutralOptions = {
      spec: { entries: { file: 'growing.csv', command: ['export'] } },
      databases: {},
      folder,
      allowTargets: [],
      runCommand: () => {
        const rows = Array.from({ length: ++reads }, (_, row) => `op-${row},alice,-1`);
        const text = ['operation_id,account,amount_minor', ...rows, ''].join('\n');
        writeFileSync(join(folder, 'growing.csv'), text);
        return Promise.resolve();
      },
    };
    const facts = await neutralBooks(options, join(folder, 'before')).fetch({
      folder: run,
      runId: 'made-up',
    });
    expect(facts).toMatchObject({
      complete: false,
      reason: expect.stringMatching(/^the books still change: two readings of the entries differ/),
    });
    const { verdict, reason } = await verifyRunFolder(run);
    expect([verdict, reason]).toEqual(['unknown', expect.stringContaining('still change')]);
  });

  it('may have bookings of many postings', async () => {
    const fees = { bank: 1, escrow: 2, fund: 3, tax: 4 };
    const many = lying('never-came', { alice: -100, shop: 90, ...fees });
    const { laws, verdict } = await judged(many, { neutral: { charges: 'payee' } });
    expect(laws.filter(({ status }) => status === 'broken' || status === 'undecided')).toEqual([]);
    expect(verdict).toBe('valid');
    const short = lying('never-came', { alice: -100, shop: 90, ...fees, tax: 3 });
    expect(broken(await judged(short, { neutral: { charges: 'payee' } }))).toContain(
      'double-entry',
    );
  });

  it('in another asset than was asked for move the money of somebody else', async () => {
    const night = changed(({ postings }) => {
      for (const one of postings)
        if (one.operation_id === 'pay-2') Object.assign(one, { asset: 'USD' });
    });
    const columns = ['version', 'balance_after', 'position', 'asset'] as const;
    const found = broken(await judged(night, { columns }));
    expect(found).toEqual(expect.arrayContaining(['id-binding', 'balance-is-history']));
  });

  it('can be read again later from elsewhere, and the run folder stays as it is', async () => {
    const run = await runOf(honest());
    const folder = join(run, '..');
    const backup = lying('never-came', { alice: -101, shop: 101 });
    const lines = backup.postings.map((one) => JSON.stringify(one));
    writeFileSync(join(folder, 'backup.jsonl'), `${lines.join('\n')}\n`);
    const rows = backup.accounts.map(
      (one) => `${one.account},${one.balance_minor},${one.may_overdraw}`,
    );
    writeFileSync(
      join(folder, 'backup.csv'),
      ['account,balance_minor,may_overdraw', ...rows, ''].join('\n'),
    );
    const books = join(folder, 'backup.yaml');
    writeFileSync(
      books,
      'name: backup\nbooks: { entries: { file: backup.jsonl }, accounts: { file: backup.csv } }\n',
    );
    const how = { folder: run, books, allowTargets: [], signal: new AbortController().signal };
    const again = await withOtherBooks(how, (other) => verifyRunFolder(other));
    expect(broken(again)).toEqual(['id-binding']);
    expect((await verifyRunFolder(run)).verdict).toBe('valid');
  });

  it('are explained with all legs of a booking', async () => {
    const legs = { alice: -100, shop: 90, bank: 1, escrow: 2, fund: 3, tax: 4 };
    const folder = await runOf(lying('never-came', legs));
    const run = await openRun(folder, new AbortController().signal);
    try {
      const [word0 = 0] = words('never-came');
      const life = await explainOperation(run, word0.toString(16).padStart(8, '0'));
      expect(life.entries[0]?.legs.map(({ account }) => account).sort()).toEqual(
        Object.keys(legs).sort(),
      );
    } finally {
      run.close();
    }
  });

  it('are explained, an operation at a time', async () => {
    const folder = await runOf(lying('pay-1', { alice: -2_000, shop: 2_000 }));
    const run = await openRun(folder, new AbortController().signal);
    try {
      const [word0 = 0] = words('pay-1');
      const life = await explainOperation(run, word0.toString(16).padStart(8, '0'));
      expect(life.entries).toHaveLength(2);
      expect(life.broken.map(({ name }) => name)).toContain('once-per-id');
      expect(life.asked[0]?.title).toMatch(/from alice to shop/);
    } finally {
      run.close();
    }
  });
});
