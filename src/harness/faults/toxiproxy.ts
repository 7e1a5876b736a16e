/**
 * The only speaker of Toxiproxy's API in the harness, through `toxiproxy-node-client`: the embedded server or a
 * real one by address. Every call has a time limit (the client has none, and a Toxiproxy that hangs would hang
 * the drill) and every failure says what was attempted (the client drops the server's words).
 */
import { Toxiproxy, type Proxy as ToxiproxyProxy } from 'toxiproxy-node-client';
import { messageOf } from '../message-of.js';
import type { LinkHandle } from './fault.js';

export interface LinkSpec {
  /** Letters, digits and dashes: the client does not escape names in paths. */
  readonly name: string;
  /** `host:port` where the link leads. */
  readonly upstream: string;
  /** `host:port` to listen on. Default: a free port of 127.0.0.1. */
  readonly listen?: string;
}

export interface ToxiproxyOptions {
  /** `host:port` of the control API. */
  readonly address: string;
  /** Of one API call. Default 5,000. */
  readonly timeoutMs?: number;
  /** Before every proxy's name on the server; nobody else's may begin with it. Default `paydrill-`. */
  readonly namePrefix?: string;
  /** Awaited before a link is made, with the URL that takes it off: for whoever outlives this process. */
  readonly onCreating?: (url: string) => Promise<void>;
}

export class ToxiproxyLinks {
  readonly #client: Toxiproxy;
  readonly #address: string;
  readonly #timeoutMs: number;
  readonly #namePrefix: string;
  readonly #onCreating: (url: string) => Promise<void>;
  readonly #proxies = new Map<string, ToxiproxyProxy>();

  constructor(options: ToxiproxyOptions) {
    this.#client = new Toxiproxy(`http://${options.address}`);
    this.#address = options.address;
    this.#timeoutMs = options.timeoutMs ?? 5_000;
    this.#namePrefix = options.namePrefix ?? 'paydrill-';
    this.#onCreating = options.onCreating ?? (() => Promise.resolve());
  }

  /** The server's own word for its version. */
  version(): Promise<string> {
    return this.#call('tell its version', this.#client.getVersion());
  }

  /**
   * Creates the links; resolves to the address each listens on, by name. Rejects where the server has a proxy of
   * that name already: it is somebody else's, and only what was created here is ever touched.
   */
  async create(links: readonly LinkSpec[]): Promise<ReadonlyMap<string, string>> {
    const listed = await this.#call('list its proxies', this.#client.getAll());
    const addresses = new Map<string, string>();
    for (const { name, upstream, listen = '127.0.0.1:0' } of links) {
      if (!/^[A-Za-z0-9-]+$/.test(name)) throw new Error(`"${name}" cannot name a link`);
      const fullName = this.#namePrefix + name;
      if (listed[fullName] !== undefined) {
        throw new Error(`Toxiproxy at ${this.#address} has a proxy named ${fullName} already`);
      }
      await this.#onCreating(`${this.#client.host}/proxies/${fullName}`);
      const proxy = await this.#call(
        `create ${fullName}`,
        this.#client.createProxy({ name: fullName, listen, upstream, enabled: true }),
      );
      this.#proxies.set(name, proxy);
      addresses.set(name, proxy.listen);
    }
    return addresses;
  }

  /** Throws for a name that was not created. */
  link(name: string): LinkHandle {
    const proxy = this.#proxies.get(name);
    if (proxy === undefined) throw new Error(`no link named "${name}" was created`);
    return {
      addToxic: async (toxic) => {
        await this.#call(`add ${toxic.name} to ${name}`, proxy.addToxic(toxic));
      },
      removeToxic: (toxicName) => this.#removeToxic(proxy, toxicName),
      setEnabled: async (enabled) => {
        const { listen, upstream } = proxy;
        const word = enabled ? 'enable' : 'disable';
        await this.#call(`${word} ${name}`, proxy.update({ enabled, listen, upstream }));
      },
    };
  }

  /** Takes the links off the server; those already gone are done. Rejects when one stays, after the others. */
  async remove(): Promise<void> {
    const proxies = [...this.#proxies.values()];
    this.#proxies.clear();
    if (proxies.length === 0) return;
    const listed = await this.#call('list its proxies', this.#client.getAll());
    const left = proxies.filter(({ name }) => listed[name] !== undefined);
    const removing = left.map((proxy) => this.#call(`remove ${proxy.name}`, proxy.remove()));
    for (const end of await Promise.allSettled(removing)) {
      if (end.status === 'rejected') throw end.reason;
    }
  }

  /** A toxic that is not there is told by the message's status: the client has no other way to say 404. */
  async #removeToxic(proxy: ToxiproxyProxy, toxicName: string): Promise<void> {
    try {
      const toxic = await this.#call(`find ${toxicName}`, proxy.getToxic(toxicName));
      await this.#call(`remove ${toxicName}`, toxic.remove());
    } catch (error) {
      if (error instanceof Error && error.message.endsWith('status code 404')) return;
      throw error;
    }
  }

  async #call<T>(what: string, answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      const late = new Error(`no answer within ${this.#timeoutMs} ms`);
      timer = setTimeout(() => reject(late), this.#timeoutMs);
    });
    try {
      return await Promise.race([answer, limit]);
    } catch (error) {
      const reason = messageOf(error);
      throw new Error(`Toxiproxy at ${this.#address} could not ${what}: ${reason}`, {
        cause: error,
      });
    } finally {
      clearTimeout(timer);
    }
  }
}
