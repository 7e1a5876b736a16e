/** `paydrill inspect`: what a script says, without running it: its options, or how it is made to wait. */
import { Command } from 'commander';
import {
  modulesOption,
  offlineOption,
  secretSourceOption,
  segmentOption,
  segmentSequenceOption,
} from './drill-options.js';
import { k6Options } from './k6-options.js';
import { envVariable } from './option-values.js';
import { print } from './output.js';
import { withProducts } from './own-products.js';

interface InspectOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly offline: boolean;
  readonly modules?: string;
  readonly rewrites: boolean;
  readonly secretSource: readonly string[];
  readonly executionSegment?: string;
  readonly executionSegmentSequence?: string;
}

export function inspectCommand(): Command {
  return withProducts(
    new Command('inspect')
      .description('print the options of a script as JSON, with every scenario as it will run')
      .argument('<script>', 'a k6-shaped script, .ts or .js')
      .option(
        '-e, --env <NAME=value>',
        'a variable in __ENV of the script, empty without =value; repeatable',
        envVariable,
        {},
      )
      .option('--rewrites', 'print what is rewritten in it so that it waits, and why', false)
      .addOption(secretSourceOption())
      .addOption(segmentOption())
      .addOption(segmentSequenceOption())
      .addOption(offlineOption())
      .addOption(modulesOption())
      .addHelpText('after', '\nExample:\n  $ paydrill inspect drills/starter.ts')
      .action(inspect),
  );
}

async function inspect(path: string, options: InspectOptions, command: Command): Promise<void> {
  const { loadScript } = await import('../harness/compile/load.js');
  const { secretsOf } = await import('../harness/drill/secret-values.js');
  const { env, offline, modules, rewrites } = options;
  const remote = { offline, folder: modules };
  const secrets = secretsOf(options.secretSource);
  const script = await loadScript(path, { env, remote, secrets });
  if (rewrites) await print(script.rewrites.map((line) => `${line}\n`).join(''));
  else {
    const { planScript } = await import('../harness/compile/plan-script.js');
    const { optionsInK6Words } = await import('../harness/options/k6-words.js');
    const { segmentOptions } = await import('../harness/options/segment-option.js');
    const plan = await planScript(script, {
      options: { ...k6Options(command, process.env), ...segmentOptions(options) },
    });
    await print(`${JSON.stringify(optionsInK6Words(plan), undefined, 2)}\n`);
  }
}
