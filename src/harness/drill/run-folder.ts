/**
 * The folder one drill, or a campaign of many, leaves behind, and `reports/latest`, which points to the newest: made when the target runs, so that a
 * start that fails leaves nothing. Several drills may start in the same moment: each gets a folder of its own.
 */
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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
  readonly #inside: string;

  /** Throws UserError where the folder cannot be made or, named by the caller, holds something; nothing is left then. */
  constructor(options: {
    readonly outFolder: string | undefined;
    readonly script: string;
    readonly startedUnixMs: number;
    /** `latest` does not point to it. */
    readonly isScratch: boolean;
    /** The first folder in it: who makes that has it. */
    readonly inside?: string;
  }) {
    const stamp = isoTime(options.startedUnixMs).replace(/[:.]/g, '-').slice(0, 19);
    const script = basename(options.script, extname(options.script));
    const { outFolder, inside = 'journal' } = options;
    this.path =
      outFolder === undefined
        ? made(resolve(REPORTS, `${stamp}Z-${script}`), firstFree, inside)
        : made(resolve(outFolder), taken, inside);
    this.#inside = join(this.path, inside);
    this.warning = options.isScratch ? undefined : pointLatest(this.path);
  }

  /** Takes it away where nothing was left in it. */
  discardEmpty(): void {
    removeEmpty([this.path, this.#inside]);
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

/** Where a drill's folder is made, or is, where it is named. */
export function reportsFolder(outFolder: string | undefined): string {
  return resolve(outFolder ?? REPORTS);
}

/**
 * Whether a drill could leave its folder there, found out by making it and taking it away again: before minutes are spent on what
 * nobody could read. Throws UserError.
 */
export function checkRunFolder(outFolder: string | undefined): void {
  const wanted = reportsFolder(outFolder);
  attempt(wanted, () => {
    if (outFolder !== undefined && isThere(wanted)) refuseFull(wanted);
    const made = makeWithParents(wanted);
    try {
      rmdirSync(mkdtempSync(join(wanted, '.paydrill-')));
    } finally {
      removeEmpty(made);
    }
  });
}

/**
 * Gives those that were not there, the topmost first. Not by mkdir's `recursive`: where a folder is there and takes no other, as
 * below /proc, that tries for ever.
 */
function makeWithParents(path: string): readonly string[] {
  const missing: string[] = [];
  for (let at = path; !isThere(at); at = dirname(at)) missing.unshift(at);
  return missing.filter((folder) => {
    try {
      mkdirSync(folder);
      return true;
    } catch (cause) {
      if (isTaken(cause)) return false; // by another drill, meanwhile
      throw cause;
    }
  });
}

function made(wanted: string, make: (wanted: string) => string, inside: string): string {
  return attempt(wanted, () => {
    makeWithParents(dirname(wanted));
    const path = make(wanted);
    // Of two drills that find it empty, one has this.
    mkdirSync(join(path, inside));
    return path;
  });
}

function attempt<Result>(wanted: string, make: () => Result): Result {
  try {
    return make();
  } catch (cause) {
    throw new UserError(
      `cannot make the run folder ${wanted}: ${messageOf(cause)}; choose another with --out`,
      { cause },
    );
  }
}

/** `wanted`, or where that is taken `wanted-2`, `wanted-3` ...: whoever makes a folder first has it. */
function firstFree(wanted: string): string {
  for (let n = 1; ; n++) {
    const path = n === 1 ? wanted : `${wanted}-${n}`;
    try {
      mkdirSync(path);
      return path;
    } catch (cause) {
      if (n >= SAME_SECOND_MAX || !isTaken(cause)) throw cause;
    }
  }
}

/** The one that somebody named. */
function taken(wanted: string): string {
  if (isThere(wanted)) refuseFull(wanted);
  else mkdirSync(wanted);
  return wanted;
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function refuseFull(path: string): void {
  if (readdirSync(path).length > 0) throw new Error('it is there already, and not empty');
}

/** What another drill put something into meanwhile stays. */
function removeEmpty(folders: readonly string[]): void {
  try {
    for (const folder of folders.toReversed()) rmdirSync(folder);
  } catch (cause) {
    if (!isTaken(cause)) throw cause;
  }
}

function isTaken(cause: unknown): boolean {
  return (
    cause instanceof Error &&
    'code' in cause &&
    (cause.code === 'EEXIST' || cause.code === 'ENOTEMPTY')
  );
}

/** Put in place in one step, so that another drill that starts now finds either link and never none. */
function pointLatest(path: string): string | undefined {
  const latest = resolve(REPORTS, 'latest');
  const beside = `${latest}.${process.pid}`;
  try {
    makeWithParents(dirname(latest));
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
