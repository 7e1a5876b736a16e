/**
 * `paydrill run`: one drill from a script. Progress goes to standard error, the summary to standard output.
 * The first SIGINT or SIGTERM ends the load early and judges what ran; a later one leaves at once.
 */
import type { Command } from 'commander';
import { EXIT_CODES } from '../harness/exit-codes.js';
import { compareEnd, openBaseline } from './baseline-of-run.js';
import { openLiveView } from './live-view.js';
import { printEnd } from './output.js';
import { drillOptions, type RunOptions, runOptions } from './run-options.js';
import { onSignals } from './signals.js';

export function runCommand(): Command {
  return runOptions().action(run);
}

async function run(
  script: string | undefined,
  options: RunOptions,
  command: Command,
): Promise<void> {
  const abort = new AbortController();
  const view = openLiveView({ quiet: options.quiet, output: process.stderr, env: process.env });
  const stopListening = onSignals({
    first: () => {
      view.onNotice('ending the load, then judging what ran; once more leaves at once');
      abort.abort();
    },
    later: () => process.exit(EXIT_CODES.interrupted.code),
  });
  try {
    const { runDrill } = await import('../harness/drill.js');
    const asked = await drillOptions(script, options, { command, signal: abort.signal });
    const baseline =
      options.baseline === undefined ? undefined : await openBaseline(options.baseline, asked);
    const end = await runDrill(asked, view);
    view.close();
    await printEnd(end, { json: options.json });
    process.exitCode = end.summary.exit_code;
    if (baseline !== undefined)
      process.exitCode = await compareEnd(end, baseline, {
        tolerances: options.tolerance,
        json: options.json,
      });
  } finally {
    view.close();
    stopListening();
  }
}
