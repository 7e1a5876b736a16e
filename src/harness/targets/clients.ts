/**
 * The links by which clients reach a gateway: `clients`, and one beside it for each network that the script's clients come over, so that
 * what a network does is done to those alone.
 */

import type { TargetPorts } from '../../wire/address.js';
import { fixedPort } from '../faults/fixed-port.js';
import { linkOver } from './breakable-names.js';
import type { DrillLinks } from './links.js';

export interface ClientLinks {
  readonly links: DrillLinks;
  /** `host:port` of the gateway. */
  readonly upstream: string;
  /** Before addresses: `http://`, or nothing. */
  readonly scheme: string;
  readonly networks: readonly string[];
  /** Floats in [0, 1), for the choice of ports. */
  readonly random: () => number;
}

/** Throws UserError where a link cannot be reached from here. */
export async function openClients(clients: ClientLinks): Promise<TargetPorts> {
  const { links, networks, random, scheme, upstream } = clients;
  const over = networks.map(linkOver);
  const specs = [];
  for (const name of ['clients', ...over]) {
    // Closed for a while, it must be found where it was.
    specs.push({ name, upstream, listen: `127.0.0.1:${await fixedPort(random)}` });
  }
  const made = await links.create(specs);
  const address = (name: string): string => `${scheme}${made.get(name) ?? ''}`;
  return {
    address: address('clients'),
    over: Object.fromEntries(networks.map((network) => [network, address(linkOver(network))])),
  };
}
