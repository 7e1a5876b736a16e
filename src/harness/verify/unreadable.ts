/** Raised where files are there and are not what they must be: the run is unknown, and the message is the reason. */

import { messageOf } from '../message-of.js';
import { RecordsError } from '../records/slabs.js';
import { UnreadableColumnsError } from '../records/unreadable.js';

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
  return cause instanceof Error && names.includes(cause.name);
}

export function oneLine(cause: unknown): string {
  const text = messageOf(cause);
  return text.split('\n')[0] ?? text;
}
