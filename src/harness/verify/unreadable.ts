/** Raised where files are there and are not what they must be: the run is unknown, and the message is the reason. */

import { messageOf } from '../message-of.js';
import { RecordsError, UnreadableColumnsError } from '../records/unreadable.js';

export class UnreadableRunError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'UnreadableRunError';
  }
}

/** Raised where what is there is not what was written: short, doubled or of another run. The message is the reason. */
export class SpoiltRunError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'SpoiltRunError';
  }
}

/** By name: an error that comes from a thread has lost its class. */
export function isUnreadable(cause: unknown): cause is Error {
  const names = [UnreadableRunError.name, RecordsError.name, UnreadableColumnsError.name];
  return cause instanceof Error && (names.includes(cause.name) || isRefusedReading(cause));
}

/** A folder in the place of a file, say, or a file that may not be read: the run's fault, and not that of a full disk. */
function isRefusedReading(cause: Error): boolean {
  return 'code' in cause && REFUSALS.some((code) => code === cause.code);
}

const REFUSALS = ['EACCES', 'EIO', 'EISDIR', 'ELOOP', 'ENOENT', 'ENOTDIR', 'EPERM'] as const;

export function oneLine(cause: unknown): string {
  const text = messageOf(cause);
  return text.split('\n')[0] ?? text;
}
