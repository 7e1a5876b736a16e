/**
 * At the first chunk or end of stream, waits `timeout` milliseconds and resets both sockets (RST), also on a
 * connection that was open before the toxic came: Toxiproxy sends a plain FIN there. What comes meanwhile is
 * dropped, so removal during the wait resets at once. An idle connection is left alone.
 */
import { HOLD_BYTES_DEFAULT, type ToxicKind } from './toxic.js';

export const resetPeer: ToxicKind<'timeout'> = {
  type: 'reset_peer',
  goType: 'ResetToxic',
  minima: { timeout: 0 },
  holdBytesMax: HOLD_BYTES_DEFAULT,
  mount(output, attributes) {
    let timeoutMs = attributes.timeout;
    let timer: NodeJS.Timeout | undefined;
    const trigger = (): void => {
      timer ??= setTimeout(() => output.reset(), timeoutMs);
    };
    return {
      take: (chunk) => {
        output.drop(chunk.length);
        trigger();
      },
      end: trigger,
      update: (next) => {
        timeoutMs = next.timeout;
      },
      remove: () => {
        clearTimeout(timer);
        if (timer !== undefined) output.reset();
      },
      discard: () => clearTimeout(timer),
    };
  },
};
