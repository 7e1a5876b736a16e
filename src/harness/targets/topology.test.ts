import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { gatewayFront } from './gateway-front.js';
import { readTopology } from './topology.js';

let server: Server | undefined;
afterEach(() => server?.close());

/** `host:port` of an HTTP server that is no gateway of ours. */
async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return `127.0.0.1:${port}`;
}

const GOOD = {
  placement: { shards: 2, splitMerchants: 4 },
  users: 100,
  merchants: 10,
  openingMinor: 1_000,
  products: ['huabei'],
  feePer10k: 60,
  commissionPer10k: 10,
  risk: {
    amountMinorMax: 5_000,
    velocity: [{ windowMs: 60_000, countMax: 10, amountMinorMax: 20_000 }],
  },
  shardAddresses: ['127.0.0.1:1', '[::1]:2'],
  isolation: 'strict-serializable-per-shard',
  ledgerEngine: 'lmdb',
  durability: 'fsync per batch',
};

async function topologyOf(answer: unknown, allowTargets: readonly string[] = []): Promise<unknown> {
  const address = await serve((_, response) => response.end(JSON.stringify(answer)));
  return readTopology(gatewayFront(`http://${address}`), allowTargets).catch((error: Error) =>
    error.message.replace(address, 'it'),
  );
}

describe('what a gateway says stands behind it', () => {
  it('is taken where everything a drill uses is there, and nothing else of it', async () => {
    expect(await topologyOf({ ...GOOD, more: 1 })).toEqual(GOOD);
    expect(await topologyOf({ ...GOOD, shardAddresses: [] })).toMatchObject({ users: 100 });
  });

  it('offers no product where it says nothing of any', async () => {
    const { products, ...before } = GOOD;
    expect(products).not.toEqual([]);
    expect(await topologyOf(before)).toMatchObject({ products: [] });
  });

  it.each<[object, string]>([
    [{ placement: null }, 'placement is not an object'],
    [{ placement: {} }, 'shards is not a whole number from 1 to 255'],
    [
      { placement: { shards: 256, splitMerchants: 4 } },
      'shards is not a whole number from 1 to 255',
    ],
    [
      { placement: { shards: 2, splitMerchants: -1 } },
      /^splitMerchants is not a whole number from 0/.source,
    ],
    [{ products: ['lottery'] }, 'products is not a list of products that are known here'],
    [{ users: '100' }, /^users is not a whole number from 0/.source],
    [{ openingMinor: 0.5 }, /^openingMinor is not a whole number from 0/.source],
    [{ risk: undefined }, 'risk is not an object'],
    [{ risk: { ...GOOD.risk, velocity: 3 } }, 'risk.velocity is not a list'],
    [
      { risk: { ...GOOD.risk, velocity: [{ windowMs: 0 }] } },
      /^windowMs is not a whole number from 1/.source,
    ],
    [{ feePer10k: 10_000 }, 'feePer10k is not a whole number from 0 to 9999'],
    [{ commissionPer10k: undefined }, 'commissionPer10k is not a whole number from 0 to 9999'],
    [{ shardAddresses: [5, 6] }, 'shardAddresses\\[0\\] is not host:port'],
    [{ shardAddresses: ['127.0.0.1:1'] }, 'shardAddresses is not a list of 2, one for each shard'],
    [
      { shardAddresses: ['127.0.0.1:1', 'http://127.0.0.1:2'] },
      'shardAddresses\\[1\\] is not host:port',
    ],
    [{ shardAddresses: ['127.0.0.1:1', '127.0.0.1:0'] }, 'shardAddresses\\[1\\] is not host:port'],
    [{ isolation: 'none of them' }, 'isolation is not one of strict-serializable, .*'],
    [{ ledgerEngine: 'one\ntwo' }, 'ledgerEngine is not one line'],
  ])('is refused in one line where it has %j', async (wrong, line) => {
    const words = line.replace(/^\^/, '');
    expect(await topologyOf({ ...GOOD, ...wrong })).toMatch(
      new RegExp(`^the topology of http://it cannot be used: ${words}`),
    );
  });

  it('sends nobody to another machine that was not named', async () => {
    const remote = { ...GOOD, shardAddresses: ['127.0.0.1:1', '10.255.255.1:99'] };
    expect(await topologyOf(remote)).toBe(
      'shard 10.255.255.1:99 of http://it is not on this machine: to read its books, add --allow-target 10.255.255.1',
    );
    server?.close();
    expect(await topologyOf(remote, ['10.255.255.1'])).toEqual(remote);
  });

  it.each<[string, RequestListener, RegExp]>([
    ['no JSON', (_, response) => response.end('<html>'), /the answer is not a JSON object/],
    ['a list', (_, response) => response.end('[1]'), /placement is not an object/],
    [
      'another place to ask',
      (_, response) => response.writeHead(302, { location: 'http://10.255.255.1/' }).end(),
      /status 302/,
    ],
    [
      'no end',
      (_, response) => response.end(Buffer.alloc(2 ** 21, 32)),
      /longer than 1048576 bytes/,
    ],
  ])('is refused where it is %s', async (_, listener, line) => {
    const address = await serve(listener);
    await expect(readTopology(gatewayFront(`http://${address}`))).rejects.toThrow(line);
  });

  it('is asked for over HTTP, where it speaks HTTP', async () => {
    const address = await serve((_, response) => response.end(JSON.stringify(GOOD)));
    await expect(readTopology(gatewayFront(address))).rejects.toThrow(
      `it speaks HTTP: name it as http://${address}`,
    );
  });
});
