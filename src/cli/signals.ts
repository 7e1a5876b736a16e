/** Signals that ask a process to end: SIGINT from a terminal, SIGTERM from a system. */

import { EXIT_CODES } from '../harness/exit-codes.js';
import { UserError } from '../harness/user-error.js';

/** A second signal within this time is the same key press seen twice (by npm and by the terminal); nobody presses so fast. */
const SAME_SIGNAL_MS = 200;

/** Resolves on the first signal; a later one leaves at once. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    onSignals({ first: resolve, later: () => process.exit(EXIT_CODES.interrupted.code) });
  });
}

/** Does what a signal gives up: the first one aborts with a UserError for its reason, a later one leaves at once. */
export async function stoppable<Result>(
  work: (stop: AbortController) => Promise<Result>,
): Promise<Result> {
  const stop = new AbortController();
  const stopListening = onSignals({
    first: () => stop.abort(new UserError('stopped by a signal', { exit: 'interrupted' })),
    later: () => process.exit(EXIT_CODES.interrupted.code),
  });
  try {
    return await work(stop);
  } finally {
    stopListening();
  }
}

/** Calls `first` once, and `later` for each signal that is not an echo of it. Returns how to stop listening. */
export function onSignals(calls: {
  readonly first: () => void;
  readonly later: () => void;
}): () => void {
  let firstAt: number | undefined;
  const listener = (): void => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      calls.first();
    } else if (now - firstAt > SAME_SIGNAL_MS) {
      calls.later();
    }
  };
  process.on('SIGINT', listener).on('SIGTERM', listener);
  return () => {
    process.off('SIGINT', listener).off('SIGTERM', listener);
  };
}
