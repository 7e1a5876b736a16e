/**
 * Imports by address, for the bundler. What a remote module imports is relative to where it came from; it may import k6's modules and
 * other addresses, and no file of this machine.
 */
import { extname } from 'node:path';
import type { Loader, Plugin } from 'esbuild';
import { messageOf } from '../message-of.js';
import { missing } from './import-rules.js';
import { checkAddress, type RemoteImports, remoteModule } from './module-store.js';
import { WEB } from './source-paths.js';

/** `hashes` is filled with the SHA-256 of every remote module, by address. */
export function remoteImports(how: RemoteImports, hashes: Map<string, string>): Plugin {
  const locations = new Map<string, string>();
  return {
    name: 'remote-imports',
    setup(setup) {
      setup.onResolve({ filter: /^https?:\/\// }, ({ path }) => resolved(new URL(path)));
      setup.onResolve({ filter: /.*/, namespace: WEB }, ({ path, importer, kind }) => {
        if (/^k6($|\/)/.test(path)) return undefined;
        if (!/^\.{0,2}\//.test(path))
          return missing(
            kind,
            `cannot import "${path}": a module from the web may import addresses and k6's modules only`,
          );
        return resolved(new URL(path, locations.get(importer)));
      });
      setup.onLoad({ filter: /.*/, namespace: WEB }, async ({ path }) => {
        try {
          const { text, sha256, location } = await remoteModule(new URL(path), how);
          locations.set(path, location);
          hashes.set(path, sha256);
          return { contents: text, loader: loaderOf(location) };
        } catch (error) {
          return refusal(messageOf(error));
        }
      });
    },
  };
}

function resolved(address: URL): ReturnType<typeof refusal> | { path: string; namespace: string } {
  address.hash = '';
  try {
    checkAddress(address);
    return { path: address.href, namespace: WEB };
  } catch (error) {
    return refusal(messageOf(error));
  }
}

function refusal(text: string): { errors: { text: string }[] } {
  return { errors: [{ text }] };
}

function loaderOf(location: string): Loader {
  const ending = extname(new URL(location).pathname);
  if (ending === '.json') return 'json';
  return ending === '.ts' || ending === '.mts' ? 'ts' : 'js';
}
