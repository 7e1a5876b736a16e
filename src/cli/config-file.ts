/**
 * `paydrill.config.ts|js|json|yaml|toml` of the folder that paydrill is called in, or the file that `--config` names: the options of a
 * command by name, `{ peak: 5000, durationScale: 0.5, allowTarget: ['pay.test'] }`. Nothing is fetched, and no other file is looked at.
 */
import { relative } from 'node:path';
import { messageOf } from '../harness/message-of.js';
import { isPlainObject, shown } from '../harness/options/option-fields.js';
import { PLAIN_FILE } from '../harness/targets/file/plain-file.js';
import { UserError } from '../harness/user-error.js';
import { oneLine } from './errors.js';

export interface ConfigFile {
  /** As it stands in messages. */
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** `path` undefined: where there is one. Throws UserError. */
export async function readConfigFile(
  path: string | undefined,
  folder: string,
): Promise<ConfigFile | undefined> {
  const { loadConfig } = await import('c12');
  const { config, _configFile: found } = await loadConfig({
    cwd: folder,
    name: 'paydrill',
    ...(path === undefined ? {} : { configFile: path, configFileRequired: true }),
    ...PLAIN_FILE,
  }).catch((cause: unknown) => {
    const which = path ?? 'the config file';
    throw new UserError(`${which} cannot be read: ${oneLine(messageOf(cause))}`, { cause });
  });
  if (found === undefined) return undefined;
  const name = relative(folder, found);
  if (isPlainObject(config) && !Array.isArray(config)) return { name, values: config };
  throw new UserError(`${name} must hold an object of options, got ${shown(config)}`);
}
