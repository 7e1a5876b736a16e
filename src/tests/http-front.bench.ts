/**
 * CPU of the gateway a request over HTTP, read by its front and by the server behind it, before a real stack (fsync on): many
 * keep-alive connections, one request in flight on each. A connection that asks for something else once is the server's for
 * good: that is how those behind get there. Both sides in turn on one stack, so that their ratio is one of the same minutes.
 *
 *   npm run bench http-front        (after a build: node dist/tests/http-front.bench.js [rounds] [seconds a round] [connections])
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { answersIn, get, payment, post } from '../stack/gateway/http-front/testing/requests.js';
import { startProgram, until } from './testing/program.js';

const USERS = 2_000;
const SPLIT_MERCHANTS = 10;
const RAMP_MS = 300;

const [rounds = 5, seconds = 2, connections = 64] = process.argv.slice(2).map(Number);

let asked = 0;

function someone(): string {
  asked++;
  return `user:${1 + (asked % USERS)}`;
}

function pay(...lines: readonly string[]): string {
  const payer = someone();
  return post(payment({ payer, payee: `merchant:${1 + (asked % SPLIT_MERCHANTS)}` }), ...lines);
}

const found = payment({ payer: 'user:1', payee: 'merchant:1' });
const ROWS: Readonly<Record<string, () => string>> = {
  payment: () => pay(),
  'payment, as k6 heads it': () => pay('User-Agent: Grafana k6/1.0', 'Accept-Encoding: gzip'),
  'look-up': () => get(`/v1/operations/${found.id}?account=user:1`),
  balance: () => get(`/v1/accounts/${someone()}`),
};

/** Keeps one request in flight on each of its connections. */
class Load {
  ok = 0;
  notOk = 0;
  readonly #sockets: readonly Socket[];

  private constructor(sockets: readonly Socket[], next: () => string) {
    this.#sockets = sockets;
    for (const socket of sockets) {
      this.#ask(socket, next);
      socket.write(next(), 'latin1');
    }
  }

  static async start(port: number, next: () => string, first: string): Promise<Load> {
    const sockets = Array.from({ length: connections }, () =>
      connect({ host: '127.0.0.1', port, noDelay: true }).setEncoding('latin1'),
    );
    await Promise.all(
      sockets.map(async (socket) => {
        socket.write(first, 'latin1');
        await once(socket, 'data');
      }),
    );
    return new Load(sockets, next);
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #ask(socket: Socket, next: () => string): void {
    let text = '';
    socket.on('data', (chunk: string) => {
      text += chunk;
      const [answer] = answersIn(text);
      if (answer === undefined) return;
      text = '';
      if (answer.status === 200) this.ok++;
      else this.notOk++;
      socket.write(next(), 'latin1');
    });
  }
}

interface Sample {
  readonly cpuUs: number;
  readonly perSec: number;
  readonly notOk: number;
}

async function gatewayCpuUs(port: number): Promise<number> {
  const stats: unknown = await (await fetch(`http://127.0.0.1:${port}/v1/stats`)).json();
  return Number(Object(stats).cpuUs);
}

async function measure(port: number, next: () => string, first: string): Promise<Sample> {
  const load = await Load.start(port, next, first);
  await after(RAMP_MS);
  const cpuBefore = await gatewayCpuUs(port);
  const begunMs = performance.now();
  const okBefore = load.ok;
  await after(seconds * 1000);
  const ok = load.ok - okBefore;
  const elapsedMs = performance.now() - begunMs;
  const cpuUs = (await gatewayCpuUs(port)) - cpuBefore;
  load.stop();
  return { cpuUs: cpuUs / ok, perSec: (ok * 1000) / elapsedMs, notOk: load.notOk };
}

function told(name: string, samples: readonly Sample[]): string {
  const cpuUs = samples.map((one) => one.cpuUs.toFixed(0)).join(' ');
  const perSec = Math.round(median(samples.map((one) => one.perSec)));
  const notOk = samples.reduce((sum, one) => sum + one.notOk, 0);
  return `${name} ${cpuOf(samples).toFixed(1)} us (${cpuUs}), ${perSec}/s, ${notOk} not ok`;
}

function cpuOf(samples: readonly Sample[]): number {
  return median(samples.map((one) => one.cpuUs));
}

/** The upper of the middle two where there is no middle. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

const accounts = ['--users', `${USERS}`, '--merchants', '50'];
const ports = ['--bolt', '127.0.0.1:0', '--http', '127.0.0.1:0'];
const stack = startProgram(
  'stack',
  ...[...accounts, ...ports, '--split-merchants', `${SPLIT_MERCHANTS}`],
);
await until(() => stack.output().includes('Ctrl-C'));
const port = Number(/http:\/\/127\.0\.0\.1:([0-9]+)/.exec(stack.output())?.[1]);
const toFront = post(found);
const toBehind = get('/health');
process.stdout.write(
  `CPU of the gateway a request: ${connections} connections with one request each, node ${process.version};\n` +
    `medians of ${rounds} rounds of ${seconds} s, front and behind in turn\n`,
);
for (const [name, next] of Object.entries(ROWS)) {
  const front: Sample[] = [];
  const behind: Sample[] = [];
  for (let round = 0; round <= rounds; round++) {
    const samples = [await measure(port, next, toFront), await measure(port, next, toBehind)];
    if (round === 0) continue; // warms both up
    front.push(...samples.slice(0, 1));
    behind.push(...samples.slice(1));
  }
  const ratio = (cpuOf(front) / cpuOf(behind)).toFixed(2);
  process.stdout.write(`${name}: ratio ${ratio}\n`);
  process.stdout.write(`  ${told('front ', front)}\n  ${told('behind', behind)}\n`);
}
stack.process.kill('SIGTERM');
await stack.ended;
