/** What is removed when a drill's supervisor ends, by it, or by its client where it was killed itself. */
import { rm } from 'node:fs/promises';

const DELETE_MS_MAX = 1_000;

export interface Leftovers {
  readonly folders: Iterable<string>;
  /** Each gets a DELETE. */
  readonly urls: Iterable<string>;
}

/** One that cannot be removed is no reason to keep the others, and nobody is left to be told. */
export async function cleanUp({ folders, urls }: Leftovers): Promise<void> {
  await Promise.allSettled([...urls].map(deleteUrl));
  const removing = { recursive: true, force: true, maxRetries: 5 } as const;
  await Promise.allSettled([...folders].map((folder) => rm(folder, removing)));
}

async function deleteUrl(url: string): Promise<void> {
  await fetch(url, { method: 'DELETE', signal: AbortSignal.timeout(DELETE_MS_MAX) });
}
