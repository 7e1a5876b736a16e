/** Every toxic there is, by the type the API names it with, and the check of its attributes. */
import { API_ERRORS } from '../errors.js';
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
      throw API_ERRORS.badRequestBody.with(`attributes.${field} must be an integer`);
    }
    if (value < minimum) {
      throw API_ERRORS.invalidAttribute.with(`${field} must be at least ${minimum}`);
    }
    merged[field] = value;
  }
  return merged;
}
