/**
 * Runs a script's setup() or teardown() as VU 0, for as long as its option allows (`setupTimeout`, `teardownTimeout`). However
 * it ends early, its VU is interrupted, so that it pays nothing more, and what ended it becomes a kind and one line that
 * says where. Refuses to know what the data are for.
 */
import { ScriptError } from '../compile/errors.js';
import type { VirtualUsers } from '../compile/virtual-users.js';
import { timerMs } from '../entropy/timer-ms.js';
import { messageOf } from '../message-of.js';
import type { Plan } from '../options/plan.js';
import { abortReason, InterruptedError } from '../vu/interrupted-error.js';

/** What ended setup() or teardown() early: plain data. */
export interface LifecycleFailure {
  /** `stopped`: by the conductor, which knows why. */
  readonly kind: 'threw' | 'timedOut' | 'aborted' | 'stopped';
  readonly line: string;
}

export type LifecycleEnd =
  | { readonly data: unknown; readonly failure: undefined }
  | { readonly data: undefined; readonly failure: LifecycleFailure };

/** `reason` as the script gave it to exec.test.abort(). */
export function abortLine(reason: string): string {
  return reason === '' ? 'the script ended the test' : `the script ended the test: ${reason}`;
}

export function tooLongLine(name: 'setup' | 'teardown', timeoutUs: number): string {
  return `${name}() took longer than ${timeoutUs / 1e6} s (option ${name}Timeout)`;
}

export async function runLifecycle(
  name: 'setup' | 'teardown',
  options: {
    readonly plan: Plan;
    /** Init code runs here, so this may throw too. */
    readonly users: () => VirtualUsers;
    readonly argument: unknown;
    readonly nowUs: () => number;
    readonly stop: AbortSignal;
  },
): Promise<LifecycleEnd> {
  const { plan, nowUs, argument, stop } = options;
  const timeoutUs = name === 'setup' ? plan.setupTimeoutUs : plan.teardownTimeoutUs;
  const endUs = nowUs() + timeoutUs;
  let isOver = false;
  let users: VirtualUsers | undefined;
  let timer: NodeJS.Timeout | undefined;
  let interrupt = (): void => undefined;
  try {
    users = options.users();
    const vu = users.create(0);
    interrupt = () => vu.interrupt();
    stop.addEventListener('abort', interrupt, { once: true });
    timer = setTimeout(
      () => {
        isOver = true;
        vu.interrupt();
      },
      timerMs(timeoutUs / 1000),
    );
    const data = await vu.runLifecycle(name, argument);
    // What never waited ran to its end before the timer could be heard.
    return nowUs() < endUs ? { data, failure: undefined } : failed(tooLong(name, timeoutUs));
  } catch (error) {
    return failed(isOver ? tooLong(name, timeoutUs) : failureOf(name, error, users));
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', interrupt);
  }
}

function failed(failure: LifecycleFailure): LifecycleEnd {
  return { data: undefined, failure };
}

function tooLong(name: 'setup' | 'teardown', timeoutUs: number): LifecycleFailure {
  return { kind: 'timedOut', line: tooLongLine(name, timeoutUs) };
}

function failureOf(
  name: 'setup' | 'teardown',
  error: unknown,
  users: VirtualUsers | undefined,
): LifecycleFailure {
  const reason = abortReason(error);
  if (reason !== undefined) return { kind: 'aborted', line: abortLine(reason) };
  if (error instanceof InterruptedError)
    return { kind: 'stopped', line: `${name}() was interrupted` };
  if (error instanceof ScriptError || users === undefined)
    return { kind: 'threw', line: messageOf(error) };
  return { kind: 'threw', line: `${name}() threw at ${users.describe(error)}` };
}
