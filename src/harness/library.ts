/**
 * What `import ... from 'paydrill'` gives a program: the same drill that `paydrill run` conducts, and the types of what goes
 * in and comes out. Nothing is printed and the process is not ended: the exit code stands in the summary. Whatever is
 * wrong with the options rejects with UserError, before anything is started.
 *
 *     const { folder, summary } = await runDrill({ script: 'drills/starter.ts', seed: 7 });
 *     process.exitCode = summary.exit_code;
 */
import { fileURLToPath } from 'node:url';
import { runDrill as conduct } from './drill.js';
import type { DrillEnd, DrillHooks, DrillOptions as EveryDrillOption } from './report/progress.js';

export { EXIT_CODES } from './exit-codes.js';
export type { MetricsRow } from './report/metrics.js';
export type {
  DrillEnd,
  DrillHooks,
  DrillPhase,
  DrillTick,
  Keep,
  ScriptSummary,
} from './report/progress.js';
export type {
  FaultFacts,
  LoadEnding,
  OperationFacts,
  PercentilesUs,
  RunFacts,
  Summary,
  ThresholdResult,
} from './report/summary.js';
export { UserError } from './user-error.js';
export type {
  LawResult,
  LawStatus,
  OperationCounts,
  Throughput,
  Verdict,
} from './verify/verdict.js';

/** Only the script must be named; what is left out is as on the command line. */
export type DrillOptions = Partial<EveryDrillOption> & Pick<EveryDrillOption, 'script'>;

/**
 * Runs one drill; resolves when its run folder is written and everything it started has ended. An aborted `signal` ends
 * the load early and judges what ran, as Ctrl-C does. Hooks must not throw.
 */
export function runDrill(
  options: DrillOptions,
  hooks: Partial<DrillHooks> = {},
): Promise<DrillEnd> {
  const every: EveryDrillOption = {
    ...options,
    target: options.target ?? 'reference',
    durationScale: options.durationScale ?? 1,
    env: options.env ?? {},
    program: options.program ?? [process.execPath, PROGRAM],
    allowTargets: options.allowTargets ?? [],
    signal: options.signal ?? new AbortController().signal,
  };
  return conduct(every, {
    onTick: (tick) => hooks.onTick?.(tick),
    onPhase: (phase) => hooks.onPhase?.(phase),
    onNotice: (line) => hooks.onNotice?.(line),
  });
}

/** The supervisor and the stack are processes of the same package. */
const PROGRAM = fileURLToPath(new URL('../../bin/paydrill.js', import.meta.url));
