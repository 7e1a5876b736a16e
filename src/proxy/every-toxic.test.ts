/**
 * Every toxic that lets all bytes through, alone and in chains, in both directions: from one byte to many megabytes, to readers
 * that are fast, slow, or stop for a while. All bytes arrive in order, and what the proxy holds stays bounded meanwhile.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type End, TestProxy, until } from './testing/test-pair.js';

type Chain = readonly (readonly [type: string, attributes: Readonly<Record<string, number>>])[];

/** Each lets everything through in well under a second. */
const CHAINS: Readonly<Record<string, Chain>> = {
  nothing: [],
  noop: [['noop', {}]],
  latency: [['latency', { latency: 5, jitter: 2 }]],
  bandwidth: [['bandwidth', { rate: 4_000_000 }]],
  slow_close: [['slow_close', { delay: 5 }]],
  slicer: [['slicer', { average_size: 4_000, size_variation: 1_000 }]],
  'slicer of small pieces': [['slicer', { average_size: 300, size_variation: 600 }]],
  limit_data: [['limit_data', { bytes: 2 ** 40 }]],
  'timeout and reset_peer that do not concern this connection': [],
  'a chain of them': [
    ['noop', {}],
    ['slicer', { average_size: 10_000, size_variation: 10 }],
    ['latency', { latency: 3 }],
    ['limit_data', { bytes: 2 ** 40 }],
    ['slow_close', { delay: 1 }],
  ],
};
const UNCONCERNED = ['timeout', 'reset_peer'];
const SIZES = [1, 65_536, 65_537, 1_000_000, 16 * 1024 * 1024];
/** Chunks in the proxy's hands and its socket's buffer, at most, whatever the size of the stream. */
const HELD_BYTES_MAX = 4 * 1024 * 1024;

let proxy: TestProxy;

beforeEach(async () => {
  proxy = await TestProxy.start();
});

afterEach(() => proxy.stop());

function plant(name: string, chain: Chain, stream: string): void {
  for (const [type, attributes] of chain) proxy.addToxic(type, attributes, { stream });
  if (!name.includes('do not concern')) return;
  for (const type of UNCONCERNED) proxy.addToxic(type, { timeout: 1 }, { stream, toxicity: 0 });
}

/** Bytes that tell where in the stream they belong. */
function pattern(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  for (let i = 0; i < bytes; i++) buffer[i] = (i * 7 + (i >>> 8)) & 0xff;
  return buffer;
}

async function ends(stream: string): Promise<{ readonly from: End; readonly to: End }> {
  const { client, server } = await proxy.pair();
  return stream === 'upstream' ? { from: client, to: server } : { from: server, to: client };
}

describe.each(['upstream', 'downstream'])('on the %s stream', { timeout: 60_000 }, (stream) => {
  describe.each(Object.entries(CHAINS))('%s', (name, chain) => {
    it.each(SIZES)('carries %i bytes to a reader that keeps up', async (size) => {
      plant(name, chain, stream);
      const { from, to } = await ends(stream);
      const sent = pattern(size);
      from.socket.end(sent);
      await until(() => to.ended);
      expect(to.bytes).toBe(size);
      expect(to.received.equals(sent)).toBe(true);
    });

    it('carries 1 MB to a reader that stops for a while and then takes it in small bites', async () => {
      plant(name, chain, stream);
      const { from, to } = await ends(stream);
      const sent = pattern(1_000_000);
      to.socket.pause();
      from.socket.end(sent);
      await until(() => from.socket.writableLength === 0 || from.socket.writableNeedDrain);
      to.socket.on('data', () => {
        to.socket.pause();
        setImmediate(() => to.socket.resume());
      });
      to.socket.resume();
      await until(() => to.ended);
      expect(to.received.equals(sent)).toBe(true);
    });

    it('holds no more than its bound of 64 MB that nobody reads, and lets go of them afterwards', async () => {
      plant(name, chain, stream);
      const { from, to } = await ends(stream);
      const chunk = pattern(1_000_000);
      to.socket.pause();
      for (let i = 0; i < 64; i++) from.socket.write(chunk);
      const unsent = await steady(() => from.socket.writableLength);
      expect(unsent).toBeGreaterThan(0);
      const held = 64 * chunk.length - unsent;
      expect(held).toBeLessThan(HELD_BYTES_MAX + KERNEL_BYTES);
      from.socket.end();
      to.socket.resume();
      await until(() => to.ended);
      expect(to.bytes).toBe(64 * chunk.length);
    });
  });

  it('goes on where toxics come, change and go in the middle of 16 MB', async () => {
    const { from, to } = await ends(stream);
    const sent = pattern(16 * 1024 * 1024);
    from.socket.end(sent);
    const steps: (() => void)[] = [
      () => proxy.addToxic('noop', {}, { stream }),
      () => proxy.addToxic('latency', { latency: 2 }, { stream }),
      () => proxy.proxy.removeToxic('noop'),
      () => proxy.addToxic('slicer', { average_size: 5_000, size_variation: 0 }, { stream }),
      () => proxy.updateToxic('latency', { latency: 0 }),
      () => proxy.proxy.removeToxic('slicer'),
      () => proxy.addToxic('bandwidth', { rate: 4_000_000 }, { stream }),
      () => proxy.proxy.removeToxic('latency'),
      () => proxy.proxy.removeToxic('bandwidth'),
    ];
    for (const [index, step] of steps.entries()) {
      await until(() => to.bytes >= ((index + 1) * sent.length) / 20 || to.ended);
      step();
    }
    await until(() => to.ended);
    expect(to.received.equals(sent)).toBe(true);
  });
});

/** What both kernels' socket buffers of two connections may take on loopback. */
const KERNEL_BYTES = 32 * 1024 * 1024;

/** The value once it has not changed over many turns of the event loop. */
async function steady(value: () => number): Promise<number> {
  let [last, same] = [value(), 0];
  while (same < 200) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const now = value();
    same = now === last ? same + 1 : 0;
    last = now;
  }
  return last;
}
