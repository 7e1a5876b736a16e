/**
 * Packs segments of the journal that are full, one after the other: what a thread of its own does while the load runs, at the lowest
 * priority where threads have one of their own. A packed segment is written beside its place and takes it when it is whole; then the plain one goes.
 */
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { COMPLETION_BYTES, INVOKE_BYTES } from '../records/journal-layout.js';
import { openSegment } from '../records/open-segment.js';
import { BLOCK_RECORDS, packedRecords } from '../records/packed-blocks.js';
import { headBytes, recordFile } from '../records/record-files.js';

export interface FullSegment {
  readonly folder: string;
  readonly kind: 'invokes' | 'completions';
  readonly worker: number;
  readonly segment: number;
}

export interface PackJob {
  readonly segments: readonly FullSegment[];
  readonly runId: string;
}

/** For thread.ts. */
export const PACK_MODULE = import.meta.url;

/** Throws the file system's error; the segment that it was about stays plain, and nothing is beside it. */
export function run({ segments, runId }: PackJob): void {
  // Linux knows the priority of a thread by itself; elsewhere it would be that of the whole harness.
  if (process.platform === 'linux' && !isMainThread) setPriority(constants.priority.PRIORITY_LOW);
  for (const segment of segments) pack(segment, runId);
}

function pack({ folder, kind, worker: part, segment }: FullSegment, runId: string): void {
  const name = { kind, part, segment };
  const path = join(folder, recordFile({ ...name, isPacked: false }));
  const to = join(folder, recordFile({ ...name, isPacked: true }));
  const beside = join(dirname(to), `.${recordFile({ ...name, isPacked: true })}`);
  const recordBytes = kind === 'invokes' ? INVOKE_BYTES : COMPLETION_BYTES;
  const plain = openSegment({ path, isPacked: false }, recordBytes);
  try {
    const packed = openSync(beside, 'w');
    try {
      writeFully(packed, headBytes({ ...name, isPacked: true, runId }));
      for (let first = 0; first < plain.records; first += BLOCK_RECORDS) {
        const records = Math.min(BLOCK_RECORDS, plain.records - first);
        const bytes = new Uint8Array(records * recordBytes);
        plain.read(first, bytes);
        writeFully(packed, packedRecords(bytes, recordBytes));
      }
    } finally {
      closeSync(packed);
    }
  } catch (cause) {
    rmSync(beside, { force: true });
    throw cause;
  } finally {
    plain.close();
  }
  renameSync(beside, to);
  rmSync(path);
}

function writeFully(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, bytes.length - done);
}
