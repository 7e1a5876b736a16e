/**
 * `paydrill run`: one drill from a script. Progress goes to standard error and, with --ui, to a page; the summary to standard
 * output. The first SIGINT or SIGTERM ends the load early and judges what ran; a later one leaves at once.
 */
import type { Command } from 'commander';
import { EXIT_CODES } from '../harness/exit-codes.js';
import type { DrillEnd, DrillHooks, DrillOptions } from '../harness/report/progress.js';
import { compareEnd, openBaseline } from './baseline-of-run.js';
import { openLiveView } from './live-view.js';
import { mirroredRun, refuseBesideMirror } from './mirrored-run.js';
import { printEnd } from './output.js';
import { withPipedScript } from './piped-script.js';
import { drillOptions, type RunOptions, runOptions, summaryMode } from './run-options.js';
import { openRunPage } from './run-page.js';
import { onSignals } from './signals.js';

export function runCommand(): Command {
  return runOptions().action((script: string | undefined, options: RunOptions, command: Command) =>
    withPipedScript(script, (path) => run(path, options, command)),
  );
}

async function run(
  script: string | undefined,
  options: RunOptions,
  command: Command,
): Promise<void> {
  const abort = new AbortController();
  const view = openLiveView({
    quiet: options.quiet,
    format: options.logFormat,
    output: process.stderr,
    env: process.env,
  });
  const halt = (): void => {
    view.onNotice('ending the load, then judging what ran; once more leaves at once', 'info');
    abort.abort();
  };
  const stopListening = onSignals({
    first: halt,
    later: () => process.exit(EXIT_CODES.interrupted.code),
  });
  try {
    const asked = await drillOptions(script, options, { command, signal: abort.signal });
    if (options.mirror !== undefined) {
      const { json, baseline, ui, replay, out } = options;
      refuseBesideMirror({ baseline, ui, replay, 'out <output>': out.outputs[0] });
      const how = { view, json, mode: summaryMode(options) };
      process.exitCode = await mirroredRun(asked, options.mirror, how);
      return;
    }
    const baseline =
      options.baseline === undefined ? undefined : await openBaseline(options.baseline, asked);
    const end = await watched(asked, { port: options.ui, view, halt });
    view.close();
    await printEnd(end, { json: options.json, mode: summaryMode(options) });
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

/** `port` undefined: nobody asked for a page. */
async function watched(
  asked: DrillOptions,
  how: { readonly port: number | undefined; readonly view: DrillHooks; readonly halt: () => void },
): Promise<DrillEnd> {
  const { runDrill } = await import('../harness/drill.js');
  const { port, view, halt } = how;
  if (port === undefined) return runDrill(asked, view);
  const page = await openRunPage({ port, script: asked.script, view, halt });
  try {
    const end = await runDrill(asked, page.hooks);
    page.onEnd(end);
    return end;
  } catch (error) {
    page.onFailure(error);
    throw error;
  } finally {
    await page.close();
  }
}
