/** HTTP for the virtual users of one worker thread: what they share is names and certificates, connections are each VU's own. */
import type { ConnectionOptions } from 'node:tls';
import type { HttpClient, HttpOptions, HttpPort } from '../ports/http.js';
import { VuHttpClient } from './client.js';
import type { Network } from './network.js';

export function httpPort(
  options: HttpOptions,
  { network, nowUs }: { readonly network: Network; readonly nowUs: () => number },
): HttpPort {
  const { addresses } = network;
  const tlsOf = (hostname: string): ConnectionOptions => ({
    ...network.tlsOf(hostname),
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  return {
    options,
    newClient: (): HttpClient => new VuHttpClient({ options, nowUs, addresses, tlsOf }),
  };
}
