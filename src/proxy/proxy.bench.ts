/**
 * What a link without toxics costs: bytes pushed through the proxy beside the same bytes sent directly.
 * Run after a build: `node dist/proxy/proxy.bench.js [seconds]`. The proxy is its own process, as in a drill; sender
 * and receiver share this one. Prints a row per write size: MB/s and microseconds of the proxy's CPU per MB.
 */
import { fork } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseAddress } from './address.js';
import { startProxyServer } from './server.js';

const CONNECTIONS = 4;
const MB = 1_000_000;

if (process.send === undefined) await bench(Number(process.argv[2] ?? 1.5));
else await serveProxy();

async function serveProxy(): Promise<void> {
  const server = await startProxyServer({ listen: '127.0.0.1:0' });
  process.send?.({ address: server.address });
  process.on('message', () => process.send?.({ cpuUs: cpuUs() }));
  process.on('disconnect', () => process.exit(0));
}

async function bench(seconds: number): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url));
  const answer = (): Promise<Record<string, unknown>> =>
    new Promise((resolve) => child.once('message', (message) => resolve(Object(message))));
  const childCpuUs = async (): Promise<number> => {
    const answered = answer();
    child.send('cpu');
    return Number((await answered).cpuUs);
  };
  const { address } = await answer();
  let received = 0;
  const sink = createServer((socket) => {
    socket.on('data', (chunk) => {
      received += chunk.length;
    });
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  const bound = sink.address();
  const sinkPort = bound !== null && typeof bound === 'object' ? bound.port : 0;
  const created = await fetch(`http://${address}/proxies`, {
    method: 'POST',
    headers: { 'User-Agent': 'paydrill-bench' },
    body: JSON.stringify({ name: 'bench', upstream: `127.0.0.1:${sinkPort}` }),
  });
  const { listen } = Object(await created.json());
  const proxyPort = parseAddress(String(listen))?.port ?? 0;

  console.log(`${CONNECTIONS} connections, one direction, ${seconds} s each`);
  console.log(
    'write bytes   direct MB/s   proxied MB/s   ratio   proxy CPU us/MB   CPU at 150 MB/s',
  );
  for (const writeBytes of [4096, 16384, 65536, 262144]) {
    const run = async (port: number): Promise<{ mbPerSec: number; cpuUsPerMb: number }> => {
      const stop = push(port, writeBytes);
      await after(300);
      const fromCpuUs = await childCpuUs();
      const fromBytes = received;
      const fromMs = performance.now();
      await after(seconds * 1000);
      const mb = (received - fromBytes) / MB;
      const elapsedS = (performance.now() - fromMs) / 1000;
      const spentUs = (await childCpuUs()) - fromCpuUs;
      stop();
      return { mbPerSec: mb / elapsedS, cpuUsPerMb: spentUs / mb };
    };
    const direct = await run(sinkPort);
    const proxied = await run(proxyPort);
    console.log(
      [
        String(writeBytes).padStart(11),
        direct.mbPerSec.toFixed(0).padStart(13),
        proxied.mbPerSec.toFixed(0).padStart(14),
        (proxied.mbPerSec / direct.mbPerSec).toFixed(2).padStart(7),
        proxied.cpuUsPerMb.toFixed(0).padStart(17),
        `${((proxied.cpuUsPerMb * 150) / 10_000).toFixed(0)}%`.padStart(17),
      ].join(' '),
    );
  }
  sink.close();
  child.disconnect();
}

/** Writes as fast as the sockets take it; returns how to stop. */
function push(port: number, writeBytes: number): () => void {
  const chunk = Buffer.alloc(writeBytes, 7);
  const sockets = Array.from({ length: CONNECTIONS }, () => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const fill = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket
      .on('connect', fill)
      .on('drain', fill)
      .on('error', () => {});
    return socket;
  });
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
