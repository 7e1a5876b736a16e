/**
 * A target that runs already, named by `host:port` of its Bolt port or by `http://host:port`. A proxy of our own stands
 * before it, so that faults on the link `clients` are possible; its processes are not ours to break.
 */

import type { TargetPorts } from '../../wire/address.js';
import type { Topology } from '../../wire/admin.js';
import { shardBooks } from '../books/books-source.js';
import type { LinkHandle } from '../faults/fault.js';
import { Supervisor } from '../faults/supervisor-client.js';
import { askAdmin, numberOf } from './admin-client.js';
import { breakableOfAddress } from './breakable-names.js';
import { openClients } from './clients.js';
import { type GatewayFront, gatewayFront } from './gateway-front.js';
import { type DrillLinks, openLinks } from './links.js';
import { openOrClose } from './opening.js';
import { untilSettled } from './settled.js';
import { stackFacts } from './stack-facts.js';
import type { Population, StackSize } from './stack-size.js';
import type { Target } from './target.js';
import { readTopology } from './topology.js';

export interface AddressOptions {
  readonly program: readonly string[];
  /** `host:port`, or `http://host:port`. */
  readonly address: string;
  /** `host:port` of a Toxiproxy to put the link on; undefined starts the embedded one. */
  readonly toxiproxy: string | undefined;
  /** Hosts that are not this machine and may be asked. */
  readonly allowTargets: readonly string[];
  /** What the script was written for. */
  readonly stack: StackSize;
  readonly nowMs: () => number;
  /** Floats in [0, 1), for the names on the Toxiproxy. */
  readonly random: () => number;
  readonly onNotice: (line: string) => void;
  readonly onLog: (line: string) => void;
  /** Aborted: it is given up while it is opened. */
  readonly signal: AbortSignal;
}

/** Throws UserError where nothing answers at the address, or no Toxiproxy at the one given. */
export async function openAddress(options: AddressOptions): Promise<Target> {
  const { program, toxiproxy, random, onNotice, signal } = options;
  const gateway = gatewayFront(options.address);
  const supervisor = new Supervisor({
    argv: [...program, 'supervise'],
    onLog: (name, line) => options.onLog(`${name}: ${line}`),
  });
  let links: DrillLinks | undefined;
  const close = async (): Promise<void> => {
    await links?.close().catch((error: unknown) => onNotice(String(error)));
    await supervisor.close();
  };
  const open = async (): Promise<Target> => {
    const topology = await readTopology(gateway, options.allowTargets);
    warnOfStrangers(options, topology);
    const before = await entriesOf(topology.shardAddresses);
    links = await openLinks({ supervisor, program, toxiproxy, random });
    const scheme = options.address.slice(0, -gateway.address.length);
    const upstream = gateway.address;
    const port = await openClients({
      links,
      upstream,
      scheme,
      random,
      networks: options.stack.networks,
    });
    const processes = (): ReadonlyMap<string, number> => supervisor.pids();
    return targetAt(options, { gateway, topology, before, links, port, processes, close });
  };
  return await openOrClose(`${options.address} cannot be drilled`, open, { close, signal });
}

function targetAt(
  options: AddressOptions,
  made: {
    readonly gateway: GatewayFront;
    readonly topology: Topology;
    /** Entries of each shard: what it did before the drill. */
    readonly before: readonly number[];
    readonly links: DrillLinks;
    readonly port: TargetPorts;
    readonly processes: () => ReadonlyMap<string, number>;
    readonly close: () => Promise<void>;
  },
): Target {
  const { gateway, topology, before, links, port, processes, close } = made;
  const shards = topology.shardAddresses;
  return {
    ports: { pay: port },
    books: shards.length > 0 ? shardBooks(shards, before) : undefined,
    facts: stackFacts(options.address, topology),
    layout: topology,
    breakable: {
      ...breakableOfAddress(options.stack),
      link: (name): LinkHandle => links.link(name),
      process: (name) => {
        throw new Error(`the process ${name} is not ours`);
      },
      command: (name) => {
        throw new Error(`there is no command ${name}`);
      },
    },
    processes,
    settled: (signal) =>
      untilSettled({
        gateway,
        shards,
        nowMs: options.nowMs,
        signal,
      }),
    close,
  };
}

/** What is asked of accounts that are not there is declined, all of it. */
function warnOfStrangers({ address, stack, onNotice }: AddressOptions, has: Topology): void {
  const { population } = stack;
  if (population.users <= has.users && population.merchants <= has.merchants) return;
  const told = ({ users, merchants }: Pick<Population, 'users' | 'merchants'>): string =>
    `${users} users and ${merchants} merchants`;
  onNotice(
    `the script is for ${told(population)}, and ${address} has ${told(has)}: what it asks of others is declined ` +
      '(options.ext.paydrill says how many it is for)',
  );
}

/** Rejects where a shard does not answer. */
function entriesOf(shards: readonly string[]): Promise<number[]> {
  return Promise.all(
    shards.map(async (shard) => numberOf(await askAdmin(shard, { op: 'stats' }), 'entries')),
  );
}
