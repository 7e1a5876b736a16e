/** The levels of isolation that a script can claim for its lists, weakest first. What each forbids is the judge's (verify/lists). */

export const LIST_CLAIMS = [
  'read-uncommitted',
  'read-committed',
  'repeatable-read',
  'snapshot',
  'serializable',
  'strict-serializable',
] as const;

export type ListClaim = (typeof LIST_CLAIMS)[number];

export function isListClaim(text: unknown): text is ListClaim {
  return LIST_CLAIMS.some((one) => one === text);
}
