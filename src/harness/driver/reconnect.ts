/** How long a connection that broke or was refused waits before it tries again: doubling, with jitter, bounded. */

const FIRST_MS = 20;
const MAX_MS = 500;

/** `failures`: attempts in a row that found nobody. `random`: floats in [0, 1). */
export function reconnectDelayMs(failures: number, random: () => number): number {
  const ceiling = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return ceiling * (0.5 + random() / 2);
}
