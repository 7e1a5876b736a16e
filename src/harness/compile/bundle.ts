/**
 * A script and what it imports become one module, by esbuild: TypeScript's types go, CommonJS files are wrapped, `k6` and
 * `k6/*` stay imports. What may be imported: import-rules.ts. Every refusal is one line with the file, line and column
 * of the import.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type BuildFailure, build, type Message, stop } from 'esbuild';
import { ScriptConfigError } from '../options/errors.js';
import { ScriptError } from './errors.js';
import { importRules } from './import-rules.js';
import type { RemoteImports } from './module-store.js';
import { remoteImports } from './remote-imports.js';
import { bundlePath, shownPath, shownSource } from './source-paths.js';

export interface Bundle {
  /** The script, absolute. */
  readonly path: string;
  readonly code: string;
  /** Source map from `code` to the files. */
  readonly map: string;
  /** SHA-256 of every module from the web, by address. */
  readonly remoteModules: Readonly<Record<string, string>>;
}

export async function bundleScript(
  path: string,
  {
    modules,
    workingDirectory = '',
    remote = {},
  }: {
    /** Of k6. */
    readonly modules: readonly string[];
    readonly workingDirectory?: string | undefined;
    readonly remote?: RemoteImports | undefined;
  },
): Promise<Bundle> {
  const from = resolve(workingDirectory);
  const absolute = resolve(from, path);
  if (!existsSync(absolute))
    throw new ScriptConfigError(
      `no script at ${path}: ${/^https?:/.test(path) ? 'fetch it into a file' : "name a .ts or .js file; 'paydrill init' writes one"}`,
    );
  if (path.endsWith('.tar'))
    throw new ScriptConfigError(`${path}: archives of k6 are not read: name the script itself`);
  const remoteModules = new Map<string, string>();
  buildsUnderWay++;
  try {
    const { outputFiles } = await build({
      // Names of files stand in the bundle, relative to it: what runs is the same text wherever it is called from.
      absWorkingDir: from,
      entryPoints: [absolute],
      outfile: bundlePath(absolute),
      bundle: true,
      write: false,
      format: 'esm',
      // k6 is no browser, and no Node either: a package's build for browsers is the one that needs neither.
      platform: 'browser',
      mainFields: ['browser', 'module', 'main'],
      define: { 'process.env.NODE_ENV': '"production"' },
      target: 'es2022',
      sourcemap: 'external',
      treeShaking: true,
      legalComments: 'none',
      logLevel: 'silent',
      tsconfigRaw: '{}',
      loader: { '.json': 'json' },
      plugins: [remoteImports(remote, remoteModules), importRules(modules)],
    });
    const text = (ending: string): string =>
      outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
    return {
      path: absolute,
      code: text('.bundle.js'),
      map: text('.bundle.js.map'),
      remoteModules: Object.fromEntries([...remoteModules].sort()),
    };
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

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function firstMessage(failure: BuildFailure, script: string, from: string): string {
  const first: Message | undefined = failure.errors[0];
  if (first === undefined) return `${shownPath(script)}: ${failure.message}`;
  const at = first.location;
  const where =
    at === null ? shownPath(script) : `${shownSource(at.file, from)}:${at.line}:${at.column + 1}`;
  return `${where}: ${first.text.replaceAll(/\s+/g, ' ')}`;
}
