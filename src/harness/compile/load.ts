/**
 * A script file becomes something that virtual users can be made of. Bundling and rewriting happen once, in the
 * conductor; the result is plain data that is posted to the worker threads (compiled-script.ts).
 */
import { k6Module, k6ModuleNames } from '../k6/modules.js';
import type { Secrets } from '../options/secrets.js';
import { bundleScript } from './bundle.js';
import { type CompiledScript, compileScript } from './compiled-script.js';
import { ScriptError } from './errors.js';
import type { RemoteImports } from './module-store.js';
import { Positions } from './positions.js';
import { namedIn, type SystemEnv } from './system-env.js';
import { TransformError, transform } from './transform.js';

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
