/** What becomes of a Toxiproxy that does not do its part; the faults themselves are in src/tests/faults.test.ts. */
import { createServer, type Server } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { ToxiproxyLinks } from './toxiproxy.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function startServer(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
}

const LINK = { name: 'clients', upstream: '127.0.0.1:9' };

it('a Toxiproxy that hangs is given up, and the error says what was attempted', async () => {
  const address = await startServer(createServer(() => {}));
  const links = new ToxiproxyLinks({ address, timeoutMs: 50 });
  await expect(links.create([LINK])).rejects.toThrow(
    `Toxiproxy at ${address} could not list its proxies: no answer within 50 ms`,
  );
});

it('a Toxiproxy that refuses is told with what was attempted and its status', async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.method === 'GET' ? 200 : 500).end('{}');
  });
  const links = new ToxiproxyLinks({ address: await startServer(server) });
  await expect(links.create([LINK])).rejects.toThrow(
    /could not create paydrill-clients: .*status code 500/,
  );
});

it('a Toxiproxy that is not there is an error, not a hang', async () => {
  const links = new ToxiproxyLinks({ address: '127.0.0.1:1' });
  await expect(links.create([LINK])).rejects.toThrow('Toxiproxy at 127.0.0.1:1 could not');
});

it('a name that would need escaping in a path is refused', async () => {
  const server = createServer((_request, response) => response.end('{}'));
  const links = new ToxiproxyLinks({ address: await startServer(server) });
  await expect(links.create([{ ...LINK, name: 'a/b' }])).rejects.toThrow('cannot name a link');
  expect(() => links.link('nobody')).toThrow('no link named "nobody"');
});
