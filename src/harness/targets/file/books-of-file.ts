/** How the books that a target file names are read: by whoever drills it, and by whoever judges a run by them again. */
import type { BooksSpec } from '../../books/neutral/books-spec.js';
import type { NeutralOptions } from '../../books/neutral/neutral-source.js';
import { runCommand } from '../../faults/run-command.js';

/** A command that writes a file of books. */
const EXPORT_MS_MAX = 600_000;

export interface BooksOfFile extends Pick<NeutralOptions, 'databases' | 'allowTargets'> {
  readonly spec: BooksSpec;
  /** The folder of the target file: relative paths are meant from there, and commands run there. */
  readonly here: string;
  /** Ends a command that runs. */
  readonly signal?: AbortSignal;
}

export function booksOfFile({
  spec,
  databases,
  allowTargets,
  here,
  signal,
}: BooksOfFile): NeutralOptions {
  return {
    spec,
    databases,
    allowTargets,
    folder: here,
    runCommand: async (command) => {
      const stoppable = signal === undefined ? {} : { signal };
      await runCommand(command, { folder: here, msMax: EXPORT_MS_MAX, ...stoppable });
    },
  };
}
