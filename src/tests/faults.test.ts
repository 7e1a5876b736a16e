/** Faults of a plan against the embedded proxy, on real sockets: what each does to a connection, and its healing. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseFaultPlan } from '../harness/faults/plan.js';
import { FaultTimeline } from '../harness/faults/timeline.js';
import { ToxiproxyLinks } from '../harness/faults/toxiproxy.js';
import { type ProxyServer, startProxyServer } from '../proxy/server.js';

let proxy: ProxyServer;
let upstream: Server;
let links: ToxiproxyLinks;
let port: number;
/** What the server has received, over all connections. */
let requests: string;
const clients: Socket[] = [];

beforeEach(async () => {
  requests = '';
  proxy = await startProxyServer({ listen: '127.0.0.1:0', seed: 1 });
  upstream = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      requests += chunk;
      socket.write(`${chunk}!`);
    });
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const bound = upstream.address();
  const upstreamPort = bound !== null && typeof bound === 'object' ? bound.port : 0;
  links = new ToxiproxyLinks({ address: proxy.address });
  const addresses = await links.create([
    { name: 'clients', upstream: `127.0.0.1:${upstreamPort}` },
  ]);
  port = Number(addresses.get('clients')?.split(':')[1]);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  upstream.close();
});

interface Client {
  readonly socket: Socket;
  readonly seen: { text: string; closed: boolean; errorCode: string | undefined };
}

async function open(): Promise<Client> {
  const socket = connect(port, '127.0.0.1');
  clients.push(socket);
  const seen: Client['seen'] = { text: '', closed: false, errorCode: undefined };
  socket.on('data', (chunk) => {
    seen.text += chunk;
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    seen.errorCode = error.code;
  });
  socket.on('close', () => {
    seen.closed = true;
  });
  await once(socket, 'connect');
  return { socket, seen };
}

/** The fault is applied at once and stays until `heal` is called. */
async function apply(fault: object): Promise<{ readonly heal: () => Promise<void> }> {
  const plan = { faults: [{ target: 'clients', atMs: 0, durationMs: 1_000_000, ...fault }] };
  const timeline = new FaultTimeline({
    faults: parseFaultPlan(JSON.stringify(plan), {
      file: 'faults.json',
      links: ['clients'],
      processes: [],
      scenarioStartsMs: {},
      loadEndMs: 2_000_000,
      durationScale: 1,
    }),
    link: (name) => links.link(name),
    process: () => {
      throw new Error('no processes here');
    },
    nowMs: () => performance.now(),
  });
  const abort = new AbortController();
  const done = timeline.run(abort.signal);
  await until(() => timeline.records[0].appliedMs !== undefined);
  return {
    heal: async () => {
      abort.abort();
      await done;
      expect(timeline.records[0].error).toBeUndefined();
    },
  };
}

describe('through a healed link everything flows again', () => {
  const faults: readonly object[] = [
    { kind: 'latency', ms: 20, jitterMs: 5, stream: 'both' },
    { kind: 'bandwidth', kilobytesPerSec: 10 },
    { kind: 'cut_replies' },
    { kind: 'partition' },
    { kind: 'disable' },
    { kind: 'reset_peer', afterMs: 5 },
    { kind: 'limit_data', bytes: 3 },
    { kind: 'slicer', averageBytes: 2, delayUs: 100, stream: 'both' },
  ];
  it.each(faults)('%o', async (fault) => {
    const { heal } = await apply(fault);
    await heal();
    const { socket, seen } = await open();
    socket.write('hello');
    await until(() => seen.text === 'hello!');
    const response = await fetch(`http://${proxy.address}/proxies/paydrill-clients/toxics`);
    expect(await response.json()).toEqual([]);
  });
});

describe('a fault', () => {
  it('cut_replies lets the request in, loses the reply, and breaks the connection when it heals', async () => {
    const { socket, seen } = await open();
    const { heal } = await apply({ kind: 'cut_replies' });
    socket.write('pay');
    await until(() => requests === 'pay');
    await heal();
    await until(() => seen.closed);
    expect(seen.text).toBe('');
  });

  it('partition lets nothing in, keeps the connection, and breaks it when it heals', async () => {
    const { socket, seen } = await open();
    const { heal } = await apply({ kind: 'partition' });
    await new Promise((resolve) => socket.write('pay', resolve));
    const during = await open();
    expect([seen.closed, during.seen.closed]).toEqual([false, false]);
    await heal();
    await until(() => seen.closed && during.seen.closed);
    expect(requests).toBe('');
  });

  it('disable breaks connections and refuses new ones', async () => {
    const { seen } = await open();
    const { heal } = await apply({ kind: 'disable' });
    await until(() => seen.closed);
    await expect(open()).rejects.toThrow('ECONNREFUSED');
    await heal();
    await open();
  });

  it('reset_peer resets a live connection', async () => {
    const { socket, seen } = await open();
    const { heal } = await apply({ kind: 'reset_peer' });
    socket.write('pay');
    await until(() => seen.closed);
    expect(seen.errorCode).toBe('ECONNRESET');
    await heal();
  });

  it('limit_data cuts an answer short', async () => {
    const { heal } = await apply({ kind: 'limit_data', bytes: 3 });
    const { socket, seen } = await open();
    socket.write('hello');
    await until(() => seen.closed);
    expect(seen.text).toBe('hel');
    await heal();
  });
});

describe('links on a Toxiproxy', () => {
  const onServer = async (): Promise<string[]> => {
    const response = await fetch(`http://${proxy.address}/proxies`);
    return Object.keys(Object(await response.json()));
  };

  it('of others stay as they are, also where a name is taken', async () => {
    const next = new ToxiproxyLinks({ address: proxy.address });
    await expect(next.create([{ name: 'clients', upstream: '127.0.0.1:9' }])).rejects.toThrow(
      `Toxiproxy at ${proxy.address} has a proxy named paydrill-clients already`,
    );
    await next.remove();
    expect(await onServer()).toEqual(['paydrill-clients']);
    await links.remove();
    await links.remove();
    expect(await onServer()).toEqual([]);
  });

  it('are told by URL before they are made, and a DELETE takes them off', async () => {
    const told: string[] = [];
    const next = new ToxiproxyLinks({
      address: proxy.address,
      namePrefix: 'drill-7-',
      onCreating: async (url) => {
        expect(await onServer()).not.toContain('drill-7-clients');
        told.push(url);
      },
    });
    await next.create([{ name: 'clients', upstream: '127.0.0.1:9' }]);
    expect(await onServer()).toContain('drill-7-clients');
    for (const url of told) await fetch(url, { method: 'DELETE' });
    expect(await onServer()).toEqual(['paydrill-clients']);
  });
});

async function until(fact: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!fact()) {
    if (performance.now() > deadline) throw new Error(`still not so: ${fact}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
