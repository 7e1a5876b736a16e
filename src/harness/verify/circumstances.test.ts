/** What a run is judged under: the target's evidence and promises, whether it came to rest, what failed during the drill. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { OUTCOME } from '../../wire/acks.js';
import { OPERATION_KIND } from '../../wire/operations.js';
import { RESULTS } from '../../wire/results.js';
import { DRILL_FILE, type DrillRecord, drillRecordText } from '../records/drill-record.js';
import { PLAN_FILE, REFERENCE_RECORD } from '../records/plan-record.js';
import type { Evidence, Promises } from '../records/target-facts.js';
import { LAWS } from './laws/registry.js';
import { PLANTED_BUGS } from './synthetic/planted.js';
import { type Recorded, recordHistory, writePlan, writeRecorded } from './synthetic/run-folder.js';
import { emptyBooks } from './synthetic/settle.js';
import type { VerifyResult } from './verdict.js';
import { verifyRunFolder } from './verify.js';

const root = mkdtempSync(join(tmpdir(), 'paydrill-circumstances-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const CLEAN = recordHistory({ seed: 13, operations: 400, users: 60, merchants: 12 });
const AT_REST: DrillRecord = { atRest: true, notAtRest: [], failures: [] };
const NOT_AT_REST: DrillRecord = {
  ...AT_REST,
  atRest: false,
  notAtRest: ['shard-1 has 3 operations between their steps'],
};

function planted(bug: string): Recorded {
  const recorded = structuredClone(CLEAN);
  const found = PLANTED_BUGS.find((one) => one.bug === bug);
  if (found === undefined) throw new Error(`no such bug: ${bug}`);
  found.plant(recorded);
  return recorded;
}

interface Target {
  readonly evidence?: Evidence;
  readonly promises?: Partial<Promises>;
  readonly hasBooks?: boolean;
  readonly workers?: number;
}

async function folderOf(
  recorded: Recorded,
  drill: DrillRecord | undefined,
  target: Target = {},
): Promise<string> {
  const folder = mkdtempSync(join(root, 'run-'));
  await writeRecorded(folder, recorded);
  const { workers, promises, ...facts } = target;
  writePlan(folder, {
    workers,
    money: recorded.money,
    promises: { ...REFERENCE_RECORD.promises, ...promises },
    ...facts,
  });
  if (drill === undefined) rmSync(join(folder, DRILL_FILE));
  else writeFileSync(join(folder, DRILL_FILE), drillRecordText(drill));
  return folder;
}

/** The same by prefilter and by queries alone. */
async function judged(
  recorded: Recorded,
  drill: DrillRecord,
  target: Target = {},
): Promise<VerifyResult> {
  const folder = await folderOf(recorded, drill, target);
  const exact = await verifyRunFolder(folder, { exact: true });
  const result = await verifyRunFolder(folder);
  expect({ ...result, timings_ms: {} }).toEqual({ ...exact, timings_ms: {} });
  return result;
}

const statusOf = (result: VerifyResult, name: string) =>
  result.laws.find((law) => law.name === name)?.status;

describe('a target that was not at rest when its books were read', () => {
  it.each([
    'a branch is tried and nothing ever came of it',
    'home confirmed and the peer cancelled',
  ])('is not accused of what may still be under way: %s', async (bug) => {
    expect((await judged(planted(bug), AT_REST)).verdict).toBe('invalid');
    const result = await judged(planted(bug), NOT_AT_REST);
    expect(result.verdict).toBe('unknown');
    expect(result.reason).toContain('not at rest when its books were read: shard-1 has 3');
    for (const law of ['no-stuck-hold', 'shards-agree'])
      expect([law, statusOf(result, law)]).toEqual([law, 'undecided']);
  });

  it.each([
    'a hold was captured and voided',
    'Confirm posted a branch that was never tried',
    'money appeared on an account',
    'what one shard sent is not what the other got',
    'a retry was applied a second time (ids forgotten on restart)',
  ])('is accused of what is wrong at any moment: %s', async (bug) => {
    expect((await judged(planted(bug), NOT_AT_REST)).verdict).toBe('invalid');
  });

  it('is never valid, whatever its books hold', async () => {
    expect((await judged(CLEAN, NOT_AT_REST)).verdict).toBe('unknown');
  });
});

describe('what failed during the drill', () => {
  const failures = ['kill gateway: could not be healed'];

  it('leaves the verdict undecided, however often the folder is judged', async () => {
    const folder = await folderOf(CLEAN, { ...AT_REST, failures });
    for (const exact of [false, true, false])
      expect(await verifyRunFolder(folder, { exact })).toMatchObject({
        verdict: 'unknown',
        reason: failures[0],
      });
  });

  it('hides no broken law', async () => {
    const result = await judged(planted('money appeared on an account'), { ...AT_REST, failures });
    expect(result.verdict).toBe('invalid');
  });

  it('bounds a load test too', async () => {
    const result = await judged(CLEAN, { ...AT_REST, failures }, { hasBooks: false });
    expect(result).toMatchObject({ verdict: 'unknown', reason: failures[0] });
  });

  it('is not forgotten by losing the file: a plan without drill.json is unknown', async () => {
    const result = await verifyRunFolder(await folderOf(CLEAN, undefined));
    expect(result.verdict).toBe('unknown');
    expect(result.reason).toContain('drill.json is missing');
    expect(result.operations.attempted).toBe(400); // the journal is there all the same
  });
});

describe('a target that cannot show everything', () => {
  it('is not asked what its books cannot show, and the result says what could go unseen', async () => {
    const fork = planted('two operations got the same version (fork)');
    expect((await judged(fork, AT_REST)).verdict).toBe('invalid');
    const result = await judged(fork, AT_REST, { evidence: 'ids' });
    expect(result.verdict).toBe('valid');
    const unshown = LAWS.filter(({ needs }) => ['versions', 'order', 'timestamps'].includes(needs));
    expect(unshown.map(({ name }) => name)).toContain('version-chain');
    for (const { name } of unshown)
      expect([name, statusOf(result, name)]).toEqual([name, 'not_exercised']);
    expect(statusOf(result, 'no-lost-ack')).toBe('holds');
    expect(result.limits[0]).toBe(
      'the evidence is ids: books in which every entry names its operation, and no more',
    );
    expect(result.limits).toHaveLength(1 + unshown.length);
    expect(result.limits.join('\n')).toContain(
      'a fork, a gap or a lost update in the history of an account could go unseen',
    );
  });

  it.each<[Evidence, string, string]>([
    ['order', 'no-overdraft', 'version-chain'],
    ['balances', 'conservation', 'no-lost-ack'],
  ])('is asked as far as %s go: %s, and not %s', async (evidence, law, not) => {
    const result = await judged(CLEAN, AT_REST, { evidence });
    expect([statusOf(result, law), statusOf(result, not)]).toEqual(['holds', 'not_exercised']);
  });

  it('has nothing to be judged by where its books show nothing', async () => {
    const result = await judged(CLEAN, AT_REST, { evidence: 'none' });
    expect(result).toMatchObject({
      verdict: 'unknown',
      reason: 'nothing to judge: no law was exercised',
    });
  });
});

describe('a target that does not promise everything', () => {
  it.each<[Partial<Promises>, string, string]>([
    [
      { idRetention: 'none' },
      'a retry was applied a second time (ids forgotten on restart)',
      'once-per-id',
    ],
    [
      { durability: 'none' },
      'a payment was acknowledged and is gone (ack before commit, then a kill)',
      'no-lost-ack',
    ],
    [{ noOverdraft: false }, 'the ledger debited without looking at the balance', 'no-overdraft'],
    [{ isolation: 'none' }, 'two operations got the same version (fork)', 'version-chain'],
    [{ atomicity: 'none' }, 'a branch is tried and nothing ever came of it', 'no-stuck-hold'],
  ])('is not held to it: %o', async (promises, bug, law) => {
    expect(statusOf(await judged(planted(bug), AT_REST), law)).toBe('broken');
    const result = await judged(planted(bug), AT_REST, { promises });
    expect(statusOf(result, law)).toBe('not_exercised');
    expect(result.limits.join('\n')).toContain(`not held to ${law}: the target does not promise`);
  });
});

describe('a load test', () => {
  it('claims nothing of a ledger where there are no books, and is never valid', async () => {
    const result = await judged(CLEAN, AT_REST, { hasBooks: false });
    expect(result).toMatchObject({ verdict: 'no_claim', reason: 'the target has no books' });
    expect(result.operations.attempted).toBe(400);
    expect(new Set(result.laws.map(({ status }) => status))).toEqual(new Set(['not_exercised']));
  });

  it('without a journal is one too, and with books it is not', async () => {
    for (const [hasBooks, verdict] of [
      [false, 'no_claim'],
      [true, 'unknown'],
    ] as const) {
      const folder = await folderOf(CLEAN, AT_REST, { hasBooks });
      rmSync(join(folder, 'journal.parquet'), { recursive: true });
      expect((await verifyRunFolder(folder)).verdict).toBe(verdict);
    }
  });
});

describe('a run in which nothing took effect', () => {
  const withEmptyBooks = (): Recorded => {
    const recorded = structuredClone(CLEAN);
    emptyBooks(recorded);
    return recorded;
  };

  function openingOf({ accounts }: Recorded, account: number): number {
    const found = accounts.flat().find((one) => one.account === account);
    if (found === undefined) throw new Error(`no account ${account}`);
    return found.opening;
  }

  it('is nothing to judge: every answer was lost', async () => {
    const recorded = withEmptyBooks();
    for (const operation of recorded.operations) operation.completion = undefined;
    const result = await judged(recorded, AT_REST);
    expect(result).toMatchObject({
      verdict: 'unknown',
      reason: 'nothing to judge: nothing took effect',
    });
  });

  it('is nothing to judge: balances were read, and nothing else was answered', async () => {
    const recorded = withEmptyBooks();
    for (const operation of recorded.operations) {
      if (operation.kind !== OPERATION_KIND.balance) operation.completion = undefined;
      for (const leg of operation.completion?.legs ?? [])
        Object.assign(leg, { version: 0, balance: openingOf(recorded, operation.account) });
    }
    const result = await judged(recorded, AT_REST);
    expect(result).toMatchObject({
      verdict: 'unknown',
      reason: 'nothing to judge: nothing took effect',
    });
    expect(statusOf(result, 'read-in-real-time')).toBe('holds');
  });

  it('is nothing to judge: everything was declined', async () => {
    const recorded = withEmptyBooks();
    const { code } = RESULTS.not_admitted;
    for (const { completion } of recorded.operations)
      if (completion !== undefined)
        Object.assign(completion, { outcome: OUTCOME.declined, code, legs: [], attempts: 1 });
    const result = await judged(recorded, AT_REST);
    expect(statusOf(result, 'definite-decline')).toBe('holds');
    expect(result.verdict).toBe('unknown');
  });
});

describe('a journal of which a part is gone', () => {
  it.each([0, 1])(
    'is unknown, and nobody is accused of inventing payments: worker %d',
    async (worker) => {
      const folder = await folderOf(CLEAN, AT_REST, { workers: 2 });
      expect((await verifyRunFolder(folder)).verdict).toBe('valid');
      rmSync(join(folder, 'journal.parquet', `part-${worker}.parquet`));
      expect(await verifyRunFolder(folder)).toMatchObject({
        verdict: 'unknown',
        reason: `the journal of worker ${worker} is missing`,
      });
    },
  );
});

describe('what is broken first', () => {
  it('is the root: a credit that is missing explains the balances that follow from it', async () => {
    const result = await judged(
      planted('a payment debits the payer and does not credit the merchant'),
      AT_REST,
    );
    expect(result.root_cause).toBe('double-entry');
    const [first, ...others] = result.laws.filter(({ status }) => status === 'broken');
    expect(first?.name).toBe('double-entry');
    expect(first?.follows_from).toBeUndefined();
    expect(others.map(({ name, follows_from: causes }) => [name, causes])).toContainEqual([
      'conservation',
      ['double-entry'],
    ]);
  });

  it('is nothing where nothing is broken', async () => {
    expect((await judged(CLEAN, AT_REST)).root_cause).toBeNull();
  });
});

describe('a plan or a drill.json that cannot be read', () => {
  it.each([
    [PLAN_FILE, '{"workers": 2, "target'],
    [PLAN_FILE, '[]'],
    [PLAN_FILE, '{"target_facts": {"evidence": "everything"}}'],
    [PLAN_FILE, '{"target_facts": null}'],
    [DRILL_FILE, '{"at_rest": tr'],
    [DRILL_FILE, '{"at_rest": "yes", "not_at_rest": [], "failures": []}'],
  ])('is unknown, in one line: %s is %s', async (file, text) => {
    const folder = await folderOf(CLEAN, AT_REST);
    writeFileSync(join(folder, file), text);
    const result = await verifyRunFolder(folder);
    expect(result.verdict).toBe('unknown');
    expect(result.reason).toMatch(new RegExp(`^the run cannot be read: ${file}[^\n]*$`));
  });
});
