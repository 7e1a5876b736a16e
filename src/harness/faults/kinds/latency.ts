/** Delays every chunk of a link by `ms` +/- `jitterMs`; order is kept. */
import type { LinkFaultKind } from '../fault.js';
import { TOXICITY, toxicFault } from './toxic-fault.js';

export const latency: LinkFaultKind<'ms' | 'jitterMs' | 'toxicity'> = {
  kind: 'latency',
  on: 'link',
  meaning: 'delays what the link carries',
  numbers: {
    ms: { minimum: 0, integer: true },
    jitterMs: { minimum: 0, absent: 0, integer: true },
    toxicity: TOXICITY,
  },
  takesStream: true,
  create: ({ link, id, numbers, streams }) =>
    toxicFault(
      link,
      streams.map((stream) => ({
        name: `${id}-${stream}`,
        type: 'latency',
        stream,
        toxicity: numbers.toxicity,
        attributes: { latency: numbers.ms, jitter: numbers.jitterMs },
      })),
    ),
};
