/** Requests go in, replies vanish: what was committed looks lost. Healing closes the connections it concerned. */
import type { LinkFaultKind, Stream } from '../fault.js';
import { TOXICITY, toxicFault } from './toxic-fault.js';

const STREAMS: readonly Stream[] = ['downstream'];

export const cutReplies: LinkFaultKind<'toxicity'> = {
  kind: 'cut_replies',
  on: 'link',
  meaning: 'lets requests in and drops the replies',
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
