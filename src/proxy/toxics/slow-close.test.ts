import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestProxy, until } from '../testing/test-pair.js';

let proxy: TestProxy;
beforeEach(async () => {
  proxy = await TestProxy.start();
});
afterEach(() => proxy.stop());

it('holds the end back, not the data', async () => {
  proxy.addToxic('slow_close', { delay: 60 });
  const { client, server } = await proxy.pair();
  client.socket.end('bye');
  await until(() => server.text === 'bye');
  expect(server.ended).toBe(false);
  expect(await until(() => server.ended)).toBeGreaterThan(20);
});

it('also when the client is gone altogether', async () => {
  proxy.addToxic('slow_close', { delay: 60 });
  const { client, server } = await proxy.pair();
  client.socket.end('bye');
  server.socket.end();
  await until(() => client.closed);
  expect(server.ended).toBe(false);
  await until(() => server.closed);
  expect(server.text).toBe('bye');
});

it('lets the end go when it is removed', async () => {
  proxy.addToxic('slow_close', { delay: 60_000 });
  const { client, server } = await proxy.pair();
  client.socket.end('bye');
  await until(() => server.text === 'bye');
  proxy.proxy.removeToxic('slow_close');
  await until(() => server.ended);
});
