/**
 * The links of one drill: on the embedded fault proxy, started for the drill as a child of the supervisor, or on a
 * Toxiproxy that runs already and that others may use too:
 *
 *   harness --create, faults--> Toxiproxy <--DELETE, once the harness is gone-- supervisor
 *
 * On a Toxiproxy of others it touches only what it made, under names no other drill has, and tells the supervisor of
 * each link before making it, so that none outlives the drill whatever ends it.
 */
import type { LinkHandle } from '../faults/fault.js';
import { listens } from '../faults/ready-check.js';
import type { Supervisor } from '../faults/supervisor-client.js';
import { type LinkSpec, ToxiproxyLinks } from '../faults/toxiproxy.js';
import { UserError } from '../user-error.js';

export interface DrillLinksOptions {
  readonly supervisor: Supervisor;
  /** The command that runs paydrill, executable first. */
  readonly program: readonly string[];
  /** `host:port` of a Toxiproxy that runs already; undefined starts the embedded one. */
  readonly toxiproxy: string | undefined;
  /** Floats in [0, 1), for the names on a Toxiproxy of others. */
  readonly random: () => number;
}

/** Throws UserError where no Toxiproxy answers at the address given. */
export async function openLinks(options: DrillLinksOptions): Promise<DrillLinks> {
  const { supervisor, program, toxiproxy, random } = options;
  if (toxiproxy === undefined) {
    const argv = [...program, 'proxy', '--listen', '127.0.0.1:0', '--supervised'];
    const { address } = await supervisor.start('proxy', argv);
    return new DrillLinks(new ToxiproxyLinks({ address: String(address) }), undefined);
  }
  const drill = Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
  const links = new ToxiproxyLinks({
    address: toxiproxy,
    namePrefix: `paydrill-${drill}-`,
    onCreating: (url) => supervisor.deleteAtEnd(url),
  });
  try {
    await links.version();
  } catch (cause) {
    throw new UserError(
      `no Toxiproxy answers at ${toxiproxy}: start it, or leave out --toxiproxy to use the embedded one`,
      { cause },
    );
  }
  return new DrillLinks(links, toxiproxy);
}

export class DrillLinks {
  readonly #links: ToxiproxyLinks;
  /** Undefined for the embedded one. */
  readonly #toxiproxy: string | undefined;

  constructor(links: ToxiproxyLinks, toxiproxy: string | undefined) {
    this.#links = links;
    this.#toxiproxy = toxiproxy;
  }

  /**
   * Resolves to the address each link listens on, by name. A Toxiproxy of others may run where its loopback is not
   * ours, in a container say: throws UserError where a link cannot be reached.
   */
  async create(specs: readonly LinkSpec[]): Promise<ReadonlyMap<string, string>> {
    const addresses = await this.#links.create(specs);
    if (this.#toxiproxy === undefined) return addresses;
    for (const [name, address] of addresses) {
      if (await listens(address)) continue;
      throw new UserError(
        `the link ${name} that Toxiproxy at ${this.#toxiproxy} opened on ${address} cannot be reached ` +
          'from here: run Toxiproxy in the same network namespace',
      );
    }
    return addresses;
  }

  link(name: string): LinkHandle {
    return this.#links.link(name);
  }

  /** Takes the links off a Toxiproxy of others; the embedded one goes with its links. */
  async close(): Promise<void> {
    if (this.#toxiproxy !== undefined) await this.#links.remove();
  }
}
