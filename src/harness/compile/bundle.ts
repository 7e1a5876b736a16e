/**
 * A script and the files it imports become one module, by esbuild: TypeScript's types go, `k6` and `k6/*` stay
 * imports. Refuses what k6 has not: packages from node_modules, Node's own modules; and k6 modules that paydrill
 * has not, by name. Every refusal is one line with the file, line and column of the import.
 */
import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { type BuildFailure, build, type Message, type Plugin, stop } from 'esbuild';
import { ScriptConfigError } from '../options/errors.js';
import { ScriptError } from './errors.js';

export interface Bundle {
  /** The script, absolute. */
  readonly path: string;
  readonly code: string;
  /** Source map from `code` to the files. */
  readonly map: string;
}

export async function bundleScript(
  path: string,
  {
    modules,
    workingDirectory = '',
  }: { readonly modules: readonly string[]; readonly workingDirectory?: string | undefined },
): Promise<Bundle> {
  const from = resolve(workingDirectory);
  const absolute = resolve(from, path);
  if (!existsSync(absolute))
    throw new ScriptConfigError(
      `no script at ${path}: name a .ts or .js file; 'paydrill init' writes one`,
    );
  buildsUnderWay++;
  try {
    const { outputFiles } = await build({
      // Names of files stand in the bundle, relative to it: what runs is the same text wherever it is called from.
      absWorkingDir: from,
      entryPoints: [absolute],
      outfile: outputName(absolute),
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'neutral',
      target: 'es2022',
      sourcemap: 'external',
      treeShaking: true,
      legalComments: 'none',
      logLevel: 'silent',
      tsconfigRaw: '{}',
      loader: { '.json': 'json' },
      plugins: [importRules(modules)],
    });
    const text = (ending: string): string =>
      outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
    return { path: absolute, code: text('.bundle.js'), map: text('.bundle.js.map') };
  } catch (error) {
    throw isBuildFailure(error)
      ? new ScriptError(firstMessage(error, absolute, from), error)
      : error;
  } finally {
    buildsUnderWay--;
    if (buildsUnderWay === 0) await stop();
  }
}

/** esbuild keeps a process of its own; it goes with the last build. */
let buildsUnderWay = 0;

/** How a script's file is shown: relative to the working folder where it lies below it. */
export function shownPath(path: string): string {
  const shown = relative(process.cwd(), path);
  return shown.startsWith('..') ? path : shown;
}

export function bundleFolder(scriptPath: string): string {
  return dirname(outputName(scriptPath));
}

function outputName(path: string): string {
  return resolve(dirname(path), 'script.bundle.js');
}

function importRules(modules: readonly string[]): Plugin {
  const refuse = (text: string): { readonly errors: { readonly text: string }[] } => ({
    errors: [{ text }],
  });
  return {
    name: 'k6-imports',
    setup(setup) {
      setup.onResolve({ filter: /^k6($|\/)/ }, ({ path }) =>
        modules.includes(path)
          ? { path, external: true, sideEffects: false }
          : refuse(`no module "${path}"; supported are ${modules.join(', ')}`),
      );
      setup.onResolve({ filter: /^(https?|node):/ }, ({ path }) =>
        refuse(`cannot import "${path}": only files and k6's modules; copy it beside the script`),
      );
      setup.onResolve({ filter: /^[^./]/ }, ({ path }) =>
        refuse(
          `cannot import "${path}": packages are not looked up; import a file by its relative path`,
        ),
      );
    },
  };
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function firstMessage(failure: BuildFailure, script: string, from: string): string {
  const first: Message | undefined = failure.errors[0];
  if (first === undefined) return `${shownPath(script)}: ${failure.message}`;
  const at = first.location;
  const where =
    at === null
      ? shownPath(script)
      : `${shownPath(resolve(from, at.file))}:${at.line}:${at.column + 1}`;
  return `${where}: ${first.text.replaceAll(/\s+/g, ' ')}`;
}
