/**
 * Drops all data and closes the connection after `timeout` milliseconds in which none came; 0 = never. The end
 * of the stream passes. Removing it closes every affected connection, for their streams have holes.
 */
import { HOLD_BYTES_DEFAULT, type ToxicKind } from './toxic.js';

export const timeout: ToxicKind<'timeout'> = {
  type: 'timeout',
  goType: 'TimeoutToxic',
  minima: { timeout: 0 },
  holdBytesMax: HOLD_BYTES_DEFAULT,
  mount(output, attributes) {
    let timer: NodeJS.Timeout | undefined;
    const arm = (timeoutMs: number): void => {
      clearTimeout(timer);
      timer = timeoutMs > 0 ? setTimeout(() => output.close(), timeoutMs) : undefined;
    };
    arm(attributes.timeout);
    return {
      take: (chunk) => {
        output.drop(chunk.length);
        timer?.refresh();
      },
      end: () => {
        clearTimeout(timer);
        output.end();
      },
      update: (next) => arm(next.timeout),
      remove: () => {
        clearTimeout(timer);
        output.close();
      },
      discard: () => clearTimeout(timer),
    };
  },
};
