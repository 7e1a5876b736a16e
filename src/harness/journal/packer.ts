/**
 * Keeps the journal of a long load small: once full segments of all workers take more than a gigabyte together, the oldest are packed
 * on a thread of their own. A load that writes less, as every short one at its peak, is never disturbed by it. Knows the segments by their
 * names alone, so that no load worker has to tell.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../message-of.js';
import { runOnThread } from '../records/thread.js';
import { type FullSegment, PACK_MODULE, run } from './pack-segments.js';

/** Of full segments, plain. */
export const PLAIN_BYTES_MAX = 2 ** 30;
const POLL_MS = 1000;
/** Packed by one thread, which ends then: a fraction of a second each. */
const AT_ONCE_MAX = 4;

export interface PackerOptions {
  /** The folder of the journal. */
  readonly folder: string;
  readonly runId: string;
  /** Default PLAIN_BYTES_MAX. */
  readonly plainBytesMax?: number;
  /** Told once: segments cannot be packed, and the journal stays as it is. */
  readonly onFailed: (line: string) => void;
}

export class JournalPacker {
  readonly #options: PackerOptions;
  #timer: NodeJS.Timeout | undefined;
  #packing: Promise<void> | undefined;

  constructor(options: PackerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), POLL_MS);
  }

  /** Nothing more is begun. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Once it is stopped: resolves when nothing is packed any more. */
  async ended(): Promise<void> {
    await this.#packing;
  }

  /** Packs what is too much; resolves when it is done. One at a time, by itself from `start` on. */
  look(): Promise<void> {
    this.#packing ??= this.#pack().finally(() => {
      this.#packing = undefined;
    });
    return this.#packing;
  }

  async #pack(): Promise<void> {
    const { runId, onFailed } = this.#options;
    try {
      const segments = this.#surplus();
      if (segments.length === 0) return;
      await runOnThread({ module: PACK_MODULE, run, data: { segments, runId } });
    } catch (cause) {
      clearInterval(this.#timer);
      onFailed(`the journal cannot be packed, and stays as it is: ${messageOf(cause)}`);
    }
  }

  /** The oldest full segments over what may be plain. */
  #surplus(): readonly FullSegment[] {
    const { folder, plainBytesMax = PLAIN_BYTES_MAX } = this.#options;
    const full = fullSegments(folder);
    const surplus: FullSegment[] = [];
    let bytes = full.reduce((sum, one) => sum + one.bytes, 0);
    for (const one of full) {
      if (bytes <= plainBytesMax || surplus.length === AT_ONCE_MAX) break;
      surplus.push(one);
      bytes -= one.bytes;
    }
    return surplus;
  }
}

/** Plain ones that are not the last of their kind and worker, oldest first. */
function fullSegments(folder: string): readonly (FullSegment & { readonly bytes: number })[] {
  const found = readdirSync(folder).flatMap((file) => {
    const [, kind, worker, segment] = /^(invokes|completions)-(\d+)\.(\d+)\.bin$/.exec(file) ?? [];
    if (kind !== 'invokes' && kind !== 'completions') return [];
    return { folder, file, kind, worker: Number(worker), segment: Number(segment) } as const;
  });
  return found
    .filter(({ kind, worker, segment }) =>
      found.some((one) => one.kind === kind && one.worker === worker && one.segment > segment),
    )
    .sort((a, b) => a.segment - b.segment)
    .map(({ file, ...one }) => ({ ...one, bytes: statSync(join(folder, file)).size }));
}
