/** Runs the init code of virtual users, one after the other, and knows whose runs. */
import { ScriptRun } from './script-run.js';
import type { Exports, Vu } from './virtual-user.js';

let instantiating: Vu | undefined;

/** The VU whose init code runs now: classes that scripts construct in init code find their VU here. */
export function instantiatingVu(): Vu | undefined {
  return instantiating;
}

/** Runs a VU's init code. A promise that it leaves behind is looked at once it has run. */
export function initialise(vu: Vu, init: () => Exports): void {
  const { host, makesPromises } = vu.thread;
  const run = makesPromises
    ? new ScriptRun((error) => host.failedLate(vu, 'init', error))
    : undefined;
  instantiating = vu;
  try {
    vu.exports = run === undefined ? init() : run.begin(init);
  } finally {
    instantiating = undefined;
    vu.initialising = false;
    run?.end({ hasFailed: false });
  }
}
