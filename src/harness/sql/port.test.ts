/** Who is reached, and how an attempt ends. What databases answer is in src/tests/k6-sql.test.ts. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Addresses } from '../http/addresses.js';
import type { SqlDialect } from '../ports/sql.js';
import { sqlPort } from './port.js';

/** Nobody has it (RFC 5737). */
const ELSEWHERE = '192.0.2.1';

const sockets: Socket[] = [];
let server: Server | undefined;

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.close();
  server = undefined;
});

/** What became of one attempt: `connected`, or the failure's code. */
async function attempt(
  address: string,
  more: {
    readonly hosts?: Readonly<Record<string, string>>;
    readonly allowTargets?: readonly string[];
    readonly dialect?: SqlDialect;
  } = {},
): Promise<string> {
  const { hosts = {}, allowTargets = [], dialect = 'postgres' } = more;
  const options = { hosts, blockHostnames: [], blacklistIPs: [] };
  const addresses = new Addresses(options, { nowUs: () => 0, random: () => 0 });
  const network = { addresses, tlsOf: () => ({}) };
  const port = sqlPort({ network, allowTargets, random: () => 0.5 });
  const source = { dialect, address, connectTimeoutMs: 300, timeoutMs: 300 };
  const connected = await port.connect(source);
  if (connected.isOk) return 'connected';
  expect(connected.failure).toMatchObject({ phase: 'connect', isDefinite: true });
  return connected.failure.code;
}

/** Takes connections and says nothing. */
async function silent(): Promise<number> {
  server = createServer((socket) => void sockets.push(socket.resume())).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return isInfo(address) ? address.port : 0;
}

function isInfo(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

describe('a database', () => {
  it.each([
    ['on another machine is not reached', `postgres://${ELSEWHERE}/x`, {}],
    [
      'called as this machine and mapped elsewhere',
      'postgres://localhost/x',
      { hosts: { localhost: ELSEWHERE } },
    ],
  ])('%s', async (_what, address, more) => {
    expect(await attempt(address, more)).toBe('not_allowed');
  });

  it('on another machine is tried where that is allowed', async () => {
    const address = `postgres://${ELSEWHERE}/x`;
    expect(await attempt(address, { allowTargets: [ELSEWHERE] })).not.toBe('not_allowed');
  });

  it('of any name is reached where the name stands for this machine', async () => {
    const hosts = { 'db.example': '127.0.0.1:1' };
    expect(await attempt('postgres://db.example/x', { hosts })).toBe('ECONNREFUSED');
  });

  it.each(['postgres', 'mysql'] as const)(
    'of %s that says nothing is given up in time',
    async (dialect) => {
      const port = await silent();
      expect(await attempt(`${dialect}://127.0.0.1:${port}/x`, { dialect })).toMatch(
        /^(timeout|ETIMEDOUT)$/,
      );
      const [socket] = sockets;
      if (socket?.closed === false) await once(socket, 'close');
      expect(socket?.closed).toBe(true);
    },
  );
});

describe('a transaction that lost a race', () => {
  it('rests the longer the more often it did, and never longer than a second', () => {
    const addresses = new Addresses(
      { hosts: {}, blockHostnames: [], blacklistIPs: [] },
      { nowUs: () => 0, random: () => 0 },
    );
    const { retryMs } = sqlPort({
      network: { addresses, tlsOf: () => ({}) },
      allowTargets: [],
      random: () => 1,
    });
    expect([1, 2, 3].map(retryMs)).toEqual([10, 20, 40]);
    expect(retryMs(1000)).toBe(1000);
  });
});
