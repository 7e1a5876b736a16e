/** `paydrill shard` (hidden): one ledger shard as a process. Leaves when its standard input closes. */
import { Command } from 'commander';
import type { Mutant } from '../wire/mutants.js';
import { started } from './errors.js';
import { integer, listenAddress, mutantName } from './option-values.js';

interface ShardOptions {
  readonly shard: number;
  readonly shards: number;
  readonly listen: string;
  readonly data: string;
  readonly mutant?: Mutant;
}

export function shardCommand(): Command {
  return new Command('shard')
    .description('serve one ledger shard of the reference stack')
    .requiredOption('--shard <n>', 'its number, from 0', integer({ min: 0, max: 63 }))
    .requiredOption('--shards <n>', 'how many there are', integer({ min: 1, max: 64 }))
    .option('--listen <host:port>', 'where it listens', listenAddress, '127.0.0.1:0')
    .requiredOption('--data <folder>', 'where its store is')
    .option('--mutant <name>', 'plant a bug', mutantName)
    .addHelpText('after', '\nExample:\n  $ paydrill shard --shard 0 --shards 2 --data /tmp/shard-0')
    .action(async ({ shard, shards, listen, data, mutant }: ShardOptions) => {
      const { runShard } = await import('../stack/ledger/shard.js');
      const start = {
        shard,
        shards,
        listen,
        dataFolder: data,
        ...(mutant === undefined ? {} : { mutant }),
      };
      await started(`shard ${shard}`, () => runShard(start));
    });
}
