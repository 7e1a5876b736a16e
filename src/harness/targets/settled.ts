/**
 * Waits until a stack is at rest: nothing in flight at the gateway, no branch open on any shard, and nothing new
 * admitted between two looks, so that bytes of a closed connection that the gateway had yet to read are in.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { askAdmin, numberOf } from './admin-client.js';
import type { GatewayFront } from './gateway-front.js';

const POLL_MS = 100;

export async function untilSettled(options: {
  readonly gateway: GatewayFront;
  readonly shards: readonly string[];
  readonly timeoutMs: number;
  readonly nowMs: () => number;
}): Promise<boolean> {
  const deadlineMs = options.nowMs() + options.timeoutMs;
  let admittedBefore: number | undefined;
  while (options.nowMs() < deadlineMs) {
    const admitted = await admittedAtRest(options.gateway, options.shards);
    if (admitted !== undefined && admitted === admittedBefore) return true;
    admittedBefore = admitted;
    await delay(POLL_MS);
  }
  return false;
}

/** Operations admitted so far; undefined while something moves or does not answer yet. */
async function admittedAtRest(
  gateway: GatewayFront,
  shards: readonly string[],
): Promise<number | undefined> {
  try {
    const asked = shards.map((shard) =>
      askAdmin(shard, { op: 'open_branches', olderThanMs: 0, limit: 1 }),
    );
    const [front, ...open] = await Promise.all([gateway.stats(), ...asked]);
    const atRest =
      numberOf(front, 'inFlight') === 0 && open.every((answer) => numberOf(answer, 'total') === 0);
    return atRest ? numberOf(front, 'admitted') : undefined;
  } catch (error) {
    if (error instanceof Error && error.message.includes('does not answer')) return undefined;
    throw error;
  }
}
