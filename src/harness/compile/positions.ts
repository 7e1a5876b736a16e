/**
 * From a place in the code that runs back to the place in the file that somebody wrote: through the transform's
 * source map to the bundle, and through the bundler's to the file. Maps are parsed when the first error asks.
 */
import { SourceMap } from 'node:module';
import { dirname } from 'node:path';
import { inspect } from 'node:util';
import { NO_SECRETS, type Redact, redaction } from '../options/redaction.js';
import { UncaughtRejection } from '../vu/script-run.js';
import { bundlePath, shownPath, shownSource } from './source-paths.js';

export interface Maps {
  /** The script, absolute; the file name under which the code runs. */
  readonly path: string;
  readonly bundleMap: string;
  /** From the running code to the bundle; undefined while there is only the bundle. */
  readonly transformMap: string | undefined;
}

export class Positions {
  readonly #maps: Maps;
  readonly #redact: Redact;
  #parsed: readonly SourceMap[] | undefined;

  constructor(maps: Maps, redact: Redact = redaction(NO_SECRETS)) {
    this.#maps = maps;
    this.#redact = redact;
  }

  /** `scenarios/night.ts:12:5`; the line from 1, the column from 0. The script alone where no map reaches. */
  original(line: number, column: number): string {
    const at = this.#origin(line, column);
    if (at === undefined) return shownPath(this.#maps.path);
    const shown = shownSource(at.source, dirname(bundlePath(this.#maps.path)));
    return `${shown}:${at.line + 1}:${at.column + 1}`;
  }

  /** The file alone, as the maps name it: relative to the script's folder, or `web:` and an address. */
  source(line: number, column: number): string {
    return this.#origin(line, column)?.source ?? '';
  }

  #origin(
    line: number,
    column: number,
  ): { readonly source: string; readonly line: number; readonly column: number } | undefined {
    let at = { source: '', line: line - 1, column };
    for (const map of this.#parse()) {
      const entry = map.findEntry(at.line, at.column);
      if (!('originalLine' in entry)) return undefined;
      at = { source: entry.originalSource, line: entry.originalLine, column: entry.originalColumn };
    }
    return at;
  }

  /** The message of what a script threw with the place it came from, on one line. */
  describe(error: unknown): string {
    const message = this.#redact(messageWithName(error));
    const where = error instanceof Error ? this.#placesIn(error.stack ?? '')[0] : undefined;
    const line = message.replaceAll(/\s+/g, ' ');
    return where === undefined ? `${shownPath(this.#maps.path)}: ${line}` : `${where}: ${line}`;
  }

  /** The script's code stands in this stack trace. */
  hasPlaceIn(stack: string): boolean {
    return this.#places().test(stack);
  }

  /** Places of the script in a stack trace, innermost first. */
  #placesIn(stack: string): string[] {
    return [...stack.matchAll(this.#places())].map(([, line, column]) =>
      this.original(Number(line), Number(column) - 1),
    );
  }

  #places(): RegExp {
    const name = this.#maps.path.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`${name}:(\\d+):(\\d+)`, 'g');
  }

  #parse(): readonly SourceMap[] {
    const { transformMap, bundleMap } = this.#maps;
    this.#parsed ??= [...(transformMap === undefined ? [] : [transformMap]), bundleMap].map(
      (json) => new SourceMap(JSON.parse(json)),
    );
    return this.#parsed;
  }
}

function messageWithName(error: unknown): string {
  if (error instanceof UncaughtRejection)
    return `Uncaught (in promise) ${messageWithName(error.reason)}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : shown(error);
}

/** What is thrown need not be an Error: `throw { code: 5 }`. */
function shown(thrown: unknown): string {
  return typeof thrown === 'string' ? thrown : inspect(thrown, { breakLength: Infinity });
}
