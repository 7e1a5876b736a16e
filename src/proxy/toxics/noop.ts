/** Passes everything on, at once and whole. Selectable as Toxiproxy's is; it does cost the fast path. */
import { HOLD_BYTES_DEFAULT, type ToxicKind } from './toxic.js';

export const noop: ToxicKind<never> = {
  type: 'noop',
  goType: 'NoopToxic',
  minima: {},
  holdBytesMax: HOLD_BYTES_DEFAULT,
  mount: (output) => ({
    take: (chunk, stampMs) => output.pass(chunk, stampMs),
    end: () => output.end(),
    update: () => {},
    remove: () => {},
    discard: () => {},
  }),
};
