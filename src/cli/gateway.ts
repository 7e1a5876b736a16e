/** `paydrill gateway` (hidden): the gateway as a process. Leaves when its standard input closes. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { messageOf } from '../harness/message-of.js';
import type { GatewayOptions as GatewayStart } from '../stack/gateway/run-gateway.js';
import type { BrownOutStep } from '../wire/brown-out.js';
import type { Mutant } from '../wire/mutants.js';
import { started } from './errors.js';
import { brownOutSteps, collect, integer, listenAddress, mutantName } from './option-values.js';

interface GatewayOptions {
  readonly bolt: string;
  readonly http: string;
  readonly shardAddress: readonly string[];
  readonly publicShardAddress: readonly string[];
  readonly users: number;
  readonly merchants: number;
  readonly splitMerchants: number;
  readonly openingMinor: number;
  readonly product: readonly string[];
  readonly brownOut?: readonly BrownOutStep[];
  readonly risk?: string;
  readonly riskLog?: string;
  readonly mutant?: Mutant;
}

const number = (max: number) => integer({ min: 0, max });

export function gatewayCommand(): Command {
  return new Command('gateway')
    .description('serve the gateway of the reference stack')
    .option('--bolt <host:port>', 'where it speaks Bolt', listenAddress, '127.0.0.1:0')
    .option('--http <host:port>', 'where it speaks HTTP', listenAddress, '127.0.0.1:0')
    .requiredOption('--shard-address <host:port>', 'of each shard, in order; repeat', collect, [])
    .option('--public-shard-address <host:port>', 'as others reach each shard', collect, [])
    .requiredOption('--users <n>', 'user accounts', number(2 ** 32 - 1))
    .requiredOption('--merchants <n>', 'merchant accounts', number(2 ** 32 - 1))
    .requiredOption('--split-merchants <n>', 'merchants split over shards', number(2 ** 32 - 1))
    .requiredOption('--opening-minor <n>', 'opening balance of a user', number(2 ** 48))
    .option('--product <name>', 'a product that it offers; repeat', collect, [])
    .option('--brown-out <json>', 'what it refuses first while much is in flight', brownOutSteps)
    .option('--risk <file>', 'put the risk engine in line: its rules, model and bounds')
    .option(
      '--risk-log <file>',
      'where its decisions are kept (default: <file of --risk>.decisions)',
    )
    .option('--mutant <name>', 'plant a bug', mutantName)
    .addHelpText(
      'after',
      '\nExample:\n  $ paydrill gateway --shard-address 127.0.0.1:4001 --users 1000 --merchants 10 ' +
        '--split-merchants 1 --opening-minor 100000',
    )
    .action(async (options: GatewayOptions) => {
      const { runGateway } = await import('../stack/gateway/run-gateway.js');
      const { publicShardAddress, mutant } = options;
      const start = {
        boltListen: options.bolt,
        httpListen: options.http,
        shardAddresses: options.shardAddress,
        users: options.users,
        merchants: options.merchants,
        splitMerchants: options.splitMerchants,
        openingMinor: options.openingMinor,
        products: options.product,
        ...(publicShardAddress.length === 0 ? {} : { publicShardAddresses: publicShardAddress }),
        ...(options.brownOut === undefined ? {} : { brownOut: options.brownOut }),
        ...(mutant === undefined ? {} : { mutant }),
      };
      await started('gateway', () => runGateway({ ...start, ...riskLineOf(options) }));
    });
}

/** Throws one line where the file cannot be read. */
function riskLineOf({
  risk,
  riskLog = `${risk}.decisions`,
}: GatewayOptions): Pick<GatewayStart, 'riskLine'> {
  if (risk === undefined) return {};
  try {
    return { riskLine: { agreed: JSON.parse(readFileSync(risk, 'utf8')), logPath: riskLog } };
  } catch (cause) {
    throw new Error(`${risk} cannot be read: ${messageOf(cause)}`, { cause });
  }
}
