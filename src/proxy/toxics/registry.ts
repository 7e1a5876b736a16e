/** Every toxic there is, by the type the API names it with, and the check of its attributes. */
import { API_ERRORS, type ApiError } from '../errors.js';
import { misfit } from '../request-body.js';
import { bandwidth } from './bandwidth.js';
import { latency } from './latency.js';
import { limitData } from './limit-data.js';
import { noop } from './noop.js';
import { resetPeer } from './reset-peer.js';
import { slicer } from './slicer.js';
import { slowClose } from './slow-close.js';
import { timeout } from './timeout.js';
import type { Attributes, ToxicKind } from './toxic.js';

const KINDS: readonly ToxicKind[] = [
  latency,
  bandwidth,
  slowClose,
  timeout,
  resetPeer,
  slicer,
  limitData,
  noop,
];

export function toxicKind(type: string): ToxicKind | undefined {
  return KINDS.find((kind) => kind.type === type);
}

/**
 * The full set of a kind's attributes: those given over those it had. Unknown names are ignored, as Go's
 * decoder does. Throws `badRequestBody` for what is not an integer, `invalidAttribute` for one out of range.
 */
export function mergeAttributes(
  kind: ToxicKind,
  had: Attributes,
  given: ReadonlyMap<string, unknown>,
): Attributes {
  const merged: Record<string, number> = {};
  for (const [field, minimum] of Object.entries(kind.minima)) {
    const value = given.get(field) ?? had[field] ?? 0;
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
      throw misfitOf({ kind, field, value });
    }
    if (value < minimum) {
      throw API_ERRORS.invalidAttribute.with(`${field} must be at least ${minimum}`);
    }
    merged[field] = value;
  }
  return merged;
}

/** Go tells the number too where it is one. */
function misfitOf({
  kind,
  field,
  value,
}: {
  readonly kind: ToxicKind;
  readonly field: string;
  readonly value: unknown;
}): ApiError {
  const number = typeof value === 'number' ? ` ${value}` : '';
  const goInt = kind.type === 'slicer' ? 'int' : 'int64';
  const into = `Go struct field ${kind.goType}.attributes.${field} of type ${goInt}`;
  return misfit(value, into, number);
}
