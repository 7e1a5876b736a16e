/**
 * For benches: proxy servers as processes of their own, so that each one's CPU time is its own: ours, and a Toxiproxy where
 * there is one (the path in the environment variable TOXIPROXY, else `toxiproxy-server` on the PATH).
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProxyServer } from '../server.js';

/** A proxy in front of one upstream. */
export interface Contender {
  readonly name: string;
  /** Where clients connect, on 127.0.0.1. */
  readonly port: number;
  /** CPU time of its process so far; NaN where there is no /proc/<pid>/task/<thread>/schedstat. */
  cpuUs(): number;
  stop(): void;
}

/** As the child that `startOurs` forks. */
if (process.argv[2] === 'contender' && process.send !== undefined) {
  const { address } = await startProxyServer({ listen: '127.0.0.1:0' });
  process.on('disconnect', () => process.exit(0));
  process.send(address);
}

export async function startOurs(upstreamPort: number): Promise<Contender> {
  const child = fork(fileURLToPath(import.meta.url), ['contender']);
  const address = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve(String(message)));
    child.once('exit', (code) => reject(new Error(`the proxy left with ${code}`)));
  });
  return contend('ours', child, address, upstreamPort);
}

/** Undefined where there is none. */
export async function startToxiproxy(upstreamPort: number): Promise<Contender | undefined> {
  const program = toxiproxyProgram();
  if (program === undefined) return undefined;
  const port = await freePort();
  const child = spawn(program, ['-host', '127.0.0.1', '-port', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, LOG_LEVEL: 'error' },
  });
  const failed = new Promise<never>((_resolve, reject) => {
    child.once('error', (cause) => reject(new Error(`${program} does not start`, { cause })));
    child.once('exit', (code) => reject(new Error(`${program} left with ${code}`)));
  });
  const address = `127.0.0.1:${port}`;
  await Promise.race([failed, answering(`http://${address}/version`)]);
  return contend('toxiproxy', child, address, upstreamPort);
}

async function contend(
  name: string,
  child: ChildProcess,
  address: string,
  upstreamPort: number,
): Promise<Contender> {
  const created = await fetch(`http://${address}/proxies`, {
    method: 'POST',
    headers: { 'User-Agent': 'paydrill-bench' },
    body: JSON.stringify({
      name: 'bench',
      listen: '127.0.0.1:0',
      upstream: `127.0.0.1:${upstreamPort}`,
    }),
  });
  const { listen } = Object(await created.json());
  process.once('exit', () => child.kill());
  return {
    name,
    port: Number(String(listen).split(':')[1]),
    cpuUs: () => cpuUs(child.pid),
    stop: () => {
      child.removeAllListeners('exit');
      child.kill();
    },
  };
}

function toxiproxyProgram(): string | undefined {
  const named = process.env.TOXIPROXY;
  if (named !== undefined && named !== '') return named;
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'toxiproxy-server'))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address !== null && typeof address === 'object' ? address.port : 0;
}

async function answering(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url, { headers: { 'User-Agent': 'paydrill-bench' } }).catch(
      () => undefined,
    );
    if (answer !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Of all its threads: the first field of a thread's schedstat is its time on a CPU in nanoseconds. */
function cpuUs(pid: number | undefined): number {
  try {
    const threads = `/proc/${pid}/task`;
    const onCpuNs = (thread: string): number =>
      Number(readFileSync(join(threads, thread, 'schedstat'), 'utf8').split(' ')[0]);
    return readdirSync(threads).reduce((sum, thread) => sum + onCpuNs(thread), 0) / 1000;
  } catch {
    return Number.NaN;
  }
}
