import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { gatewayFront } from './gateway-front.js';
import { untilSettled } from './settled.js';
import type { Rest } from './target.js';

let server: Server;

afterEach(() => server.close());

/** Of a gateway that tells these stats, one after the other, then the last ones for ever. */
async function settled(
  signal: AbortSignal,
  ...stats: readonly { inFlight: number; admitted?: number }[]
): Promise<Rest> {
  let looks = 0;
  server = createServer((_request, response) => {
    const now = stats[Math.min(looks, stats.length - 1)];
    // Of what is not told, always more.
    response.end(JSON.stringify({ admitted: 10 * looks, ...now }));
    looks++;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
  const gateway = gatewayFront(`http://127.0.0.1:${port}`);
  return untilSettled({ gateway, shards: [], nowMs: () => performance.now(), signal });
}

const never = new AbortController().signal;

test('a gateway with nothing in flight and nothing new between two looks is at rest', async () => {
  const rest = await settled(never, { inFlight: 2 }, { inFlight: 0 }, { inFlight: 0, admitted: 7 });
  expect(rest).toEqual({ atRest: true, missing: [] });
});

test.each([
  ['the gateway has 3 operations in flight', 400, { inFlight: 3, admitted: 7 }],
  ['the gateway still admits operations', 400, { inFlight: 0 }],
  [
    'nothing was in flight at the last look, and there was no other to compare it with',
    0,
    { inFlight: 0 },
  ],
])('%s: it is not at rest, and says so', async (line, timeMs, stats) => {
  const rest = await settled(
    timeMs === 0 ? AbortSignal.abort() : AbortSignal.timeout(timeMs),
    stats,
  );
  expect(rest).toEqual({ atRest: false, missing: [line] });
});
