/** `paydrill compare`: is the candidate slower than the baseline? Reads files alone; exit code 113 where it is. */
import { Command } from 'commander';
import {
  type ComparisonOptions,
  printComparison,
  withBootstrapSeed,
  withComparisonOptions,
} from './comparison-options.js';

export function compareCommand(): Command {
  const command = new Command('compare')
    .description('is the candidate slower than the baseline? exit code 113 where it is')
    .argument('<baseline>', 'a baseline file, a run folder, or a folder of run folders')
    .argument('<candidate...>', 'the same, of the other side');
  return withBootstrapSeed(withComparisonOptions(command))
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  $ paydrill compare baseline.json reports/night-1 reports/night-2 reports/night-3',
        "  $ paydrill compare baseline.json reports/candidate --tolerance 'p(99)=10%' --format markdown",
      ].join('\n'),
    )
    .action(compare);
}

async function compare(
  baseline: string,
  candidates: readonly string[],
  options: ComparisonOptions & { readonly seed: number },
): Promise<void> {
  const { comparisonOf } = await import('../harness/campaign/compare/comparison.js');
  const { runsOf } = await import('../harness/campaign/compare/sides.js');
  const comparison = comparisonOf(
    { name: baseline, runs: runsOf([baseline]) },
    { name: candidates.join(' '), runs: runsOf(candidates) },
    {
      tolerances: options.tolerance,
      mayDiffer: options.allowDifferent,
      arePairs: false,
      strict: options.strict,
      seed: options.seed,
    },
  );
  await printComparison(comparison, options.format);
  process.exitCode = comparison.exit_code;
}
