import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestProxy, until } from '../testing/test-pair.js';

let proxy: TestProxy;
beforeEach(async () => {
  proxy = await TestProxy.start();
});
afterEach(() => proxy.stop());

it('resets a connection that was open before it came', async () => {
  const { client, server } = await proxy.pair();
  client.socket.write('before');
  await until(() => server.text === 'before');
  proxy.addToxic('reset_peer', { timeout: 0 });
  client.socket.write('after');
  await until(() => client.closed && server.closed);
  expect(client.errorCode).toBe('ECONNRESET');
  expect(server.errorCode).toBe('ECONNRESET');
  expect(server.text).toBe('before');
});

it('waits its time first', async () => {
  proxy.addToxic('reset_peer', { timeout: 50 });
  const { client } = await proxy.pair();
  client.socket.write('x');
  expect(await until(() => client.closed)).toBeGreaterThanOrEqual(48);
});

it('leaves an idle connection alone, and lets it live on when it is removed', async () => {
  proxy.addToxic('reset_peer', { timeout: 0 });
  const { client, server } = await proxy.pair();
  proxy.proxy.removeToxic('reset_peer');
  client.socket.write('alive');
  await until(() => server.text === 'alive');
});

it('that is removed while it waits resets: the stream has a hole', async () => {
  proxy.addToxic('reset_peer', { timeout: 60_000 });
  const { client, server } = await proxy.pair();
  client.socket.write('lost', () => server.socket.write('echo'));
  await until(() => client.text === 'echo');
  proxy.proxy.removeToxic('reset_peer');
  await until(() => client.errorCode === 'ECONNRESET');
});
