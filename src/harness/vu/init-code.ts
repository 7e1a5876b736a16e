/**
 * Runs the init code of virtual users, one after the other, and knows whose runs. Init code that awaits lets that of no other
 * VU run before its end.
 */
import { ScriptRun } from './script-run.js';
import type { Exports, Vu } from './virtual-user.js';

let instantiating: Vu | undefined;
/** Fulfilled when all init code that awaits, of the VUs so far, has ended. */
let ended: Promise<unknown> = Promise.resolve();

/** The VU whose init code runs now: classes that scripts construct in init code find their VU here. */
export function instantiatingVu(): Vu | undefined {
  return instantiating;
}

/** Runs a VU's init code. A promise that it leaves behind is looked at once it has run. */
export function initialise(vu: Vu, init: () => Exports): void {
  const run = runOf(vu);
  instantiating = vu;
  try {
    vu.exports = run === undefined ? init() : run.begin(init);
  } finally {
    instantiating = undefined;
    vu.initialising = false;
    run?.end({ hasFailed: false });
  }
}

/** The same where it awaits. A promise that was rejected until its end and that nobody awaits is thrown. */
export function initialiseLater(vu: Vu, init: () => Promise<Exports>): Promise<void> {
  const done = ended.then(() => initialised(vu, init));
  ended = done.catch(() => undefined);
  return done;
}

async function initialised(vu: Vu, init: () => Promise<Exports>): Promise<void> {
  const run = runOf(vu);
  instantiating = vu;
  let hasFailed = true;
  let left: unknown;
  try {
    vu.exports = await (run === undefined ? init() : run.begin(init));
    hasFailed = false;
  } finally {
    instantiating = undefined;
    vu.initialising = false;
    left = run?.end({ hasFailed });
  }
  if (left !== undefined) throw left;
}

function runOf(vu: Vu): ScriptRun | undefined {
  const { host, makesPromises } = vu.thread;
  return makesPromises ? new ScriptRun((error) => host.failedLate(vu, 'init', error)) : undefined;
}
