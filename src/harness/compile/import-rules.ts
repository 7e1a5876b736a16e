/**
 * What an import of a script may name: files, packages of the script's node_modules, k6's modules, which stay imports. Refused by
 * name: k6 modules that paydrill has not, and Node's own modules, unless the package that asks for one brings a replacement
 * (its `browser` field, a package of the same name).
 */
import { isBuiltin } from 'node:module';
import type { ImportKind, OnResolveResult, Plugin } from 'esbuild';

export function importRules(modules: readonly string[]): Plugin {
  return {
    name: 'imports',
    setup(setup) {
      setup.onResolve({ filter: /^k6($|\/)/ }, ({ path, kind }) =>
        modules.includes(path)
          ? { path, external: true, sideEffects: false }
          : missing(kind, noModule(path, modules)),
      );
      setup.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...from }) => {
        if (pluginData === TRIED || from.kind === 'entry-point') return undefined;
        const { kind, importer, resolveDir } = from;
        const found = await setup.resolve(path, { kind, importer, resolveDir, pluginData: TRIED });
        return found.errors.length === 0 ? undefined : missing(kind, notFound(path));
      });
      setup.onLoad({ filter: /.*/, namespace: MISSING }, ({ path }) => ({
        contents: `throw new Error(${JSON.stringify(path)}); module.exports = {};`,
        loader: 'js',
      }));
    },
  };
}

/** Of modules that are not there and were required: such a module is its refusal. */
const MISSING = 'missing';

/**
 * What is imported must be there. What is required is asked for when that line runs, if ever: much code that runs everywhere requires
 * Node's modules where it finds itself in Node.
 */
export function missing(kind: ImportKind, refused: string): OnResolveResult {
  return kind === 'require-call' ? { path: refused, namespace: MISSING } : refusal(refused);
}

/** Marks a look-up of our own, so that it is left to the bundler. */
const TRIED = {};

function refusal(text: string): { readonly errors: { readonly text: string }[] } {
  return { errors: [{ text }] };
}

function notFound(path: string): string {
  return isBuiltin(path)
    ? `cannot import "${path}": scripts have k6's modules, not Node's; use a package or a build for browsers`
    : `cannot import "${path}": no package of that name in node_modules of the script; install it, or import a file by its relative path`;
}

function noModule(path: string, modules: readonly string[]): string {
  const moved = MOVED.get(path.replace('k6/experimental/', ''));
  const why = path.startsWith('k6/browser')
    ? ': there is no browser here; send the requests of a page with k6/http'
    : path.startsWith('k6/x/')
      ? `: extensions of k6 are written in Go; here are ${own(modules)}`
      : path.startsWith('k6/experimental/') && moved !== undefined
        ? `: k6 has taken it away; ${moved}`
        : `; supported are ${modules.join(', ')}`;
  return `no module "${path}"${why}`;
}

function own(modules: readonly string[]): string {
  return modules.filter((name) => name.startsWith('k6/x/')).join(', ');
}

/** Modules of `k6/experimental` that throw in k6 too, and what stands in their place. */
const MOVED: ReadonlyMap<string, string> = new Map([
  ['timers', 'import k6/timers'],
  ['grpc', 'import k6/net/grpc'],
  ['webcrypto', 'use the global crypto'],
  ['browser', 'it was moved to k6/browser, which is not here'],
  ['tracing', 'set the headers of requests yourself'],
  ['redis', 'nothing stands in its place'],
]);
