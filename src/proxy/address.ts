/**
 * `host:port` texts, parsed once at the edge. A listen address must be loopback; an empty host, which Go reads
 * as every interface, is read as 127.0.0.1, and any other host is refused.
 */
import { isIP } from 'node:net';
import { listenError } from './errors.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Throws the API's error for what is not `host:port` on loopback. An empty text is `127.0.0.1:0`. */
export function parseListen(text: string): Address {
  if (text === '') return { host: '127.0.0.1', port: 0 };
  const address = parseAddress(text);
  if (address === undefined) throw listenError(`: ${flaw(text)}`);
  const host = address.host === '' || address.host === 'localhost' ? '127.0.0.1' : address.host;
  if (host !== '::1' && !(isIP(host) === 4 && host.startsWith('127.'))) {
    throw listenError(` ${text}: bind: not on loopback (use 127.0.0.1)`);
  }
  return { host, port: address.port };
}

/** Go's words. */
function flaw(text: string): string {
  const port = /:([^:\]]*)$/.exec(text)?.[1];
  if (port === undefined) return `address ${text}: missing port in address`;
  return /^\d+$/.test(port) ? `address ${port}: invalid port` : `lookup tcp/${port}: unknown port`;
}

/** Undefined for what is not `host:port`; `[::1]:80` has host `::1`. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const port = Number(match[3]);
  return port > 65535 ? undefined : { host: match[1] ?? match[2] ?? '', port };
}

export function formatAddress(address: Address): string {
  return isIP(address.host) === 6
    ? `[${address.host}]:${address.port}`
    : `${address.host}:${address.port}`;
}
