/** What is done before the load so that accounts exist, step by step, each to its end. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { mayReach } from '../../../wire/address.js';
import { runStatements } from '../../books/neutral/readers/run-statements.js';
import { runCommand } from '../../faults/run-command.js';
import { messageOf } from '../../message-of.js';
import { UserError } from '../../user-error.js';
import type { OpenStep } from './target-file.js';

const STEP_S = 60;

export interface OpenStepsOptions {
  /** The folder of the target file. */
  readonly here: string;
  /** Connection URLs by name. */
  readonly databases: Readonly<Record<string, string>>;
  readonly allowTargets: readonly string[];
  readonly signal: AbortSignal;
}

/** Rejects with UserError, which says which step. */
export async function runOpenSteps(
  steps: readonly OpenStep[],
  options: OpenStepsOptions,
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    options.signal.throwIfAborted();
    try {
      await runStep(step, options);
    } catch (cause) {
      options.signal.throwIfAborted();
      throw new UserError(`open[${index}]: ${messageOf(cause)}`, { cause });
    }
  }
}

async function runStep(
  step: OpenStep,
  { here, databases, allowTargets, signal }: OpenStepsOptions,
): Promise<void> {
  const msMax = (step.withinS ?? STEP_S) * 1000;
  if ('command' in step) {
    await runCommand(step.command, { folder: here, msMax, signal });
    return;
  }
  if ('url' in step) {
    await ask(step, {
      allowTargets,
      signal: AbortSignal.any([signal, AbortSignal.timeout(msMax)]),
    });
    return;
  }
  const url = databases[step.database] ?? step.database;
  const texts =
    'file' in step ? [readFileSync(resolve(here, step.file), 'utf8')] : [step.sql].flat();
  await runStatements({ url, allowTargets }, texts, msMax);
}

async function ask(
  { url, method, headers, body }: Extract<OpenStep, { readonly url: string }>,
  { allowTargets, signal }: Pick<OpenStepsOptions, 'allowTargets' | 'signal'>,
): Promise<void> {
  const { host, hostname } = new URL(url);
  if (!mayReach(hostname, allowTargets))
    throw new Error(`${host} is not on this machine: to use it, add --allow-target ${hostname}`);
  const isText = typeof body === 'string' || body === undefined;
  const answer = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(isText ? {} : { 'content-type': 'application/json' }), ...headers },
    body: isText ? (body ?? null) : JSON.stringify(body),
    signal,
  });
  const words = await answer.text();
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}: ${words.slice(0, 200)}`);
}
