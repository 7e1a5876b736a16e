/**
 * Looks at the free disk while the load runs, and ends the load while there is still room for what comes after it: books, Parquet files
 * and verdict of everything that ran by then. Never judges; what ran is judged like that of any drill that ended early.
 */
import { tmpdir } from 'node:os';
import { messageOf } from '../../message-of.js';
import { count, gigabytes } from '../../report/format.js';
import type { Disk, DiskAt } from './disk.js';
import { type DiskUse, growthBytes, laterBytes, MARGIN_BYTES, storeBytes } from './disk-need.js';

const POLL_MS = 250;
/** What is under way when the load is ended is still answered and written: so many seconds of it are reckoned with. */
const ENDING_S = 3;
/** The rate is that of the last so many looks. */
const LOOKS = 8;
/** Who began with less than the margin there should be wants the rest used, but for this share. */
const MARGIN_SHARE = 0.25;

export interface DiskWatchOptions {
  readonly diskAt: DiskAt;
  readonly runFolder: string;
  readonly use: DiskUse;
  /** So far, answered or not. */
  readonly operations: () => number;
  readonly nowUs: () => number;
  /** Told once: what is short, in one line. */
  readonly onShort: (line: string) => void;
}

export class DiskWatch {
  readonly #options: DiskWatchOptions;
  /** By device, as at the first look. */
  readonly #margins = new Map<string, number>();
  readonly #looks: { readonly atUs: number; readonly operations: number }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DiskWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), POLL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Once; by itself from `start` on. */
  look(): void {
    const line = this.#short();
    if (line === undefined) return;
    this.stop();
    this.#options.onShort(line);
  }

  #short(): string | undefined {
    const { diskAt, runFolder, use } = this.#options;
    const operations = this.#options.operations();
    const soon = this.#soon(operations);
    const needed = growthBytes(soon) + laterBytes(operations + soon, use);
    const store = storeBytes(soon, use);
    try {
      const [folder, temporary] = [diskAt(runFolder), diskAt(tmpdir())];
      const isOne = folder.device === temporary.device;
      const inFolder = needed + (isOne ? store : 0) + this.#margin(folder);
      if (folder.freeBytes < inFolder)
        return `the disk of ${runFolder} is nearly full: ${gigabytes(folder.freeBytes)} free, and books, Parquet files and verdict of ${count(operations)} operations need ${gigabytes(inFolder)}: the load ends here, so that they fit`;
      if (
        !isOne &&
        use.population !== undefined &&
        temporary.freeBytes < store + this.#margin(temporary)
      )
        return `the disk of ${tmpdir()} is nearly full: ${gigabytes(temporary.freeBytes)} free, and the stack keeps its store there: the load ends here`;
      return undefined;
    } catch (cause) {
      return `free disk cannot be told any more (${messageOf(cause)}): the load ends here`;
    }
  }

  #margin({ device, freeBytes }: Disk): number {
    const margin = this.#margins.get(device) ?? Math.min(MARGIN_BYTES, freeBytes * MARGIN_SHARE);
    this.#margins.set(device, margin);
    return margin;
  }

  /** Operations that are still to come when the load is ended now. */
  #soon(operations: number): number {
    const looks = this.#looks;
    const atUs = this.#options.nowUs();
    looks.push({ atUs, operations });
    if (looks.length > LOOKS) looks.shift();
    const [first] = looks;
    const passedUs = atUs - first.atUs;
    if (passedUs <= 0) return 0;
    return Math.ceil(((operations - first.operations) / passedUs) * ENDING_S * 1e6);
  }
}
