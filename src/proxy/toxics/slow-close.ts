/** Holds the end of the stream back for `delay` milliseconds; data passes at once. */
import { HOLD_BYTES_DEFAULT, type ToxicKind } from './toxic.js';

export const slowClose: ToxicKind<'delay'> = {
  type: 'slow_close',
  goType: 'SlowCloseToxic',
  minima: { delay: 0 },
  holdBytesMax: HOLD_BYTES_DEFAULT,
  mount(output, attributes) {
    let delayMs = attributes.delay;
    let timer: NodeJS.Timeout | undefined;
    const close = (): void => {
      timer = undefined;
      output.end();
    };
    return {
      take: (chunk, stampMs) => output.pass(chunk, stampMs),
      end: () => {
        timer = setTimeout(close, delayMs);
      },
      update: (next) => {
        delayMs = next.delay;
        if (timer === undefined) return;
        clearTimeout(timer);
        timer = setTimeout(close, delayMs);
      },
      remove: () => {
        if (timer === undefined) return;
        clearTimeout(timer);
        close();
      },
      discard: () => clearTimeout(timer),
    };
  },
};
