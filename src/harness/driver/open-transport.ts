/** Which transport drives a target: its address says it. One line a kind. */
import { BoltTransport } from './bolt-transport.js';
import type { OpenTransport, TransportOptions } from './transport.js';

/** `target`: `host:port` of a Bolt port. */
export function transportTo(target: string, options: TransportOptions): OpenTransport {
  const address = hostPort(target);
  return (events) => new BoltTransport(address, options, events);
}

function hostPort(address: string): { readonly host: string; readonly port: number } {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at), port: Number(address.slice(at + 1)) };
}
