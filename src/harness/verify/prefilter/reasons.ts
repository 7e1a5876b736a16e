/** Refusals for what an operation says of itself or refers to: few, and only the query judges whether what they say is so. */
import { kindFlags, operationKind } from '../../../products/kinds.js';
import { RESULTS } from '../../../wire/results.js';
import { REFUSABLE } from '../laws/declined-with-cause.js';
import { BY_REFERENCE, NOTHING, REASONS } from '../laws/refused-with-reason.js';
import { MAY_BE, RECORDED } from '../told-reasons.js';
import { commandFlags } from './command-flags.js';

/** By code, told to a client. */
const IS_REASON = codeFlags(REASONS);

/** By code: a shard writes it down before it is told. */
export const IS_RECORDED = codeFlags(RECORDED);

const { code: NOTHING_CODE } = RESULTS[NOTHING];

/** Whether the reason was told to who asked, and not to who looked it up. */
export function isReason(code: number, isAnswered: boolean): boolean {
  return IS_REASON[code] === 1 && (isAnswered || code !== NOTHING_CODE);
}

/** By code, where only some kinds may be refused with it: flags of those. */
const KINDS_OF: (Uint8Array | undefined)[] = [];
for (const [name, kinds] of Object.entries(MAY_BE)) {
  const code = Object.entries(RESULTS).find(([one]) => one === name)?.[1].code;
  if (code !== undefined)
    KINDS_OF[code] = kindFlags(({ number }) => kinds.includes(operationKind(number)?.name ?? ''));
}

/** Whether no operation of that kind can be refused with that code. */
export function isStrange(code: number, kind: number): boolean {
  return KINDS_OF[code]?.[kind] === 0;
}

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
