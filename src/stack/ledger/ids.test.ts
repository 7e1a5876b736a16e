import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeOperationId } from '../../wire/operation-id.js';
import { IdTable, RECALLED, STATE } from './ids.js';

type Words = readonly [number, number, number, number];

/** The n-th id of a millisecond, as int32 words. */
function id(unixMs: number, n: number): Words {
  const words = makeOperationId({ unixMs, free12: 0, free30: n * 7, free32: n });
  return [words[0] | 0, words[1] | 0, words[2] | 0, words[3] | 0];
}

function remember(table: IdTable, words: Words, state: number, a: number, c = 0): number {
  if (table.find(...words) !== -1) throw new Error('known before it was inserted');
  const record = table.insert(...words);
  if (record >= 0) table.set(record, state, a, c);
  return record;
}

/** As a checkpoint does from time to time: everything so far is in the archive. */
function archive(table: IdTable): void {
  table.close();
  for (let run = table.nextRun(64); run !== undefined; run = table.nextRun(64)) table.archived(run);
}

const START_MS = 1_800_000_000_000;

test('every id is found again with what was recorded, while the table grows', () => {
  const table = new IdTable();
  for (let n = 0; n < 300_000; n++) {
    remember(table, id(START_MS + (n >> 8), n), STATE.posted, n, n & 0xfffff);
  }
  expect(table.count).toBe(300_000);
  for (let n = 0; n < 300_000; n++) {
    const record = table.find(...id(START_MS + (n >> 8), n));
    if (table.a(record) !== n || table.c(record) !== (n & 0xfffff)) expect(record).toBe(n);
    if (table.state(record) !== STATE.posted) expect(table.state(record)).toBe(STATE.posted);
  }
});

test('at the bound the oldest archived ids go, and every id that went is below the watermark', () => {
  const forgotten: number[] = [];
  const table = new IdTable({
    recordsMax: 64 * 256,
    onForget: (record) => forgotten.push(table.a(record)),
  });
  const total = 100_000;
  const msOf = (n: number): number => START_MS + n; // 1,024 ids a bucket
  for (let n = 0; n < total; n++) {
    if (n % 4000 === 0) archive(table);
    remember(table, id(msOf(n), n), STATE.posted, n);
  }
  expect(table.count).toBeLessThanOrEqual(64 * 256);
  expect(table.count).toBeGreaterThan(32 * 256);
  expect(forgotten.length).toBe(total - table.count);
  for (let n = 0; n < total; n++) {
    const record = table.find(...id(msOf(n), n));
    const right = record >= 0 ? table.a(record) === n : msOf(n) < table.watermarkMs;
    if (!right) expect({ n, record, watermarkMs: table.watermarkMs }).toBe('remembered or too old');
  }
});

test('ids that are still open are kept however old they are', () => {
  const moves = new Map<number, number>();
  const table = new IdTable({
    recordsMax: 64 * 256,
    onMove: (from, to) => {
      moves.set(from, to);
    },
  });
  const open: number[] = [];
  for (let n = 0; n < 100_000; n++) {
    if (n % 4000 === 0) archive(table);
    const held = n % 100 === 0 && n < 50_000;
    remember(table, id(START_MS + n, n), held ? STATE.held : STATE.posted, n);
    if (held) open.push(n);
  }
  for (const n of open) {
    const record = table.find(...id(START_MS + n, n));
    expect(record).toBeGreaterThanOrEqual(0);
    expect(table.state(record)).toBe(STATE.held);
    expect(table.a(record)).toBe(n);
  }
  expect(moves.size).toBeGreaterThan(0);
});

test('what the archive does not have stays: further ids are refused until it has', () => {
  const table = new IdTable({ recordsMax: 64 * 256 });
  let taken = 0;
  while (remember(table, id(START_MS + taken, taken), STATE.posted, taken) >= 0) taken++;
  expect(taken).toBeGreaterThan(60 * 256);
  for (let n = 0; n < taken; n++) {
    if (table.find(...id(START_MS + n, n)) < 0) expect(n).toBe('in memory');
  }
  archive(table);
  expect(remember(table, id(START_MS + taken, taken), STATE.posted, taken)).toBeGreaterThanOrEqual(
    0,
  );
});

test('runs tell every record once, and which changes of them are to be told', () => {
  const table = new IdTable();
  for (let n = 0; n < 3000; n++) remember(table, id(START_MS + n, n), STATE.posted, n);
  table.close();
  const late = remember(table, id(START_MS, 5000), STATE.posted, 5000);
  const told: number[] = [];
  for (let run = table.nextRun(2); run !== undefined; run = table.nextRun(2)) {
    for (const [i, page] of run.pages.entries()) {
      for (let record = page * 256; record < page * 256 + run.counts[i]; record++) {
        expect(table.isArchived(record)).toBe(true);
        told.push(table.a(record));
      }
    }
    table.archived(run);
  }
  expect(told.sort((a, b) => a - b)).toEqual(Array.from({ length: 3000 }, (_, n) => n));
  expect(table.isArchived(late)).toBe(false);
  expect(table.closedPages).toBe(0);
});

test('what is recalled takes the place of what was recalled long before', () => {
  const table = new IdTable({ recordsMax: 64 * 256 });
  for (let n = 0; n < RECALLED * 2; n++) {
    table.set(table.recall(...id(START_MS, n)), STATE.posted, n, 0);
  }
  expect(table.count).toBe(RECALLED);
  expect(table.find(...id(START_MS, RECALLED - 1))).toBe(-1);
  for (let n = RECALLED; n < RECALLED * 2; n++) {
    const record = table.find(...id(START_MS, n));
    if (record < 0 || table.a(record) !== n) expect({ n, record }).toBe('found');
  }
});

test('with nothing but open ids the table refuses instead of forgetting one', () => {
  const table = new IdTable({ recordsMax: 64 * 256 });
  let refused = 0;
  for (let n = 0; n < 64 * 256 + 300; n++) {
    if (remember(table, id(START_MS + n, n), STATE.tried, n) < 0) refused++;
  }
  expect(refused).toBeGreaterThan(0);
  expect(table.count + refused).toBe(64 * 256 + 300);
  let found = 0;
  for (let n = 0; n < table.count; n++) if (table.find(...id(START_MS + n, n)) >= 0) found++;
  expect(found).toBe(table.count);
});

test('ids in any order of time agree with a plain map (property)', () => {
  const step = fc.record({
    second: fc.nat(40),
    n: fc.nat(5000),
    state: fc.constantFrom(STATE.posted, STATE.held, STATE.declined),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 500, maxLength: 3000 }), (steps) => {
      const table = new IdTable({ recordsMax: 64 * 256 });
      const model = new Map<string, number>();
      steps.forEach(({ second, n, state }, i) => {
        const words = id(START_MS + second * 1024, n);
        const key = words.join();
        const record = table.find(...words);
        const known = model.get(key);
        if (record >= 0) expect(table.a(record)).toBe(known);
        else if (known !== undefined) {
          expect(START_MS + second * 1024).toBeLessThan(table.watermarkMs);
        }
        if (record >= 0 || known !== undefined) return;
        if (i % 100 === 99) archive(table);
        const made = table.insert(...words);
        if (made < 0) {
          archive(table);
          return;
        }
        table.set(made, state, i, 0);
        model.set(key, i);
      });
    }),
    { numRuns: 30 },
  );
});
