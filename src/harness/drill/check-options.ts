/**
 * Whatever is wrong with a drill's options is refused here, before anything is read or started: a value that is none, a name
 * that is no option, what cannot go together. The rule that only this machine is loaded or broken is kept here, for the
 * command line and for programs alike.
 */
import {
  formatTargetAddress,
  mayReach,
  parseAddress,
  parseTargetAddress,
} from '../../wire/address.js';
import { isPlainObject, nearest, shown } from '../options/option-fields.js';
import type { DrillOptions } from '../report/progress.js';
import { isTargetFile } from '../targets/file/is-target-file.js';
import { UserError } from '../user-error.js';
import { OPTION_TABLE, type OptionRule } from './option-table.js';

/** Only the script must be named; what is left out is as on the command line. */
export type GivenOptions = Partial<DrillOptions> & Pick<DrillOptions, 'script'>;

/** What programs are told in. */
const WHERE = 'options of the drill';

/** `program`: where none is given. What comes back is a copy: it stays what it was when it was checked. Throws UserError. */
export function checkedOptions(given: unknown, program: readonly string[]): DrillOptions {
  if (!isPlainObject(given)) {
    throw new UserError(
      `the ${WHERE} must be an object, as { script: 'drills/starter.ts' }, got ${shown(given)}`,
    );
  }
  const options = {
    target: 'auto',
    durationScale: 1,
    env: {},
    program,
    allowTargets: [],
    signal: new AbortController().signal,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
  checkEach(options);
  checkTogether(options);
  const { target, env, allowTargets } = options;
  const address = isTargetFile(target) ? undefined : parseTargetAddress(target);
  return {
    ...options,
    target: address === undefined ? target : formatTargetAddress(address),
    env: { ...env },
    allowTargets: [...allowTargets],
  };
}

function checkEach(
  options: Readonly<Record<string, unknown>>,
): asserts options is Readonly<Record<string, unknown>> & DrillOptions {
  const names = Object.keys(OPTION_TABLE);
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue;
    const near = nearest(name, names);
    const hint =
      near === undefined ? `known are ${names.sort().join(', ')}` : `did you mean ${near}?`;
    throw new UserError(`${WHERE}: ${name} is not known; ${hint}`);
  }
  for (const [name, rule] of Object.entries<OptionRule>(OPTION_TABLE)) {
    const value = options[name];
    if (value === undefined ? rule.isNeeded !== true : rule.fits(value)) continue;
    const got = rule.got?.(value) ?? shown(value);
    const meant = rule.meant?.(value);
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    throw new UserError(`${WHERE}: ${name} must be ${rule.wanted}, got ${got}${hint}`);
  }
}

function checkTogether(options: DrillOptions): void {
  const { target, mutant, shards, toxiproxy, allowTargets, faults, faultPlan } = options;
  const { constantRate, peakPerSec } = options;
  if (faults !== undefined && faultPlan !== undefined) {
    throw new UserError(`${WHERE}: faults and faultPlan both say what to break: leave out one`);
  }
  if (constantRate !== undefined && peakPerSec !== undefined) {
    throw new UserError(`${WHERE}: constantRate and peakPerSec both say how much: leave out one`);
  }
  if (toxiproxy !== undefined) {
    checkHost('Toxiproxy', toxiproxy, { host: parseAddress(toxiproxy)?.host, allowTargets });
  }
  if (target === 'reference' || target === 'auto') return;
  if (!isTargetFile(target))
    checkHost('target', target, { host: parseTargetAddress(target)?.host, allowTargets });
  if (mutant !== undefined) {
    throw new UserError('--mutant plants a bug in the reference stack: leave out --target');
  }
  if (shards !== undefined) {
    throw new UserError('--shards is for the reference stack: leave out --target or --shards');
  }
}

function checkHost(
  what: string,
  address: string,
  {
    host,
    allowTargets,
  }: { readonly host: string | undefined; readonly allowTargets: readonly string[] },
): void {
  if (host === undefined || mayReach(host, allowTargets)) return;
  throw new UserError(
    `${what} ${address} is not on this machine: to use it, add --allow-target ${host}`,
  );
}
