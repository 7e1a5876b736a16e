/** Whether a target of somebody's is at rest, by what its file says: asked again and again until it is. */
import { setTimeout as delay } from 'node:timers/promises';
import { valueAt } from '../../books/neutral/path.js';
import { runStatements } from '../../books/neutral/readers/run-statements.js';
import { runCommand } from '../../faults/run-command.js';
import { messageOf } from '../../message-of.js';
import type { Rest } from '../target.js';
import type { OpenStepsOptions } from './open-steps.js';
import type { SettledSpec } from './target-file.js';

const LOOK_MS = 100;
const LOOK_MS_MAX = 10_000;
const WITHIN_S = 30;

/** Never rejects: what cannot be asked is what is missing. */
export async function untilAtRest(
  spec: SettledSpec | undefined,
  options: Omit<OpenStepsOptions, 'signal'>,
  signal: AbortSignal,
): Promise<Rest> {
  if (spec === undefined) return { atRest: true, missing: [] };
  const patience = AbortSignal.timeout((spec.withinS ?? WITHIN_S) * 1000);
  const both = AbortSignal.any([signal, patience]);
  for (;;) {
    const missing = await restless(spec, options);
    if (missing === undefined) return { atRest: true, missing: [] };
    if (both.aborted) return { atRest: false, missing: [missing] };
    await delay(LOOK_MS, undefined, { signal: both }).catch(() => undefined); // one more look, and that is told
  }
}

/** Why it is not at rest; undefined where it is. */
async function restless(
  spec: SettledSpec,
  { here, databases, allowTargets }: Omit<OpenStepsOptions, 'signal'>,
): Promise<string | undefined> {
  try {
    if ('command' in spec) {
      await runCommand(spec.command, { folder: here, msMax: LOOK_MS_MAX });
      return undefined;
    }
    if ('url' in spec) return await restlessAt(spec);
    const url = databases[spec.database] ?? spec.database;
    const left = await runStatements({ url, allowTargets }, [spec.sql], LOOK_MS_MAX);
    return isNothing(left) ? undefined : `its query returns ${String(left)}`;
  } catch (error) {
    return messageOf(error);
  }
}

async function restlessAt({
  url,
  path,
}: Extract<SettledSpec, { readonly url: string }>): Promise<string | undefined> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(LOOK_MS_MAX) });
  const text = await answer.text();
  if (!answer.ok) return `${url} answers ${answer.status}`;
  if (path === undefined) return undefined;
  const left = valueAt(JSON.parse(text), path);
  if (left === undefined) return `${url} has nothing at ${path}`;
  return isNothing(left) ? undefined : `${url} has ${JSON.stringify(left)} at ${path}`;
}

function isNothing(value: unknown): boolean {
  const isEmpty = Array.isArray(value) && value.length === 0;
  return (
    value === undefined ||
    value === null ||
    value === false ||
    isEmpty ||
    /^(0|f|false)$/.test(String(value))
  );
}
