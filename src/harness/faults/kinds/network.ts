/**
 * What the network of a telephone does to a link, by the name of the network: a link is made slow, narrow and given to breaking for as long as
 * the fault lasts. Nothing is lost from TCP: a lost packet is seen as a stall, a lost radio as a connection that breaks, often behind the
 * request and before the answer.
 *
 *   round trip    twice `delayMs`, each way by up to `jitterMs` more or less, in order
 *   breaks        a share `share` of connections break: after so many bytes of answers, or so long after data began to flow
 *
 * Delays and widths are of the order that operators and browsers' developer tools give for these networks; they are a fixed condition to
 * drill under, no model of a radio.
 */
import type { LinkFaultKind, Stream, ToxicSpec } from '../fault.js';
import { toxicFault } from './toxic-fault.js';

export interface Network {
  readonly meaning: string;
  /** Each way, milliseconds. */
  readonly delayMs: number;
  readonly jitterMs: number;
  /** KB/s from the telephone and towards it; undefined: wide enough. */
  readonly upKbPerSec?: number;
  readonly downKbPerSec?: number;
  readonly breaks?: { readonly share: number } & (
    | { readonly afterBytes: number }
    | { readonly afterMs: number }
  );
}

export const NETWORKS = {
  '2g': {
    meaning:
      'makes the link a 2G telephone’s: round trips of 0.6 s, 5 KB/s up, some connections break',
    delayMs: 300,
    jitterMs: 100,
    upKbPerSec: 5,
    downKbPerSec: 30,
    breaks: { share: 0.1, afterMs: 4_000 },
  },
  '3g': {
    meaning: 'makes the link a 3G telephone’s: round trips of 0.2 s, 90 KB/s up',
    delayMs: 100,
    jitterMs: 50,
    upKbPerSec: 90,
    downKbPerSec: 190,
  },
  '4g-commuter': {
    meaning:
      'makes the link a 4G telephone’s on a train: fast, and connections are lost between cells',
    delayMs: 35,
    jitterMs: 25,
    breaks: { share: 0.25, afterMs: 600 },
  },
  elevator: {
    meaning:
      'makes the link a telephone’s in a lift: stalls to round trips of 2 s, answers are cut off',
    delayMs: 500,
    jitterMs: 500,
    breaks: { share: 0.3, afterBytes: 150 },
  },
} as const satisfies Record<string, Network>;

export const NETWORK_KINDS: readonly LinkFaultKind[] = Object.entries(NETWORKS).map(
  ([kind, network]: [string, Network]) => ({
    kind,
    on: 'link',
    meaning: network.meaning,
    numbers: {},
    takesStream: false,
    create: ({ link, id }) => toxicFault(link, toxicsOf(network, id)),
  }),
);

function toxicsOf(network: Network, id: string): readonly ToxicSpec[] {
  const { breaks, delayMs, downKbPerSec, jitterMs, upKbPerSec } = network;
  const toxic = (type: ToxicSpec['type'], stream: Stream, attributes: ToxicSpec['attributes']) => ({
    name: `${id}-${type}-${stream}`,
    type,
    stream,
    toxicity: 1,
    attributes,
  });
  const toxics: ToxicSpec[] = [];
  for (const stream of ['upstream', 'downstream'] as const) {
    const rate = stream === 'upstream' ? upKbPerSec : downKbPerSec;
    if (rate !== undefined) toxics.push(toxic('bandwidth', stream, { rate }));
    toxics.push(toxic('latency', stream, { latency: delayMs, jitter: jitterMs }));
  }
  if (breaks === undefined) return toxics;
  const [type, attributes] =
    'afterBytes' in breaks
      ? (['limit_data', { bytes: breaks.afterBytes }] as const)
      : (['reset_peer', { timeout: breaks.afterMs }] as const);
  return [...toxics, { ...toxic(type, 'downstream', attributes), toxicity: breaks.share }];
}
