/** The secrets that a drill's sources hold, read once before anything starts. No message here says a value. */
import { readFileSync } from 'node:fs';
import { messageOf } from '../message-of.js';
import { keyValues, parseSecretSource, type SecretSourceSpec } from '../options/secret-source.js';
import type { Secrets } from '../options/secrets.js';
import { UserError } from '../user-error.js';

/** As `--secret-source` says them. Throws UserError. */
export function secretsOf(texts: readonly string[]): Secrets {
  const specs = texts.flatMap((text) => parseSecretSource(text) ?? []);
  for (const { name } of specs)
    if (specs.filter((one) => one.name === name).length > 1)
      throw new UserError(`two secret sources are called ${name}: add name=.. to one`);
  const defaults = specs.filter(({ isDefault }) => isDefault);
  if (defaults.length > 1)
    throw new UserError('two secret sources say that they are the default: one can be');
  const [only] = specs.length === 1 ? specs : defaults;
  return {
    sources: specs.map((spec) => ({ name: spec.name, values: valuesOf(spec) })),
    byDefault: only?.name,
  };
}

function valuesOf(spec: SecretSourceSpec): Readonly<Record<string, string>> {
  if (spec.kind === 'mock') return spec.values;
  const lines = linesOf(spec.path);
  const values = keyValues(lines.filter((line) => line.trim() !== ''));
  if (typeof values !== 'string') return values;
  const number = lines.indexOf(values) + 1;
  throw new UserError(`the secret source ${spec.path}: line ${number} is not key=value`);
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/);
  } catch (cause) {
    throw new UserError(`the secret source ${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}
