/** The options of `paydrill run`: as they are typed, and the drill that they ask for. Starts nothing. */
import { Command, Option } from 'commander';
import type { Tolerances } from '../harness/campaign/compare/tolerances.js';
import { SEEDS } from '../harness/drill/option-rules.js';
import { segmentOptions } from '../harness/options/segment-option.js';
import { OUTPUT_KINDS } from '../harness/outputs/output-spec.js';
import { type DrillOptions, KEEPS, type Keep } from '../harness/report/progress.js';
import { UserError } from '../harness/user-error.js';
import type { Mutant } from '../wire/mutants.js';
import { PROGRAM } from './child.js';
import { withTolerance } from './comparison-options.js';
import {
  allowLittleDiskOption,
  durationScaleOption,
  modulesOption,
  offlineOption,
  peakOption,
  secretSourceOption,
  segmentOption,
  segmentSequenceOption,
  shardsOption,
  workersOption,
} from './drill-options.js';
import { k6Options, withK6Flags } from './k6-options.js';
import { LOG_FORMATS, type LogFormat } from './live-view.js';
import {
  collect,
  envVariable,
  integer,
  mutantName,
  type Outs,
  outValue,
  serverAddress,
  targetName,
  trueOrFalse,
} from './option-values.js';
import { SUMMARY_MODES, type SummaryMode } from './output.js';
import { withProducts } from './own-products.js';
import { pageOption } from './page-option.js';
import { withSettings } from './settings.js';

export interface RunOptions {
  readonly target: string;
  readonly peak?: number;
  readonly durationScale: number;
  readonly executionSegment?: string;
  readonly executionSegmentSequence?: string;
  readonly seed?: number;
  readonly workers?: number;
  readonly shards?: number;
  readonly faults?: string;
  readonly toxiproxy?: string;
  readonly laws?: string;
  readonly out: Outs;
  readonly keep: Keep;
  readonly offline: boolean;
  readonly modules?: string;
  readonly products?: string;
  readonly replay?: string;
  readonly baseline?: string;
  readonly mirror?: string;
  readonly tolerance: Tolerances;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly logFormat: LogFormat;
  /** Port of the live page. */
  readonly ui?: number;
  readonly env: Readonly<Record<string, string>>;
  readonly secretSource: readonly string[];
  readonly mutant?: Mutant;
  readonly allowTarget: readonly string[];
  readonly allowLittleDisk: boolean;
  readonly includeSystemEnvVars: boolean;
  readonly summaryMode: SummaryMode;
  /** False: --no-summary. */
  readonly summary: boolean;
  readonly summaryExport?: string;
}

export function summaryMode({ summary, summaryMode: mode }: RunOptions): SummaryMode {
  return summary ? mode : 'disabled';
}

export function runOptions(): Command {
  return withProducts(withSettings(withK6Flags(withTolerance(runOptionsAlone()))));
}

function runOptionsAlone(): Command {
  return new Command('run')
    .description('run a drill: load, faults, then a verdict on the ledger')
    .argument('[script]', 'a k6-shaped script, .ts or .js; - for standard input')
    .option(
      '--target <target>',
      "who is paid: 'reference' starts the reference stack, 'none' nothing, host:port (Bolt) or http://host:port is a running gateway, a path of a .ts, .js, .json, .yaml or .toml file is a target file; auto: reference where the script pays, otherwise none",
      targetName,
      'auto',
    )
    .addOption(peakOption())
    .addOption(durationScaleOption())
    .addOption(segmentOption())
    .addOption(segmentSequenceOption())
    .option('--seed <n>', 'seed of traffic, keys and faults (default: drawn)', integer(SEEDS))
    .addOption(workersOption())
    .addOption(shardsOption())
    .option('--faults <file>', "fault plan, or 'none' (default: the script's)")
    .option(
      '--toxiproxy <host:port>',
      'a running Toxiproxy to make the faults with (default: the embedded one)',
      serverAddress,
    )
    .option(
      '--laws <folder>',
      "judge by the laws in it too: each .sql file a query of what breaks it (default: the script's)",
    )
    .option(
      '--replay <run folder>',
      'run the drill of a run folder again: its script, seed, traffic and faults',
    )
    .option(
      '--mirror <target file>',
      'ask a second target for the same afterwards, and compare the books of both, account by account',
    )
    .option(
      '--baseline <file>',
      "compare with the runs of a baseline file: exit code 113 where it is slower ('paydrill baseline save')",
    )
    .addOption(
      new Option(
        '--out <folder or output>',
        `run folder (default: reports/<UTC time>-<script>); or, repeatable, where the seconds of the load go too: ${Object.values(OUTPUT_KINDS).join(', ')}`,
      )
        .argParser(outValue)
        .default({ outputs: [] } satisfies Outs, 'reports/<UTC time>-<script>'),
    )
    .addOption(
      new Option(
        '--keep <what>',
        'journal and books stay in the run folder: of all runs, of failed ones (exit code not 0), of unproved ones (verdict invalid or unknown), of none',
      )
        .choices(KEEPS)
        .default('all'),
    )
    .addOption(offlineOption())
    .addOption(modulesOption())
    .option('--json', 'print summary.json instead of the summary', false)
    .option('--quiet', 'no progress: what the script tells console, and the summary', false)
    .addOption(
      new Option('--log-format <format>', 'how progress is told: text, or json, an object a line')
        .choices(LOG_FORMATS)
        .default('text'),
    )
    .addOption(pageOption('--ui'))
    .option(
      '-e, --env <NAME=value>',
      'a variable in __ENV of the script, empty without =value; repeatable',
      envVariable,
      {},
    )
    .addOption(secretSourceOption())
    .option(
      '--include-system-env-vars [true or false]',
      'variables of the environment that the script names are in its __ENV too',
      trueOrFalse,
      true,
    )
    .addOption(
      new Option(
        '--summary-mode <mode>',
        'the summary at the end: all metrics (full), or none (disabled)',
      )
        .choices(SUMMARY_MODES)
        .default('compact'),
    )
    .option('--no-summary', 'no summary at the end, nor handleSummary() of the script')
    .option('--summary-export <file>', "write a summary in the shape of k6's --summary-export")
    .option('--mutant <name>', 'plant a bug in the reference stack', mutantName)
    .option(
      '--allow-target <host>',
      'allow a target or a Toxiproxy that is not on this machine; repeatable',
      collect,
      [],
    )
    .addOption(allowLittleDiskOption())
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  $ paydrill run drills/starter.ts',
        '  $ paydrill run drills/starter.ts --peak 5000 --seed 11 --faults none',
        '  $ paydrill run drills/starter.ts --mutant lose-credit-leg',
        '  $ paydrill run drills/starter.ts --toxiproxy 127.0.0.1:8474',
        '  $ paydrill run drills/starter.ts --out json=night.json.gz --out csv=night.csv',
        '  $ paydrill run --replay reports/latest',
      ].join('\n'),
    );
}

type How = Pick<
  DrillOptions,
  | 'program'
  | 'outFolder'
  | 'outputs'
  | 'keep'
  | 'allowTargets'
  | 'allowLittleDisk'
  | 'offline'
  | 'modulesFolder'
  | 'productsFolder'
  | 'secretSources'
  | 'summaryExport'
  | 'noSummary'
  | 'signal'
>;
type What = Omit<DrillOptions, keyof How>;

/** What a run folder does not decide, so that it can be said beside --replay. */
const BESIDE_REPLAY = [
  ...[
    'replay',
    'out',
    'keep',
    'json',
    'quiet',
    'logFormat',
    'allowTarget',
    'offline',
    'modules',
    'secretSource',
    'allowLittleDisk',
    'baseline',
    'tolerance',
    'ui',
    'summary',
    'summaryMode',
    'summaryExport',
    'includeSystemEnvVars',
  ],
];

/** What to run and how. Throws UserError. */
export async function drillOptions(
  script: string | undefined,
  options: RunOptions,
  { command, signal }: { readonly command: Command; readonly signal: AbortSignal },
): Promise<DrillOptions> {
  return { ...(await whatToRun(script, options, command)), ...howToRun(options, signal) };
}

async function whatToRun(
  script: string | undefined,
  options: RunOptions,
  command: Command,
): Promise<What> {
  if (options.replay === undefined) {
    if (script === undefined) throw new UserError('name a script, or a run folder with --replay');
    return scriptToRun(script, options, command);
  }
  const given = command.options.find(
    (option) =>
      command.getOptionValueSource(option.attributeName()) === 'cli' &&
      !BESIDE_REPLAY.includes(option.attributeName()),
  );
  const decided = script === undefined ? given?.long : `the script ${script}`;
  if (decided !== undefined) {
    throw new UserError(`--replay takes everything from the run folder: leave out ${decided}`);
  }
  const { replayOf } = await import('../harness/campaign/replay.js');
  return replayOf(options.replay);
}

function scriptToRun(script: string, options: RunOptions, command: Command): What {
  const scriptOptions = k6Options(command, process.env);
  const { peak, seed, workers, shards, faults, toxiproxy, mutant, laws } = options;
  return {
    script,
    target: options.target,
    ...(peak === undefined ? {} : { peakPerSec: peak }),
    durationScale: options.durationScale,
    ...segmentOptions(options),
    ...(seed === undefined ? {} : { seed }),
    ...(workers === undefined ? {} : { workers }),
    ...(shards === undefined ? {} : { shards }),
    ...(faults === undefined ? {} : { faults }),
    ...(toxiproxy === undefined ? {} : { toxiproxy }),
    ...(laws === undefined ? {} : { laws }),
    env: options.env,
    ...(Object.keys(scriptOptions).length === 0 ? {} : { scriptOptions }),
    systemEnv: options.includeSystemEnvVars,
    ...(mutant === undefined ? {} : { mutant }),
  };
}

function howToRun(options: RunOptions, signal: AbortSignal): How {
  const { out, keep, allowTarget, allowLittleDisk, offline, modules, products, secretSource } =
    options;
  return {
    program: PROGRAM,
    ...(out.folder === undefined ? {} : { outFolder: out.folder }),
    ...(out.outputs.length === 0 ? {} : { outputs: out.outputs }),
    keep,
    allowTargets: allowTarget,
    offline,
    ...(modules === undefined ? {} : { modulesFolder: modules }),
    ...(products === undefined ? {} : { productsFolder: products }),
    ...(secretSource.length === 0 ? {} : { secretSources: secretSource }),
    ...(options.summaryExport === undefined ? {} : { summaryExport: options.summaryExport }),
    ...(summaryMode(options) === 'disabled' ? { noSummary: true } : {}),
    allowLittleDisk,
    signal,
  };
}
