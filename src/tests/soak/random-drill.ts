/**
 * One drill for each seed: script, size, way to the stack, faults, and now and then somebody who is killed from outside. Pure; the
 * same seed is the same drill, on any machine. What it must come to is in `problems.ts`.
 */
import { Random } from '../../harness/entropy/random.js';
import type { FaultPlanDocument } from '../../harness/faults/plan-document.js';
import { breakableOfAddress, breakableOfReference } from '../../harness/targets/breakable-names.js';
import { pick, randomFaults } from './random-faults.js';

/** `reference`: the drill starts the stack; else a stack runs already, reached over this. */
export type Way = 'reference' | 'bolt' | 'http';

/** Who gets a signal that no fault plan asked for. `harness` is `paydrill run` itself. */
export type Victim = 'harness' | 'supervisor' | 'proxy' | 'gateway' | 'shard';

export interface Blow {
  readonly victim: Victim;
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL';
  /** From the start of the process `paydrill run`. */
  readonly afterMs: number;
}

export interface RandomDrill {
  /** Of this drill, its traffic and its faults. */
  readonly seed: number;
  /** Below `scenarios/`, without `.ts`. */
  readonly script: string;
  /** Arguments of `paydrill run` that are the script's own business. */
  readonly size: readonly string[];
  readonly durationScale: number;
  /** Of the load, scaled. */
  readonly loadMs: number;
  readonly shards: number;
  readonly workers: number;
  readonly way: Way;
  /** Arguments of `paydrill stack`, for the other ways. */
  readonly stack: readonly string[];
  /** That the script's clients come over. */
  readonly networks: readonly string[];
  readonly faults: FaultPlanDocument;
  readonly blow: Blow | undefined;
  /** Somebody queries the run folder while the drill reads, judges and converts what is in it. */
  readonly isAsked: boolean;
}

interface Script {
  readonly name: string;
  /** As written. */
  readonly loadMs: number;
  /** How often, among those of the others. */
  readonly share: number;
  size(random: Random): readonly string[];
  /** Users, merchants, split merchants, opening balance and products that the script takes for granted. */
  readonly stack: readonly string[];
  /** Names of networks that its clients come over: by HTTP. */
  readonly networks?: readonly string[];
}

const SCRIPTS: readonly Script[] = [
  {
    name: 'every-operation',
    loadMs: 10_000,
    share: 6,
    size: (random) => ['-e', `RATE=${100 + random.int(600)}`],
    stack: population({ users: 400, merchants: 40, split: 10, openingMinor: 60_000 }),
  },
  {
    name: 'starter',
    loadMs: 12_000,
    share: 2,
    size: (random) => ['--peak', String(200 + random.int(2_000))],
    stack: population({ users: 10_000, merchants: 200, split: 40, openingMinor: 1_000_000 }),
  },
  {
    name: 'double-eleven',
    loadMs: 38_000,
    share: 1,
    size: (random) => [
      ...['--peak', String(500 + random.int(4_000))],
      ...['-e', 'USERS=20000', '-e', 'MERCHANTS=1000'],
    ],
    stack: population({
      ...{ users: 20_000, merchants: 1_000, split: 16, openingMinor: 1_000_000 },
      products: ['huabei', 'fund'],
    }),
  },
  {
    name: 'fraud',
    loadMs: 40_000,
    share: 2,
    size: (random) => ['-e', `RATE=${200 + random.int(800)}`],
    stack: population({ users: 20_000, merchants: 500, split: 50, openingMinor: 1_000_000 }),
  },
  {
    name: 'capacity',
    loadMs: 20_000,
    share: 1,
    size: (random) => ['-e', `RATE=${1_000 + random.int(5_000)}`, '-e', 'VUS=500'],
    stack: population({ users: 1_000_000, merchants: 20_000, split: 16, openingMinor: 1_000_000 }),
  },
  {
    name: 'mobile',
    loadMs: 20_000,
    share: 1,
    size: (random) => ['-e', `RATE=${100 + random.int(300)}`, '-e', 'USERS=2000'],
    stack: population({ users: 2_000, merchants: 500, split: 50, openingMinor: 1_000_000 }),
    networks: ['2g', '3g', '4g-commuter', 'elevator'],
  },
  {
    name: 'huabei',
    loadMs: 20_000,
    share: 1,
    size: (random) => ['-e', `RATE=${200 + random.int(800)}`, '-e', 'USERS=2000'],
    stack: population({
      ...{ users: 2_000, merchants: 500, split: 50, openingMinor: 1_000_000 },
      products: ['huabei'],
    }),
  },
  {
    name: 'loan',
    loadMs: 20_000,
    share: 1,
    size: (random) => ['-e', `RATE=${100 + random.int(500)}`, '-e', 'USERS=2000'],
    stack: population({
      ...{ users: 2_000, merchants: 1, split: 0, openingMinor: 1_000_000 },
      products: ['loan'],
    }),
  },
  {
    name: 'everyday',
    loadMs: 20_000,
    share: 2,
    size: (random) => ['-e', `RATE=${100 + random.int(500)}`, '-e', 'USERS=1000'],
    stack: population({
      ...{ users: 1_000, merchants: 200, split: 40, openingMinor: 1_000_000 },
      products: ['instalments', 'settlement', 'insurance', 'chargeback'],
    }),
  },
  {
    name: 'fund',
    loadMs: 20_000,
    share: 1,
    size: (random) => ['-e', `RATE=${200 + random.int(800)}`, '-e', 'USERS=2000'],
    stack: population({
      ...{ users: 2_000, merchants: 500, split: 50, openingMinor: 1_000_000 },
      products: ['fund'],
    }),
  },
  {
    name: 'qr',
    loadMs: 20_000,
    share: 1,
    size: (random) => ['-e', `RATE=${200 + random.int(800)}`, '-e', 'USERS=5000'],
    stack: population({
      ...{ users: 5_000, merchants: 500, split: 50, openingMinor: 1_000_000 },
      products: ['qr'],
    }),
  },
  {
    name: 'red-packets',
    loadMs: 20_000,
    share: 1,
    size: (random) => ['-e', `RATE=${200 + random.int(1_500)}`, '-e', 'USERS=20000'],
    stack: population({
      ...{ users: 20_000, merchants: 1, split: 0, openingMinor: 100_000_000 },
      products: ['red-packets'],
    }),
  },
  {
    name: 'ticket-rush',
    loadMs: 20_000,
    share: 1,
    size: (random) => [
      ...[
        '-e',
        `QUERIES=${500 + random.int(2_000)}`,
        '-e',
        `QUERIES_PER_ORDER=${5 + random.int(25)}`,
      ],
      ...['-e', 'USERS=2000'],
    ],
    stack: population({
      ...{ users: 2_000, merchants: 8, split: 0, openingMinor: 1_000_000 },
      products: ['tickets'],
    }),
  },
  {
    name: 'metro',
    loadMs: 20_000,
    share: 1,
    size: (random) => ['-e', `RATE=${100 + random.int(500)}`, '-e', 'USERS=5000'],
    stack: population({
      ...{ users: 5_000, merchants: 2, split: 2, openingMinor: 10_000_000 },
      products: ['transit'],
    }),
  },
];

const LOAD_MS = { min: 1_500, max: 4_000 };
/** Start, heal, settle, books and verdict of a short drill take about so long. */
const AROUND_MS = 3_500;

/** `seed` as `paydrill run --seed` takes it. */
export function randomDrill(seed: number): RandomDrill {
  const random = new Random(seed);
  const script = pick(
    random,
    SCRIPTS.flatMap((one) => Array.from({ length: one.share }, () => one)),
  );
  const loadMs = LOAD_MS.min + random.int(LOAD_MS.max - LOAD_MS.min + 1);
  const { networks = [] } = script;
  const other: Way = networks.length === 0 ? 'bolt' : 'http';
  const way = pick<Way>(random, ['reference', 'reference', 'reference', other, 'http']);
  const shards = 1 + random.int(4);
  const breakable =
    way === 'reference'
      ? breakableOfReference({ shards, networks })
      : breakableOfAddress({ networks });
  return {
    seed,
    script: script.name,
    size: script.size(random),
    durationScale: loadMs / script.loadMs,
    loadMs,
    shards,
    workers: 1 + random.int(2),
    way,
    stack: script.stack,
    networks,
    faults: randomFaults(random, breakable, loadMs),
    blow: random.int(3) === 0 ? randomBlow(random, way, loadMs) : undefined,
    isAsked: random.int(4) === 0,
  };
}

/** The fault plan as a file of it says it: its times are scaled with those of the script. */
export function faultPlanText({ faults, durationScale }: RandomDrill): string {
  const scaled = faults.faults.map((fault) => ({
    ...fault,
    atMs: Number(fault.atMs) / durationScale,
    durationMs: Number(fault.durationMs) / durationScale,
  }));
  return JSON.stringify({ ...faults, faults: scaled }, null, 2);
}

function randomBlow(random: Random, way: Way, loadMs: number): Blow {
  // Of a stack that runs already the supervisor and its children are beside the drill's own.
  const others: readonly Victim[] =
    way === 'reference' ? ['supervisor', 'proxy', 'gateway', 'shard'] : ['gateway', 'shard'];
  const isHarness = random.int(2) === 0;
  return {
    victim: isHarness ? 'harness' : pick(random, others),
    signal: isHarness ? pick(random, ['SIGINT', 'SIGTERM', 'SIGKILL']) : 'SIGKILL',
    afterMs: 200 + random.int(loadMs + AROUND_MS),
  };
}

function population(of: {
  readonly users: number;
  readonly merchants: number;
  readonly split: number;
  readonly openingMinor: number;
  readonly products?: readonly string[];
}): readonly string[] {
  return [
    ...['--users', String(of.users), '--merchants', String(of.merchants)],
    ...['--split-merchants', String(of.split), '--opening-minor', String(of.openingMinor)],
    ...(of.products ?? []).flatMap((name) => ['--product', name]),
  ];
}
