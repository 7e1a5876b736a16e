/**
 * All proxies of one server, by name, with Toxiproxy's ordering rules (proxy_collection.go): a duplicate name is
 * refused before the bind; populate checks every name and upstream before it creates anything, then stops at the
 * first failure and keeps what it made; a populated proxy that exists unchanged is left alone, toxics and all.
 */
import { API_ERRORS, ApiError } from './errors.js';
import { type ProxyView, TcpProxy } from './proxy.js';

/** Parsed from a request's body; absent texts are empty. */
export interface ProxyRequest {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
}

export class Proxies {
  readonly #proxies = new Map<string, TcpProxy>();
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Sorted by name, as Go writes a map. */
  views(): Readonly<Record<string, ProxyView>> {
    const names = [...this.#proxies.keys()].sort();
    return Object.fromEntries(names.map((name) => [name, this.get(name).view()]));
  }

  /** In the order in which they were made. */
  all(): readonly TcpProxy[] {
    return [...this.#proxies.values()];
  }

  /** Throws `proxyNotFound`. */
  get(name: string): TcpProxy {
    const proxy = this.#proxies.get(name);
    if (proxy === undefined) throw API_ERRORS.proxyNotFound;
    return proxy;
  }

  async add(request: ProxyRequest): Promise<TcpProxy> {
    if (request.name === '') throw API_ERRORS.missingField.with('name');
    if (request.upstream === '') throw API_ERRORS.missingField.with('upstream');
    if (this.#proxies.has(request.name)) throw API_ERRORS.proxyAlreadyExists;
    return this.#put(request);
  }

  /** The proxies made or found before the first failure, and that failure. */
  async populate(
    requests: readonly ProxyRequest[],
  ): Promise<{ readonly proxies: readonly TcpProxy[]; readonly failure?: ApiError }> {
    const proxies: TcpProxy[] = [];
    try {
      for (const [index, { name, upstream }] of requests.entries()) {
        if (name === '') throw API_ERRORS.missingField.with(`name at proxy ${index + 1}`);
        if (upstream === '') throw API_ERRORS.missingField.with(`upstream at proxy ${index + 1}`);
      }
      for (const request of requests) {
        const existing = this.#proxies.get(request.name);
        if (existing !== undefined && !existing.differs(request.listen, request.upstream)) {
          proxies.push(existing);
          continue;
        }
        await existing?.stop();
        proxies.push(await this.#put(request));
      }
    } catch (error) {
      if (error instanceof ApiError) return { proxies, failure: error };
      throw error;
    }
    return { proxies };
  }

  async remove(name: string): Promise<void> {
    const proxy = this.get(name);
    this.#proxies.delete(name);
    await proxy.stop();
  }

  /** Starts what is disabled and takes every toxic off. Throws the first bind that fails. */
  async reset(): Promise<void> {
    for (const proxy of this.#proxies.values()) {
      await proxy.start();
      proxy.removeAllToxics();
    }
  }

  async removeAll(): Promise<void> {
    for (const name of [...this.#proxies.keys()]) await this.remove(name);
  }

  async #put(request: ProxyRequest): Promise<TcpProxy> {
    const proxy = new TcpProxy({ ...request, seed: this.#seed });
    if (request.enabled) await proxy.start();
    this.#proxies.set(proxy.name, proxy);
    return proxy;
  }
}
