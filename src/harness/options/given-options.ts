/**
 * Options that were given beside the script: they go before its own. As in k6, what says how much is to run says it alone: of the
 * script's `duration`, `iterations`, `stages` and `scenarios` nothing is left then.
 */
import { isPlainObject } from './option-fields.js';

const HOW_MUCH = ['duration', 'iterations', 'stages', 'scenarios'] as const;

/** Options of a script, by name. */
export type GivenScriptOptions = Readonly<Record<string, unknown>>;

/** What says how much is to run left out: for who runs a schedule of its own. */
export function withoutHowMuch(given: GivenScriptOptions): GivenScriptOptions {
  const names: readonly string[] = ['vus', ...HOW_MUCH];
  return Object.fromEntries(Object.entries(given).filter(([name]) => !names.includes(name)));
}

export function withGiven(options: unknown, given: GivenScriptOptions): unknown {
  if (Object.keys(given).length === 0) return options;
  const own = isPlainObject(options) ? { ...options } : {};
  if (HOW_MUCH.some((name) => given[name] !== undefined))
    for (const name of HOW_MUCH) Reflect.deleteProperty(own, name);
  return { ...own, ...given };
}
