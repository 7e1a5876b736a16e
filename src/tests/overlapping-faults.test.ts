/**
 * Overlapping faults drawn by seed, against a real supervisor with small processes and a real proxy: whatever overlaps
 * whatever, in the end every process runs and answers, the link is clean, and nothing is left when all is closed.
 */
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Random } from '../harness/entropy/random.js';
import type { ProcessHandle } from '../harness/faults/fault.js';
import { fixedPort } from '../harness/faults/fixed-port.js';
import { FAULT_KINDS } from '../harness/faults/kinds/registry.js';
import { parseFaultPlan } from '../harness/faults/plan.js';
import { Supervisor } from '../harness/faults/supervisor-client.js';
import { FaultTimeline } from '../harness/faults/timeline.js';
import { ToxiproxyLinks } from '../harness/faults/toxiproxy.js';
import { type ProxyServer, startProxyServer } from '../proxy/server.js';
import { isAlive, isStopped } from './testing/process-tree.js';
import { PROGRAM, until } from './testing/program.js';

const LAST_START_MS = 1_500;
const LONGEST_MS = 700;

/** Listens on its port, and takes a while until it is ready: as long as its second argument says. */
const SLOW = `const [port, ms] = process.argv.slice(1).map(Number);
setTimeout(() => require('net').createServer((s) => s.end('here')).listen(port, '127.0.0.1', () =>
  console.log(JSON.stringify({ ready: true }))), ms);
process.stdin.on('end', () => process.exit(0)).resume();`;

const closing: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('a drawn plan of overlapping faults', { timeout: 60_000 }, () => {
  it.each([1, 2, 3, 4, 5, 6])('of seed %i ends with everything healed', async (seed) => {
    const random = new Random(seed);
    const { supervisor, ports } = await startProcesses(random);
    const { proxy, links, linkPort } = await startLink();
    let isBroken = false;
    const setBroken = (is: boolean) => async (): Promise<void> => {
      isBroken = is;
    };
    const timeline = new FaultTimeline({
      faults: drawnPlan(random),
      link: (name) => links.link(name),
      process: (name) => handleOf(supervisor, name),
      command: () => ({ apply: setBroken(true), heal: setBroken(false) }),
      nowMs: sinceNow(),
    });
    await timeline.run(new AbortController().signal);

    for (const record of timeline.records) {
      expect(record).toMatchObject({
        appliedMs: expect.any(Number),
        healedMs: expect.any(Number),
        error: undefined,
      });
      expect(record.healedMs).toBeGreaterThanOrEqual(record.appliedMs ?? 0);
    }
    expect(isBroken).toBe(false);
    const pids = [...supervisor.pids().values()];
    expect(pids).toHaveLength(ports.length);
    expect(pids.map((pid) => [isAlive(pid), isStopped(pid)])).toEqual(
      pids.map(() => [true, false]),
    );
    for (const port of [...ports, linkPort]) expect(await answerOf(port)).toBe('here');
    const response = await fetch(`http://${proxy.address}/proxies/paydrill-clients`);
    expect(await response.json()).toMatchObject({ enabled: true, toxics: [] });

    await supervisor.close();
    expect(pids.filter(isAlive)).toEqual([]);
  });
});

async function startProcesses(
  random: Random,
): Promise<{ supervisor: Supervisor; ports: number[] }> {
  const supervisor = new Supervisor({ argv: [process.execPath, PROGRAM, 'supervise'] });
  closing.push(() => supervisor.close());
  const ports: number[] = [];
  for (const name of ['gateway', 'shard-0']) {
    const port = await fixedPort(() => random.nextFloat());
    const startMs = Math.floor(random.nextFloat() * 400);
    await supervisor.start(name, [process.execPath, '-e', SLOW, `${port}`, `${startMs}`]);
    ports.push(port);
  }
  return { supervisor, ports };
}

async function startLink(): Promise<{
  proxy: ProxyServer;
  links: ToxiproxyLinks;
  linkPort: number;
}> {
  const proxy = await startProxyServer({ listen: '127.0.0.1:0', seed: 1 });
  closing.push(() => proxy.close());
  const upstream: Server = createServer((socket) => socket.on('error', () => {}).end('here'));
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  closing.push(() => upstream.close());
  const bound = upstream.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
  const links = new ToxiproxyLinks({ address: proxy.address });
  const addresses = await links.create([{ name: 'clients', upstream: `127.0.0.1:${port}` }]);
  return { proxy, links, linkPort: Number(addresses.get('clients')?.split(':')[1]) };
}

function drawnPlan(random: Random): ReturnType<typeof parseFaultPlan> {
  const whole = (below: number): number => Math.floor(random.nextFloat() * below);
  const faults = Array.from({ length: 14 }, () => {
    const kind = FAULT_KINDS[whole(FAULT_KINDS.length * 2)] ?? processKind(random);
    const process = ['gateway', 'shard-0'][whole(2)];
    const target = { link: 'clients', process, command: 'switch' }[kind.on];
    const rules = kind.on === 'link' ? Object.entries(kind.numbers) : [];
    const numbers = rules.map(([name, { minimum, absent }]) => [
      name,
      absent ?? minimum + whole(50),
    ]);
    return {
      ...{ kind: kind.kind, target, ...Object.fromEntries(numbers) },
      atMs: whole(LAST_START_MS),
      durationMs: 1 + whole(LONGEST_MS),
    };
  });
  return parseFaultPlan(JSON.stringify({ faults }), {
    file: 'drawn',
    links: ['clients'],
    processes: ['gateway', 'shard-0'],
    commands: ['switch'],
    scenarioStartsMs: {},
    loadEndMs: LAST_START_MS,
    durationScale: 1,
  });
}

function processKind(random: Random): (typeof FAULT_KINDS)[number] {
  const kinds = FAULT_KINDS.filter(({ on }) => on === 'process');
  const kind = kinds[Math.floor(random.nextFloat() * kinds.length)];
  if (kind === undefined) throw new Error('there is no kind for processes');
  return kind;
}

function handleOf(supervisor: Supervisor, name: string): ProcessHandle {
  return {
    kill: () => supervisor.kill(name),
    restart: async () => {
      await supervisor.restart(name);
    },
    pause: () => supervisor.pause(name),
    resume: () => supervisor.resume(name),
  };
}

function sinceNow(): () => number {
  const begunMs = performance.now();
  return () => performance.now() - begunMs;
}

/** What is said on the port, once somebody listens; undefined where the connection breaks. */
async function answerOf(port: number): Promise<string> {
  let text = '';
  await until(
    () =>
      new Promise((resolve) => {
        text = '';
        const socket = connect(port, '127.0.0.1');
        socket.on('data', (chunk) => {
          text += chunk;
        });
        socket.once('error', () => resolve(false)).once('close', () => resolve(text !== ''));
      }),
  );
  return text;
}
