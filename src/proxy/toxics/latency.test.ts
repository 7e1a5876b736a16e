import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestProxy, until } from '../testing/test-pair.js';

let proxy: TestProxy;
beforeEach(async () => {
  proxy = await TestProxy.start();
});
afterEach(() => proxy.stop());

it('delays what goes one way, and not the other', async () => {
  proxy.addToxic('latency', { latency: 60 });
  const { client, server } = await proxy.pair();
  client.socket.write('there');
  server.socket.write('back');
  await until(() => client.text === 'back');
  expect(server.text).toBe('');
  await until(() => server.text === 'there');
});

it('takes at least its time, and two of them the sum', async () => {
  proxy.addToxic('latency', { latency: 50 }, { name: 'first' });
  proxy.addToxic('latency', { latency: 40 }, { name: 'second' });
  const { client, server } = await proxy.pair();
  client.socket.write('x');
  expect(await until(() => server.text === 'x')).toBeGreaterThanOrEqual(88);
});

it('delays chunks side by side and keeps their order under jitter', async () => {
  proxy.addToxic('latency', { latency: 20, jitter: 20 });
  const { client, server } = await proxy.pair();
  const words = Array.from({ length: 200 }, (_, i) => `${i};`);
  for (const word of words) {
    client.socket.write(word);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => server.text.length === words.join('').length);
  expect(server.text).toBe(words.join(''));
});

it('lets the end of the stream out behind the last byte', async () => {
  proxy.addToxic('latency', { latency: 40 });
  const { client, server } = await proxy.pair();
  client.socket.end('last');
  await until(() => server.ended);
  expect(server.text).toBe('last');
});

it('hands on at once what it holds when it is removed', async () => {
  proxy.addToxic('latency', { latency: 60_000 });
  const { client, server } = await proxy.pair();
  client.socket.write('held');
  client.socket.write('back', () => server.socket.write('echo'));
  await until(() => client.text === 'echo');
  expect(server.text).toBe('');
  proxy.proxy.removeToxic('latency');
  await until(() => server.text === 'heldback');
});

it('has a new delay for what it holds when it is changed', async () => {
  proxy.addToxic('latency', { latency: 60_000 });
  const { client, server } = await proxy.pair();
  client.socket.write('held', () => server.socket.write('echo'));
  await until(() => client.text === 'echo');
  proxy.updateToxic('latency', { latency: 1 });
  await until(() => server.text === 'held');
});
