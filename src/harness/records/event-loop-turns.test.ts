import { expect, it } from 'vitest';
import { EventLoopTurns } from './event-loop-turns.js';
import { unzstd, zstd } from './zstd.js';

const BLOCK_BYTES = 200 * 1024;
const BLOCKS = 4_000;
const MB = 2 ** 20;

it('what was unpacked is given back while a long run is gone through', async () => {
  const frame = zstd(Uint8Array.from({ length: BLOCK_BYTES }, (_, at) => at * at));
  const before = process.memoryUsage.rss();
  const turns = new EventLoopTurns();
  let unpacked = 0;
  for (let block = 0; block < BLOCKS; block++) {
    const bytes = unzstd(frame, BLOCK_BYTES);
    unpacked += bytes.length;
    await turns.after(bytes.length);
  }
  expect(unpacked / MB).toBeGreaterThan(780);
  expect((process.memoryUsage.rss() - before) / MB).toBeLessThan(400);
});
