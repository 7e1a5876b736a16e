/**
 * How much room the file systems have that a drill writes to: the only place that asks them. Whoever needs to know is handed `DiskAt`, so that
 * a file system of any size can stand in this one's place.
 */
import { existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export interface Disk {
  /** Two paths with the same are on one file system. */
  readonly device: string;
  /** Free to whoever runs the drill. */
  readonly freeBytes: number;
}

/** Of the file system that `path` is on, or will be when it is made. Throws the file system's error. */
export type DiskAt = (path: string) => Disk;

export const diskAt: DiskAt = (path) => {
  let there = resolve(path);
  while (!existsSync(there)) there = dirname(there);
  const { bavail, bsize } = statfsSync(there);
  return { device: String(statSync(there).dev), freeBytes: bavail * bsize };
};
