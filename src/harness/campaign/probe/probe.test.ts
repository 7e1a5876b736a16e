/** Both loads against a real server on this machine, which is told when to stand still. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { monotonicClock } from '../../entropy/clock.js';
import { Random } from '../../entropy/random.js';
import { openLoad } from './open-load.js';
import { probeTable } from './probe-table.js';
import type { Figures, ProbedRequest } from './request.js';
import { runProbe } from './run-probe.js';

const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return new URL(`http://127.0.0.1:${address.port}/pay`);
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const get = (url: URL, over: Partial<ProbedRequest> = {}): ProbedRequest => ({
  ...{ url, method: 'GET', headers: {}, body: undefined },
  ...over,
});

const CLOCK = monotonicClock();
const { signal } = new AbortController();

function open(request: ProbedRequest, ratePerSec: number, durationMs: number, connections = 4) {
  const random = new Random(1);
  return openLoad({ request, connections, ratePerSec, durationMs, clock: CLOCK, random, signal });
}

describe('the open load', { timeout: 30_000 }, () => {
  it('asks as often as the rate says, whatever the answers do', async () => {
    let asked = 0;
    const url = await serve((_request, response) => {
      asked++;
      response.end('ok');
    });
    const figures = await open(get(url), 200, 1000);
    expect(asked).toBe(200);
    expect(figures).toMatchObject({ answers: 200, errors: 0, not2xx: 0, intendedPerSec: 200 });
  });

  it('counts the wait for a connection that others keep: response time, not service time', async () => {
    const url = await serve((_request, response) => void setTimeout(() => response.end(), 50));
    // One connection carries 20 a second; 40 are due: the last waits for about a second.
    const figures = await open(get(url), 40, 1000, 1);
    expect(figures.answers).toBe(40);
    expect(figures.p99Us).toBeGreaterThan(700_000);
    expect(figures.serviceP99Us).toBeLessThan(figures.p99Us ?? 0);
  });

  it('tells what was answered otherwise, and what was not answered', async () => {
    let asked = 0;
    const url = await serve((request, response) => {
      asked++;
      if (asked % 2 === 0) request.socket.destroy();
      else {
        response.statusCode = 503;
        response.end();
      }
    });
    const figures = await open(get(url), 20, 1000, 1);
    expect(figures.answers + figures.errors).toBe(20);
    expect(figures.not2xx).toBe(figures.answers);
    expect(figures.errors).toBeGreaterThan(0);
  });

  it('sends a fresh id wherever the mark stands', async () => {
    const seen = new Set<string>();
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        seen.add(`${request.url} ${body}`);
        response.end();
      });
    });
    url.pathname = '/pay/{{id}}';
    url.search = '?of={{id}}';
    await open(get(url, { method: 'POST', body: '{"id":"{{id}}"}' }), 20, 1000);
    expect(seen.size).toBe(20);
    for (const text of seen)
      expect(text).toMatch(
        /^\/pay\/[0-9a-f-]{36}\?of=[0-9a-f-]{36} \{"id":"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}"\}$/,
      );
  });
});

describe('a probe', { timeout: 60_000 }, () => {
  it('asks in a closed loop, and at the rate it reached in an open one', async () => {
    const url = await serve((_request, response) => void setTimeout(() => response.end(), 5));
    const facts = await runProbe({
      ...{ request: get(url), connections: 4, pipelining: 1, durationMs: 1000, shares: [1, 0.5] },
      ...{ seed: 1, clock: CLOCK, signal, onNotice: () => undefined },
    });
    expect(facts.closed.answers).toBeGreaterThan(50);
    expect(facts.closed.p50Us).toBeGreaterThanOrEqual(4000);
    const [same, half] = facts.open;
    expect((same?.intendedPerSec ?? 0) / facts.closed.ratePerSec).toBeCloseTo(1, 1);
    expect((half?.intendedPerSec ?? 0) / facts.closed.ratePerSec).toBeCloseTo(0.5, 1);
    expect(same?.answers).toBeGreaterThan(50);
  });

  it('of an address where nobody is ends before the load, in one line', async () => {
    const url = await serve(() => undefined);
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    const probe = runProbe({
      ...{ request: get(url), connections: 4, pipelining: 1, durationMs: 1000, shares: [1] },
      ...{ seed: 1, clock: CLOCK, signal, onNotice: () => undefined },
    });
    await expect(probe).rejects.toThrow(
      /^nothing answers at http:\/\/127\.0\.0\.1:\d+\/pay: start it/,
    );
  });
});

it('the table has both p99 of one rate, and says what lies between them', () => {
  const figures: Figures = {
    ...{ ratePerSec: 1000, answers: 3000, not2xx: 0, errors: 0 },
    ...{ p50Us: 900, p90Us: 1100, p99Us: 2000, maxUs: 210_000 },
  };
  const late = { ...figures, share: 1, p99Us: 190_000, intendedPerSec: 1000, lateStarts: 200 };
  const text = probeTable({
    ...{ url: 'http://127.0.0.1/', method: 'GET', connections: 10, pipelining: 1, durationS: 3 },
    closed: figures,
    open: [{ ...late, serviceP99Us: 2100 }],
  });
  expect(text).toMatch(/p99 2\.00 ms and 190 ms at one rate/);
  expect(text).toMatch(/From the sending, the open loop saw 2\.10 ms too/);
  expect(text).toMatch(/at 100 % this process itself was late with 200 requests/);
});
