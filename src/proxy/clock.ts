/** The room's only clock: milliseconds with fractions, monotonic, from an arbitrary origin. */
export function nowMs(): number {
  return performance.now();
}
