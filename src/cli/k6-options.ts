/** k6's flags of `run` that stand for options of the script (options/k6-flags.ts), and its variables `K6_...`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { flagValue, K6_FLAGS, type K6Flag } from '../harness/options/k6-flags.js';
import { UserError } from '../harness/user-error.js';

export function withK6Flags(command: Command): Command {
  for (const flag of K6_FLAGS) command.addOption(optionOf(flag));
  return command;
}

function optionOf({ flags, kind, meaning }: K6Flag): Option {
  const option = new Option(flags, meaning);
  if (kind === 'flag') return option;
  return option.argParser((text, previous) => {
    const value = flagValue(kind, text, previous);
    if (value === undefined) throw new InvalidArgumentError(WANTED[kind]);
    return value;
  });
}

const WANTED = {
  number: 'It must be a whole number from 0.',
  text: 'It must be a text.',
  list: 'It must be a list with , between.',
  stages: 'It must be a time and a number, such as 30s:10.',
  pairs: 'It must be name=value.',
} as const;

/** What was typed, else what the environment says. Throws UserError. */
export function k6Options(
  command: Command,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, unknown>> {
  const given: Record<string, unknown> = {};
  for (const flag of K6_FLAGS) {
    const value = typed(command, flag) ?? fromEnvironment(flag, environment);
    if (value !== undefined) given[flag.option] = value;
  }
  return given;
}

/** `--no-setup` is the option `setup`, which is true unless it is typed. */
function typed(command: Command, { flags }: K6Flag): unknown {
  const option = command.options.find((one) => one.flags === flags);
  if (option === undefined) return undefined;
  const name = option.attributeName();
  const source = command.getOptionValueSource(name);
  if (source === undefined || source === 'default') return undefined;
  const value: unknown = command.getOptionValue(name);
  return option.negate ? value === false || undefined : value;
}

function fromEnvironment(
  { kind, variable }: K6Flag,
  environment: Readonly<Record<string, string | undefined>>,
): unknown {
  const text = variable === undefined ? undefined : environment[variable];
  if (variable === undefined || text === undefined || text === '') return undefined;
  const value = flagValue(kind, text);
  if (value === undefined)
    throw new UserError(
      `the environment: ${variable} cannot be used as it is: ${JSON.stringify(text)}`,
    );
  return value;
}
