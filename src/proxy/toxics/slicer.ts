/**
 * Cuts chunks into pieces of about `average_size` +/- `size_variation` bytes by halving, and waits `delay`
 * microseconds after each piece. A variation that is not below the average counts as the average less one: halving only ends,
 * and never makes an empty piece, below it. With an average of 0, which
 * recurses Toxiproxy's process to death and which clients that name no attributes ask for, nothing is cut.
 */
import type { Random } from '../random.js';
import { PacedQueue } from './paced-queue.js';
import { type Attributes, HOLD_BYTES_DEFAULT, type ToxicKind } from './toxic.js';

type Field = 'average_size' | 'size_variation' | 'delay';

export const slicer: ToxicKind<Field> = {
  type: 'slicer',
  goType: 'SlicerToxic',
  minima: { average_size: 0, size_variation: 0, delay: 0 },
  holdBytesMax: HOLD_BYTES_DEFAULT,
  mount(output, attributes) {
    let current = attributes;
    let freeMs = 0;
    const queue = new PacedQueue(output, {
      exact: true,
      pieceBytes: (chunkBytes) => chunkBytes,
      dueMs: ({ enteredMs }) => Math.max(freeMs, enteredMs),
      leave: ({ stampMs }, dueMs) => {
        freeMs = dueMs + current.delay / 1000;
        return stampMs;
      },
    });
    return {
      take: (chunk, stampMs) => {
        let from = 0;
        for (const bytes of pieces(chunk.length, current, output.random)) {
          queue.push(chunk.subarray(from, from + bytes), stampMs);
          from += bytes;
        }
      },
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

/** Sizes, in order, that add up to `bytes`; Toxiproxy's recursion (slicer.go), which never ends where no average is said: here nothing is cut then. */
export function pieces(bytes: number, attributes: Attributes<Field>, random: Random): number[] {
  const { average_size: average } = attributes;
  const variation = Math.min(attributes.size_variation, average - 1);
  if (average === 0 || bytes - average <= variation) return [bytes];
  const middle =
    Math.floor(bytes / 2) + (variation > 0 ? Math.floor(random() * variation * 2) - variation : 0);
  return [...pieces(middle, attributes, random), ...pieces(bytes - middle, attributes, random)];
}
