/**
 * A script file becomes something that virtual users can be made of. Bundling and rewriting happen once, in the
 * conductor; the result is plain data that is posted to the worker threads, where it is compiled once each.
 */
import { Script } from 'node:vm';
import { k6Module, k6ModuleNames } from '../k6/modules.js';
import { NO_SECRETS, type Redact, redaction } from '../options/redaction.js';
import type { Secrets } from '../options/secrets.js';
import { isFunction } from '../vu/script-values.js';
import type { Exports, Vu } from '../vu/virtual-user.js';
import { bundleScript } from './bundle.js';
import { ScriptError } from './errors.js';
import type { RemoteImports } from './module-store.js';
import { Positions } from './positions.js';
import { RUNTIME_SUPPORT } from './runtime-support.js';
import { namedIn, type SystemEnv } from './system-env.js';
import { TransformError, type Transformed, transform } from './transform.js';

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

export interface LoadedScript extends CompiledScript {
  /** What was rewritten and why, a line each, with its place: `scenarios/night.ts:12:5: sleep() is awaited`. */
  readonly rewrites: readonly string[];
}

/** Throws ScriptError or ScriptConfigError. */
export async function loadScript(
  path: string,
  {
    env,
    systemEnv = {},
    workingDirectory,
    remote,
    secrets,
  }: {
    readonly env: Readonly<Record<string, string>>;
    /** Of these the script has those that it names. */
    readonly systemEnv?: SystemEnv;
    readonly workingDirectory?: string | undefined;
    readonly remote?: RemoteImports | undefined;
    readonly secrets?: Secrets | undefined;
  },
): Promise<LoadedScript> {
  const bundle = await bundleScript(path, {
    modules: k6ModuleNames(),
    workingDirectory,
    remote,
  });
  const { path: file, map: bundleMap, remoteModules } = bundle;
  const positions = new Positions({ path: file, bundleMap, transformMap: undefined });
  try {
    const { rewrites, ...transformed } = transform(bundle.code, {
      callKindOf: (module, name) => k6Module(module)?.exports[name],
      callsLater: (module) => k6Module(module)?.callsLater === true,
      methodsOf: (module) => k6Module(module)?.methods ?? {},
      sourceAt: (line, column) => positions.source(line, column),
    });
    return {
      ...compileScript(
        {
          path: file,
          env: { ...namedIn(bundle.code, systemEnv), ...env },
          transformed,
          bundleMap,
          remoteModules,
        },
        secrets,
      ),
      rewrites: rewrites.map(
        ({ line, column, what }) => `${positions.original(line, column)}: ${what}`,
      ),
    };
  } catch (error) {
    if (!(error instanceof TransformError)) throw error;
    throw new ScriptError(
      `${positions.original(error.line, error.column)}: ${error.message}`,
      error,
    );
  }
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
