/**
 * Delays each chunk by `latency` +/- `jitter` milliseconds, counted from its arrival at the proxy; two latency
 * toxics add up because the stamp moves with the delay. Never reorders: a chunk waits for the one before it.
 * The end of the stream is not delayed by itself; it follows the last chunk.
 */
import { PacedQueue } from './paced-queue.js';
import type { ToxicKind } from './toxic.js';

export const latency: ToxicKind<'latency' | 'jitter'> = {
  type: 'latency',
  goType: 'LatencyToxic',
  minima: { latency: 0, jitter: 0 },
  /** Toxiproxy's 1,024 chunks of 32 KiB: a delay at full rate must not become a bandwidth limit. */
  holdBytesMax: 1024 * 32 * 1024,
  mount(output, attributes) {
    let current = attributes;
    const queue = new PacedQueue(output, {
      exact: false,
      pieceBytes: (chunkBytes) => chunkBytes,
      dueMs: ({ stampMs }) => {
        const { latency: delayMs, jitter: jitterMs } = current;
        return stampMs + delayMs + (jitterMs > 0 ? (output.random() * 2 - 1) * jitterMs : 0);
      },
      leave: (_piece, dueMs) => dueMs,
    });
    return {
      take: (chunk, stampMs) => queue.push(chunk, stampMs),
      end: () => queue.end(),
      update: (next) => {
        current = next;
        queue.reconsider();
      },
      remove: () => queue.flush(),
      discard: () => queue.discard(),
    };
  },
};
