/** What is removed when a drill's supervisor ends, by it, or by its client where it was killed itself. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';

const DELETE_MS_MAX = 1_000;
const COMMAND_MS_MAX = 5_000;

export interface Leftovers {
  readonly folders: Iterable<string>;
  /** Each gets a DELETE. */
  readonly urls: Iterable<string>;
  /** Each is run: it heals what a fault broke. */
  readonly commands: Iterable<AtEnd>;
}

export interface AtEnd {
  readonly argv: readonly string[];
  /** In which it is run. */
  readonly folder: string;
}

/** One that cannot be removed is no reason to keep the others, and nobody is left to be told. */
export async function cleanUp({ folders, urls, commands }: Leftovers): Promise<void> {
  await Promise.allSettled([...commands].map(run));
  await Promise.allSettled([...urls].map(deleteUrl));
  const removing = { recursive: true, force: true, maxRetries: 5 } as const;
  await Promise.allSettled([...folders].map((folder) => rm(folder, removing)));
}

function run({ argv, folder }: AtEnd): Promise<void> {
  const [file = '', ...args] = argv;
  return new Promise((resolve) => {
    execFile(file, args, { cwd: folder, timeout: COMMAND_MS_MAX, killSignal: 'SIGKILL' }, () =>
      resolve(),
    );
  });
}

async function deleteUrl(url: string): Promise<void> {
  await fetch(url, { method: 'DELETE', signal: AbortSignal.timeout(DELETE_MS_MAX) });
}
