/** Which transport drives a target: its address says it. One kind a file. */
import { parseTargetAddress } from '../../wire/address.js';
import { BoltTransport } from './bolt-transport.js';
import { HttpTransport } from './http-transport.js';
import { NoTransport } from './no-transport.js';
import type { OpenTransport, TransportOptions } from './transport.js';

/** `target`: `host:port` of a Bolt port, or `http://host:port`; undefined: nobody pays. */
export function transportTo(target: string | undefined, options: TransportOptions): OpenTransport {
  if (target === undefined) return () => new NoTransport();
  const address = parseTargetAddress(target);
  if (address === undefined) throw new Error(`"${target}" is not the address of a target`);
  return address.protocol === 'http'
    ? (events) => new HttpTransport(address, options, events)
    : (events) => new BoltTransport(address, options, events);
}
