/** What look-ups told: it must agree with the books, and says what became of the operations that the client got no answer to. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { OUTCOME } from '../../wire/acks.js';
import { OPERATION_KIND } from '../../wire/operations.js';
import { RESULTS } from '../../wire/results.js';
import { DRILL_FILE, drillRecordText } from '../records/drill-record.js';
import { RESOLUTION } from '../records/journal-layout.js';
import type { CompletionRecord, OperationRecord } from './synthetic/records.js';
import { type Recorded, recordHistory, writeRecorded } from './synthetic/run-folder.js';
import { effectOf, removeEntry } from './synthetic/settle.js';
import type { VerifyResult } from './verdict.js';
import { verifyRunFolder } from './verify.js';

const root = mkdtempSync(join(tmpdir(), 'paydrill-look-ups-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const CLEAN = recordHistory({ seed: 29, operations: 300, users: 40, merchants: 8, shards: 2 });
const NO_ANSWER = { looked_up: 0, resolved_ok: 0, resolved_absent: 0 };

interface Run {
  readonly recorded: Recorded;
  /** Payments that were acknowledged. */
  readonly paid: readonly (OperationRecord & { completion: CompletionRecord })[];
}

function run(): Run {
  const recorded = structuredClone(CLEAN);
  const isPaid = (one: OperationRecord): one is Run['paid'][number] =>
    one.completion?.outcome === OUTCOME.ok && one.kind === OPERATION_KIND.pay;
  return { recorded, paid: recorded.operations.filter(isPaid) };
}

function lookedUp(completion: CompletionRecord, told: Partial<CompletionRecord> = {}): void {
  Object.assign(completion, { resolution: RESOLUTION.lookUp, ...told });
}

const refused = (code: number): Partial<CompletionRecord> => ({
  outcome: OUTCOME.declined,
  code,
  timestampUs: 0,
  legs: [],
});

/** The same by scan and by query. */
async function judged(
  recorded: Recorded,
  { atRest = true, hasBooks = true } = {},
): Promise<VerifyResult> {
  const folder = mkdtempSync(join(root, 'run-'));
  await writeRecorded(folder, recorded);
  const drill = { atRest, notAtRest: atRest ? [] : ['it is not'], failures: [] };
  writeFileSync(join(folder, DRILL_FILE), drillRecordText({ ...drill, loadStartedUs: undefined }));
  if (!hasBooks) rmSync(join(folder, 'books'), { recursive: true });
  const exact = await verifyRunFolder(folder, { exact: true });
  const result = await verifyRunFolder(folder);
  expect({ ...result, timings_ms: {} }).toEqual({ ...exact, timings_ms: {} });
  return result;
}

async function brokenIn(recorded: Recorded): Promise<string[]> {
  const { laws } = await judged(recorded);
  return laws.filter(({ status }) => status === 'broken').map(({ name }) => name);
}

/** How the unknown ended, beyond those of the clean history. */
async function ended(recorded: Recorded, given: Parameters<typeof judged>[1] = {}) {
  const of = ({ operations }: VerifyResult) => ({
    unknown: operations.unknown,
    looked_up: operations.unknown_looked_up,
    resolved_ok: operations.unknown_resolved_ok,
    resolved_absent: operations.unknown_resolved_absent,
  });
  const [before, after] = [of(await judged(CLEAN, given)), of(await judged(recorded, given))];
  return {
    unknown: after.unknown - before.unknown,
    looked_up: after.looked_up - before.looked_up,
    resolved_ok: after.resolved_ok - before.resolved_ok,
    resolved_absent: after.resolved_absent - before.resolved_absent,
  };
}

describe('an answer that was found by look-up', () => {
  it('breaks nothing where the books say the same', async () => {
    const { recorded, paid } = run();
    for (const { completion } of paid.slice(0, 9)) lookedUp(completion);
    expect(await brokenIn(recorded)).toEqual([]);
  });

  it.each<[broken: readonly string[], what: string, asOf: (entryUs: number) => number]>([
    [[], 'as of before it was booked: it was still under way', (entryUs) => entryUs - 1],
    [[], 'at a time that it does not tell', () => 0],
    [['look-up-finds'], 'as of when it was booked', (entryUs) => entryUs],
    [['look-up-finds'], 'as of later', (entryUs) => entryUs + 1_000_000],
  ])('breaks %j where it did not find what is in the books %s', async (broken, _what, asOf) => {
    const { recorded, paid } = run();
    const [one] = paid;
    const entry = one && effectOf(recorded, one);
    if (entry === undefined) throw new Error('no payment');
    const none = refused(RESULTS.operation_not_found.code);
    lookedUp(one.completion, { ...none, timestampUs: asOf(entry.timestampUs) });
    expect(await brokenIn(recorded)).toEqual(broken);
  });

  it.each<[what: string, law: string, lie: (run: Run) => void]>([
    [
      '`ok`, and the books do not have it',
      'no-lost-ack',
      ({ recorded, paid: [one] }) => {
        const entry = one && effectOf(recorded, one);
        if (entry === undefined) throw new Error('no payment');
        lookedUp(one.completion);
        removeEntry(recorded, entry);
      },
    ],
    [
      '`ok`, with a balance that the account did not have',
      'receipt-matches-books',
      ({ paid: [one] }) => {
        const [leg] = one?.completion.legs ?? [];
        if (one === undefined || leg === undefined) throw new Error('no payment');
        lookedUp(one.completion);
        leg.balance += 1;
      },
    ],
    [
      '`ok`, with the receipt of another payment',
      'receipt-matches-books',
      ({ paid: [one, two] }) => {
        if (one === undefined || two === undefined) throw new Error('no payment');
        const { timestampUs, legs } = structuredClone(two.completion);
        lookedUp(one.completion, { timestampUs, legs });
      },
    ],
    [
      'declined for good, and the books have it',
      'definite-decline',
      ({ paid: [one] }) => one && lookedUp(one.completion, refused(RESULTS.exceeds_credits.code)),
    ],
    [
      'another body, and the books have this one',
      'id-binding',
      ({ paid: [one] }) =>
        one && lookedUp(one.completion, refused(RESULTS.exists_with_different_amount.code)),
    ],
  ])('breaks a law where it says %s', async (_, law, lie) => {
    const lying = run();
    lie(lying);
    expect(await brokenIn(lying.recorded)).toContain(law);
  });
});

describe('an operation without an answer', () => {
  const unanswered = (count: number): Recorded => {
    const { recorded, paid } = run();
    for (const operation of paid.slice(0, count))
      recorded.operations[recorded.operations.indexOf(operation)] = {
        ...operation,
        completion: undefined,
      };
    return recorded;
  };

  it('is resolved by the whole books of a target at rest', async () => {
    expect(await ended(unanswered(5))).toEqual({ ...NO_ANSWER, unknown: 5, resolved_ok: 5 });
  });

  it('is not resolved where there are no books', async () => {
    expect(await ended(unanswered(5), { hasBooks: false })).toEqual({ ...NO_ANSWER, unknown: 5 });
  });

  it('is not said to be absent where the target did not come to rest', async () => {
    const { recorded } = run();
    const refusals = recorded.operations.filter(
      ({ completion, kind }) =>
        completion?.outcome === OUTCOME.declined && kind === OPERATION_KIND.pay,
    );
    for (const operation of refusals.slice(0, 2)) operation.completion = undefined;
    expect(await ended(recorded)).toEqual({ ...NO_ANSWER, unknown: 2, resolved_absent: 2 });
    expect(await ended(recorded, { atRest: false })).toEqual({ ...NO_ANSWER, unknown: 2 });
  });

  it.each([
    ['`ok`', {}, { resolved_ok: 1 }, { resolved_ok: 1 }],
    [
      'declined for good',
      refused(RESULTS.exceeds_credits.code),
      { resolved_absent: 1 },
      { resolved_absent: 1 },
    ],
    ['not found', refused(RESULTS.operation_not_found.code), { resolved_absent: 1 }, {}],
  ])('is resolved without books by a look-up that says %s', async (_, told, atRest, restless) => {
    const { recorded, paid } = run();
    const [one] = paid;
    if (one === undefined) throw new Error('no payment');
    lookedUp(one.completion, told);
    const found = { ...NO_ANSWER, unknown: 1, looked_up: 1 };
    expect(await ended(recorded, { hasBooks: false })).toEqual({ ...found, ...atRest });
    expect(await ended(recorded, { hasBooks: false, atRest: false })).toEqual({
      ...found,
      ...restless,
    });
  });
});
