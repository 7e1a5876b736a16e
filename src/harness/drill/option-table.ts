/**
 * Every option of a drill and what its value must be. Programs hand over whatever they have, plan.json of a run folder whatever
 * somebody wrote into it: a type that was checked where it was compiled says nothing here. One row an option; a row that
 * is missing does not compile.
 */
import { parseAddress, parseTargetAddress } from '../../wire/address.js';
import { isMutant, MUTANTS } from '../../wire/mutants.js';
import { isPlainObject, nearest, shown } from '../options/option-fields.js';
import { parseSecretSource, SECRET_SOURCE_KINDS } from '../options/secret-source.js';
import { isOutput, OUTPUT_KINDS } from '../outputs/output-spec.js';
import { type ConstantRate, type DrillOptions, KEEPS } from '../report/progress.js';
import { RATE_PER_SEC_MAX } from '../schedule/fields.js';
import { isTargetFile } from '../targets/file/is-target-file.js';
import {
  isPositive,
  isVariableName,
  isWholeIn,
  SEEDS,
  SHARDS,
  type WholeRange,
  WORKERS,
} from './option-rules.js';

export interface OptionRule {
  /** What it must be, in words. */
  readonly wanted: string;
  readonly isNeeded?: true;
  fits(value: unknown): boolean;
  /** What of it is not so; without it, all of it. */
  got?(value: unknown): string | undefined;
  /** What was meant, where that can be guessed. */
  meant?(value: unknown): string | undefined;
}

/** `auto`: the reference stack where the script pays, otherwise none. */
export const TARGET_WORDS: readonly string[] = ['auto', 'reference', 'none'];

/** Those that are needed have a default, unless only the caller can know. */
export const OPTION_TABLE = {
  script: { wanted: 'the path of a script', isNeeded: true, fits: isText },
  workingDirectory: { wanted: 'the path of a folder', fits: isText },
  target: {
    wanted:
      "'auto', 'reference', 'none', host:port of a gateway, http://host:port of its HTTP API, or the path of a target file",
    isNeeded: true,
    fits: (value) =>
      isText(value) &&
      (TARGET_WORDS.includes(value) ||
        isTargetFile(value) ||
        parseTargetAddress(value) !== undefined),
    meant: (value) => oneOf(TARGET_WORDS).meant(value),
  },
  peakPerSec: { wanted: 'a number above 0', fits: isPositive },
  durationScale: { wanted: 'a number above 0', isNeeded: true, fits: isPositive },
  executionSegment: { wanted: 'a part of the whole, as "1/4:1/2"', fits: isText },
  executionSegmentSequence: { wanted: 'places that ascend, as "0,1/4,1/2,1"', fits: isText },
  constantRate: {
    wanted: 'an object with perSec, warmUpMs, holdMs and slos, a list of texts',
    fits: isConstantRate,
  },
  seed: whole(SEEDS),
  workers: whole(WORKERS),
  shards: whole(SHARDS),
  scriptSha256: {
    wanted: '64 hexadecimal digits',
    fits: isSha256,
  },
  scriptOptions: { wanted: 'an object of options as a script exports them', fits: isPlainObject },
  systemEnv: { wanted: 'true or false', fits: (value) => typeof value === 'boolean' },
  summaryExport: { wanted: 'the path of a file', fits: isText },
  noSummary: { wanted: 'true or false', fits: (value) => typeof value === 'boolean' },
  offline: { wanted: 'true or false', fits: (value) => typeof value === 'boolean' },
  modulesFolder: { wanted: 'the path of a folder', fits: isText },
  productsFolder: { wanted: 'the path of a folder', fits: isText },
  remoteModules: {
    wanted: 'an object of hashes by address, 64 hexadecimal digits each',
    fits: (value) => isPlainObject(value) && Object.values(value).every(isSha256),
  },
  faultPlan: {
    wanted: 'an object with the text "from" and the plan as "document"',
    fits: (value) =>
      isPlainObject(value) &&
      isText(value.from) &&
      Object.keys(value).sort().join() === 'document,from',
  },
  faults: { wanted: "the path of a fault plan, or 'none'", fits: isText },
  laws: { wanted: 'the path of a folder', fits: isText },
  riskLine: { wanted: 'the path of a file', fits: isText },
  outputs: {
    wanted: `a list of outputs, each one of ${Object.values(OUTPUT_KINDS).join(', ')}`,
    fits: (value) => Array.isArray(value) && value.every((text) => isText(text) && isOutput(text)),
  },
  secretSources: {
    wanted: `a list of sources, each one of ${Object.values(SECRET_SOURCE_KINDS).join(', ')}`,
    fits: (value) => Array.isArray(value) && wrongSource(value) === undefined,
    // Not the whole: it holds secrets.
    got: (value) => (Array.isArray(value) ? wrongSource(value) : 'something else'),
  },
  outFolder: { wanted: 'the path of a folder', fits: isText },
  keep: oneOf(KEEPS),
  env: {
    wanted: 'an object of texts by name, as { USERS: "10" }',
    isNeeded: true,
    fits: (value) => isPlainObject(value) && wrongVariable(value) === undefined,
    // Not the whole: it may hold what is nobody's business.
    got: (value) => (isPlainObject(value) ? wrongVariable(value) : undefined),
  },
  mutant: {
    wanted: "a mutant; 'paydrill mutants' lists them",
    fits: (value) => typeof value === 'string' && isMutant(value),
    meant: (value) => oneOf(Object.keys(MUTANTS)).meant(value),
  },
  toxiproxy: {
    wanted: 'host:port',
    fits: (value) => isText(value) && (parseAddress(value)?.port ?? 0) !== 0,
  },
  program: {
    wanted: 'the words of a command, the executable first',
    isNeeded: true,
    fits: (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
  },
  allowLittleDisk: { wanted: 'true or false', fits: (value) => typeof value === 'boolean' },
  allowTargets: {
    wanted: 'a list of hosts',
    isNeeded: true,
    fits: (value) => Array.isArray(value) && value.every(isText),
  },
  signal: { wanted: 'an AbortSignal', isNeeded: true, fits: isSignal },
} as const satisfies Readonly<Record<keyof DrillOptions, OptionRule>>;

function whole(range: WholeRange): OptionRule {
  return {
    wanted: `a whole number from ${range.min} to ${range.max}`,
    fits: (value) => isWholeIn(range, value),
  };
}

function oneOf(words: readonly string[]): Required<Pick<OptionRule, 'wanted' | 'fits' | 'meant'>> {
  return {
    wanted: `one of ${words.join(', ')}`,
    fits: (value) => typeof value === 'string' && words.includes(value),
    meant: (value) => (typeof value === 'string' ? nearest(value, words) : undefined),
  };
}

function wrongVariable(env: Readonly<Record<string, unknown>>): string | undefined {
  const wrong = Object.entries(env).find(
    ([name, value]) => !isVariableName(name) || typeof value !== 'string',
  );
  if (wrong === undefined) return undefined;
  const [name, value] = wrong;
  return isVariableName(name)
    ? `${shown(value)} for ${name}`
    : `${shown(name)}, which is no name of a variable`;
}

/** Which of them is none, by its place: it may be half of a secret. */
function wrongSource(list: readonly unknown[]): string | undefined {
  const at = list.findIndex((text) => !isText(text) || parseSecretSource(text) === undefined);
  return at < 0 ? undefined : `another text as number ${at + 1}`;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isSha256(value: unknown): value is string {
  return isText(value) && /^[0-9a-f]{64}$/.test(value);
}

export function isConstantRate(value: unknown): value is ConstantRate {
  return (
    isPlainObject(value) &&
    Object.keys(value).sort().join() === 'holdMs,perSec,slos,warmUpMs' &&
    isPositive(value.perSec) &&
    value.perSec <= RATE_PER_SEC_MAX &&
    isPositive(value.holdMs) &&
    (value.warmUpMs === 0 || isPositive(value.warmUpMs)) &&
    Array.isArray(value.slos) &&
    value.slos.every(isText)
  );
}

/** By its shape: a program may have one of another realm. */
function isSignal(value: unknown): boolean {
  return (
    isPlainObject(value) &&
    typeof value.aborted === 'boolean' &&
    typeof value.addEventListener === 'function' &&
    typeof value.removeEventListener === 'function'
  );
}
