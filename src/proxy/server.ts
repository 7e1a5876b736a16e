/**
 * The proxy as a server and as a process: binds the control API on loopback and lives until told to stop.
 * `runProxy` is the whole of the process that the harness's supervisor starts.
 */
import { randomInt } from 'node:crypto';
import { formatAddress, parseListen } from './address.js';
import { createApi, populate } from './api.js';
import { Proxies } from './proxies.js';

export interface ProxyServerOptions {
  /** `host:port` of the control API, loopback only; port 0 picks a free one. */
  readonly listen: string;
  /** Of every toxic's dice. Default: drawn. */
  readonly seed?: number;
  /** Proxies to begin with, as the body of /populate. */
  readonly proxies?: unknown;
}

export interface ProxyServer {
  /** `host:port` of the control API as bound. */
  readonly address: string;
  /** Stops every proxy and closes the control API. */
  close(): Promise<void>;
}

/**
 * Rejects with an ApiError when the address is not loopback or the proxies to begin with are not what they should be, with the system's
 * error when it cannot be bound.
 */
export async function startProxyServer(options: ProxyServerOptions): Promise<ProxyServer> {
  const listen = parseListen(options.listen);
  const proxies = new Proxies(options.seed ?? randomInt(2 ** 32));
  const api = createApi(proxies);
  await begin(proxies, options.proxies);
  await new Promise<void>((resolve, reject) => {
    api.once('error', reject);
    api.listen(listen.port, listen.host, resolve);
  }).catch(async (error: unknown) => {
    await proxies.removeAll();
    throw error;
  });
  const bound = api.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : listen.port;
  return {
    address: formatAddress({ host: listen.host, port }),
    close: async () => {
      const closed = new Promise<void>((resolve) => api.close(() => resolve()));
      api.closeAllConnections();
      await proxies.removeAll();
      await closed;
    },
  };
}

/** All of them, or none. */
async function begin(proxies: Proxies, asked: unknown): Promise<void> {
  if (asked === undefined) return;
  try {
    const { failure } = await populate(proxies, asked);
    if (failure !== undefined) throw failure;
  } catch (error) {
    await proxies.removeAll();
    throw error;
  }
}

/** Prints `{"ready":true,"role":"proxy","address":...}` and exits as soon as standard input closes. */
export async function runProxy(options: ProxyServerOptions): Promise<void> {
  const leave = (): never => process.exit(0);
  process.stdin.on('end', leave).on('close', leave).on('error', leave).resume();
  const { address } = await startProxyServer(options);
  process.stdout.write(`${JSON.stringify({ ready: true, role: 'proxy', address })}\n`);
}
