/** `paydrill run --baseline`: the run that has just ended beside the runs of a baseline file. */
import type { Side } from '../harness/campaign/compare/comparison.js';
import type { Tolerances } from '../harness/campaign/compare/tolerances.js';
import { EXIT_CODES } from '../harness/exit-codes.js';
import type { DrillEnd, DrillOptions } from '../harness/report/progress.js';
import { print } from './output.js';

/** Before anything is started. Throws UserError where it is none, or of another script. */
export async function openBaseline(
  path: string,
  { script, env }: Pick<DrillOptions, 'script' | 'env'>,
): Promise<Side> {
  const { refuseOtherScript, runsOf } = await import('../harness/campaign/compare/sides.js');
  const runs = runsOf([path]);
  await refuseOtherScript(runs, { script, env, name: path });
  return { name: path, runs };
}

/** The exit code. A drill that ended otherwise than well ends as it did: it is told that it was not compared. */
export async function compareEnd(
  { folder, summary }: DrillEnd,
  baseline: Side,
  { tolerances, json }: { readonly tolerances: Tolerances; readonly json: boolean },
): Promise<number> {
  const { exit_code: exitCode } = summary;
  if (exitCode !== EXIT_CODES.ok.code && exitCode !== EXIT_CODES.thresholds.code) {
    process.stderr.write(`paydrill: not compared with ${baseline.name}: exit code ${exitCode}\n`);
    return exitCode;
  }
  const { comparisonOf } = await import('../harness/campaign/compare/comparison.js');
  const { sampleOfRun } = await import('../harness/campaign/compare/run-sample.js');
  const { comparisonOutputs } = await import('../harness/campaign/compare/outputs/outputs.js');
  const comparison = comparisonOf(
    baseline,
    { name: summary.run.id, runs: [sampleOfRun(folder)] },
    { tolerances, mayDiffer: [], arePairs: false, strict: false, seed: 1 },
  );
  const { text, github } = comparisonOutputs(comparison);
  const told = process.env.GITHUB_ACTIONS === 'true' ? `${text}${github}` : text;
  // With --json standard output is summary.json alone.
  if (json) process.stderr.write(told);
  else await print(`\n${told}`);
  return exitCode === EXIT_CODES.ok.code ? comparison.exit_code : exitCode;
}
