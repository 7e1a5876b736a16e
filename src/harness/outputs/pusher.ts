/**
 * Sends what is known to somebody, a second at a time. Everything is told since the start of the load, so that where one sending takes
 * longer than a second those in between are left out, and what could not be sent is made good by the next that can.
 */
import { messageOf } from '../message-of.js';
import type { Output, OutputContext } from './output.js';
import type { OutputSecond } from './samples.js';

/** A receiver has so long for one sending; so long the end of a drill waits at most. */
export const PUSH_TIMEOUT_MS = 3_000;

/** `send` rejects where it could not; that is told once, and the drill goes on. */
export function pusher(options: {
  /** As it stands in messages. */
  readonly what: string;
  readonly send: (second: OutputSecond) => Promise<void>;
  readonly end: () => Promise<void>;
  readonly warn: OutputContext['warn'];
}): Output {
  const { what, send, end, warn } = options;
  let next: OutputSecond | undefined;
  let sending: Promise<void> | undefined;
  let hasWarned = false;
  const sendAll = async (): Promise<void> => {
    while (next !== undefined) {
      const second = next;
      next = undefined;
      try {
        await send(second);
      } catch (error) {
        if (!hasWarned) warn(`${what} does not take the metrics: ${reasonOf(error)}`);
        hasWarned = true;
      }
    }
    sending = undefined;
  };
  return {
    onSecond(second) {
      next = second;
      sending ??= sendAll();
    },
    async close() {
      await sending;
      await end();
    },
  };
}

/** What fetch() throws says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  return messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
}
