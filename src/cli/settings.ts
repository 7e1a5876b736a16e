/**
 * The options of a command that were not typed: from the environment (`PAYDRILL_DURATION_SCALE`), else from a config file
 * (`durationScale`), else the default. Each goes through the reader of its option, so that what may stand there is what may be typed.
 */
import { type Command, InvalidArgumentError, type Option } from 'commander';
import { isPlainObject, nearest, shown } from '../harness/options/option-fields.js';
import { UserError } from '../harness/user-error.js';
import { readConfigFile } from './config-file.js';

const PREFIX = 'PAYDRILL_';
const CONFIG_VARIABLE = `${PREFIX}CONFIG`;

/** Kubernetes sets them in every pod beside a Service whose name begins with `paydrill`. */
const OF_A_SERVICE =
  /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;

/** They name one run, or the file itself. */
const TYPED_ONLY: readonly string[] = ['config', 'replay'];

export function withSettings(command: Command): Command {
  return command
    .option(
      '--config <file>',
      'file with these options by name (default: paydrill.config.ts, .js, .json or .yaml, where there is one)',
    )
    .hook('preAction', (_, asked) => setUntyped(asked, process.env));
}

type Environment = Readonly<Record<string, string | undefined>>;

async function setUntyped(command: Command, environment: Environment): Promise<void> {
  const { config } = command.opts<{ readonly config?: string }>();
  const file = await readConfigFile(config ?? environment[CONFIG_VARIABLE], process.cwd());
  const options = command.options.filter((option) => !TYPED_ONLY.includes(option.attributeName()));
  const names = options.map((option) => option.attributeName());
  for (const key of Object.keys(file?.values ?? {})) {
    if (names.includes(key)) continue;
    const near = nearest(key, names);
    const hint =
      near === undefined ? `known are ${names.sort().join(', ')}` : `did you mean ${near}?`;
    throw new UserError(`${file?.name}: ${key} is not known; ${hint}`);
  }
  refuseUnknown(environment, options);
  for (const option of options) {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) === 'cli') continue;
    const variable = variableOf(option);
    const said = environment[variable];
    // An empty variable is none, as where a pipeline passes on what it does not have.
    if (said !== undefined && said !== '' && isInEnvironment(option)) {
      const values = isList(option) ? said.split(',') : [said];
      command.setOptionValueWithSource(name, read(option, values, variable), 'env');
    } else if (file?.values[name] !== undefined) {
      const where = `${file.name}: ${name}`;
      const values = textsOf(option, file.values[name], where);
      command.setOptionValueWithSource(name, read(option, values, where), 'config');
    }
  }
}

/** Whoever sets a variable of ours means it: one that nothing reads is a mistake. Throws UserError. */
function refuseUnknown(environment: Environment, options: readonly Option[]): void {
  const known = [CONFIG_VARIABLE, ...options.filter(isInEnvironment).map(variableOf)];
  for (const [variable, said] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || said === '' || known.includes(variable)) continue;
    if (OF_A_SERVICE.test(variable)) continue;
    const near = nearest(variable, known);
    const hint =
      near === undefined ? `known are ${known.sort().join(', ')}` : `did you mean ${near}?`;
    throw new UserError(`the environment: ${variable} is not known; ${hint}`);
  }
}

/** Variables of the script have names of their own. */
function isInEnvironment(option: Option): boolean {
  return option.attributeName() !== 'env';
}

/** `PAYDRILL_ALLOW_TARGET` of `--allow-target`. */
function variableOf(option: Option): string {
  return `${PREFIX}${option.name().replaceAll('-', '_').toUpperCase()}`;
}

/** What collects has something to collect in. */
function isRepeatable({ defaultValue }: Option): boolean {
  return typeof defaultValue === 'object';
}

/** With , between, in a variable. A secret source has its own. */
function isList(option: Option): boolean {
  return isRepeatable(option) && option.attributeName() !== 'secretSource';
}

/** The words that would be typed. An object is its entries: `{ USERS: 10 }` is `USERS=10`. */
function textsOf(option: Option, value: unknown, where: string): readonly string[] {
  if (!isRepeatable(option)) return [textOf(value, where)];
  if (Array.isArray(value)) return value.map((one) => textOf(one, where));
  if (isPlainObject(value))
    return Object.entries(value).map(([name, one]) => `${name}=${textOf(one, where)}`);
  return [textOf(value, where)];
}

function textOf(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`;
  throw new UserError(`${where} must be a text, a number, true or false, got ${shown(value)}`);
}

function read(option: Option, values: readonly string[], where: string): unknown {
  // `--no-setup` is the option `setup`, and so in a file; its variable is NO_SETUP.
  if (option.negate)
    return where === variableOf(option) ? !flag(values[0], where) : flag(values[0], where);
  if (option.isBoolean()) return flag(values[0], where);
  const { parseArg } = option;
  if (parseArg === undefined) return values[0];
  try {
    return values.reduce<unknown>(
      (previous, text) => parseArg(text, previous),
      option.defaultValue,
    );
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UserError(`${where}: ${error.message} It is ${shown(values.join(','))}.`);
  }
}

function flag(text: string | undefined, where: string): boolean {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new UserError(`${where} must be true or false, got ${shown(text)}`);
}
