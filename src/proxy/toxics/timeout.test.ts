import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Pair, TestProxy, until } from '../testing/test-pair.js';

let proxy: TestProxy;
beforeEach(async () => {
  proxy = await TestProxy.start();
});
afterEach(() => proxy.stop());

it('drops what goes one way and lets the other way be', async () => {
  proxy.addToxic('timeout', { timeout: 0 }, { stream: 'downstream' });
  const { client, server } = await proxy.pair();
  client.socket.write('request');
  await until(() => server.text === 'request');
  server.socket.write('reply');
  client.socket.write('s');
  await until(() => server.text === 'requests');
  expect(client.text).toBe('');
});

it('closes the connection when no data came for its time', async () => {
  proxy.addToxic('timeout', { timeout: 40 });
  const { client, server } = await proxy.pair();
  await until(() => client.ended && server.ended);
});

it('closes every affected connection, live ones too, when it is removed', async () => {
  const before = await proxy.pair();
  proxy.addToxic('timeout', { timeout: 0 });
  const after = await proxy.pair();
  proxy.proxy.removeToxic('timeout');
  await until(() => before.client.ended && after.client.ended);
  await until(() => before.server.ended && after.server.ended);
});

it('that is removed under traffic does not hang', async () => {
  const pairs: Pair[] = [];
  while (pairs.length < 20) pairs.push(await proxy.pair());
  const flood = setInterval(() => {
    for (const { client } of pairs) client.socket.write(Buffer.alloc(100_000));
  }, 1);
  try {
    for (let round = 0; round < 5; round++) {
      proxy.addToxic('latency', { latency: 10 });
      proxy.addToxic('timeout', { timeout: 0 });
      await new Promise((resolve) => setImmediate(resolve));
      proxy.proxy.removeToxic('latency');
      proxy.proxy.removeToxic('timeout');
    }
    await until(() => pairs.every(({ client }) => client.ended || client.closed));
  } finally {
    clearInterval(flood);
  }
});
