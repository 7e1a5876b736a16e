/**
 * Payments a second of the whole reference stack at 1, 8, 64 and 512 operations a frame, with the proxy on every link
 * and without it, with the risk engine in line, and where the CPU goes. Every process is started as a drill starts it; the wirings run side by side
 * and are measured in turn, so that their ratios are of the same minutes. Closed loop, fsync before every ack.
 *
 *   npm run bench payments            (after a build: node dist/tests/payments.bench.js [rounds] [seconds a round])
 */
import { availableParallelism, tmpdir } from 'node:os';
import { setTimeout as after } from 'node:timers/promises';
import { type BenchStack, startBenchStack, type Wiring } from './testing/bench-stack.js';
import { ClosedLoop } from './testing/closed-loop.js';
import { cpuUsOf } from './testing/process-cpu.js';

const SHARDS = 2;
const USERS = 100_000;
const SPLIT_MERCHANTS = 1000;
const MERCHANTS = 2000;
const WINDOW = 8192;
const WIRINGS: readonly Wiring[] = ['direct', 'proxied', 'risk'];
const WARM_UP_S = 1.5;
/** Until the window turns over at its steady pace. */
const RAMP_MS = 300;

interface Row {
  readonly name: string;
  readonly operationsPerFrame: number;
  readonly acrossEvery: number;
}

const ROWS: readonly Row[] = [
  { name: '1', operationsPerFrame: 1, acrossEvery: 0 },
  { name: '8', operationsPerFrame: 8, acrossEvery: 0 },
  { name: '64', operationsPerFrame: 64, acrossEvery: 0 },
  { name: '512', operationsPerFrame: 512, acrossEvery: 0 },
  { name: '64, 1 of 10 across', operationsPerFrame: 64, acrossEvery: 10 },
  { name: '64, all across', operationsPerFrame: 64, acrossEvery: 1 },
];

const PROCESSES = [
  ...['client', 'proxy', 'gateway'],
  ...Array.from({ length: SHARDS }, (_, shard) => `shard-${shard}`),
];
const HEADINGS = [
  ...['ops/frame', 'wiring', 'payments/s', 'lowest-highest', 'ratio', 'busy'],
  ...[...PROCESSES, 'all us'],
];
const WIDTHS = [18, 7, 10, 16, 5, 4, ...PROCESSES.map(() => 9), 6];

interface Run {
  readonly rounds: number;
  readonly seconds: number;
}

interface Sample {
  readonly perSec: number;
  readonly notOk: number;
  /** Of the CPU there is. */
  readonly busy: number;
  /** Microseconds a payment, by process. */
  readonly cpuUs: ReadonlyMap<string, number>;
}

await main(Number(process.argv[2] ?? 3), Number(process.argv[3] ?? 1.5));

async function main(rounds: number, seconds: number): Promise<void> {
  write(
    [
      `payments/s acknowledged: closed loop, ${WINDOW} in flight on one connection, ${SHARDS} shards, fsync`,
      `before every ack (store in ${tmpdir()}), ${availableParallelism()} cores, node ${process.version};`,
      `medians of ${rounds} rounds of ${seconds} s, direct, proxied and direct with the risk engine in line in turn`,
      'busy: CPU used of the CPU there is; the rest is waiting, for the disk above all',
      'CPU of a process: microseconds a payment, and its share of all CPU used',
      '',
      line(HEADINGS),
    ].join('\n'),
  );
  for (const row of ROWS) await benchRow(row, { rounds, seconds });
}

/** Stacks of its own for each row: none pays for the history of another, and the disk holds one row at a time. */
async function benchRow(row: Row, run: Run): Promise<void> {
  const stacks: BenchStack[] = [];
  try {
    for (const wiring of WIRINGS) stacks.push(await startStack(wiring));
    for (const stack of stacks) await measure(stack, row, WARM_UP_S);
    printRow(row, await measureInTurn(stacks, row, run));
  } finally {
    await Promise.all(stacks.map((stack) => stack.close()));
  }
}

async function measureInTurn(
  stacks: readonly BenchStack[],
  row: Row,
  run: Run,
): Promise<ReadonlyMap<Wiring, readonly Sample[]>> {
  const samples = new Map<Wiring, Sample[]>(stacks.map(({ wiring }) => [wiring, []]));
  for (let round = 0; round < run.rounds; round++) {
    // Each wiring goes first every other round.
    const order = round % 2 === 0 ? stacks : stacks.toReversed();
    for (const stack of order) {
      samples.get(stack.wiring)?.push(await measure(stack, row, run.seconds));
    }
  }
  return samples;
}

function startStack(wiring: Wiring): Promise<BenchStack> {
  return startBenchStack({
    wiring,
    shards: SHARDS,
    users: USERS,
    merchants: MERCHANTS,
    splitMerchants: SPLIT_MERCHANTS,
    openingMinor: 1_000_000_000,
  });
}

async function measure(stack: BenchStack, row: Row, seconds: number): Promise<Sample> {
  const load = await ClosedLoop.start({
    address: stack.address,
    operationsPerFrame: row.operationsPerFrame,
    acrossEvery: row.acrossEvery,
    window: WINDOW,
    users: USERS,
    splitMerchant: 1,
    merchantOfShard1: SPLIT_MERCHANTS + 1,
  });
  await after(RAMP_MS);
  const cpuBefore = await cpuUsOf(stack.processes);
  const begunMs = performance.now();
  const ackedBefore = load.acked;
  await after(seconds * 1000);
  const elapsedUs = (performance.now() - begunMs) * 1000;
  const acked = load.acked - ackedBefore;
  const cpuAfter = await cpuUsOf(stack.processes);
  await load.stop();
  const spentUs = [...cpuAfter].map(
    ([name, us]) => [name, us - (cpuBefore.get(name) ?? 0)] as const,
  );
  return {
    perSec: (acked * 1e6) / elapsedUs,
    notOk: load.notOk,
    busy: sum(spentUs.map(([, us]) => us)) / (elapsedUs * availableParallelism()),
    cpuUs: new Map(spentUs.map(([name, us]) => [name, us / acked])),
  };
}

function printRow(row: Row, samples: ReadonlyMap<Wiring, readonly Sample[]>): void {
  const direct = median(perSecs(samples.get('direct')));
  for (const [wiring, found] of samples) {
    write(line([row.name, wiring, ...figures(found, direct)]));
    const notOk = sum(found.map((sample) => sample.notOk));
    if (notOk > 0) write(`  ${notOk} of these payments were not ok`);
  }
}

function figures(found: readonly Sample[], direct: number): string[] {
  const perSec = perSecs(found);
  const cpuUs = (name: string): number => median(found.map((one) => one.cpuUs.get(name) ?? 0));
  const allUs = sum(PROCESSES.map(cpuUs));
  return [
    thousands(median(perSec)),
    `${thousands(Math.min(...perSec))}-${thousands(Math.max(...perSec))}`,
    (median(perSec) / direct).toFixed(2),
    `${Math.round(median(found.map((one) => one.busy)) * 100)}%`,
    ...PROCESSES.map((name) => {
      if (!found.some((one) => one.cpuUs.has(name))) return '-';
      return `${cpuUs(name).toFixed(2)} ${Math.round((cpuUs(name) / allUs) * 100)}%`;
    }),
    allUs.toFixed(2),
  ];
}

function perSecs(samples: readonly Sample[] = []): number[] {
  return samples.map((sample) => sample.perSec);
}

/** The upper of the middle two where there is no middle. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function line(cells: readonly string[]): string {
  return cells
    .map((cell, i) => (i < 2 ? cell.padEnd(WIDTHS[i] ?? 0) : cell.padStart(WIDTHS[i] ?? 0)))
    .join(' ');
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}
