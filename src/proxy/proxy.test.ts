import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from './random.js';
import { TestProxy, until } from './testing/test-pair.js';

let proxy: TestProxy;
beforeEach(async () => {
  proxy = await TestProxy.start();
});
afterEach(() => proxy.stop());

describe('a link without toxics', () => {
  it('carries both ways, in order, whatever the size', async () => {
    const { client, server } = await proxy.pair();
    const sent = Buffer.from(Array.from({ length: 1_500_000 }, (_, i) => (i * 31) % 251));
    client.socket.write(sent);
    server.socket.write(sent);
    await until(() => server.bytes === sent.length);
    await until(() => client.bytes === sent.length);
    expect(server.received.equals(sent)).toBe(true);
    expect(client.received.equals(sent)).toBe(true);
  });

  it('passes a half-close on and still carries the answer', async () => {
    const { client, server } = await proxy.pair();
    client.socket.end('question');
    await until(() => server.ended);
    server.socket.end('answer');
    await until(() => client.closed && server.closed);
    expect(client.text).toBe('answer');
    expect(client.errorCode).toBeUndefined();
  });

  it('stops reading while the receiver does not', async () => {
    const { client, server } = await proxy.pair();
    server.socket.pause();
    const chunk = Buffer.alloc(1024 * 1024);
    for (let i = 0; i < 64; i++) client.socket.write(chunk);
    await until(() => client.socket.writableLength > 0);
    expect(client.socket.writableLength).toBeGreaterThan(32 * 1024 * 1024);
    server.socket.resume();
    await until(() => client.socket.writableLength === 0);
  });

  it('closes the client when the server breaks, after what it had sent', async () => {
    const { client, server } = await proxy.pair();
    server.socket.write('last words', () => server.socket.destroy());
    await until(() => client.ended);
    expect(client.text).toBe('last words');
  });

  it('closes the client when nothing listens upstream', async () => {
    await proxy.proxy.update({ ...proxy.proxy.view(), upstream: '127.0.0.1:1' });
    const socket = connect(Number(proxy.proxy.view().listen.split(':')[1]), '127.0.0.1');
    let closed = false;
    socket
      .on('error', () => {})
      .on('close', () => {
        closed = true;
      });
    await until(() => closed);
  });
});

describe('a proxy', () => {
  it('that is disabled refuses and closes everything; enabled again it has its port and toxics', async () => {
    proxy.addToxic('latency', { latency: 1 });
    const { client, server } = await proxy.pair();
    const { listen } = proxy.proxy.view();
    await proxy.proxy.update({ ...proxy.proxy.view(), enabled: false });
    await until(() => client.ended && server.ended);
    await expect(proxy.pair()).rejects.toThrow('ECONNREFUSED');
    await proxy.proxy.update({ ...proxy.proxy.view(), enabled: true });
    expect(proxy.proxy.view()).toMatchObject({ listen, toxics: [{ name: 'latency' }] });
    const again = await proxy.pair();
    again.client.socket.write('hello');
    await until(() => again.server.text === 'hello');
  });

  it('chains toxics in order of creation and takes them out under way', async () => {
    proxy.addToxic('slicer', { average_size: 2, delay: 0 });
    proxy.addToxic('latency', { latency: 5 });
    proxy.addToxic('noop');
    const { client, server } = await proxy.pair();
    client.socket.write('one ');
    await until(() => server.text === 'one ');
    proxy.proxy.removeToxic('latency');
    client.socket.write('two ');
    await until(() => server.text === 'one two ');
    proxy.proxy.removeAllToxics();
    client.socket.write('three');
    await until(() => server.text === 'one two three');
  });

  it('with a toxic of half toxicity affects the same connections for the same seed', async () => {
    const deadOnes = async (seed: number): Promise<readonly boolean[]> => {
      const seeded = await TestProxy.start(seed);
      seeded.addToxic('limit_data', { bytes: 0 }, { toxicity: 0.5 });
      const dead: boolean[] = [];
      for (let i = 0; i < 12; i++) {
        const { client, server } = await seeded.pair();
        client.socket.write('x');
        await until(() => server.text === 'x' || server.ended);
        dead.push(server.ended);
      }
      await seeded.stop();
      return dead;
    };
    const dead = await deadOnes(7);
    expect(await deadOnes(7)).toEqual(dead);
    expect(await deadOnes(8)).not.toEqual(dead);
    expect(new Set(dead).size).toBe(2);
  });

  it('whose toxic is made harmless and harmful again follows', async () => {
    proxy.addToxic('latency', { latency: 60_000 });
    const { client, server } = await proxy.pair();
    const harm = (toxicity: number) =>
      proxy.proxy.updateToxic('latency', { toxicity, attributes: new Map() });
    client.socket.write('held', () => server.socket.write('echo'));
    await until(() => client.text === 'echo');
    harm(0);
    await until(() => server.text === 'held');
    harm(1);
    client.socket.write('again', () => server.socket.write('echo'));
    await until(() => client.text === 'echoecho');
    expect(server.text).toBe('held');
  });
});

it('no byte is lost or changed while toxics come and go and the receiver stalls', async () => {
  const { client, server } = await proxy.pair();
  const random = seededRandom(11);
  let sentBytes = 0;
  for (let round = 0; round < 120; round++) {
    const chunk = Buffer.alloc(1 + Math.floor(random() * 300_000));
    // Byte i of the stream is i * 7 mod 251, so that any shift or overwriting shows.
    for (let i = 0; i < chunk.length; i++) chunk[i] = ((sentBytes + i) * 7) % 251;
    client.socket.write(chunk);
    sentBytes += chunk.length;
    const dice = random();
    if (dice < 0.1) proxy.addToxic('latency', { latency: 1, jitter: 1 }, { name: `${round}` });
    else if (dice < 0.2) proxy.addToxic('bandwidth', { rate: 50_000 }, { name: `${round}` });
    else if (dice < 0.25) proxy.proxy.removeAllToxics();
    else if (dice < 0.4) server.socket.pause();
    else if (dice < 0.6) server.socket.resume();
    if (random() < 0.3) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  proxy.proxy.removeAllToxics();
  server.socket.resume();
  client.socket.end();
  await until(() => server.ended);
  expect(server.bytes).toBe(sentBytes);
  const received = server.received;
  let firstWrong = -1;
  for (let i = 0; i < received.length && firstWrong < 0; i++) {
    if (received[i] !== (i * 7) % 251) firstWrong = i;
  }
  expect(firstWrong).toBe(-1);
});
