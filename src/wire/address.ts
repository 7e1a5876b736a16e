/**
 * `host:port` texts and the addresses of targets: one parser for the command line, the library and the rooms that
 * connect. Pure; whether somebody answers there is found out by whoever connects.
 */

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What a target's address says: how it is spoken to, and where. */
export interface TargetAddress extends Address {
  readonly protocol: 'bolt' | 'http';
}

const HOST_PORT = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/?#@[\]]+)):([0-9]{1,5})$/;
const HTTP_URL = /^http:\/\/([^/?#@\s]+)\/?$/;
const HTTP_PORT = 80;

/** Reads `127.0.0.1:12200`, `localhost:0` and `[::1]:12200`; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const match = HOST_PORT.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return undefined;
  return { host: match[1] ?? match[2] ?? '', port };
}

/** For texts that this program wrote or checked itself. Throws for anything but `host:port`. */
export function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`"${text}" is not host:port`);
  return address;
}

/** Reads `host:port` (Bolt) and `http://host[:port]`; undefined for anything else, and for port 0. */
export function parseTargetAddress(text: string): TargetAddress | undefined {
  const authority = HTTP_URL.exec(text)?.[1];
  if (authority === undefined) {
    const address = parseAddress(text);
    return address === undefined || address.port === 0
      ? undefined
      : { protocol: 'bolt', ...address };
  }
  const address = parseAddress(authority) ?? parseAddress(`${authority}:${HTTP_PORT}`);
  return address === undefined || address.port === 0 ? undefined : { protocol: 'http', ...address };
}

/** `host:port`, with brackets where the host is IPv6. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** As parseTargetAddress reads it again. */
export function formatTargetAddress(address: TargetAddress): string {
  return `${address.protocol === 'http' ? 'http://' : ''}${formatAddress(address)}`;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.[0-9]{1,3}){3}$/.test(host);
}

/** What is not on this machine is loaded, broken or read only when its host was named. */
export function mayReach(host: string, allowed: readonly string[]): boolean {
  return isLoopback(host) || allowed.includes(host);
}

/** How operations reach a target. Plain data, posted to the load workers. */
export interface TargetPorts {
  /** `host:port` of Bolt or `http://host:port`, where the load workers connect. */
  readonly address: string;
  /** The same by way of another link, by the name of the network that it stands for. */
  readonly over: Readonly<Record<string, string>>;
}
