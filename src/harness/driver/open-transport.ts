/** Which transport drives a target: its address says it. One kind a file. */
import { BoltTransport } from './bolt-transport.js';
import { HttpTransport } from './http-transport.js';
import type { OpenTransport, TransportOptions } from './transport.js';

const HTTP = 'http://';

/** `target`: `host:port` of a Bolt port, or `http://host:port`. */
export function transportTo(target: string, options: TransportOptions): OpenTransport {
  if (target.startsWith(HTTP)) {
    const address = hostPort(target.slice(HTTP.length));
    return (events) => new HttpTransport(address, options, events);
  }
  const address = hostPort(target);
  return (events) => new BoltTransport(address, options, events);
}

function hostPort(address: string): { readonly host: string; readonly port: number } {
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(address.slice(at + 1)) };
}
