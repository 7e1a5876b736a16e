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
import { summaryDataJson } from '../summary-data.js';

/** Undefined where the script has no handleSummary(). */
export async function scriptSummaryPhase(
  run: DrillRun,
  summary: Summary,
): Promise<ScriptSummary | undefined> {
  const { setup, clock, log, live, script } = run;
  const { source, plan, seed } = setup;
  if (!plan.hasHandleSummary) return undefined;
  const { outputs, failures } = await askHandleSummary(
    {
      source,
      plan,
      seed,
      startedUnixMs: clock.originUnixMs,
      instance: {
        iterationsCompleted: live.total(LIVE.iterations),
        iterationsInterrupted: live.total(LIVE.interrupted),
        vusActive: 0,
        vusInitialized: live.total(LIVE.vus),
        elapsedUs: Math.round(summary.run.duration_s * 1e6),
      },
      dataJson: dataOf(run, summary),
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
  for (const line of lines) log.log(line);
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
    return [`what handleSummary() returned cannot be written: ${messageOf(error)}`];
  }
}
