/** Refusals for what an operation says of itself or refers to: few, and only the query judges whether what they say is so. */
import { RESULTS } from '../../../wire/results.js';
import { REFUSABLE } from '../laws/declined-with-cause.js';
import { BY_REFERENCE, REASONS } from '../laws/refused-with-reason.js';
import { commandFlags } from './command-flags.js';

/** By code, told to a client. */
export const IS_REASON = codeFlags(REASONS);

const IS_BY_REFERENCE = codeFlags(BY_REFERENCE);
const IS_REFUSABLE = commandFlags(REFUSABLE);

/** Whether a shard refused for what is referred to. */
export function isByReference(code: number, command: number, legs: number): boolean {
  return legs === 0 && IS_BY_REFERENCE[code] === 1 && IS_REFUSABLE[command] === 1;
}

function codeFlags(names: readonly (keyof typeof RESULTS)[]): Uint8Array {
  const flags = new Uint8Array(65_536);
  for (const name of names) flags[RESULTS[name].code] = 1;
  return flags;
}
