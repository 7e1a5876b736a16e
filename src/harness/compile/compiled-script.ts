/**
 * What is left of a script once it is bundled and rewritten is plain data, which each thread compiles once: from then on virtual users
 * can be made of it. Knows nothing of bundling and rewriting, so that a thread of the load carries none of that.
 */
import { Script } from 'node:vm';
import { k6Module } from '../k6/modules.js';
import { NO_SECRETS, type Redact, redaction } from '../options/redaction.js';
import type { Secrets } from '../options/secrets.js';
import { isFunction } from '../vu/script-values.js';
import type { Exports, Vu } from '../vu/virtual-user.js';
import { Positions } from './positions.js';
import { RUNTIME_SUPPORT } from './runtime-support.js';
import type { Transformed } from './transform.js';

/** Plain data: can be posted to a thread. */
export interface ScriptSource {
  /** Absolute. */
  readonly path: string;
  /** `__ENV`, as given on the command line. */
  readonly env: Readonly<Record<string, string>>;
  readonly transformed: Transformed;
  readonly bundleMap: string;
  /** SHA-256 of every module from the web that it imports, by address. */
  readonly remoteModules: Readonly<Record<string, string>>;
}

export interface CompiledScript {
  readonly source: ScriptSource;
  readonly positions: Positions;
  readonly secrets: Secrets;
  readonly redact: Redact;
  /** Runs the script's init code for one VU; gives its exports, `options` only when planning. */
  instantiate(vu: Vu, planning: boolean): Exports;
  /** The same where init code awaits; undefined where it does not. */
  readonly instantiateLater: ((vu: Vu, planning: boolean) => Promise<Exports>) | undefined;
}

/** In each thread, once. */
export function compileScript(source: ScriptSource, secrets: Secrets = NO_SECRETS): CompiledScript {
  const { path, transformed, bundleMap } = source;
  const redact = redaction(secrets);
  const positions = new Positions({ path, bundleMap, transformMap: transformed.map }, redact);
  const factory = evaluate(source);
  const modules = transformed.modules.map((name) => {
    const module = k6Module(name);
    if (module === undefined) throw new Error(`the bundle imports ${name}, which is no k6 module`);
    return module;
  });
  const run = (vu: Vu, planning: boolean): unknown =>
    factory(vu, ...modules.map((module) => module.create(vu)), planning);
  return {
    source,
    positions,
    secrets,
    redact,
    instantiate: (vu, planning) => exportsOf(run(vu, planning)),
    instantiateLater: transformed.initAwaits
      ? async (vu, planning) => exportsOf(await run(vu, planning))
      : undefined,
  };
}

function evaluate({ path, transformed }: ScriptSource): (...args: unknown[]) => unknown {
  const outer: unknown = new Script(transformed.code, { filename: path }).runInThisContext();
  const factory = isFunction(outer) ? outer(RUNTIME_SUPPORT) : undefined;
  if (!isFunction(factory)) throw new Error('the rewritten script is not a factory');
  return factory;
}

function exportsOf(made: unknown): Exports {
  if (!isRecord(made)) throw new Error('the rewritten script gave no exports');
  return made;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
