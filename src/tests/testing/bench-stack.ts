/**
 * For benches: a stack as a drill starts it, from the program's own commands under its supervisor, in three wirings.
 *
 *   direct    client --> gateway --> shards
 *   proxied   client --[clients]--> gateway --[shard-n]--> shards       each [link] through the one proxy
 *   risk      as direct, with the risk engine in line: rules and model of scenarios/risk
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PROGRAM } from '../../cli/child.js';
import { Supervisor } from '../../harness/faults/supervisor-client.js';
import { ToxiproxyLinks } from '../../harness/faults/toxiproxy.js';
import { RISK_SCHEMA } from '../../risk/line/agreed-risk.js';
import type { MeasuredProcess } from './process-cpu.js';

const POLICY = join(import.meta.dirname, '..', '..', '..', 'scenarios', 'risk');

export type Wiring = 'direct' | 'proxied' | 'risk';

export interface BenchStackOptions {
  readonly wiring: Wiring;
  readonly shards: number;
  readonly users: number;
  readonly merchants: number;
  readonly splitMerchants: number;
  readonly openingMinor: number;
}

export interface BenchStack {
  readonly wiring: Wiring;
  /** Where the client connects. */
  readonly address: string;
  readonly processes: readonly MeasuredProcess[];
  close(): Promise<void>;
}

export async function startBenchStack(options: BenchStackOptions): Promise<BenchStack> {
  const supervisor = new Supervisor({
    argv: [...PROGRAM, 'supervise'],
    onLog: (name, line) => process.stderr.write(`${name}: ${line}\n`),
  });
  try {
    return await start(supervisor, options);
  } catch (error) {
    await supervisor.close();
    throw error;
  }
}

async function start(supervisor: Supervisor, options: BenchStackOptions): Promise<BenchStack> {
  const folder = await supervisor.makeFolder('paydrill-bench-');
  const processes: MeasuredProcess[] = [];
  const run = async (name: string, args: readonly string[], field: string): Promise<string> => {
    const ready = await supervisor.start(name, [...PROGRAM, ...args]);
    const address = String(ready[field]);
    const pid = supervisor.pids().get(name) ?? 0;
    processes.push({ name, pid, ...(name === 'proxy' ? {} : { admin: address }) });
    return address;
  };
  const through =
    options.wiring !== 'proxied'
      ? async (_link: string, upstream: string): Promise<string> => upstream
      : linkThrough(
          await run('proxy', ['proxy', '--listen', '127.0.0.1:0', '--supervised'], 'address'),
        );
  const shards: string[] = [];
  for (let shard = 0; shard < options.shards; shard++) {
    const name = `shard-${shard}`;
    await mkdir(join(folder, name));
    const numbers = ['--shard', `${shard}`, '--shards', `${options.shards}`];
    const args = ['shard', ...numbers, '--data', join(folder, name)];
    shards.push(await through(name, await run(name, args, 'address')));
  }
  const line = options.wiring === 'risk' ? riskArguments(folder) : [];
  const gateway = await run('gateway', [...gatewayArguments(shards, options), ...line], 'bolt');
  return {
    wiring: options.wiring,
    address: await through('clients', gateway),
    processes,
    close: () => supervisor.close(),
  };
}

function linkThrough(proxy: string): (link: string, upstream: string) => Promise<string> {
  const links = new ToxiproxyLinks({ address: proxy });
  return async (name, upstream) => {
    const address = (await links.create([{ name, upstream }])).get(name);
    if (address === undefined) throw new Error(`no link ${name}`);
    return address;
  };
}

/** A minute is a day for the engine: its windows slide as they do in a drill. */
function riskArguments(folder: string): string[] {
  const file = (name: string): unknown => JSON.parse(readFileSync(join(POLICY, name), 'utf8'));
  const [rules, model] = [file('in-line-rules.json'), file('model.json')];
  const path = join(folder, 'risk.json');
  writeFileSync(path, JSON.stringify({ schema: RISK_SCHEMA, rules, model, speed: 1440 }));
  return ['--risk', path, '--risk-log', join(folder, 'decisions')];
}

function gatewayArguments(shards: readonly string[], options: BenchStackOptions): string[] {
  const { users, merchants, splitMerchants, openingMinor } = options;
  return [
    'gateway',
    ...shards.flatMap((address) => ['--shard-address', address]),
    ...['--users', `${users}`, '--merchants', `${merchants}`],
    ...['--split-merchants', `${splitMerchants}`, '--opening-minor', `${openingMinor}`],
  ];
}
