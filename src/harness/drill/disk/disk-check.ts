/**
 * Before anything is started: is there room for what the plan will write? The estimate takes one operation an iteration, as what a
 * script does in one is not known before it runs; disk-watch.ts looks at what it came to.
 */
import { tmpdir } from 'node:os';
import type { Plan } from '../../options/plan.js';
import { gigabytes, plural } from '../../report/format.js';
import type { DrillOptions } from '../../report/progress.js';
import { UserError } from '../../user-error.js';
import { reportsFolder } from '../run-folder.js';
import type { DrillSetup } from '../setup.js';
import type { DiskAt } from './disk.js';
import {
  type DiskUse,
  MARGIN_BYTES,
  plannedIterations,
  runFolderBytes,
  storeBytes,
} from './disk-need.js';

/** Who is paid, and by how many. */
type Placed = Pick<DrillSetup, 'target' | 'stack' | 'workers'>;

interface Asked {
  readonly options: DrillOptions;
  readonly setup: Placed & { readonly plan: Pick<Plan, 'scenarios'> };
  readonly diskAt: DiskAt;
}

/** What is written in one place. */
interface Need {
  readonly path: string;
  readonly words: string;
  readonly bytes: number;
}

/**
 * The line that says which disk has too little, where the options allow to go on; undefined where all have enough. Throws it as
 * UserError where they do not.
 */
export function checkDisk(asked: Asked): string | undefined {
  const line = littleDisk(asked);
  if (line === undefined || asked.options.allowLittleDisk === true) return line;
  throw new UserError(
    `${line}; free some, run less (--peak, --duration-scale), choose another folder (--out), or go on with --allow-little-disk`,
  );
}

export function diskUse({ keep }: DrillOptions, { target, stack, workers }: Placed): DiskUse {
  return {
    keepsRecords: keep !== 'none',
    workers,
    population: target === 'reference' ? stack.population : undefined,
  };
}

function littleDisk({ options, setup, diskAt }: Asked): string | undefined {
  const operations = setup.target === 'none' ? 0 : plannedIterations(setup.plan.scenarios);
  const use = diskUse(options, setup);
  const records = need(reportsFolder(options.outFolder), 'journal and books', {
    bytes: runFolderBytes(operations, use) + MARGIN_BYTES,
  });
  const store = need(tmpdir(), "the stack's own store", { bytes: storeBytes(operations, use) });
  const isOne = diskAt(records.path).device === diskAt(store.path).device;
  const short = (isOne ? [both(records, store)] : [records, store]).find(
    ({ bytes, path }) => bytes > diskAt(path).freeBytes,
  );
  if (short === undefined) return undefined;
  const [needs, has] = [short.bytes, diskAt(short.path).freeBytes].map(gigabytes);
  const iterations = `${plural(operations, 'iteration')} of one operation each`;
  return `too little disk at ${short.path}: needs ${needs}, has ${has} free; ${iterations} write ${short.words}`;
}

function need(path: string, what: string, { bytes }: { readonly bytes: number }): Need {
  return { path, words: `${gigabytes(bytes)} of ${what}`, bytes };
}

function both(one: Need, other: Need): Need {
  if (other.bytes === 0) return one;
  const { path } = one;
  return { path, words: `${one.words}, ${other.words}`, bytes: one.bytes + other.bytes };
}
