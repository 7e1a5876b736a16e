/** Somebody else's file that takes what is left of a disk, all at once. */
import { closeSync, openSync, writeSync } from 'node:fs';

const CHUNK = Buffer.alloc(1 << 20);

/** Returns when the file system refused more. */
export function fillDisk(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (;;) writeSync(file, CHUNK);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC')) throw cause;
  } finally {
    closeSync(file);
  }
}
