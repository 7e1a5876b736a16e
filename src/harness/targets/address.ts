/**
 * A target that runs already, named by `host:port` of its Bolt port. A proxy of our own stands before it, so that
 * faults on the link `clients` are possible; its processes are not ours to break.
 */
import type { LinkHandle } from '../faults/fault.js';
import { Supervisor } from '../faults/supervisor-client.js';
import { ToxiproxyLinks } from '../faults/toxiproxy.js';
import { untilSettled } from './settled.js';
import type { Target } from './target.js';
import { readTopology } from './topology.js';

export interface AddressOptions {
  readonly program: readonly string[];
  readonly address: string;
  readonly nowMs: () => number;
  readonly onLog: (line: string) => void;
}

/** Throws UserError where nothing answers at the address. */
export async function openAddress(options: AddressOptions): Promise<Target> {
  const topology = await readTopology(options.address);
  const supervisor = new Supervisor({
    argv: [...options.program, 'supervise'],
    onLog: (name, line) => options.onLog(`${name}: ${line}`),
  });
  const ready = await supervisor.start('proxy', [
    ...options.program,
    ...['proxy', '--listen', '127.0.0.1:0', '--supervised'],
  ]);
  const toxiproxy = new ToxiproxyLinks({ address: String(ready.address) });
  const links = await toxiproxy.create([{ name: 'clients', upstream: options.address }]);
  return {
    name: options.address,
    address: [...links.values()][0],
    topology,
    links: ['clients'],
    processes: [],
    link: (name): LinkHandle => toxiproxy.link(name),
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
    close: () => supervisor.close(),
  };
}
