/**
 * Promises of a script that are rejected and that nobody awaits. Node ends a thread for one; as in k6 it fails the iteration, and
 * the drill goes on. One of the harness's own is a bug, and stays fatal.
 *
 * Which of the two it is, is told by where the reason comes from:
 * - what is no Error comes from a script: nothing of the harness throws such;
 * - a place of the script in its stack: thrown by the script, or by what it called;
 * - else by the outermost place that is known: a function of a k6 module, which only scripts call, and only they hand on as a
 *   callback, `then(pay)`; or none at all, `then(JSON.parse)`, in what a script began.
 */
import { InterruptedError } from '../vu/interrupted-error.js';
import { currentRun, type ScriptRun, UncaughtRejection } from '../vu/script-run.js';
import type { Positions } from './positions.js';

/** What scripts call by name, and nothing of the harness does. */
const CALLED_BY_SCRIPTS = ['../k6/', './runtime-support.'].map(
  (path) => new URL(path, import.meta.url).href,
);

/**
 * From now on in this thread, until the function that is returned is called. Whatever is not the script's is thrown, for
 * Node to end what it ends. `onStray` is told what belongs to no stretch of the script that is known.
 */
export function catchRejections(
  positions: Positions,
  onStray: (error: UncaughtRejection) => void,
): () => void {
  const runs = new WeakMap<object, ScriptRun>();
  const onRejection = (reason: unknown, promise: object): void => {
    const run = currentRun();
    if (!isOfScript(reason, positions, run)) throw reason;
    if (reason instanceof InterruptedError) return; // who interrupts a VU tells so
    if (run === undefined) {
      onStray(new UncaughtRejection(reason));
      return;
    }
    runs.set(promise, run);
    run.rejected(promise, reason);
  };
  const onHandled = (promise: object): void => runs.get(promise)?.handled(promise);
  process.on('unhandledRejection', onRejection);
  process.on('rejectionHandled', onHandled);
  return () => {
    process.off('unhandledRejection', onRejection);
    process.off('rejectionHandled', onHandled);
  };
}

/** `run`: what the rejected promise belongs to, where that is known. */
export function isOfScript(
  reason: unknown,
  positions: Positions,
  run: ScriptRun | undefined,
): boolean {
  if (!(reason instanceof Error)) return true;
  const stack = String(reason.stack ?? '');
  if (positions.hasPlaceIn(stack)) return true;
  if (run === undefined || 'syscall' in reason) return false;
  const outermost = [...stack.matchAll(FILE)].at(-1)?.[0];
  return (
    outermost === undefined || CALLED_BY_SCRIPTS.some((folder) => outermost.startsWith(folder))
  );
}

/** Of a file in a stack trace; Node's own have none. */
const FILE = /file:\/\/[^\s)]+/g;
