import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestProxy, until } from '../testing/test-pair.js';

let proxy: TestProxy;
beforeEach(async () => {
  proxy = await TestProxy.start();
});
afterEach(() => proxy.stop());

it('lets no more through than its rate, in pieces of a tenth of a second', async () => {
  proxy.addToxic('bandwidth', { rate: 100 });
  const { client, server } = await proxy.pair();
  client.socket.write(Buffer.alloc(25_000));
  const tookMs = await until(() => server.bytes === 25_000);
  expect(tookMs).toBeGreaterThanOrEqual(245);
  expect(Math.max(...server.chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(10_000);
});

it('counts each connection by itself', async () => {
  proxy.addToxic('bandwidth', { rate: 100 });
  const pairs = [await proxy.pair(), await proxy.pair(), await proxy.pair()];
  for (const { client } of pairs) client.socket.write(Buffer.alloc(10_000));
  const tookMs = await until(() => pairs.every(({ server }) => server.bytes === 10_000));
  expect(tookMs).toBeGreaterThanOrEqual(95);
});

it('of 0 stalls until it is removed', async () => {
  proxy.addToxic('bandwidth', { rate: 0 });
  const { client, server } = await proxy.pair();
  client.socket.write('held', () => server.socket.write('echo'));
  await until(() => client.text === 'echo');
  expect(server.text).toBe('');
  proxy.proxy.removeToxic('bandwidth');
  await until(() => server.text === 'held');
});

it('that is raised from 0 lets go', async () => {
  proxy.addToxic('bandwidth', { rate: 0 });
  const { client, server } = await proxy.pair();
  client.socket.write('held', () => server.socket.write('echo'));
  await until(() => client.text === 'echo');
  proxy.updateToxic('bandwidth', { rate: 1000 });
  await until(() => server.text === 'held');
});

it('stops reading from a sender that is faster: its memory is bounded', async () => {
  proxy.addToxic('bandwidth', { rate: 0 });
  const { client } = await proxy.pair();
  for (let i = 0; i < 64; i++) client.socket.write(Buffer.alloc(1024 * 1024));
  // Kernel buffers take some megabytes; the rest stays with the sender, however long one waits.
  let lastBytes = -1;
  let polls = 0;
  await until(() => {
    polls = client.socket.writableLength === lastBytes ? polls + 1 : 0;
    lastBytes = client.socket.writableLength;
    return polls === 50;
  });
  expect(lastBytes).toBeGreaterThan(32 * 1024 * 1024);
});

it('that is negative is refused', () => {
  expect(() => proxy.addToxic('bandwidth', { rate: -1 })).toThrow(
    'invalid attribute: rate must be at least 0',
  );
});
