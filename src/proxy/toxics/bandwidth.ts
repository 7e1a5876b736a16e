/**
 * Lets `rate` KB/s through (1 KB = 1,000 bytes, so `rate` is bytes a millisecond), each direction of each
 * connection by itself. Big chunks leave in pieces of 100 ms. Rate 0 stalls until the rate changes or the toxic
 * is removed, as in Toxiproxy; a negative rate, which kills Toxiproxy's process, is refused.
 */
import { PacedQueue } from './paced-queue.js';
import { HOLD_BYTES_DEFAULT, type ToxicKind } from './toxic.js';

const PIECE_MS = 100;

export const bandwidth: ToxicKind<'rate'> = {
  type: 'bandwidth',
  goType: 'BandwidthToxic',
  minima: { rate: 0 },
  holdBytesMax: HOLD_BYTES_DEFAULT,
  mount(output, attributes) {
    let bytesPerMs = attributes.rate;
    let freeMs = 0;
    const queue = new PacedQueue(output, {
      exact: false,
      pieceBytes: (chunkBytes) => Math.min(chunkBytes, Math.max(1, bytesPerMs * PIECE_MS)),
      dueMs: ({ bytes, enteredMs }) => Math.max(freeMs, enteredMs) + bytes / bytesPerMs,
      leave: ({ stampMs }, dueMs) => {
        freeMs = dueMs;
        return stampMs;
      },
    });
    return {
      take: (chunk, stampMs) => queue.push(chunk, stampMs),
      end: () => queue.end(),
      update: (next) => {
        bytesPerMs = next.rate;
        queue.reconsider();
      },
      remove: () => queue.flush(),
      discard: () => queue.discard(),
    };
  },
};
