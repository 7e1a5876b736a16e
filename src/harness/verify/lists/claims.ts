/**
 * The levels of isolation that a script can claim, and the anomalies that each forbids, after Adya (Weak Consistency, MIT 1999) and
 * Elle. Each forbids what those before it forbid:
 *
 *   read-uncommitted      G0 write cycle; an element twice, or of nobody
 *   read-committed        G1a aborted read, G1b intermediate read, G1c cyclic information flow; reads of one list in different orders
 *   snapshot              G-single read skew and lost update, G-nonadjacent; a transaction that contradicts itself
 *   serializable          G2-item write skew
 *   strict-serializable   each of the cycles with real time in it: `-realtime`
 *
 * `repeatable-read` is taken for snapshot isolation, which databases mean by it that keep versions.
 */

import { LIST_CLAIMS, type ListClaim } from '../../../wire/list-claims.js';

const CYCLES = ['G0', 'G1c', 'G-single', 'G-nonadjacent', 'G2-item'] as const;

type CycleName = (typeof CYCLES)[number];

/** Gravest first: in this order they are told. */
export const ANOMALIES = [
  'garbage-read',
  'duplicate-elements',
  'G0',
  'G1a',
  'G1b',
  'G1c',
  'incompatible-order',
  'internal',
  'G-single',
  'G-nonadjacent',
  'G2-item',
  ...CYCLES.map((name) => `${name}-realtime` as const),
] as const satisfies readonly (string | `${CycleName}-realtime`)[];
export type AnomalyName = (typeof ANOMALIES)[number];

/** Where each is forbidden first, by place in LIST_CLAIMS. */
const FORBIDDEN_FROM: Readonly<Record<AnomalyName, ListClaim>> = {
  'garbage-read': 'read-uncommitted',
  'duplicate-elements': 'read-uncommitted',
  G0: 'read-uncommitted',
  G1a: 'read-committed',
  G1b: 'read-committed',
  G1c: 'read-committed',
  'incompatible-order': 'read-committed',
  internal: 'repeatable-read',
  'G-single': 'repeatable-read',
  'G-nonadjacent': 'repeatable-read',
  'G2-item': 'serializable',
  'G0-realtime': 'strict-serializable',
  'G1c-realtime': 'strict-serializable',
  'G-single-realtime': 'strict-serializable',
  'G-nonadjacent-realtime': 'strict-serializable',
  'G2-item-realtime': 'strict-serializable',
};

export function forbids(claim: ListClaim, anomaly: AnomalyName): boolean {
  return LIST_CLAIMS.indexOf(FORBIDDEN_FROM[anomaly]) <= LIST_CLAIMS.indexOf(claim);
}

export function isAnomalyName(text: string): text is AnomalyName {
  return ANOMALIES.some((one) => one === text);
}
