/**
 * After everything: the script's handleSummary() is given what was measured and judged, and what it returns is written. It has no
 * say in the verdict or the exit code, so whatever goes wrong in it is told and ends nothing.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { askHandleSummary } from '../../load/script-summary.js';
import { LIVE } from '../../measure/live-counters.js';
import { messageOf } from '../../message-of.js';
import { NO_PAINT, paintFor } from '../../report/paint.js';
import type { ScriptSummary } from '../../report/progress.js';
import type { Summary } from '../../report/summary.js';
import type { DrillRun } from '../context.js';
import { exportedSummary } from '../exported-summary.js';
import { summaryDataJson } from '../summary-data.js';

/** Undefined where there is nothing of the kind: no handleSummary() of the script, no file that a summary is to be exported to. */
export async function scriptSummaryPhase(
  run: DrillRun,
  summary: Summary,
): Promise<ScriptSummary | undefined> {
  const { summaryExport, noSummary } = run.options;
  const asked = run.setup.plan.hasHandleSummary && noSummary !== true;
  if (!asked && summaryExport === undefined) return undefined;
  const dataJson = dataOf(run, summary);
  const exported =
    summaryExport === undefined ? [] : written(summaryExport, exportedSummary(dataJson));
  const own = asked ? await handled(run, summary, dataJson) : { failures: [] };
  const failures = [...exported, ...own.failures];
  for (const line of failures) run.log.log(line);
  return { ...own, failures };
}

async function handled(run: DrillRun, summary: Summary, dataJson: string): Promise<ScriptSummary> {
  const { setup, clock, log, live, script } = run;
  const { source, plan, secrets, seed } = setup;
  const { outputs, failures } = await askHandleSummary(
    {
      source,
      plan,
      secrets,
      seed,
      startedUnixMs: clock.originUnixMs,
      instance: {
        iterationsCompleted: live.total(LIVE.iterations),
        iterationsInterrupted: live.total(LIVE.interrupted),
        vusActive: 0,
        vusInitialized: live.total(LIVE.vus),
        elapsedUs: Math.round(summary.run.duration_s * 1e6),
      },
      dataJson,
      setupJson: script.setupJson,
    },
    { onLog: (line) => log.notice(`script: ${line}`) },
  );
  const texts: { stdout?: string; stderr?: string } = {};
  const lines = [...failures];
  for (const [where, content] of outputs) {
    if (where === 'stdout' || where === 'stderr') texts[where] = textOf(content);
    else lines.push(...written(where, content));
  }
  return { ...texts, failures: lines };
}

function dataOf(run: DrillRun, summary: Summary): string {
  const { setup, watch, script } = run;
  const durationUs = summary.run.duration_s * 1e6;
  return summaryDataJson({
    plan: setup.plan,
    metrics: watch.metrics(durationUs),
    checks: watch.checks(),
    groups: watch.groups(),
    thresholds: watch.thresholds(durationUs, true),
    setupJson: script.setupJson,
    durationMs: durationUs / 1000,
    screen: {
      isStdOutTTY: process.stdout.isTTY === true,
      isStdErrTTY: process.stderr.isTTY === true,
      noColor: paintFor({ terminal: true, env: process.env }) === NO_PAINT,
    },
    summary,
  });
}

function textOf(content: string | Uint8Array): string {
  return typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
}

/** Relative to where the drill was started. Gives a line where it cannot be written. */
function written(path: string, content: string | Uint8Array): readonly string[] {
  try {
    writeFileSync(resolve(path), content);
    return [];
  } catch (error) {
    return [
      `what handleSummary() returned, or --summary-export asks for, cannot be written: ${messageOf(error)}`,
    ];
  }
}
