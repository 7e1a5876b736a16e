/** `options.ext.paydrill` of a script: what a drill takes from it that k6 has no option for. Unknown names are refused. */
import { productsNamed } from '../../products/kinds.js';
import { DEFAULT_BOUNDS } from '../../risk/line/agreed-risk.js';
import { NETWORKS } from '../faults/kinds/network.js';
import { messageOf } from '../message-of.js';
import { ScriptConfigError } from '../options/errors.js';
import { OptionFields } from '../options/option-fields.js';
import { DEFAULT_STACK, type StackSize } from '../targets/stack-size.js';
import { brownOutSteps } from './brown-out.js';

export interface OwnOptions {
  readonly stack: StackSize;
  /** Of each attempt: after it the operation is sent again. */
  readonly deadlineMs: number;
  readonly operationsPerFrameMax: number;
  /** The script wants its peak to be what this machine carries. */
  readonly calibrates: boolean;
  /** Path of a folder of laws, from where the script is; undefined where it names none. */
  readonly lawsFolder: string | undefined;
  /** Path of a target file, from where the script is; undefined where it names none. */
  readonly targetPath: string | undefined;
  /** A risk engine in line; undefined where the script asks for none. */
  readonly risk: RiskOption | undefined;
}

export interface RiskOption {
  /** Paths, from where the script is. */
  readonly rules: string;
  readonly model: string | undefined;
  /** Of RiskBounds (risk/line/agreed-risk.ts), those that are named. */
  readonly bounds: Readonly<Record<string, unknown>>;
}

function riskOption(fields: OptionFields, at: string): RiskOption | undefined {
  const told = fields.raw('risk');
  if (told === undefined) return undefined;
  const risk = new OptionFields(told, `${at}.risk`);
  const bounds = Object.keys(DEFAULT_BOUNDS)
    .map((name) => [name, risk.raw(name)])
    .filter(([, value]) => value !== undefined);
  const option = {
    rules: risk.text('rules', ''),
    model: risk.has('model') ? risk.text('model', '') : undefined,
    bounds: Object.fromEntries(bounds),
  };
  risk.refuseUnknown();
  if (option.rules === '') risk.refuse('rules', 'the path of a file of rules', undefined);
  return option;
}

function networkNames(fields: OptionFields, at: string): readonly string[] {
  const names = fields.raw('networks') ?? [];
  const known = Object.keys(NETWORKS);
  if (Array.isArray(names) && names.every((name) => known.includes(name)))
    return [...new Set(names)];
  throw new ScriptConfigError(`${at}.networks must be a list of names, of ${known.join(', ')}`);
}

function productNames(fields: OptionFields, at: string): readonly string[] {
  const names = fields.raw('products') ?? [];
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string'))
    throw new ScriptConfigError(`${at}.products must be a list of names`);
  try {
    return productsNamed(names).map(({ name }) => name);
  } catch (error) {
    throw new ScriptConfigError(`${at}.products: ${messageOf(error)}`);
  }
}

/** `where` names the script in messages; `shards` as the command line has them. Throws ScriptConfigError. */
export function ownOptions(
  options: unknown,
  where: string,
  shards: number = DEFAULT_STACK.shards,
): OwnOptions {
  const at = `${where}: options.ext`;
  const ext = new OptionFields(options ?? {}, `${where}: options`).raw('ext') ?? {};
  const fields = new OptionFields(
    new OptionFields(ext, at).raw('paydrill') ?? {},
    `${at}.paydrill`,
  );
  const whole = (name: string, otherwise: number): number =>
    fields.whole(name, { least: 0, otherwise });
  const { users, merchants, splitMerchants, openingMinor } = DEFAULT_STACK.population;
  const population = {
    users: whole('users', users),
    merchants: whole('merchants', merchants),
    splitMerchants: whole('splitMerchants', splitMerchants),
    openingMinor: whole('openingMinor', openingMinor),
    products: productNames(fields, `${at}.paydrill`),
  };
  // A merchant that is not there cannot be split.
  const split = Math.min(population.merchants, population.splitMerchants);
  const own = {
    stack: {
      shards,
      population: { ...population, splitMerchants: split },
      networks: networkNames(fields, `${at}.paydrill`),
      brownOut: brownOutSteps(fields.raw('brownOut'), `${at}.paydrill.brownOut`),
    },
    deadlineMs: whole('deadlineMs', 2_000),
    operationsPerFrameMax: whole('operationsPerFrame', 512),
    calibrates: fields.flag('calibrate'),
    lawsFolder: fields.raw('laws') === undefined ? undefined : fields.text('laws', ''),
    targetPath: fields.raw('target') === undefined ? undefined : fields.text('target', ''),
    risk: riskOption(fields, `${at}.paydrill`),
  };
  fields.refuseUnknown();
  return own;
}
