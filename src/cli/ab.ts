/**
 * `paydrill ab`: two targets, two scripts, or two versions that a command starts, drilled in turn and compared. Progress goes to standard
 * error, the comparison to standard output; exit code 113 where b is slower than a.
 */

import { resolve } from 'node:path';
import { Command } from 'commander';
import type { AbRun, AbSide } from '../harness/campaign/ab/run-ab.js';
import { SEEDS, type WholeRange } from '../harness/drill/option-rules.js';
import { TARGET_WORDS } from '../harness/drill/option-table.js';
import { EXIT_CODES } from '../harness/exit-codes.js';
import { messageOf } from '../harness/message-of.js';
import { UserError } from '../harness/user-error.js';
import { PROGRAM } from './child.js';
import {
  type ComparisonOptions,
  printComparison,
  withComparisonOptions,
} from './comparison-options.js';
import {
  allowLittleDiskOption,
  durationScaleOption,
  modulesOption,
  offlineOption,
  peakOption,
  secretSourceOption,
  shardsOption,
  workersOption,
} from './drill-options.js';
import { k6Options } from './k6-options.js';
import { collect, envVariable, integer, targetName } from './option-values.js';
import { withProducts } from './own-products.js';
import { onSignals } from './signals.js';

interface AbOptions extends ComparisonOptions {
  readonly a: string;
  readonly b: string;
  readonly aStart?: string;
  readonly bStart?: string;
  readonly aIn?: string;
  readonly bIn?: string;
  readonly aEnv: Readonly<Record<string, string>>;
  readonly bEnv: Readonly<Record<string, string>>;
  readonly faults?: string;
  readonly aFaults?: string;
  readonly bFaults?: string;
  readonly rounds: number;
  readonly peak?: number;
  readonly durationScale: number;
  readonly shards?: number;
  readonly workers?: number;
  readonly env: Readonly<Record<string, string>>;
  readonly allowTarget: readonly string[];
  readonly allowLittleDisk: boolean;
  readonly secretSource: readonly string[];
  readonly offline: boolean;
  readonly modules?: string;
  readonly products?: string;
  readonly seed?: number;
  readonly out?: string;
  readonly quiet: boolean;
}

/** One round tells nothing of how rounds differ. */
const ROUNDS: WholeRange = { min: 2, max: 1000 };

export function abCommand(): Command {
  const command = new Command('ab')
    .description('drill two sides in turn and compare them: exit code 113 where b is slower than a')
    .argument('[script]', 'the script of both sides; without it --a and --b are scripts')
    .option(
      '--a <side>',
      "the baseline: 'reference', host:port, http://host:port, or a script",
      'auto',
    )
    .option('--b <side>', 'the candidate: the same', 'auto')
    .option('--rounds <n>', 'drills of each side', integer(ROUNDS), 5)
    .option('--a-start <command>', 'starts what --a is the address of, before each of its drills')
    .option('--b-start <command>', 'the same of --b')
    .option('--a-in <folder>', 'where --a-start runs: a worktree, say (default: here)')
    .option('--b-in <folder>', 'the same of --b-start')
    .option(
      '--a-env <NAME=value>',
      'a variable in __ENV of side a alone; repeatable',
      envVariable,
      {},
    )
    .option('--b-env <NAME=value>', 'the same of side b', envVariable, {})
    .option('--faults <file>', "fault plan of both sides, or 'none' (default: the script's)")
    .option('--a-faults <file>', 'fault plan of side a alone')
    .option('--b-faults <file>', 'the same of side b')
    .addOption(peakOption())
    .addOption(durationScaleOption())
    .addOption(shardsOption())
    .addOption(workersOption())
    .option(
      '-e, --env <NAME=value>',
      'a variable in __ENV of both sides; repeatable',
      envVariable,
      {},
    )
    .option(
      '--allow-target <host>',
      'allow a target that is not on this machine; repeatable',
      collect,
      [],
    )
    .addOption(secretSourceOption())
    .addOption(offlineOption())
    .addOption(modulesOption())
    .addOption(allowLittleDiskOption())
    .option('--seed <n>', 'seed of order, traffic and bootstrap (default: drawn)', integer(SEEDS))
    .option('--out <folder>', 'campaign folder (default: reports/<UTC time>-ab-<script>)')
    .option('--quiet', 'no progress, only the comparison', false);
  return withProducts(withComparisonOptions(command))
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  $ paydrill ab drills/starter.ts --a 127.0.0.1:12200 --b 127.0.0.1:12300 --rounds 5',
        '  $ paydrill ab --a drills/before.ts --b drills/after.ts --allow-different script_sha256',
        "  $ paydrill ab drills/starter.ts --a 127.0.0.1:12200 --a-start 'npm start' --a-in ../main \\",
        "      --b 127.0.0.1:12200 --b-start 'npm start' --b-in ../candidate",
        '  $ paydrill ab browse.js --a-env BASE_URL=http://127.0.0.1:8080 --b-env BASE_URL=http://127.0.0.1:8081 --allow-different env',
      ].join('\n'),
    )
    .action(ab);
}

async function ab(script: string | undefined, options: AbOptions, command: Command): Promise<void> {
  const { runAb } = await import('../harness/campaign/ab/run-ab.js');
  const { startSide } = await import('../harness/campaign/ab/side-command.js');
  const { checkDrill, runDrill } = await import('../harness/drill.js');
  const { drawSeed } = await import('../harness/entropy/random.js');
  const abort = new AbortController();
  const note = (line: string): void => {
    if (!options.quiet) process.stderr.write(`${line}\n`);
  };
  const scriptOptions = k6Options(command, process.env);
  const side = (name: 'a' | 'b'): AbSide => {
    const { start, folder } =
      name === 'a'
        ? { start: options.aStart, folder: options.aIn }
        : { start: options.bStart, folder: options.bIn };
    const asked = sideOptions(script, options, { name, scriptOptions, signal: abort.signal });
    if (start === undefined && folder !== undefined)
      throw new UserError(`--${name}-in is where --${name}-start runs: give both`);
    const told = `${name}: ${folder ?? options[name]}`;
    if (start === undefined) return { name: told, options: asked, start: undefined };
    if (TARGET_WORDS.includes(asked.target))
      throw new UserError(
        `--${name}-start starts what --${name} is the address of: give host:port`,
      );
    const started = { command: start, folder: resolve(folder ?? ''), address: asked.target };
    return {
      name: told,
      options: asked,
      start: () =>
        startSide(started, { supervise: [...PROGRAM, 'supervise'], signal: abort.signal }),
    };
  };
  const checked = async (one: AbSide): Promise<AbSide> => {
    const { needsTarget } = await checkDrill(one.options);
    // Of whoever is not paid the address says when it has started; where it is the script knows.
    const isStartedAlone = one.start !== undefined && !needsTarget;
    return isStartedAlone ? { ...one, options: { ...one.options, target: 'none' } } : one;
  };
  const sides = { a: await checked(side('a')), b: await checked(side('b')) };
  const stopListening = onSignals({
    first: () => {
      note('-- ending this drill; once more leaves at once');
      abort.abort();
    },
    later: () => process.exit(EXIT_CODES.interrupted.code),
  });
  const run: AbRun = {
    ...sides,
    rounds: options.rounds,
    seed: options.seed ?? drawSeed(),
    compare: {
      tolerances: options.tolerance,
      mayDiffer: options.allowDifferent,
      strict: options.strict,
    },
    outFolder: options.out,
    startedUnixMs: Date.now(),
    signal: abort.signal,
    drill: (drill) => runDrill(drill, SILENT, { isScratch: true }),
    onNotice: note,
  };
  try {
    const { comparison, folder } = await runAb(run);
    note(`-- ${folder}`);
    await printComparison(comparison, options.format);
    process.exitCode = comparison.exit_code;
  } finally {
    stopListening();
  }
}

function sideOptions(
  script: string | undefined,
  options: AbOptions,
  {
    name,
    scriptOptions,
    signal,
  }: {
    readonly name: 'a' | 'b';
    readonly scriptOptions: AbSide['options']['scriptOptions'];
    readonly signal: AbortSignal;
  },
): AbSide['options'] {
  const { peak, durationScale, shards, workers, env, allowTarget, allowLittleDisk } = options;
  const own =
    name === 'a'
      ? { env: options.aEnv, faults: options.aFaults ?? options.faults }
      : { env: options.bEnv, faults: options.bFaults ?? options.faults };
  const value = options[name];
  const isScript = /\.[cm]?[jt]s$/.test(value);
  if (isScript && script !== undefined)
    throw new UserError(`--${name} ${value} is a script, and so is ${script}: leave out one`);
  if (!isScript && script === undefined)
    throw new UserError(
      `name a script, or give scripts as --a and --b: --${name} ${value} is none`,
    );
  const target = isScript ? 'auto' : sideTarget(name, value);
  return {
    script: isScript ? value : (script ?? value),
    target,
    durationScale,
    ...(peak === undefined ? {} : { peakPerSec: peak }),
    ...(shards === undefined ? {} : { shards }),
    ...(workers === undefined ? {} : { workers }),
    ...(own.faults === undefined ? {} : { faults: own.faults }),
    env: { ...env, ...own.env },
    program: PROGRAM,
    allowTargets: allowTarget,
    secretSources: options.secretSource,
    offline: options.offline,
    modulesFolder: options.modules,
    productsFolder: options.products,
    scriptOptions,
    systemEnv: true,
    allowLittleDisk,
    signal,
  };
}

/** Read here, and not where options are: there a script would be refused. */
function sideTarget(name: 'a' | 'b', value: string): string {
  try {
    return targetName(value);
  } catch (cause) {
    throw new UserError(`--${name} ${value}: ${messageOf(cause)}`, { cause });
  }
}

const SILENT = {
  onReady: () => undefined,
  onTick: () => undefined,
  onSecond: () => undefined,
  onPhase: () => undefined,
  onNotice: () => undefined,
};
