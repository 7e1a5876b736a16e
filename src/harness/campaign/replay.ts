/**
 * A drill again from its run folder: the same script, environment, seed, traffic, faults and topology. plan.json is all it
 * needs besides the script itself, which must be as it was. The target's own timing is not part of what is repeated.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { isMutant } from '../../wire/mutants.js';
import { isConstantRate } from '../drill/option-table.js';
import { PLAN_SCHEMA } from '../drill/plan-file.js';
import { messageOf } from '../message-of.js';
import { segmentOptions } from '../options/segment-option.js';
import { RISK_LINE_FILE } from '../records/decisions-file.js';
import { PLAN_FILE } from '../records/plan-record.js';
import { LAWS_FOLDER } from '../records/run-layout.js';
import type { ConstantRate, DrillOptions } from '../report/progress.js';
import { UserError } from '../user-error.js';

/** What the run folder decides; the rest of the options is for whoever runs it again. */
export type ReplayedOptions = Pick<
  DrillOptions,
  | 'script'
  | 'workingDirectory'
  | 'scriptSha256'
  | 'remoteModules'
  | 'target'
  | 'peakPerSec'
  | 'durationScale'
  | 'executionSegment'
  | 'executionSegmentSequence'
  | 'constantRate'
  | 'seed'
  | 'workers'
  | 'shards'
  | 'faultPlan'
  | 'env'
  | 'scriptOptions'
  | 'mutant'
  | 'toxiproxy'
  | 'laws'
  | 'riskLine'
>;

/** Throws UserError where the folder has no plan that can be run again. */
export function replayOf(folder: string): ReplayedOptions {
  const file = join(folder, PLAN_FILE);
  const plan = new PlanReader(file, readPlan(file));
  if (plan.text('schema') !== PLAN_SCHEMA) {
    throw plan.refusal(`is not of schema ${PLAN_SCHEMA}: run the drill anew with this version`);
  }
  const laws = join(folder, LAWS_FOLDER);
  const riskLine = join(folder, RISK_LINE_FILE);
  const isReference = plan.text('target') === 'reference';
  const peak = plan.number('peak_per_s');
  const toxiproxy = plan.text('toxiproxy');
  const constantRate = constantRateOf(plan);
  const mutant = plan.optionalText('mutant');
  if (mutant !== undefined && !isMutant(mutant)) throw plan.refusal(`names no mutant: ${mutant}`);
  return {
    script: plan.text('script'),
    workingDirectory: workingDirectory(plan),
    scriptSha256: plan.text('script_sha256'),
    // Folders of earlier versions have none.
    ...(plan.value('remote_modules') === undefined
      ? {}
      : { remoteModules: plan.texts('remote_modules') }),
    target: plan.text('target'),
    ...(constantRate === undefined ? {} : { constantRate }),
    ...(peak > 0 && constantRate === undefined ? { peakPerSec: peak } : {}),
    durationScale: plan.number('duration_scale'),
    ...segmentOptions({
      executionSegment: plan.optionalText('execution_segment'),
      executionSegmentSequence: plan.optionalText('execution_segment_sequence'),
    }),
    seed: plan.number('seed'),
    workers: plan.number('workers'),
    ...(isReference ? { shards: plan.number('shards') } : {}),
    faultPlan: { from: realFile(file), document: plan.value('fault_plan') },
    env: plan.texts('env'),
    // Folders of earlier versions have none.
    scriptOptions: Object(plan.value('script_options')),
    ...(mutant === undefined ? {} : { mutant }),
    ...(toxiproxy === 'embedded' ? {} : { toxiproxy }),
    // As they were, wherever they came from.
    ...(existsSync(laws) ? { laws: realFile(laws) } : {}),
    ...(existsSync(riskLine) ? { riskLine: realFile(riskLine) } : {}),
  };
}

/**
 * Where its script is: where it was run, or from here, where the project has moved since. Folders of earlier versions do not say
 * where they were run.
 */
function workingDirectory(plan: PlanReader): string {
  const script = plan.text('script');
  const told =
    plan.value('working_directory') === undefined ? [] : [plan.text('working_directory')];
  const places = [...told, process.cwd()];
  const found = places.find((place) => existsSync(resolve(place, script)));
  if (found !== undefined) return found;
  const paths = [...new Set(places.map((place) => resolve(place, script)))];
  throw plan.refusal(
    `cannot be run again: its script is not at ${paths.join(', nor at ')}; restore it there`,
  );
}

/** Undefined where the script's own schedule was run; folders of earlier versions say nothing of it. */
function constantRateOf(plan: PlanReader): ConstantRate | undefined {
  const told = plan.value('constant_rate') ?? undefined;
  if (told === undefined) return undefined;
  if (isConstantRate(told)) return told;
  throw plan.refusal('has something other than a rate in "constant_rate"');
}

/** Where it is by itself: `reports/latest` is soon another folder. */
function realFile(file: string): string {
  const real = realpathSync(file);
  const near = relative('', real);
  return near.startsWith('..') ? real : near;
}

function readPlan(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const reason = messageOf(cause);
    throw new UserError(`${file} cannot be read: ${reason}; name the folder of a drill`, { cause });
  }
}

class PlanReader {
  readonly #file: string;
  readonly #fields: ReadonlyMap<string, unknown>;

  constructor(file: string, content: unknown) {
    this.#file = file;
    if (typeof content !== 'object' || content === null) throw this.refusal('is no JSON object');
    this.#fields = new Map(Object.entries(content));
  }

  value(field: string): unknown {
    return this.#fields.get(field);
  }

  text(field: string): string {
    const value = this.value(field);
    if (typeof value === 'string') return value;
    throw this.refusal(`has no text "${field}"`);
  }

  optionalText(field: string): string | undefined {
    return this.value(field) === null ? undefined : this.text(field);
  }

  number(field: string): number {
    const value = this.value(field);
    if (typeof value === 'number') return value;
    throw this.refusal(`has no number "${field}"`);
  }

  texts(field: string): Readonly<Record<string, string>> {
    const value = this.value(field);
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    const texts = entries.filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    if (texts.length === entries.length) return Object.fromEntries(texts);
    throw this.refusal(`has something other than texts in "${field}"`);
  }

  refusal(what: string): UserError {
    return new UserError(`${this.#file} ${what}`);
  }
}
