/** Cuts what a link carries into small pieces, so that frames arrive in parts. */
import type { LinkFaultKind } from '../fault.js';
import { TOXICITY, toxicFault } from './toxic-fault.js';

export const slicer: LinkFaultKind<'averageBytes' | 'variationBytes' | 'delayUs' | 'toxicity'> = {
  kind: 'slicer',
  on: 'link',
  meaning: 'cuts what the link carries into small pieces',
  numbers: {
    averageBytes: { minimum: 1, integer: true },
    variationBytes: { minimum: 0, absent: 0, integer: true },
    delayUs: { minimum: 0, absent: 0, integer: true },
    toxicity: TOXICITY,
  },
  takesStream: true,
  create: ({ link, id, numbers, streams }) =>
    toxicFault(
      link,
      streams.map((stream) => ({
        name: `${id}-${stream}`,
        type: 'slicer',
        stream,
        toxicity: numbers.toxicity,
        attributes: {
          average_size: numbers.averageBytes,
          size_variation: numbers.variationBytes,
          delay: numbers.delayUs,
        },
      })),
    ),
};
