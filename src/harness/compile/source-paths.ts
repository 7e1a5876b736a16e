/** How the files of a bundle are named: to the bundler, in source maps, and to whoever reads an error. */
import { dirname, relative, resolve } from 'node:path';

/** Before the address of a remote module, in source maps and in the bundler's messages. */
export const WEB = 'web';

/** Where the bundle would be written; what its map names is relative to this folder. */
export function bundlePath(script: string): string {
  return resolve(dirname(script), 'script.bundle.js');
}

/** How a file is shown: relative to the working folder where it lies below it. */
export function shownPath(path: string): string {
  const shown = relative(process.cwd(), path);
  return shown.startsWith('..') ? path : shown;
}

/** The same of what a map or a message names: a path relative to `folder`, or `web:` and an address. */
export function shownSource(source: string, folder: string): string {
  return addressOfSource(source) ?? shownPath(resolve(folder, source));
}

/** Undefined for a file. */
export function addressOfSource(source: string): string | undefined {
  return source.startsWith(`${WEB}:`) ? source.slice(WEB.length + 1) : undefined;
}
