/** The folder one drill leaves behind: made at its start, so that whatever happens there is a place to look. */
import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { isoTime } from '../entropy/clock.js';
import { UserError } from '../user-error.js';

export class RunFolder {
  readonly path: string;

  /** Throws UserError where the folder cannot be made or is there already. */
  constructor(options: {
    readonly outFolder: string | undefined;
    readonly script: string;
    readonly startedUnixMs: number;
    /** `latest` does not point to it. */
    readonly isScratch: boolean;
  }) {
    const stamp = isoTime(options.startedUnixMs).replace(/[:.]/g, '-').slice(0, 19);
    const name = basename(options.script, extname(options.script));
    this.path = resolve(options.outFolder ?? join('reports', `${stamp}Z-${name}`));
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      mkdirSync(this.path);
      mkdirSync(join(this.path, 'journal'));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new UserError(
        `cannot make the run folder ${this.path}: ${reason}; choose another with --out`,
        { cause },
      );
    }
    if (options.outFolder === undefined && !options.isScratch) this.#pointLatest();
  }

  get id(): string {
    return basename(this.path);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Throws UserError. */
  write(name: string, text: string): void {
    this.#attempt(name, (path) => writeFileSync(path, text));
  }

  /** Throws UserError. */
  append(name: string, text: string): void {
    this.#attempt(name, (path) => appendFileSync(path, text));
  }

  #attempt(name: string, write: (path: string) => void): void {
    const path = this.file(name);
    try {
      write(path);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new UserError(`cannot write ${path}: ${reason}; choose another folder with --out`, {
        cause,
      });
    }
  }

  #pointLatest(): void {
    const link = join(dirname(this.path), 'latest');
    rmSync(link, { force: true });
    symlinkSync(this.id, link);
  }
}
