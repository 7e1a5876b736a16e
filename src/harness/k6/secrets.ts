/**
 * The module `k6/secrets`: values that a script is given by `--secret-source`, and that are told nowhere. A promise each, which is
 * rejected where there is no such value.
 */
import type { SecretSource } from '../options/secrets.js';
import type { Vu } from '../vu/virtual-user.js';
import type { ModuleApi } from './module-api.js';

export const secretsApi: ModuleApi = {
  exports: { get: 'plain', source: 'plain' },
  create: (vu) => secretsOf(vu),
};

function secretsOf({ thread }: Vu): object {
  const named = (name: string | undefined): SecretSource | undefined =>
    thread.secrets.sources.find((source) => source.name === name);
  const module = {
    /** Of the source that is asked by default. */
    async get(key: unknown): Promise<string> {
      const { sources, byDefault } = thread.secrets;
      if (sources.length === 0) throw new Error(NOT_CONFIGURED);
      const source = named(byDefault);
      if (source !== undefined) return secretOf(source, key);
      const names = sources.map(({ name }) => name).join(', ');
      throw new Error(`no secret source is the default: there are ${names}`);
    },
    /** Throws where there is none of that name. */
    source(name: unknown): { readonly get: (key: unknown) => Promise<string> } {
      if (thread.secrets.sources.length === 0) throw new Error(NOT_CONFIGURED);
      const source = named(String(name));
      if (source === undefined) throw new Error(`no secret source is called ${String(name)}`);
      return { get: async (key) => secretOf(source, key) };
    },
    get default(): object {
      return module;
    },
  };
  return module;
}

function secretOf({ name, values }: SecretSource, key: unknown): string {
  const value = Object.hasOwn(values, String(key)) ? values[String(key)] : undefined;
  if (value === undefined)
    throw new Error(`the secret source ${name} has no value for ${String(key)}`);
  return value;
}

const NOT_CONFIGURED =
  'no secret sources are configured: name one, as in --secret-source=file=secrets.txt';
