/**
 * Payments a second over the gateway's HTTP API before a real stack (fsync on), and the CPU the client spends on one: the
 * HTTP transport alone, without driver, journal or proxy, at several numbers of connections and of requests in flight.
 * Closed loop: each answer lets the next request go. Every process runs on this machine.
 *
 *   npm run bench http
 */
import { setTimeout as delay } from 'node:timers/promises';
import { HttpTransport } from '../harness/driver/http-transport.js';
import { merchantAccount } from '../wire/accounts.js';
import { ACK, ACK_BYTES, OUTCOME } from '../wire/acks.js';
import { makeOperationId } from '../wire/operation-id.js';
import { CURRENCY_CNY, OP, OPERATION_BYTES, OPERATION_KIND } from '../wire/operations.js';
import { startProgram, until } from './testing/program.js';

const ROW_MS = 3_000;
const USERS = 2_000;
const SPLIT_MERCHANTS = 10;

const ROWS: readonly { readonly connections: number; readonly inFlight: number }[] = [
  { connections: 16, inFlight: 64 }, // warms everything up
  { connections: 16, inFlight: 16 },
  { connections: 16, inFlight: 128 },
  { connections: 4, inFlight: 128 },
  { connections: 64, inFlight: 128 },
  { connections: 16, inFlight: 1024 },
];

/** Keeps so many payments in flight until it is stopped. */
class Load {
  ok = 0;
  notOk = 0;
  #sent = 0;
  #stopped = false;
  #sending: NodeJS.Immediate | undefined;
  readonly #transport: HttpTransport;
  readonly #words = new Uint32Array(OPERATION_BYTES / 4);

  constructor(port: number, connections: number) {
    this.#transport = new HttpTransport(
      { host: '127.0.0.1', port, connections },
      {
        deadlineMs: 2_000,
        operationsPerFrameMax: 1,
        nowUs: () => performance.now() * 1000,
        random: Math.random,
      },
      { onAcks: (content) => this.#onAcks(content), onLost: () => undefined },
    );
  }

  async start(inFlight: number): Promise<void> {
    await until(() => this.#transport.connected);
    for (let i = 0; i < inFlight; i++) this.#add();
    this.#transport.send();
  }

  stop(): void {
    this.#stopped = true;
    this.#transport.close();
  }

  #onAcks(content: Uint8Array): void {
    for (let at = 0; at < content.length; at += ACK_BYTES) {
      if (content[at + ACK.outcome] === OUTCOME.ok) this.ok++;
      else this.notOk++;
      this.#add();
    }
    this.#sending ??= setImmediate(() => {
      this.#sending = undefined;
      if (!this.#stopped) this.#transport.send();
    });
  }

  #add(): void {
    const number = this.#sent++;
    const merchant = merchantAccount(1 + (number % SPLIT_MERCHANTS));
    const id = makeOperationId({
      unixMs: Date.now(),
      free12: process.pid,
      free30: Math.random() * 2 ** 30,
      free32: number,
    });
    this.#words.set(id, OP.id / 4);
    this.#words[OP.account / 4] = 1 + (number % USERS);
    this.#words[OP.counterparty / 4] = merchant % 2 ** 32;
    this.#words[OP.counterparty / 4 + 1] = merchant / 2 ** 32;
    this.#words[OP.amount / 4] = 1;
    this.#words[OP.tag / 4] = number;
    this.#words[OP.kind / 4] = OPERATION_KIND.pay;
    this.#words[OP.currency / 4] = CURRENCY_CNY;
    this.#transport.add(this.#words, 0);
  }
}

async function measure(port: number, row: (typeof ROWS)[number]): Promise<string> {
  const load = new Load(port, row.connections);
  await load.start(row.inFlight);
  const cpu = process.cpuUsage();
  const fromMs = performance.now();
  const before = load.ok;
  await delay(ROW_MS);
  const done = load.ok - before;
  const perSec = Math.round((done * 1000) / (performance.now() - fromMs));
  const { user, system } = process.cpuUsage(cpu);
  load.stop();
  const what = `${row.connections} connections, ${row.inFlight} in flight`.padEnd(36);
  const cost = ((user + system) / done).toFixed(1);
  return `${what}${String(perSec).padStart(8)}/s  ${cost} us of client CPU each  ${load.notOk} not ok`;
}

const accounts = ['--users', `${USERS}`, '--merchants', '50'];
const ports = ['--bolt', '127.0.0.1:0', '--http', '127.0.0.1:0'];
const stack = startProgram(
  'stack',
  ...[...accounts, ...ports, '--split-merchants', `${SPLIT_MERCHANTS}`],
);
await until(() => stack.output().includes('Ctrl-C'));
const port = Number(/http:\/\/127\.0\.0\.1:([0-9]+)/.exec(stack.output())?.[1]);
for (const row of ROWS) process.stdout.write(`${await measure(port, row)}\n`);
stack.process.kill('SIGTERM');
await stack.ended;
