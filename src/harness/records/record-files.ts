/**
 * The binary files of a run: what they are called, and what each says of itself. Journal and books grow in segments, so that those which are
 * full can be packed while the rest is still written. A file is a head of 64 bytes and then records:
 *
 *   0  "PDR1"
 *   4  kind      u8    RECORD_KINDS
 *   5  form      u8    0 plain: records as they are laid out; 1 packed: blocks of them (packed-blocks.ts)
 *   8  part      u32   the load worker, or the shard
 *  12  segment   u32   from 0
 *  16  reserved  u64
 *  24  run id    40 bytes of UTF-8, zeros behind it
 *
 * `<kind>-<part>.<segment>.bin` is plain, `.packed` packed. A packed file takes its place whole, and then the plain one goes: where both are
 * there they hold the same.
 */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RecordsError } from './unreadable.js';

export const RECORD_KINDS = { invokes: 1, completions: 2, entries: 3, accounts: 4 } as const;

export type RecordKind = keyof typeof RECORD_KINDS;

export interface RecordHead {
  readonly kind: RecordKind;
  readonly isPacked: boolean;
  /** Load worker or shard. */
  readonly part: number;
  readonly segment: number;
  readonly runId: string;
}

/** A file of a run's records, to read. Plain data. */
export interface Segment {
  readonly path: string;
  readonly isPacked: boolean;
  /** Of which run it says it is; undefined where it is shorter than a head, as one that was about to be begun. */
  readonly runId: string | undefined;
}

/** As they stand on disk; those that are gone count nothing. */
export function bytesOf(segments: readonly Segment[]): number {
  return segments.reduce(
    (sum, { path }) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

export const HEAD_BYTES = 64;
const MAGIC = 0x31524450;
const AT = { magic: 0, kind: 4, form: 5, part: 8, segment: 12, runId: 24 } as const;

export type RecordFileName = Pick<RecordHead, 'kind' | 'isPacked' | 'part' | 'segment'>;

export function recordFile({ kind, isPacked, part, segment }: RecordFileName): string {
  return `${kind}-${part}.${segment}.${isPacked ? 'packed' : 'bin'}`;
}

export function headBytes({ kind, isPacked, part, segment, runId }: RecordHead): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setUint32(AT.magic, MAGIC, true);
  view.setUint8(AT.kind, RECORD_KINDS[kind]);
  view.setUint8(AT.form, isPacked ? 1 : 0);
  view.setUint32(AT.part, part, true);
  view.setUint32(AT.segment, segment, true);
  const id = new TextEncoder().encode(runId);
  if (id.length > HEAD_BYTES - AT.runId) throw new Error(`a run id of ${id.length} bytes`);
  head.set(id, AT.runId);
  return head;
}

/** See Segment's. Throws RecordsError where the file is not what its name says, and the file system's error. */
function runIdOf(path: string, name: RecordFileName): string | undefined {
  const head = new Uint8Array(HEAD_BYTES);
  const descriptor = openSync(path, 'r');
  try {
    if (readSync(descriptor, head, 0, HEAD_BYTES, 0) < HEAD_BYTES) return undefined;
  } finally {
    closeSync(descriptor);
  }
  const id = head.subarray(AT.runId);
  const end = id.indexOf(0);
  const runId = new TextDecoder().decode(end < 0 ? id : id.subarray(0, end));
  const wanted = headBytes({ ...name, runId });
  if (Buffer.compare(head.subarray(0, AT.runId), wanted.subarray(0, AT.runId)) === 0) return runId;
  throw new RecordsError(`${path} is not what its name says: of another kind, form or part`);
}

/**
 * The segments of a part that are there, in order. Throws RecordsError where one is missing before the last or is not what its name
 * says.
 */
export function segmentsOf(
  folder: string,
  { kind, part }: Pick<RecordHead, 'kind' | 'part'>,
): Segment[] {
  const found = new Map<number, Segment>();
  const pattern = new RegExp(`^${kind}-${part}\\.(\\d+)\\.(bin|packed)$`);
  for (const file of filesIn(folder)) {
    const [, number, form] = pattern.exec(file) ?? [];
    if (number === undefined) continue;
    const [segment, isPacked] = [Number(number), form === 'packed'];
    const path = join(folder, file);
    const runId = runIdOf(path, { kind, part, segment, isPacked });
    if (isPacked || !found.has(segment)) found.set(segment, { path, isPacked, runId });
  }
  return Array.from({ length: found.size }, (_, segment) => {
    const one = found.get(segment);
    if (one !== undefined) return one;
    const name = recordFile({ kind, part, segment, isPacked: false });
    throw new RecordsError(`${join(folder, name)} is missing`);
  });
}

/** Of which run all of them say they are; undefined where none says so. Throws RecordsError where they say different things. */
export function runOf(segments: readonly Segment[]): string | undefined {
  const told = segments.filter(({ runId }) => runId !== undefined);
  const [first] = told;
  const other = told.find(({ runId }) => runId !== first?.runId);
  if (other === undefined) return first?.runId;
  throw new RecordsError(`${other.path} is of another run than ${first?.path}`);
}

/** Numbers of the parts that have files of this kind, ascending. */
export function partsIn(folder: string, kind: RecordKind): number[] {
  const pattern = new RegExp(`^${kind}-(\\d+)\\.\\d+\\.(?:bin|packed)$`);
  const parts = filesIn(folder).flatMap((file) => pattern.exec(file)?.[1] ?? []);
  return [...new Set(parts.map(Number))].sort((a, b) => a - b);
}

function filesIn(folder: string): readonly string[] {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? readdirSync(folder) : [];
}
