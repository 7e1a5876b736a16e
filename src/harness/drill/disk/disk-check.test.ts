/** A plan's needs against disks of any size, as file systems would tell them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DrillOptions } from '../../report/progress.js';
import type { ScenarioPlan } from '../../schedule/plan.js';
import { DEFAULT_STACK } from '../../targets/stack-size.js';
import { type Disk, diskAt } from './disk.js';
import { checkDisk } from './disk-check.js';

const OPTIONS: DrillOptions = {
  script: 'night.js',
  target: 'reference',
  durationScale: 1,
  env: {},
  program: ['node'],
  allowTargets: [],
  outFolder: '/runs/one',
  signal: new AbortController().signal,
};

/** 72 million iterations: an hour at 20,000/s. */
const HOUR = { perSec: 20_000, seconds: 3600 };

function atRate({ perSec, seconds }: typeof HOUR): ScenarioPlan {
  return {
    index: 0,
    name: 'steady',
    exec: 'default',
    env: {},
    tags: {},
    startUs: 0,
    gracefulStopUs: 0,
    executor: {
      name: 'constant-arrival-rate',
      rate: perSec,
      timeUnitUs: 1_000_000,
      durationUs: seconds * 1_000_000,
      preAllocatedVus: 1,
      maxVus: 1,
    },
  };
}

interface Case {
  readonly options?: Partial<DrillOptions>;
  readonly target?: string;
  readonly plan?: { readonly perSec: number; readonly seconds: number };
  /** Free, in gigabytes: of the run folder, and of temporary files where these are on another. */
  readonly freeGb: number;
  readonly temporaryGb?: number;
}

function check({
  options = {},
  plan = HOUR,
  target = 'reference',
  freeGb,
  temporaryGb,
}: Case): string | undefined {
  const isOther = (path: string): boolean => temporaryGb !== undefined && path === tmpdir();
  const disk = (path: string): Disk =>
    isOther(path)
      ? { device: '2', freeBytes: (temporaryGb ?? 0) * 1e9 }
      : { device: '1', freeBytes: freeGb * 1e9 };
  return checkDisk({
    options: { ...OPTIONS, ...options },
    setup: { target, plan: { scenarios: [atRate(plan)] }, stack: DEFAULT_STACK, workers: 1 },
    diskAt: disk,
  });
}

test('a plan that fits is not spoken of', () => {
  expect(check({ freeGb: 100 })).toBeUndefined();
});

test('a plan that does not is refused in one line: what it needs, what there is, what for, what to do', () => {
  expect(() => check({ freeGb: 9 })).toThrow(
    /^too little disk at \/runs\/one: needs [\d.]+ GB, has 9\.00 GB free; 72,000,000 iterations of one operation each write [\d.]+ GB of journal and books, 18\.7 GB of the stack's own store; .*--duration-scale.*--allow-little-disk$/,
  );
});

test('whoever allows it is told and goes on', () => {
  expect(check({ freeGb: 9, options: { allowLittleDisk: true } })).toMatch(/^too little disk/);
});

test('the store is held against the disk that it is on', () => {
  expect(() => check({ freeGb: 100, temporaryGb: 9 })).toThrow(
    /needs 18\.7 GB, has 9\.00 GB free; .* write 18\.7 GB of the stack's own store;/,
  );
  expect(check({ freeGb: 20, temporaryGb: 20 })).toBeUndefined();
});

test('a stack that runs elsewhere keeps its store elsewhere', () => {
  const target = '127.0.0.1:12200';
  expect(check({ freeGb: 100, temporaryGb: 0, target })).toBeUndefined();
});

test('a script that pays nobody writes no records', () => {
  expect(check({ freeGb: 1, target: 'none' })).toBeUndefined();
});

test('records that nobody keeps need no Parquet files', () => {
  const needs = (keep: 'all' | 'none'): number =>
    Number(
      /needs ([\d.]+) GB/.exec(
        check({ freeGb: 0.2, options: { keep, allowLittleDisk: true } }) ?? '',
      )?.[1],
    );
  expect(needs('all') - needs('none')).toBeCloseTo(72e6 * 80e-9, 0);
});

test('what is more than a few million operations is reckoned as it is packed', () => {
  // 72 million as they are laid out would be 31 GB.
  const [target, options] = ['127.0.0.1:12200', { allowLittleDisk: true }];
  const line = check({ freeGb: 1, target, options }) ?? '';
  const needed = Number(/needs ([\d.]+) GB/.exec(line)?.[1]);
  expect(needed).toBeGreaterThan(12);
  expect(needed).toBeLessThan(15);
});

test('a short plan needs no more than room for its pages and accounts', () => {
  const plan = { perSec: 1, seconds: 1 };
  expect(check({ freeGb: 0.3, plan })).toBeUndefined();
  expect(() => check({ freeGb: 0.1, plan })).toThrow(/needs \d+ MB, has 100 MB free/);
});

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-disk-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a folder that is not there yet is on the disk of the one it will be made in', () => {
  const there = diskAt(folder);
  expect(there.freeBytes).toBeGreaterThan(0);
  expect(diskAt(join(folder, 'not', 'there')).device).toBe(there.device);
  expect(diskAt('/proc/self').device).not.toBe(there.device);
});
