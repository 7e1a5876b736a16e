/**
 * Passes exactly `bytes` bytes of a connection, then closes it; 0 closes at the first data. The count is the
 * connection's and survives an update of the limit.
 */
import { HOLD_BYTES_DEFAULT, type ToxicKind } from './toxic.js';

export const limitData: ToxicKind<'bytes'> = {
  type: 'limit_data',
  goType: 'LimitDataToxic',
  minima: { bytes: 0 },
  holdBytesMax: HOLD_BYTES_DEFAULT,
  mount(output, attributes) {
    let limitBytes = attributes.bytes;
    let passedBytes = 0;
    return {
      take: (chunk, stampMs) => {
        const bytes = Math.min(chunk.length, Math.max(0, limitBytes - passedBytes));
        passedBytes += bytes;
        if (bytes > 0) output.pass(chunk.subarray(0, bytes), stampMs);
        if (bytes < chunk.length) output.drop(chunk.length - bytes);
        if (passedBytes >= limitBytes) output.close();
      },
      end: () => output.end(),
      update: (next) => {
        limitBytes = next.bytes;
      },
      remove: () => {},
      discard: () => {},
    };
  },
};
