/** A target that is being opened can be given up at any moment, and what it had begun is ended whatever it waits for. */

import { messageOf } from '../message-of.js';
import { UserError } from '../user-error.js';

/**
 * Resolves once `open` has. Where it fails, or the signal aborts first, everything is closed before this rejects: with
 * the signal's reason, or with a UserError that begins with `what`.
 */
export async function openOrClose<T>(
  what: string,
  open: () => Promise<T>,
  { close, signal }: { readonly close: () => Promise<void>; readonly signal: AbortSignal },
): Promise<T> {
  try {
    signal.throwIfAborted();
    return await unlessAborted(open(), signal);
  } catch (cause) {
    await close();
    if (cause instanceof UserError || signal.aborted) throw cause;
    const reason = messageOf(cause);
    throw new UserError(`${what}: ${reason}`, { cause });
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
