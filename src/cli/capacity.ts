/**
 * `paydrill capacity`: how many payments a second, at which response time? Many drills, one after the other. Progress goes to
 * standard error, the table and the answer to standard output. The first SIGINT or SIGTERM ends it with what was found so far.
 */
import { relative } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type {
  CapacityRun,
  MultiplesAsked,
  SearchAsked,
} from '../harness/campaign/capacity/run-capacity.js';
import { SEEDS, type WholeRange } from '../harness/drill/option-rules.js';
import { EXIT_CODES } from '../harness/exit-codes.js';
import { withoutHowMuch } from '../harness/options/given-options.js';
import { UserError } from '../harness/user-error.js';
import { PROGRAM } from './child.js';
import { typedAgain } from './command-words.js';
import {
  allowLittleDiskOption,
  modulesOption,
  offlineOption,
  secretSourceOption,
  shardsOption,
  workersOption,
} from './drill-options.js';
import { k6Options } from './k6-options.js';
import { openLiveView } from './live-view.js';
import {
  collect,
  durationMs,
  envVariable,
  integer,
  percentage,
  positiveNumber,
  serverAddress,
  targetName,
} from './option-values.js';
import { print } from './output.js';
import { withProducts } from './own-products.js';
import { onSignals } from './signals.js';

interface CapacityOptions {
  readonly slo: readonly string[];
  readonly from?: number;
  readonly max?: number;
  readonly precision: number;
  readonly multiples?: readonly number[];
  readonly of?: number;
  readonly hold: number;
  readonly warmUp: number;
  readonly rounds: number;
  readonly faults?: string;
  readonly target: string;
  readonly shards?: number;
  readonly workers?: number;
  readonly toxiproxy?: string;
  readonly laws?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly allowTarget: readonly string[];
  readonly allowLittleDisk: boolean;
  readonly secretSource: readonly string[];
  readonly offline: boolean;
  readonly modules?: string;
  readonly products?: string;
  readonly seed?: number;
  readonly out?: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

const ROUNDS: WholeRange = { min: 1, max: 100 };

export function capacityCommand(): Command {
  return withProducts(
    new Command('capacity')
      .description(
        'find the highest rate at which everything asked for holds, or try multiples of a peak',
      )
      .argument(
        '<script>',
        'a script with arrival rates; its mix at its busiest moment is put at each rate',
      )
      .option(
        '--slo <expression>',
        "what must hold at a rate, such as 'p(99)<200' or 'pay_ok>0.999'; repeatable",
        collect,
        [],
      )
      .option('--from <payments/s>', 'the lowest rate, which is to hold', positiveNumber)
      .option('--max <payments/s>', 'the highest rate that is tried', positiveNumber)
      .option(
        '--precision <percent>',
        'how far apart the rate that holds and the one that breaks may be',
        percentage,
        0.05,
      )
      .option(
        '--multiples <list>',
        'instead of a search: these multiples of --of, commas between them',
        multipleList,
      )
      .option(
        '--of <payments/s>',
        "the rate that --multiples are of: last year's peak",
        positiveNumber,
      )
      .option(
        '--hold <duration>',
        'how long each rate is held and judged',
        durationMs({ leastMs: 1000 }),
        10_000,
      )
      .option(
        '--warm-up <duration>',
        'how long each step is warmed up before',
        durationMs({ leastMs: 0 }),
        5_000,
      )
      .option('--rounds <n>', 'steps at each rate that decides', integer(ROUNDS), 3)
      .option(
        '--faults <file>',
        'fault plan of every step, its times from the start of the step (default: none)',
      )
      .option('--target <target>', "as of 'paydrill run'", targetName, 'auto')
      .addOption(secretSourceOption())
      .addOption(offlineOption())
      .addOption(modulesOption())
      .addOption(shardsOption())
      .addOption(workersOption())
      .option(
        '--toxiproxy <host:port>',
        'a running Toxiproxy to make the faults with',
        serverAddress,
      )
      .option('--laws <folder>', "judge by the laws in it too (default: the script's)")
      .option(
        '-e, --env <NAME=value>',
        'a variable in __ENV of the script; repeatable',
        envVariable,
        {},
      )
      .option(
        '--allow-target <host>',
        'allow a target that is not on this machine; repeatable',
        collect,
        [],
      )
      .addOption(allowLittleDiskOption())
      .option(
        '--seed <n>',
        'seed of the order of steps and of their traffic (default: drawn)',
        integer(SEEDS),
      )
      .option('--out <folder>', 'campaign folder (default: reports/<UTC time>-capacity-<script>)')
      .option('--json', 'print capacity.json instead of the table', false)
      .option('--quiet', 'no progress, only the answer', false)
      .addHelpText(
        'after',
        [
          '',
          'Examples:',
          "  $ paydrill capacity drills/starter.ts --slo 'p(99)<200' --slo 'pay_ok>0.999' --from 1000 --max 100000",
          "  $ paydrill capacity drills/starter.ts --slo 'p(99)<200' --multiples 1,2,3 --of 20000",
        ].join('\n'),
      )
      .action(capacity),
  );
}

async function capacity(script: string, options: CapacityOptions, command: Command): Promise<void> {
  const { runCapacity } = await import('../harness/campaign/capacity/run-capacity.js');
  const { capacityTable, stepLine } = await import(
    '../harness/campaign/capacity/capacity-table.js'
  );
  const { capacityJson } = await import('../harness/campaign/capacity/capacity-file.js');
  const { checkDrill, runDrill } = await import('../harness/drill.js');
  const { drawSeed } = await import('../harness/entropy/random.js');
  const abort = new AbortController();
  const seed = options.seed ?? drawSeed();
  const run = capacityRun(script, options, { command, seed, signal: abort.signal });
  const first = run.asked.kind === 'search' ? run.asked.fromPerSec : run.asked.ofPerSec;
  await checkDrill({
    ...run.options,
    constantRate: { perSec: first, warmUpMs: run.warmUpMs, holdMs: run.holdMs, slos: run.slos },
  });
  const note = (line: string): void => {
    if (!options.quiet) process.stderr.write(`${line}\n`);
  };
  const stopListening = onSignals({
    first: () => {
      note('-- ending this step, then telling what was found so far; once more leaves at once');
      abort.abort();
    },
    later: () => process.exit(EXIT_CODES.interrupted.code),
  });
  try {
    const { report, folder } = await runCapacity({
      ...run,
      drill: async (drill) => {
        const view = openLiveView({
          quiet: options.quiet || !process.stderr.isTTY,
          format: 'text',
          output: process.stderr,
          env: process.env,
        });
        try {
          return await runDrill(drill, view, { isScratch: true });
        } finally {
          view.close();
        }
      },
      onStep: ({ number, ratePerSec }) => note(`-- step ${number} at ${ratePerSec}/s`),
      onFacts: (facts) => note(stepLine(facts)),
    });
    await print(
      options.json ? capacityJson(report) : capacityTable(report, relative('', folder) || '.'),
    );
    process.exitCode = report.exit_code;
  } finally {
    stopListening();
  }
}

type Asked = Omit<CapacityRun, 'drill' | 'onStep' | 'onFacts'>;

function capacityRun(
  script: string,
  options: CapacityOptions,
  {
    command,
    seed,
    signal,
  }: { readonly command: Command; readonly seed: number; readonly signal: AbortSignal },
): Asked {
  const {
    target,
    shards,
    workers,
    toxiproxy,
    laws,
    env,
    allowTarget,
    allowLittleDisk,
    faults,
    slo,
  } = options;
  if (slo.length === 0)
    throw new UserError(
      "say what must hold at a rate, as in --slo 'p(99)<200'; without it every rate holds",
    );
  return {
    options: {
      script,
      target,
      ...(shards === undefined ? {} : { shards }),
      ...(workers === undefined ? {} : { workers }),
      ...(toxiproxy === undefined ? {} : { toxiproxy }),
      ...(laws === undefined ? {} : { laws }),
      // The plan beside a script is made for the script's own schedule.
      faults: faults ?? 'none',
      env,
      program: PROGRAM,
      allowTargets: allowTarget,
      secretSources: options.secretSource,
      offline: options.offline,
      modulesFolder: options.modules,
      productsFolder: options.products,
      scriptOptions: withoutHowMuch(k6Options(command, process.env)),
      systemEnv: true,
      allowLittleDisk,
      signal,
    },
    asked: askedOf(options),
    slos: slo,
    warmUpMs: options.warmUp,
    holdMs: options.hold,
    rounds: options.rounds,
    seed,
    command: typedAgain(process.argv.slice(2), { seed }),
    outFolder: options.out,
    startedUnixMs: Date.now(),
  };
}

function askedOf({
  from,
  max,
  precision,
  multiples,
  of,
}: CapacityOptions): SearchAsked | MultiplesAsked {
  if (multiples !== undefined || of !== undefined) {
    if (multiples === undefined || of === undefined)
      throw new UserError('--multiples and --of belong together: --multiples 1,2,3 --of 20000');
    if (from !== undefined || max !== undefined)
      throw new UserError('--multiples are tried as they are: leave out --from and --max');
    return { kind: 'multiples', multiples, ofPerSec: of };
  }
  if (from === undefined || max === undefined)
    throw new UserError(
      'say between which rates to look: --from 1000 --max 100000, or --multiples 1,2,3 --of 20000',
    );
  if (max < from) throw new UserError(`--max ${max} is below --from ${from}`);
  return { kind: 'search', fromPerSec: from, maxPerSec: max, precision };
}

function multipleList(text: string): readonly number[] {
  const list = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (list.every((multiple) => multiple > 0 && Number.isFinite(multiple))) return list;
  throw new InvalidArgumentError('It must be numbers above 0, commas between them, as 1,2,3.');
}
