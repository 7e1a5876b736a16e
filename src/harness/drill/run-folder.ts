/**
 * The folder one drill leaves behind, and `reports/latest`, which points to the newest: made when the target runs, so that a
 * start that fails leaves nothing. Several drills may start in the same moment: each gets a folder of its own.
 */
import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { isoTime } from '../entropy/clock.js';
import { messageOf } from '../message-of.js';
import { UserError } from '../user-error.js';

const REPORTS = 'reports';

/** Drills of one script that may begin in one second. */
const SAME_SECOND_MAX = 1000;

export class RunFolder {
  readonly path: string;
  /** One line where `reports/latest` could not be pointed to it: no reason not to drill. */
  readonly warning: string | undefined;

  /** Throws UserError where the folder cannot be made or, named by the caller, is there already; nothing is left then. */
  constructor(options: {
    readonly outFolder: string | undefined;
    readonly script: string;
    readonly startedUnixMs: number;
    /** `latest` does not point to it. */
    readonly isScratch: boolean;
  }) {
    const stamp = isoTime(options.startedUnixMs).replace(/[:.]/g, '-').slice(0, 19);
    const script = basename(options.script, extname(options.script));
    const wanted = resolve(options.outFolder ?? join(REPORTS, `${stamp}Z-${script}`));
    this.path = made(wanted, options.outFolder === undefined ? SAME_SECOND_MAX : 1);
    this.warning = options.isScratch ? undefined : pointLatest(this.path);
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
      throw new UserError(
        `cannot write ${path}: ${messageOf(cause)}; choose another folder with --out`,
        { cause },
      );
    }
  }
}

/** Makes `wanted`, or where that is taken `wanted-2`, `wanted-3` ...: whoever makes a folder first has it. */
function made(wanted: string, tries: number): string {
  try {
    mkdirSync(dirname(wanted), { recursive: true });
    const path = firstFree(wanted, tries);
    mkdirSync(join(path, 'journal'));
    return path;
  } catch (cause) {
    throw new UserError(
      `cannot make the run folder ${wanted}: ${messageOf(cause)}; choose another with --out`,
      { cause },
    );
  }
}

function firstFree(wanted: string, tries: number): string {
  for (let n = 1; ; n++) {
    const path = n === 1 ? wanted : `${wanted}-${n}`;
    try {
      mkdirSync(path);
      return path;
    } catch (cause) {
      if (n >= tries || !isTaken(cause)) throw cause;
    }
  }
}

function isTaken(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
}

/** Put in place in one step, so that another drill that starts now finds either link and never none. */
function pointLatest(path: string): string | undefined {
  const latest = resolve(REPORTS, 'latest');
  const beside = `${latest}.${process.pid}`;
  try {
    mkdirSync(dirname(latest), { recursive: true });
    symlinkSync(relative(dirname(latest), path), beside);
    try {
      renameSync(beside, latest);
    } catch (cause) {
      rmSync(beside);
      throw cause;
    }
    return undefined;
  } catch (cause) {
    return `${join(REPORTS, 'latest')} does not point to this run: ${messageOf(cause)}`;
  }
}
