/**
 * From a host name to where it is connected: the script's `hosts`, then DNS, kept for a while as k6 does, one for all VUs of a
 * thread; and what the script forbids: `blockHostnames`, `blacklistIPs`.
 */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import type { HttpOptions, HttpOrigin } from '../ports/http.js';
import { ERROR_CODE, RefusedAddress } from './failures.js';

/** k6's default for `dns.ttl`. */
const TTL_US = 5 * 60 * 1_000_000;

export interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

interface Known {
  readonly addresses: readonly string[];
  readonly untilUs: number;
}

export class Addresses {
  readonly #options: Pick<HttpOptions, 'hosts' | 'blockHostnames' | 'blacklistIPs'>;
  readonly #nowUs: () => number;
  readonly #random: () => number;
  readonly #known = new Map<string, Known>();
  readonly #asked = new Map<string, Promise<readonly string[]>>();
  readonly #forbidden: BlockList;

  /** Throws where `blacklistIPs` names no address or network. */
  constructor(
    options: Pick<HttpOptions, 'hosts' | 'blockHostnames' | 'blacklistIPs'>,
    { nowUs, random }: { readonly nowUs: () => number; readonly random: () => number },
  ) {
    this.#options = options;
    this.#nowUs = nowUs;
    this.#random = random;
    this.#forbidden = blockList(options.blacklistIPs);
  }

  /** Rejects with RefusedAddress, or what DNS says. */
  async find(origin: HttpOrigin): Promise<SocketAddress> {
    const { hostname, port } = origin;
    if (this.#options.blockHostnames.some((pattern) => matches(pattern, hostname)))
      throw new RefusedAddress({
        code: ERROR_CODE.blockedHostname,
        message: `hostname (${hostname}) is in a blocked pattern (blockHostnames)`,
      });
    const given = this.#given(origin);
    const host = given?.host ?? hostname;
    const address = isIP(host) > 0 ? host : await this.#lookUp(host);
    if (this.#forbidden.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'))
      throw new RefusedAddress({
        code: ERROR_CODE.blacklistedIp,
        message: `IP (${address}) is in a blacklisted range (blacklistIPs)`,
      });
    return { host: address, port: given?.port ?? port };
  }

  #given({ hostname, port }: HttpOrigin): { host: string; port: number | undefined } | undefined {
    const { hosts } = this.#options;
    const found = hosts[`${hostname}:${port}`] ?? hosts[hostname] ?? wildcard(hosts, hostname);
    return found === undefined ? undefined : hostAndPort(found);
  }

  async #lookUp(host: string): Promise<string> {
    const known = this.#known.get(host);
    const addresses =
      known !== undefined && known.untilUs > this.#nowUs()
        ? known.addresses
        : await (this.#asked.get(host) ?? this.#ask(host));
    return addresses[Math.floor(this.#random() * addresses.length)] ?? host;
  }

  /** IPv4 is preferred, as k6's default policy does. */
  #ask(host: string): Promise<readonly string[]> {
    const asked = lookup(host, { all: true }).then((found) => {
      const four = found.filter(({ family }) => family === 4);
      const addresses = (four.length > 0 ? four : found).map(({ address }) => address);
      this.#known.set(host, { addresses, untilUs: this.#nowUs() + TTL_US });
      return addresses;
    });
    this.#asked.set(host, asked);
    const forget = (): void => void this.#asked.delete(host);
    asked.then(forget, forget);
    return asked;
  }
}

function wildcard(hosts: Readonly<Record<string, string>>, hostname: string): string | undefined {
  const pattern = Object.keys(hosts).find((one) => one.startsWith('*') && matches(one, hostname));
  return pattern === undefined ? undefined : hosts[pattern];
}

function matches(pattern: string, hostname: string): boolean {
  const lower = hostname.toLowerCase();
  const wanted = pattern.toLowerCase();
  return wanted.startsWith('*') ? lower.endsWith(wanted.slice(1)) : lower === wanted;
}

function hostAndPort(text: string): { host: string; port: number | undefined } {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text);
  if (match === null) return { host: text, port: undefined };
  return {
    host: match[1] ?? match[2] ?? text,
    port: match[3] === undefined ? undefined : Number(match[3]),
  };
}

function blockList(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
