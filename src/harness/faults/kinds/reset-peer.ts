/** Resets each connection (RST) `afterMs` after data flows on it, for as long as the fault lasts. */
import type { LinkFaultKind } from '../fault.js';
import { TOXICITY, toxicFault } from './toxic-fault.js';

export const resetPeer: LinkFaultKind<'afterMs' | 'toxicity'> = {
  kind: 'reset_peer',
  on: 'link',
  meaning: 'resets connections that carry data',
  numbers: { afterMs: { minimum: 0, absent: 0, integer: true }, toxicity: TOXICITY },
  takesStream: true,
  create: ({ link, id, numbers, streams }) =>
    toxicFault(
      link,
      streams.map((stream) => ({
        name: `${id}-${stream}`,
        type: 'reset_peer',
        stream,
        toxicity: numbers.toxicity,
        attributes: { timeout: numbers.afterMs },
      })),
    ),
};
