/** Closes each connection after it has carried `bytes` bytes: answers end in mid-frame. */
import type { LinkFaultKind } from '../fault.js';
import { TOXICITY, toxicFault } from './toxic-fault.js';

export const limitData: LinkFaultKind<'bytes' | 'toxicity'> = {
  kind: 'limit_data',
  on: 'link',
  meaning: 'cuts each connection after so many bytes',
  numbers: { bytes: { minimum: 0, integer: true }, toxicity: TOXICITY },
  takesStream: true,
  create: ({ link, id, numbers, streams }) =>
    toxicFault(
      link,
      streams.map((stream) => ({
        name: `${id}-${stream}`,
        type: 'limit_data',
        stream,
        toxicity: numbers.toxicity,
        attributes: { bytes: numbers.bytes },
      })),
    ),
};
