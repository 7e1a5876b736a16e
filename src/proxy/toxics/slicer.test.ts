import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../random.js';
import { TestProxy, until } from '../testing/test-pair.js';
import { pieces } from './slicer.js';

describe('the slicer', () => {
  let proxy: TestProxy;
  beforeEach(async () => {
    proxy = await TestProxy.start();
  });
  afterEach(() => proxy.stop());

  it('cuts what it carries and loses nothing', async () => {
    proxy.addToxic('slicer', { average_size: 100, size_variation: 10, delay: 1000 });
    const { client, server } = await proxy.pair();
    const sent = Buffer.from(Array.from({ length: 2_000 }, (_, i) => i % 256));
    client.socket.write(sent);
    await until(() => server.bytes === sent.length);
    expect(server.received.equals(sent)).toBe(true);
    expect(server.chunks.length).toBeGreaterThan(1);
  });

  it('without an average size cuts nothing', async () => {
    proxy.addToxic('slicer', {});
    const { client, server } = await proxy.pair();
    client.socket.write('x'.repeat(3_000));
    await until(() => server.bytes === 3_000);
    expect(
      pieces(3_000, { average_size: 0, size_variation: 5, delay: 0 }, seededRandom(1)),
    ).toEqual([3_000]);
  });

  it('hands on the rest in one when it is removed', async () => {
    proxy.addToxic('slicer', { average_size: 1, delay: 60_000_000 });
    const { client, server } = await proxy.pair();
    client.socket.write('abc');
    await until(() => server.text === 'a');
    proxy.proxy.removeToxic('slicer');
    await until(() => server.text === 'abc');
  });

  it('refuses a size below nothing', () => {
    expect(() => proxy.addToxic('slicer', { average_size: -1 })).toThrow(
      'average_size must be at least 0',
    );
  });

  it('takes a variation above its average, keeps it as given, and still cuts and loses nothing', async () => {
    proxy.addToxic('slicer', { average_size: 5, size_variation: 500 });
    expect(proxy.proxy.toxics.get('slicer').view().attributes).toMatchObject({
      size_variation: 500,
    });
    const { client, server } = await proxy.pair();
    client.socket.write('abcdefghijklmnopqrstuvwxyz');
    await until(() => server.text === 'abcdefghijklmnopqrstuvwxyz');
  });
});

it('pieces add up, are never empty and at most average + variation', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 70_000 }),
      fc.integer({ min: 1, max: 5_000 }),
      fc.integer({ min: 0, max: 5_000 }),
      fc.integer(),
      (bytes, average, variation, seed) => {
        const sizes = {
          average_size: average,
          size_variation: Math.min(variation, average - 1),
          delay: 0,
        };
        const cut = pieces(bytes, sizes, seededRandom(seed));
        expect(cut.reduce((sum, size) => sum + size, 0)).toBe(bytes);
        expect(Math.min(...cut)).toBeGreaterThan(0);
        expect(Math.max(...cut)).toBeLessThanOrEqual(average + sizes.size_variation);
      },
    ),
  );
});
