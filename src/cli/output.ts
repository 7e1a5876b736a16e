/** What commands write to standard output. Each call resolves when the text has left the process. */
import { relative } from 'node:path';
import { summaryJson } from '../harness/report/json.js';
import { type Paint, paintFor } from '../harness/report/paint.js';
import { printable } from '../harness/report/printable.js';
import type { DrillEnd } from '../harness/report/progress.js';
import { scriptText } from '../harness/report/script-text.js';
import type { Summary } from '../harness/report/summary.js';
import { terminalSummary } from '../harness/report/terminal.js';
import { judgementView, type SummaryView, summaryView } from '../harness/report/view.js';
import type { VerifyResult } from '../harness/verify/verdict.js';
import { oneLine } from './errors.js';

/** As k6 has it: `full` tells all metrics, `disabled` nothing. */
export const SUMMARY_MODES = ['compact', 'full', 'disabled'] as const;
export type SummaryMode = (typeof SUMMARY_MODES)[number];

export function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}

/**
 * The summary, or what the script's handleSummary() has in its place. With `json` standard output is the summary as JSON
 * alone, and what the script wants there goes to standard error.
 */
export async function printEnd(
  { folder, summary, scriptSummary, timeUnit }: DrillEnd,
  { json, mode = 'compact' }: { readonly json: boolean; readonly mode?: SummaryMode },
): Promise<void> {
  const { stdout, stderr = '', failures = [] } = scriptSummary ?? {};
  process.stderr.write(json ? `${stderr}${stdout ?? ''}` : stderr);
  for (const line of failures) process.stderr.write(`paydrill: ${printable(oneLine(line))}\n`);
  if (json) await print(summaryJson(summary));
  else if (mode !== 'disabled')
    await print(stdout ?? summaryText(summary, folder, { timeUnit, isFull: mode === 'full' }));
}

/** Of a run without a ledger in k6's words. */
function summaryText(
  summary: Summary,
  folder: string,
  how: { readonly timeUnit: DrillEnd['timeUnit']; readonly isFull: boolean },
): string {
  if (summary.run.target !== 'none') return onScreen(summaryView(summary), folder);
  return scriptText(summary, { paint: paintOfScreen(), folder: shownFolder(folder), ...how });
}

export function printJudgement(found: {
  readonly judgement: VerifyResult;
  readonly folder: string;
  readonly json: boolean;
}): Promise<void> {
  const { judgement, folder, json } = found;
  const text = json
    ? `${JSON.stringify(judgement, null, 2)}\n`
    : onScreen(judgementView(judgement), folder);
  return print(text);
}

function onScreen(view: SummaryView, folder: string): string {
  return terminalSummary(view, {
    columns: process.stdout.columns ?? 80,
    // A pipe has no screen to fit.
    rows: process.stdout.rows ?? Number.POSITIVE_INFINITY,
    paint: paintOfScreen(),
    folder: shownFolder(folder),
  });
}

function paintOfScreen(): Paint {
  return paintFor({ terminal: process.stdout.isTTY === true, env: process.env });
}

function shownFolder(folder: string): string {
  return relative('', folder) || '.';
}
