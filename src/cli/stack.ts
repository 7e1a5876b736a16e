/**
 * `paydrill stack`: the reference stack on its own, shards and gateway each in their process under a supervisor,
 * until Ctrl-C. Without `--data` the books live in a temporary folder and go with it, even after SIGKILL.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import type { BrownOutStep } from '../wire/brown-out.js';
import type { Mutant } from '../wire/mutants.js';
import { type Children, openChildren } from './child.js';
import { brownOutSteps, collect, integer, listenAddress, mutantName } from './option-values.js';
import { withProducts } from './own-products.js';
import { untilSignal } from './signals.js';

interface StackOptions {
  readonly shards: number;
  readonly users: number;
  readonly merchants: number;
  readonly splitMerchants: number;
  readonly openingMinor: number;
  readonly product: readonly string[];
  readonly bolt: string;
  readonly http: string;
  readonly data?: string;
  readonly brownOut?: readonly BrownOutStep[];
  readonly risk?: string;
  readonly mutant?: Mutant;
}

export function stackCommand(): Command {
  const command = new Command('stack')
    .description('serve the reference payment stack until Ctrl-C')
    .option('--shards <n>', 'ledger shards', integer({ min: 1, max: 64 }), 2)
    .option('--users <n>', 'user accounts', integer({ min: 1, max: 10_000_000 }), 100_000)
    .option('--merchants <n>', 'merchant accounts', integer({ min: 1, max: 1_000_000 }), 1000)
    .option(
      '--split-merchants <n>',
      'busiest merchants, one account per shard',
      integer({ min: 0, max: 1_000_000 }),
      16,
    )
    .option(
      '--opening-minor <n>',
      'opening balance of a user, minor units',
      integer({ min: 0, max: 2 ** 48 }),
      1_000_000,
    )
    .option('--product <name>', 'a product that it offers; repeat', collect, [])
    .option('--bolt <host:port>', 'where the gateway speaks Bolt', listenAddress, '127.0.0.1:12200')
    .option('--http <host:port>', 'where the gateway speaks HTTP', listenAddress, '127.0.0.1:8080')
    .option('--data <folder>', 'keep the books here (default: a temporary folder)')
    .option(
      '--brown-out <json>',
      'what it refuses first while much is in flight: steps as options.ext.paydrill.brownOut has them',
      brownOutSteps,
    )
    .option('--risk <file>', "put the risk engine in line: a run folder's risk.json")
    .option('--mutant <name>', 'plant a bug', mutantName)
    .addHelpText('after', '\nExample:\n  $ paydrill stack --users 1000 --http 127.0.0.1:8080')
    .action(serve);
  return withProducts(command);
}

async function serve(options: StackOptions): Promise<void> {
  const signalled = untilSignal();
  const children = openChildren();
  try {
    await Promise.race([signalled, serveUntilOneEnds(children, options)]);
  } finally {
    await children.supervisor.close();
  }
}

/** Rejects when a process does not start or ends by itself. */
async function serveUntilOneEnds(children: Children, options: StackOptions): Promise<never> {
  // Gone with the supervisor, which outlives a SIGKILL of this process by just that.
  const folder = options.data ?? (await children.supervisor.makeFolder('paydrill-stack-'));
  const addresses = await Promise.all(
    Array.from({ length: options.shards }, (_, shard) =>
      startShard(shard, folder, children, options),
    ),
  );
  const { bolt, http } = await children.start(
    'gateway',
    gatewayArguments(addresses, folder, options),
  );
  for (const [shard, address] of addresses.entries()) print(`shard ${shard}  ${address}`);
  print(`bolt     ${bolt}`);
  print(`http     http://${http}`);
  print('Ctrl-C stops it');
  return await children.oneEnded;
}

async function startShard(
  shard: number,
  folder: string,
  children: Children,
  options: StackOptions,
): Promise<string> {
  const dataFolder = join(folder, `shard-${shard}`);
  await mkdir(dataFolder, { recursive: true });
  const ready = await children.start(`shard-${shard}`, shardArguments(shard, dataFolder, options));
  return String(ready.address);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function shardArguments(shard: number, dataFolder: string, options: StackOptions): string[] {
  return [
    ...['shard', '--shard', String(shard), '--shards', String(options.shards)],
    ...['--data', dataFolder],
    ...mutantArguments(options),
  ];
}

function gatewayArguments(
  shardAddresses: readonly string[],
  folder: string,
  options: StackOptions,
): string[] {
  const { risk, brownOut } = options;
  return [
    'gateway',
    ...['--bolt', options.bolt, '--http', options.http],
    ...shardAddresses.flatMap((address) => ['--shard-address', address]),
    ...['--users', String(options.users), '--merchants', String(options.merchants)],
    ...['--split-merchants', String(Math.min(options.splitMerchants, options.merchants))],
    ...['--opening-minor', String(options.openingMinor)],
    ...options.product.flatMap((name) => ['--product', name]),
    ...(brownOut === undefined ? [] : ['--brown-out', JSON.stringify(brownOut)]),
    // Beside the books: it is the gateway's memory as they are the shards'.
    ...(risk === undefined ? [] : ['--risk', risk, '--risk-log', join(folder, 'decisions')]),
    ...mutantArguments(options),
  ];
}

function mutantArguments({ mutant }: StackOptions): string[] {
  return mutant === undefined ? [] : ['--mutant', mutant];
}
