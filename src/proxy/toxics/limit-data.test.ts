import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestProxy, until } from '../testing/test-pair.js';

let proxy: TestProxy;
beforeEach(async () => {
  proxy = await TestProxy.start();
});
afterEach(() => proxy.stop());

it('passes exactly its number of bytes, then closes', async () => {
  proxy.addToxic('limit_data', { bytes: 100_003 });
  const { client, server } = await proxy.pair();
  client.socket.write(Buffer.alloc(300_000));
  await until(() => server.ended && client.ended);
  expect(server.bytes).toBe(100_003);
});

it('counts each connection by itself and keeps the count when the limit changes', async () => {
  proxy.addToxic('limit_data', { bytes: 10 });
  const first = await proxy.pair();
  const second = await proxy.pair();
  first.client.socket.write('12345678');
  await until(() => first.server.text === '12345678');
  proxy.updateToxic('limit_data', { bytes: 9 });
  first.client.socket.write('90');
  second.client.socket.write('1234');
  await until(() => first.server.ended);
  await until(() => second.server.text === '1234');
  expect(first.server.text).toBe('123456789');
  expect(second.server.ended).toBe(false);
});

it('of 0 closes at the first data', async () => {
  proxy.addToxic('limit_data', { bytes: 0 });
  const { client, server } = await proxy.pair();
  client.socket.write('x');
  await until(() => server.ended);
  expect(server.text).toBe('');
});
