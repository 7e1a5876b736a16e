/**
 * A target that runs already, named by `host:port` of its Bolt port. A proxy of our own stands before it, so that
 * faults on the link `clients` are possible; its processes are not ours to break.
 */
import type { Topology } from '../../wire/admin.js';
import type { LinkHandle } from '../faults/fault.js';
import { Supervisor } from '../faults/supervisor-client.js';
import { type DrillLinks, openLinks } from './links.js';
import { untilSettled } from './settled.js';
import type { Target } from './target.js';
import { readTopology } from './topology.js';

export interface AddressOptions {
  readonly program: readonly string[];
  readonly address: string;
  /** `host:port` of a Toxiproxy to put the link on; undefined starts the embedded one. */
  readonly toxiproxy: string | undefined;
  readonly nowMs: () => number;
  /** Floats in [0, 1), for the names on the Toxiproxy. */
  readonly random: () => number;
  readonly onNotice: (line: string) => void;
  readonly onLog: (line: string) => void;
}

/** Throws UserError where nothing answers at the address, or no Toxiproxy at the one given. */
export async function openAddress(options: AddressOptions): Promise<Target> {
  const { program, toxiproxy, random, onNotice } = options;
  const topology = await readTopology(options.address);
  const supervisor = new Supervisor({
    argv: [...program, 'supervise'],
    onLog: (name, line) => options.onLog(`${name}: ${line}`),
  });
  let links: DrillLinks | undefined;
  const close = async (): Promise<void> => {
    await links?.close().catch((error: unknown) => onNotice(String(error)));
    await supervisor.close();
  };
  try {
    links = await openLinks({ supervisor, program, toxiproxy, random });
    const made = await links.create([{ name: 'clients', upstream: options.address }]);
    return targetAt(options, { topology, links, address: [...made.values()][0], close });
  } catch (error) {
    await close();
    throw error;
  }
}

function targetAt(
  options: AddressOptions,
  made: {
    readonly topology: Topology;
    readonly links: DrillLinks;
    readonly address: string;
    readonly close: () => Promise<void>;
  },
): Target {
  const { topology, links, address, close } = made;
  return {
    name: options.address,
    address,
    topology,
    links: ['clients'],
    processes: [],
    link: (name): LinkHandle => links.link(name),
    process: (name) => {
      throw new Error(`the process ${name} is not ours`);
    },
    cpuUs: () => Promise.resolve(new Map()),
    settled: ({ timeoutMs }) =>
      untilSettled({
        gateway: options.address,
        shards: topology.shardAddresses,
        timeoutMs,
        nowMs: options.nowMs,
      }),
    close,
  };
}
