/**
 * What a program wants told of its drill: every hook is there then. An object that holds more is nobody's mistake; a name that
 * is nearly one of theirs is.
 */
import { isPlainObject, nearest, shown } from '../options/option-fields.js';
import type { DrillHooks } from '../report/progress.js';
import { UserError } from '../user-error.js';

const NAMES: readonly (keyof DrillHooks)[] = [
  'onReady',
  'onTick',
  'onSecond',
  'onPhase',
  'onNotice',
];

/** Throws UserError. */
export function checkedHooks(hooks: Partial<DrillHooks>): DrillHooks {
  const given: unknown = hooks;
  if (!isPlainObject(given)) {
    throw new UserError(
      `the hooks of the drill must be an object of functions, got ${shown(given)}`,
    );
  }
  for (const [name, hook] of Object.entries(given)) {
    const near = nearest(name, NAMES);
    if (near === undefined) continue;
    if (near !== name)
      throw new UserError(`hooks of the drill: ${name} is not known; did you mean ${near}?`);
    if (hook === undefined || typeof hook === 'function') continue;
    throw new UserError(`hooks of the drill: ${name} must be a function, got ${shown(hook)}`);
  }
  return {
    onReady: (controls) => hooks.onReady?.(controls),
    onTick: (tick) => hooks.onTick?.(tick),
    onSecond: (soFar) => hooks.onSecond?.(soFar),
    onPhase: (phase) => hooks.onPhase?.(phase),
    onNotice: (line, level, from) => hooks.onNotice?.(line, level, from),
  };
}
