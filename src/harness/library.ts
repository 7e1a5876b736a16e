/**
 * What `import ... from 'paydrill'` gives a program: the same drill that `paydrill run` conducts, and the types of what goes
 * in and comes out. Nothing is printed and the process is not ended: the exit code stands in the summary. Whatever is
 * wrong with the options or hooks rejects with UserError, before anything is started.
 *
 *     const { folder, summary } = await runDrill({ script: 'drills/starter.ts', seed: 7 });
 *     process.exitCode = summary.exit_code;
 */

import { checkedHooks } from './drill/check-hooks.js';
import type { GivenOptions } from './drill/check-options.js';
import { useProducts } from './own-products/use-products.js';
import type { DrillEnd, DrillHooks } from './report/progress.js';

export type {
  ProductAccount,
  ProductDefinition,
  ProductLeg,
  ProductOperation,
} from '../products/product.js';
export { defineProduct } from '../products/product.js';
export type { BooksSpec, RowsSource } from './books/neutral/books-spec.js';
export { EXIT_CODES } from './exit-codes.js';
export type { MetricsRow } from './report/metrics.js';
export type { OperationRow, ScenarioRow } from './report/operation-rows.js';
export type { PercentilesUs } from './report/percentiles-us.js';
export type { ProcessesRow, ProcessUse } from './report/processes.js';
export type {
  DrillControls,
  DrillEnd,
  DrillHooks,
  DrillPhase,
  DrillTick,
  FaultState,
  Keep,
  ScriptSummary,
  SoFar,
} from './report/progress.js';
export type {
  FaultFacts,
  LoadDetails,
  LoadEnding,
  OperationFacts,
  RunFacts,
  Summary,
  ThresholdResult,
} from './report/summary.js';
export { defineTarget } from './targets/file/define-target.js';
export type {
  CommandFaultSpec,
  LinkOfFile,
  OpenStep,
  ProcessSpec,
  PromisesSpec,
  SettledSpec,
  TargetFile,
} from './targets/file/target-file.js';
export { UserError } from './user-error.js';
export type {
  LawResult,
  LawStatus,
  OperationCounts,
  Throughput,
  Verdict,
} from './verify/verdict.js';

/** Only the script must be named; what is left out is as on the command line. */
export type DrillOptions = GivenOptions;

/**
 * Runs one drill; resolves when its run folder is written and everything it started has ended. An aborted `signal` ends
 * the load early and judges what ran, as Ctrl-C does. Hooks must not throw.
 */
export async function runDrill(
  options: DrillOptions,
  hooks: Partial<DrillHooks> = {},
): Promise<DrillEnd> {
  const told = checkedHooks(hooks);
  const { productsFolder } = { ...options };
  if (typeof productsFolder === 'string') await useProducts(productsFolder);
  // Tables of kinds are made when they are first asked for: not before the products are known.
  const { runDrill: conduct } = await import('./drill.js');
  return conduct(options, told);
}
