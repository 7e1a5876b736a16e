/** `options.ext.paydrill` of a script: what a drill takes from it that k6 has no option for. Unknown names are refused. */
import { OptionFields } from '../options/option-fields.js';
import type { Population } from '../targets/target.js';

export interface OwnOptions {
  readonly population: Population;
  /** Of each attempt: after it the operation is sent again. */
  readonly deadlineMs: number;
  readonly operationsPerFrameMax: number;
  /** The script wants its peak to be what this machine carries. */
  readonly calibrates: boolean;
}

/** The busiest fifth of merchants takes 85 % of a festival (Zipf, s = 1); each user begins with 10,000 yuan. */
const DEFAULT_POPULATION: Population = {
  users: 1_000_000,
  merchants: 20_000,
  splitMerchants: 4_096,
  openingMinor: 1_000_000,
};

/** `where` names the script in messages. Throws ScriptConfigError. */
export function ownOptions(options: unknown, where: string): OwnOptions {
  const at = `${where}: options.ext`;
  const ext = new OptionFields(options ?? {}, `${where}: options`).raw('ext') ?? {};
  const fields = new OptionFields(
    new OptionFields(ext, at).raw('paydrill') ?? {},
    `${at}.paydrill`,
  );
  const whole = (name: string, otherwise: number): number =>
    fields.whole(name, { least: 0, otherwise });
  const { users, merchants, splitMerchants, openingMinor } = DEFAULT_POPULATION;
  const own = {
    population: {
      users: whole('users', users),
      merchants: whole('merchants', merchants),
      splitMerchants: whole('splitMerchants', splitMerchants),
      openingMinor: whole('openingMinor', openingMinor),
    },
    deadlineMs: whole('deadlineMs', 2_000),
    operationsPerFrameMax: whole('operationsPerFrame', 512),
    calibrates: fields.flag('calibrate'),
  };
  fields.refuseUnknown();
  const { population } = own;
  // A merchant that is not there cannot be split.
  const split = Math.min(population.merchants, population.splitMerchants);
  return { ...own, population: { ...population, splitMerchants: split } };
}
