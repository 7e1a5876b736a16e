/**
 * What a link without toxics costs: the same load sent directly, through our proxy, and through a real Toxiproxy where one is
 * found (the path in TOXIPROXY, else `toxiproxy-server` on the PATH). Each proxy is a process of its own, as in a drill; sender
 * and receiver share this one. `npm run bench proxy`, or after a build `node dist/proxy/proxy.bench.js [seconds] [rounds]`.
 *
 * A round runs every way once, each round from another one on, so that what else the machine does hits them alike; a row holds
 * medians over rounds, and the ratio of a way is the median of its ratios to ours of the same round. CPU is the proxy's process
 * alone: a drill shares its cores with the proxy, so that this is what a proxied message costs it.
 */
import { type Contender, startOurs, startToxiproxy } from './testing/contenders.js';
import { echo, type Measured, push, Sink } from './testing/loads.js';

/** A way to the sink; the direct one has no proxy. */
interface Way {
  readonly name: string;
  readonly port: number;
  readonly contender?: Contender;
}

interface Case {
  readonly title: string;
  readonly unit: string;
  readonly unitCount: number;
  readonly echo: boolean;
  readonly connections: number;
  readonly messageBytes: number;
}

interface Figures {
  readonly perSec: number;
  /** Round trips; NaN where nothing comes back. */
  readonly p50Us: number;
  readonly p99Us: number;
  /** Of the proxy, per message or per MB; NaN for the direct way. */
  readonly cpuUs: number;
}

const CASES: readonly Case[] = [
  ...[1, 8, 64, 256].map((connections) => echoed({ connections, messageBytes: 128 })),
  ...[8, 64].map((connections) => echoed({ connections, messageBytes: 65_536 })),
  ...[4096, 262_144].map((messageBytes) => pushed({ connections: 4, messageBytes })),
];

await bench({ seconds: Number(process.argv[2] ?? 0.6), rounds: Number(process.argv[3] ?? 7) });

function echoed(size: { readonly connections: number; readonly messageBytes: number }): Case {
  const title = `${size.connections} connections, ${size.messageBytes} bytes echoed one at a time`;
  return { ...size, title, unit: 'message', unitCount: 1, echo: true };
}

function pushed(size: { readonly connections: number; readonly messageBytes: number }): Case {
  const title = `${size.connections} connections, one direction, writes of ${size.messageBytes} bytes`;
  return { ...size, title, unit: 'MB', unitCount: 1_000_000, echo: false };
}

async function bench(of: { readonly seconds: number; readonly rounds: number }): Promise<void> {
  console.log(`medians of ${of.rounds} rounds of ${of.seconds} s`);
  for (const each of CASES) {
    const sink = await Sink.start({ echo: each.echo });
    const contenders = [await startOurs(sink.port)];
    const toxiproxy = await startToxiproxy(sink.port);
    if (toxiproxy !== undefined) contenders.push(toxiproxy);
    else if (each === CASES[0]) {
      console.log(
        'no Toxiproxy beside ours: TOXIPROXY names none, nor is toxiproxy-server on PATH',
      );
    }
    const ways: readonly Way[] = [
      ...contenders.map((contender) => ({ ...contender, contender })),
      { name: 'direct', port: sink.port },
    ];
    const rounds: (readonly Figures[])[] = [];
    while (rounds.length < of.rounds) {
      const figures: Figures[] = [];
      for (let turn = 0; turn < ways.length; turn++) {
        const index = (rounds.length + turn) % ways.length;
        figures[index] = await measure(each, ways[index], sink, of.seconds);
      }
      rounds.push(figures);
    }
    print(each, ways, rounds);
    for (const contender of contenders) contender.stop();
    sink.stop();
  }
}

async function measure(each: Case, way: Way, sink: Sink, seconds: number): Promise<Figures> {
  const cpuUs: number[] = [];
  const load = {
    port: way.port,
    connections: each.connections,
    messageBytes: each.messageBytes,
    seconds,
    onEdge: () => cpuUs.push(way.contender?.cpuUs() ?? Number.NaN),
  };
  const measured: Measured = each.echo ? await echo(load) : await push(load, sink);
  const units = measured.count / each.unitCount;
  const [fromUs = Number.NaN, toUs = Number.NaN] = cpuUs;
  return {
    perSec: units / measured.seconds,
    p50Us: quantile(measured.roundTripsUs, 0.5),
    p99Us: quantile(measured.roundTripsUs, 0.99),
    cpuUs: (toUs - fromUs) / units,
  };
}

function print(each: Case, ways: readonly Way[], rounds: readonly (readonly Figures[])[]): void {
  const row = (cells: readonly string[]): void =>
    console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(10) : cell.padStart(15))).join(''));
  console.log(`\n${each.title}`);
  const measures = [`${each.unit}/s`, 'p50 us', 'p99 us', `CPU us/${each.unit}`];
  row(['way', ...measures.flatMap((title) => [title, 'of ours'])]);
  for (const [index, way] of ways.entries()) {
    const cells = (['perSec', 'p50Us', 'p99Us', 'cpuUs'] as const).flatMap((field) => [
      text(rounds.map((round) => round[index][field])),
      text(rounds.map((round) => round[index][field] / round[0][field])),
    ]);
    row([way.name, ...cells]);
  }
}

/** The median, to three figures; a dash where there is none. */
function text(values: readonly number[]): string {
  const middle = quantile(Float64Array.from(values).sort(), 0.5);
  if (Number.isNaN(middle)) return '-';
  return middle >= 100 ? middle.toFixed(0) : middle.toPrecision(3);
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}
