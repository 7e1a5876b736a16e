/**
 * Waits until a stack is at rest: nothing in flight at the gateway, no branch open on any shard, and nothing new
 * admitted between two looks, so that bytes of a closed connection that the gateway had yet to read are in.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { askAdmin, numberOf } from './admin-client.js';
import type { GatewayFront } from './gateway-front.js';
import type { Rest } from './target.js';

const POLL_MS = 100;
/** Where nobody at all has answered for so long, nobody will: a fault that took everything away is healed by now. */
const SILENCE_MS_MAX = 5_000;

const ONE_LOOK =
  'nothing was in flight at the last look, and there was no other to compare it with';

interface Look {
  /** Operations admitted so far; undefined where the gateway did not say. */
  readonly admitted: number | undefined;
  readonly missing: readonly string[];
  readonly countsSinceMs: number | undefined;
  /** Neither the gateway nor a shard has answered. */
  readonly isSilent: boolean;
}

export async function untilSettled(options: {
  readonly gateway: GatewayFront;
  readonly shards: readonly string[];
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}): Promise<Rest> {
  const { gateway, shards, nowMs, signal } = options;
  let before: Look | undefined;
  let heardMs = nowMs();
  for (;;) {
    const look = await lookAt(gateway, shards, nowMs);
    const hasTwo = look.missing.length === 0 && before?.missing.length === 0;
    if (hasTwo && before?.admitted !== undefined && before.admitted === look.admitted) {
      return { atRest: true, missing: [], countsSinceMs: look.countsSinceMs };
    }
    before = look;
    if (!look.isSilent) heardMs = nowMs();
    const hasVanished = nowMs() - heardMs >= SILENCE_MS_MAX;
    if (hasVanished || signal.aborted) {
      const still = hasTwo ? 'the gateway still admits operations' : ONE_LOOK;
      return { atRest: false, missing: look.missing.length > 0 ? look.missing : [still] };
    }
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined); // aborted: told after one more look
  }
}

async function lookAt(
  gateway: GatewayFront,
  shards: readonly string[],
  nowMs: () => number,
): Promise<Look> {
  let silent = 0;
  const isSilent = (error: unknown): readonly string[] => {
    silent++;
    return unanswered(error);
  };
  const asked = shards.map(async (shard, number) => {
    const answer = await askAdmin(shard, { op: 'open_branches', olderThanMs: 0, limit: 1 });
    const open = numberOf(answer, 'total');
    return open === 0 ? [] : [`shard-${number} has ${open} operations between their steps`];
  });
  const front = gateway.stats().then((stats) => {
    const inFlight = numberOf(stats, 'inFlight');
    const missing = inFlight === 0 ? [] : [`the gateway has ${inFlight} operations in flight`];
    return {
      admitted: numberOf(stats, 'admitted'),
      missing,
      countsSinceMs: countsSince(stats, nowMs()),
    };
  });
  const [stats, ...open] = await Promise.all([
    front.catch((error: unknown) => ({
      admitted: undefined,
      missing: isSilent(error),
      countsSinceMs: undefined,
    })),
    ...asked.map((one) => one.catch(isSilent)),
  ]);
  return {
    admitted: stats.admitted,
    missing: [...stats.missing, ...open.flat()],
    countsSinceMs: stats.countsSinceMs,
    isSilent: silent === shards.length + 1,
  };
}

/** A gateway that starts again has counted nothing, and one without windows for everyone does not count them all. */
function countsSince(stats: Readonly<Record<string, unknown>>, atMs: number): number | undefined {
  const { upMs, riskUnwatched } = stats;
  return typeof upMs === 'number' && riskUnwatched === 0 ? atMs - upMs : undefined;
}

/** Not there yet, or not any more; anything else that goes wrong is a bug and is thrown. */
function unanswered(error: unknown): readonly string[] {
  if (error instanceof Error && error.message.includes('does not answer')) return [error.message];
  throw error;
}
