/** A black hole: connections stay open and carry nothing, either way. Healing closes them. */
import type { LinkFaultKind, Stream } from '../fault.js';
import { TOXICITY, toxicFault } from './toxic-fault.js';

const STREAMS: readonly Stream[] = ['upstream', 'downstream'];

export const partition: LinkFaultKind<'toxicity'> = {
  kind: 'partition',
  on: 'link',
  meaning: 'drops everything both ways, connections stay open',
  numbers: { toxicity: TOXICITY },
  takesStream: false,
  create: ({ link, id, numbers }) =>
    toxicFault(
      link,
      STREAMS.map((stream) => ({
        name: `${id}-${stream}`,
        type: 'timeout',
        stream,
        toxicity: numbers.toxicity,
        attributes: { timeout: 0 },
      })),
    ),
};
