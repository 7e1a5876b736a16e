import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { OUTCOME } from '../../wire/acks.js';
import { RESULTS } from '../../wire/results.js';
import { RESOLUTION } from '../records/journal-layout.js';
import { LAWS } from './laws/registry.js';
import { PLANTED_BUGS } from './synthetic/planted.js';
import { type Recorded, recordHistory, writeRecorded } from './synthetic/run-folder.js';
import { emptyBooks } from './synthetic/settle.js';
import type { LawResult, VerifyResult } from './verdict.js';
import { verifyRunFolder } from './verify.js';

/** What books.json says. */
function factsOf(books: string): Record<string, unknown> & { accounts: readonly unknown[] } {
  return JSON.parse(readFileSync(join(books, 'books.json'), 'utf8'));
}

const root = mkdtempSync(join(tmpdir(), 'paydrill-verify-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const CLEAN = recordHistory({ seed: 11, operations: 900, users: 60, merchants: 12 });

async function written(recorded: Recorded): Promise<string> {
  const folder = mkdtempSync(join(root, 'run-'));
  await writeRecorded(folder, recorded);
  return folder;
}

function planted(bug: string): Recorded {
  const recorded = structuredClone(CLEAN);
  PLANTED_BUGS.find((one) => one.bug === bug)?.plant(recorded);
  return recorded;
}

function lawOf(result: VerifyResult, name: string) {
  return result.laws.find((law) => law.name === name);
}

function withoutTimings(result: VerifyResult): unknown {
  return { ...result, timings_ms: {} };
}

describe('verifyRunFolder', () => {
  it.each([
    ['a clean run', CLEAN, {}],
    ['a clean run by query', CLEAN, { exact: true }],
    ['a broken run', planted(PLANTED_BUGS[0]?.bug ?? ''), {}],
  ])(
    'tells of %s each law as it is judged, once, as the result does',
    async (_, recorded, options) => {
      const told: LawResult[] = [];
      const onLaw = (law: LawResult) => void told.push(law);
      const { laws } = await verifyRunFolder(await written(recorded), { ...options, onLaw });
      expect(told.map(({ name }) => name).sort()).toEqual(laws.map(({ name }) => name).sort());
      for (const law of told) expect(laws.find(({ name }) => name === law.name)).toMatchObject(law);
    },
  );

  it('finds a clean run valid, and counts what happened in it', async () => {
    const result = await verifyRunFolder(await written(CLEAN));
    expect(result.verdict).toBe('valid');
    expect(result.reason).toBeUndefined();
    expect(result.laws.map(({ status }) => status)).toEqual(LAWS.map(() => 'holds'));
    const { operations } = result;
    expect(operations.attempted).toBe(900);
    expect(operations.ok + operations.declined + operations.not_sent + operations.unknown).toBe(
      900,
    );
    expect(operations.unknown).toBe(
      operations.unknown_resolved_ok + operations.unknown_resolved_absent,
    );
    expect(operations).toMatchObject({ lost: 0, doubled: 0, phantom: 0 });
    expect(operations.retried).toBeGreaterThan(0);
    expect(operations.cross_shard).toBeGreaterThan(0);
    expect(result.throughput.peak_1s).toBeGreaterThanOrEqual(result.throughput.best_5s_mean);
    expect(result.declines_by_code.risk_amount_limit).toBeGreaterThan(0);
    const declines = Object.values(result.declines_by_code).reduce((sum, one) => sum + one, 0);
    expect(declines).toBe(operations.declined);
  });

  it('says the same from the queries alone', async () => {
    const folder = await written(CLEAN);
    const exact = await verifyRunFolder(folder, { exact: true });
    expect(withoutTimings(exact)).toEqual(withoutTimings(await verifyRunFolder(folder)));
  });

  it('counts what was never sent apart from what the target declined, by scan and by query', async () => {
    const recorded = planted('an operation was not sent and happened');
    const before = await verifyRunFolder(await written(CLEAN));
    const folder = await written(recorded);
    for (const exact of [false, true]) {
      const { operations, declines_by_code } = await verifyRunFolder(folder, { exact });
      expect(operations.not_sent).toBe(1);
      expect(operations.declined).toBe(before.operations.declined);
      expect(operations.ok).toBe(before.operations.ok - 1);
      expect(declines_by_code).toEqual(before.declines_by_code);
    }
  });

  it('says the same of binary files, and leaves them as they are where nothing is suspicious', async () => {
    const folder = mkdtempSync(join(root, 'run-'));
    await writeRecorded(folder, CLEAN, 'binary');
    const before = readdirSync(join(folder, 'books')).sort();
    const judged = await verifyRunFolder(folder);
    expect(withoutTimings(judged)).toEqual(
      withoutTimings(await verifyRunFolder(await written(CLEAN))),
    );
    expect(readdirSync(join(folder, 'books')).sort()).toEqual(before);
    expect(before).toContain('entries-0.0.bin');
  });

  it('scans the journal while the books are still on their way', async () => {
    const folder = mkdtempSync(join(root, 'run-'));
    await writeRecorded(folder, CLEAN, 'binary');
    const [books, elsewhere] = [join(folder, 'books'), join(folder, 'on-their-way')];
    renameSync(books, elsewhere);
    let arrive: () => void = () => undefined;
    const booksRead = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const judging = verifyRunFolder(folder, { booksRead });
    renameSync(elsewhere, books);
    arrive();
    expect((await judging).verdict).toBe('valid');
  });

  it('turns binary files into Parquet where a query must be asked', async () => {
    const folder = mkdtempSync(join(root, 'run-'));
    await writeRecorded(folder, planted('a receipt tells another time'), 'binary');
    const judged = await verifyRunFolder(folder);
    expect(lawOf(judged, 'receipt-matches-books')?.status).toBe('broken');
    expect(readdirSync(join(folder, 'books')).sort()).toEqual([
      'accounts-0.parquet',
      'accounts-1.parquet',
      'books.json',
      'transfers-0.parquet',
      'transfers-1.parquet',
    ]);
    expect(withoutTimings(await verifyRunFolder(folder))).toEqual(withoutTimings(judged));
  });

  it('finds a lost acknowledgement invalid, and names the payment', async () => {
    const recorded = planted(
      'a payment was acknowledged and is gone (ack before commit, then a kill)',
    );
    const result = await verifyRunFolder(await written(recorded));
    expect(result.verdict).toBe('invalid');
    expect(result.reason).toContain('no-lost-ack');
    expect(result.operations.lost).toBe(1);
    expect(lawOf(result, 'no-lost-ack')?.witness).toContain('is not in the books of shard');
  });

  it('asks about suspicious accounts only, and finds what asking about all finds', async () => {
    for (const bug of [
      'two operations got the same version (fork)',
      'an operation that was invoked later comes before one that was acknowledged earlier',
      'the ledger debited without looking at the balance',
      'the log steps back in time',
    ]) {
      const folder = await written(planted(bug));
      const exact = await verifyRunFolder(folder, { exact: true });
      const judged = await verifyRunFolder(folder);
      expect(judged.verdict).toBe('invalid');
      expect(judged.laws.map(({ name, violations }) => [name, violations])).toEqual(
        exact.laws.map(({ name, violations }) => [name, violations]),
      );
    }
  });

  it('counts what was unknown and happened, and what was not in the books', async () => {
    const recorded = structuredClone(CLEAN);
    const before = await verifyRunFolder(await written(recorded));
    const told = recorded.operations.filter(
      ({ completion, kind }) => completion?.outcome === OUTCOME.ok && kind === 1,
    );
    for (const operation of told.slice(0, 5)) operation.completion = undefined;
    const after = await verifyRunFolder(await written(recorded));
    expect(after.verdict).toBe('valid');
    expect(after.operations.unknown_resolved_ok - before.operations.unknown_resolved_ok).toBe(5);
    expect(after.operations.unknown_resolved_absent).toBe(
      before.operations.unknown_resolved_absent,
    );
  });

  it('takes a look-up that found nothing for no promise', async () => {
    const recorded = structuredClone(CLEAN);
    const done = recorded.operations.find(
      ({ completion, kind }) => completion?.outcome === OUTCOME.ok && kind === 1,
    );
    const { code } = RESULTS.operation_not_found;
    if (done?.completion === undefined) throw new Error('no payment');
    const told = { outcome: OUTCOME.declined, code, legs: [], resolution: RESOLUTION.lookUp };
    const bookedUs = done.completion.timestampUs;
    Object.assign(done.completion, { ...told, timestampUs: bookedUs - 1 });
    expect((await verifyRunFolder(await written(recorded))).verdict).toBe('valid');
    Object.assign(done.completion, { ...told, timestampUs: bookedUs });
    expect((await verifyRunFolder(await written(recorded))).verdict).toBe('invalid');
  });

  it('takes an attempt that was shed after another for no promise', async () => {
    const recorded = structuredClone(CLEAN);
    const done = recorded.operations.find(
      ({ completion, kind }) => completion?.outcome === OUTCOME.ok && kind === 1,
    );
    const { code } = RESULTS.not_admitted;
    if (done?.completion === undefined) throw new Error('no payment');
    Object.assign(done.completion, { outcome: OUTCOME.declined, code, legs: [], attempts: 2 });
    expect((await verifyRunFolder(await written(recorded))).verdict).toBe('valid');
  });

  it('judges two bodies under one id: one is done, the other refused', async () => {
    const recorded = structuredClone(CLEAN);
    const done = recorded.operations.find(
      ({ completion, kind }) => completion?.outcome === OUTCOME.ok && kind === 1,
    );
    if (done?.completion === undefined) throw new Error('no payment');
    const sequence = Math.max(
      ...recorded.operations.filter(({ worker }) => worker === 0).map((one) => one.sequence),
    );
    const { code } = RESULTS.exists_with_different_amount;
    recorded.operations.push({
      ...structuredClone(done),
      worker: 0,
      sequence: sequence + 1,
      amount: done.amount + 1,
      completion: { ...done.completion, outcome: OUTCOME.declined, code, legs: [] },
    });
    expect((await verifyRunFolder(await written(recorded))).verdict).toBe('valid');
    const other = recorded.operations.at(-1);
    if (other !== undefined) other.completion = structuredClone(done.completion);
    const result = await verifyRunFolder(await written(recorded));
    expect(result.verdict).toBe('invalid');
    expect(lawOf(result, 'id-binding')?.status).toBe('broken');
  });

  it('asks the laws that were added to the run', async () => {
    const folder = await written(CLEAN);
    mkdirSync(join(folder, 'laws'));
    writeFileSync(
      join(folder, 'laws', 'no-large-top-up.sql'),
      "-- No top-up is over 20.00.\nselect id_hi, id_lo, 'is over the limit' as problem\n" +
        "from asked where kind = 'topUp' and amount > 2000 order by amount desc;\n",
    );
    writeFileSync(
      join(folder, 'laws', 'all-known.sql'),
      "select command, result from entries where kind = 'unrecognised'",
    );
    const result = await verifyRunFolder(folder);
    expect(result.verdict).toBe('invalid');
    expect(lawOf(result, 'no-large-top-up')?.witness).toMatch(
      /^top-up \S+ of \d+\.\d\d to user:\d+ was acknowledged .* and is over the limit$/,
    );
    expect(lawOf(result, 'all-known')?.status).toBe('holds');
  });

  it('says what was not exercised', async () => {
    const recorded = recordHistory({ seed: 2, operations: 40, shards: 1 });
    recorded.operations.length = 0;
    emptyBooks(recorded);
    const folder = mkdtempSync(join(root, 'run-'));
    await writeRecorded(folder, recorded, 'binary');
    const result = await verifyRunFolder(folder);
    expect(result).toMatchObject({
      verdict: 'no_claim',
      reason: 'nothing was asked of the ledger',
    });
    const asked = result.laws.filter(({ status }) => status !== 'not_exercised');
    // How the books began is there to be compared, whatever happened since.
    expect(asked.map(({ name, status }) => [name, status])).toEqual([
      ['accounts-as-opened', 'holds'],
    ]);
    expect(lawOf(result, 'no-stuck-hold')?.witness).toContain('nothing was reserved');
  });

  it('asks nobody for what the target did before the drill, and does for what came after', async () => {
    const recorded = structuredClone(CLEAN);
    const all = recorded.entries.flat();
    const middleUs = all.map((entry) => entry.timestampUs).sort((a, b) => a - b)[450] ?? 0;
    const before = recorded.entries.map(
      (entries) => entries.filter((entry) => entry.timestampUs < middleUs).length,
    );
    const key = ({ id }: { readonly id: unknown }): string => JSON.stringify(id);
    const earlier = new Set(all.filter((entry) => entry.timestampUs < middleUs).map(key));
    const ours = recorded.operations.filter((operation) => !earlier.has(key(operation)));
    recorded.operations.splice(0, recorded.operations.length, ...ours);
    const sequences = new Map<number, number>();
    for (const operation of ours) {
      operation.sequence = sequences.get(operation.worker) ?? 0;
      sequences.set(operation.worker, operation.sequence + 1);
    }
    for (const form of ['binary', 'parquet'] as const)
      for (const exact of [false, true]) {
        const folder = mkdtempSync(join(root, 'run-'));
        await writeRecorded(folder, recorded, form);
        const path = join(folder, 'books', 'books.json');
        const facts = factsOf(join(folder, 'books'));
        writeFileSync(path, JSON.stringify({ ...facts, before }));
        const own = await verifyRunFolder(folder, { exact });
        expect(own.laws.filter(({ status }) => status !== 'holds')).toEqual([]);
        expect(own.verdict).toBe('valid');
        const [first = 0, ...others] = before;
        writeFileSync(path, JSON.stringify({ ...facts, before: [first - 1, ...others] }));
        const result = await verifyRunFolder(folder, { exact });
        expect(lawOf(result, 'no-phantom')?.status).toBe('broken');
        writeFileSync(path, JSON.stringify({ ...facts, before: [1_000_000, ...others] }));
        expect(await verifyRunFolder(folder, { exact })).toMatchObject({
          verdict: 'unknown',
          reason: 'books/books.json does not say how many entries were there before',
        });
      }
  });

  it('is unknown without books, or with incomplete ones, whatever they hold', async () => {
    const folder = await written(CLEAN);
    const books = join(folder, 'books', 'books.json');
    writeFileSync(
      books,
      JSON.stringify({ complete: false, reason: 'shard 1: gone', shards: 2, entries: [9, 0] }),
    );
    const incomplete = await verifyRunFolder(folder);
    expect(incomplete.verdict).toBe('unknown');
    expect(incomplete.reason).toBe('the books are not complete: shard 1: gone');
    expect(incomplete.operations.attempted).toBe(900);
    rmSync(books);
    const missing = await verifyRunFolder(folder);
    expect(missing).toMatchObject({ verdict: 'unknown', reason: 'the books were never read' });
    expect(missing.operations.attempted).toBe(900);
    rmSync(join(folder, 'books'), { recursive: true });
    expect(await verifyRunFolder(folder)).toMatchObject({ verdict: 'unknown' });
  });

  it('is unknown where a file of the books is gone, cut or of fewer entries than were read', async () => {
    for (const spoil of [
      (books: string) => rmSync(join(books, 'transfers-1.parquet')),
      (books: string) => rmSync(join(books, 'accounts-0.parquet')),
      (books: string) => writeFileSync(join(books, 'transfers-0.parquet'), 'PAR1'),
      (books: string) => writeFileSync(join(books, 'books.json'), '{"complete": tr'),
      (books: string) =>
        writeFileSync(
          join(books, 'books.json'),
          JSON.stringify({ ...factsOf(books), entries: [1, 1] }),
        ),
    ]) {
      const folder = await written(CLEAN);
      spoil(join(folder, 'books'));
      expect((await verifyRunFolder(folder)).verdict).toBe('unknown');
    }
  });

  it('is unknown where accounts are missing that were read, whether they posted or not', async () => {
    for (const form of ['binary', 'parquet'] as const)
      for (const exact of [false, true]) {
        const folder = mkdtempSync(join(root, 'run-'));
        await writeRecorded(folder, CLEAN, form);
        const path = join(folder, 'books', 'books.json');
        const { accounts, ...facts } = factsOf(join(folder, 'books'));
        expect((await verifyRunFolder(folder, { exact })).verdict).toBe('valid');
        const more = [Number(accounts[0]) + 1, Number(accounts[1])];
        writeFileSync(path, JSON.stringify({ ...facts, accounts: more }));
        const result = await verifyRunFolder(folder, { exact });
        expect(result.verdict).toBe('unknown');
        expect(result.reason).toContain(`accounts where ${more[0]} were read`);
        writeFileSync(path, JSON.stringify(facts));
        expect((await verifyRunFolder(folder, { exact })).reason).toContain('does not say');
      }
  });

  it('is unknown where binary books end inside an entry', async () => {
    const folder = mkdtempSync(join(root, 'run-'));
    await writeRecorded(folder, CLEAN, 'binary');
    truncateSync(join(folder, 'books', 'entries-1.0.bin'), 1000);
    const result = await verifyRunFolder(folder);
    expect(result.verdict).toBe('unknown');
    expect(result.reason).toContain('entries-1.0.bin ends inside a record');
    expect(result.operations.attempted).toBe(900);
  });

  it('is unknown where the journal is cut short', async () => {
    const folder = await written(CLEAN);
    const [part = ''] = readdirSync(join(folder, 'journal.parquet'));
    truncateSync(join(folder, 'journal.parquet', part), 60);
    const result = await verifyRunFolder(folder);
    expect(result.verdict).toBe('unknown');
    expect(result.reason).toContain(part);
  });

  it('leaves nothing behind in the run folder', async () => {
    const folder = await written(CLEAN);
    const before = readdirSync(folder).sort();
    await verifyRunFolder(folder, { exact: true });
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  it('refuses a folder that is not a run, and stops when told to', async () => {
    await expect(verifyRunFolder(join(root, 'nowhere'))).rejects.toThrow('no such folder');
    await expect(verifyRunFolder(mkdtempSync(join(root, 'empty-')))).rejects.toThrow(
      'is not a run folder',
    );
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(verifyRunFolder(await written(CLEAN), { signal })).rejects.toThrow('enough');
  });
});
