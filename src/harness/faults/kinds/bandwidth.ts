/** Lets `kilobytesPerSec` (1,000 bytes each) through, per connection and direction; 0 stalls. */
import type { LinkFaultKind } from '../fault.js';
import { TOXICITY, toxicFault } from './toxic-fault.js';

export const bandwidth: LinkFaultKind<'kilobytesPerSec' | 'toxicity'> = {
  kind: 'bandwidth',
  on: 'link',
  meaning: 'narrows the link',
  numbers: { kilobytesPerSec: { minimum: 0, integer: true }, toxicity: TOXICITY },
  takesStream: true,
  create: ({ link, id, numbers, streams }) =>
    toxicFault(
      link,
      streams.map((stream) => ({
        name: `${id}-${stream}`,
        type: 'bandwidth',
        stream,
        toxicity: numbers.toxicity,
        attributes: { rate: numbers.kilobytesPerSec },
      })),
    ),
};
