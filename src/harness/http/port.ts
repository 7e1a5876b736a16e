/** HTTP for the virtual users of one worker thread: what they share is names and certificates, connections are each VU's own. */
import type { ConnectionOptions } from 'node:tls';
import type { HttpClient, HttpOptions, HttpPort } from '../ports/http.js';
import { VuHttpClient } from './client.js';
import type { Network } from './network.js';
import { pace, paced } from './pace.js';

export function httpPort(
  options: HttpOptions,
  {
    network,
    nowUs,
    workers = 1,
  }: {
    readonly network: Network;
    readonly nowUs: () => number;
    /** Threads that share what `rps` allows; default 1. */
    readonly workers?: number;
  },
): HttpPort {
  const { addresses } = network;
  const tlsOf = (hostname: string): ConnectionOptions => ({
    ...network.tlsOf(hostname),
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  const newClient = (): HttpClient => new VuHttpClient({ options, nowUs, addresses, tlsOf });
  if (options.rps === 0) return { options, newClient };
  const nextTurn = pace(options.rps / workers, nowUs);
  return { options, newClient: () => paced(newClient(), nextTurn) };
}
