/**
 * The footer of a Parquet file, whoever wrote it. Ours say of which run a part is: by that a part of another run is known that has as
 * many rows as the one it replaced. Who writes a file again may leave it out.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { FileMetaData, KeyValue } from 'hyparquet';
import { parquetMetadata } from 'hyparquet/src/metadata.js';
import { messageOf } from '../message-of.js';
import { UnreadableColumnsError } from './unreadable.js';

export const RUN_ID_KEY = 'paydrill.run_id';
/** Length of the footer, and Parquet's magic word. */
const TAIL_BYTES = 8;

/** As a footer says of which run its rows are. */
export function runIdEntries(runId: string | undefined): readonly KeyValue[] {
  return runId === undefined ? [] : [{ key: RUN_ID_KEY, value: runId }];
}

/** Undefined where the file does not say. Throws UnreadableColumnsError, or the file system's error. */
export function runIdIn(path: string): string | undefined {
  const descriptor = openSync(path, 'r');
  try {
    const { key_value_metadata: entries } = readFooter(descriptor, path);
    return entries?.find(({ key }) => key === RUN_ID_KEY)?.value;
  } finally {
    closeSync(descriptor);
  }
}

/** `path` names the file in what is thrown: UnreadableColumnsError, or the file system's error. */
export function readFooter(descriptor: number, path: string): FileMetaData {
  const unreadable = (reason: string) => new UnreadableColumnsError(`${path} ${reason}`);
  const file = fstatSync(descriptor);
  if (file.isDirectory()) throw unreadable('is a folder');
  const tail = new Uint8Array(TAIL_BYTES);
  if (file.size < TAIL_BYTES || !readFully(descriptor, tail, file.size - TAIL_BYTES))
    throw unreadable('is cut short');
  const length = new DataView(tail.buffer).getUint32(0, true) + TAIL_BYTES;
  if (length > file.size) throw unreadable('is cut short');
  const footer = new Uint8Array(length);
  if (!readFully(descriptor, footer, file.size - length)) throw unreadable('is cut short');
  try {
    return parquetMetadata(footer.buffer);
  } catch (cause) {
    throw unreadable(messageOf(cause));
  }
}

/** Whether there was as much in the file. */
export function readFully(descriptor: number, into: Uint8Array, at: number): boolean {
  let done = 0;
  while (done < into.length) {
    const read = readSync(descriptor, into, done, into.length - done, at + done);
    if (read === 0) return false;
    done += read;
  }
  return true;
}
