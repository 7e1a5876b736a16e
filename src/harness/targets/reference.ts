/**
 * The reference stack, started for one drill: proxy, ledger shards and gateway, each a process under the supervisor,
 * with every link through the proxy:
 *
 *   load workers --[clients]--> gateway --[shard-0]--> shard 0
 *                                      `--[shard-1]--> shard 1 ...
 *
 * Knows the processes only by the command lines it is handed the program for. The books live in a temporary folder
 * that goes with the supervisor.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TargetPorts } from '../../wire/address.js';
import type { Topology } from '../../wire/admin.js';
import type { Mutant } from '../../wire/mutants.js';
import { type BooksSource, shardBooks } from '../books/books-source.js';
import type { LinkHandle, ProcessHandle } from '../faults/fault.js';
import { fixedPort } from '../faults/fixed-port.js';
import { Supervisor } from '../faults/supervisor-client.js';
import type { ReadyLine } from '../faults/supervisor-protocol.js';
import { RISK_LINE_FILE } from '../records/decisions-file.js';
import type { TargetFacts } from '../records/target-facts.js';
import { breakableOfReference } from './breakable-names.js';
import { openClients } from './clients.js';
import { withDecisions } from './decisions.js';
import { gatewayFront } from './gateway-front.js';
import { type DrillLinks, openLinks } from './links.js';
import { openOrClose } from './opening.js';
import { untilSettled } from './settled.js';
import { stackFacts } from './stack-facts.js';
import type { StackSize } from './stack-size.js';
import type { Breakable, Rest, Target } from './target.js';
import { readTopology } from './topology.js';

export interface ReferenceOptions {
  /** The command that runs paydrill, executable first. */
  readonly program: readonly string[];
  readonly stack: StackSize;
  /** What was agreed about a risk engine in line, as JSON; undefined: there is none. */
  readonly riskLine: string | undefined;
  readonly mutant: Mutant | undefined;
  /** Which API of the gateway the link `clients` leads to. */
  readonly front: 'bolt' | 'http';
  /** `host:port` of a Toxiproxy to put the links on; undefined starts the embedded one. */
  readonly toxiproxy: string | undefined;
  readonly nowMs: () => number;
  /** Floats in [0, 1), for the choice of ports and of names on the Toxiproxy. */
  readonly random: () => number;
  /** A process ended that no fault ended. */
  readonly onEnded: (line: string) => void;
  readonly onNotice: (line: string) => void;
  readonly onLog: (line: string) => void;
  /** Aborted: it is given up while it starts. */
  readonly signal: AbortSignal;
}

/** Where the gateway keeps what its risk engine decided. */
const RISK_LOG = 'decisions';

/** Throws UserError where it does not start, and the signal's reason where that aborts meanwhile. */
export async function startReference(options: ReferenceOptions): Promise<Target> {
  const stack = new ReferenceStack(options);
  const { signal } = options;
  await openOrClose('the reference stack does not start', () => stack.start(), {
    close: () => stack.close(),
    signal,
  });
  return stack;
}

class ReferenceStack implements Target {
  readonly breakable: Breakable;
  readonly #options: ReferenceOptions;
  readonly #supervisor: Supervisor;
  readonly #shards: string[] = [];
  #topology: Topology | undefined;
  #links: DrillLinks | undefined;
  #gateway = '';
  #http = '';
  #clients: TargetPorts | undefined;
  /** Of the stack's own files. */
  #folder = '';
  /** Until a process ends by itself: nobody starts it again, so there is nothing to wait for. */
  #whole = true;
  readonly #lastWords = new Map<string, string>();

  constructor(options: ReferenceOptions) {
    this.#options = options;
    this.breakable = {
      ...breakableOfReference(options.stack),
      link: (name) => this.#link(name),
      process: (name) => this.#process(name),
      command: (name) => {
        throw new Error(`there is no command ${name}`);
      },
    };
    this.#supervisor = new Supervisor({
      argv: [...options.program, 'supervise'],
      onExit: ({ name, code, signal }) => {
        this.#whole = false;
        const words = this.#lastWords.get(name);
        const why = words === undefined ? '' : `: ${words}`;
        options.onEnded(`${name} ended by itself (${signal ?? `exit code ${code}`})${why}`);
      },
      onLog: (name, line) => {
        this.#lastWords.set(name, line);
        options.onLog(`${name}: ${line}`);
      },
    });
  }

  async start(): Promise<void> {
    const folder = await this.#supervisor.makeFolder('paydrill-');
    this.#folder = folder;
    const { program, toxiproxy, random } = this.#options;
    const opening = openLinks({ supervisor: this.#supervisor, program, toxiproxy, random });
    const starting = this.#shardNumbers().map((shard) => this.#startShard(shard, folder));
    const [drillLinks, shards] = await Promise.all([opening, Promise.all(starting)]);
    this.#links = drillLinks;
    this.#shards.push(...shards);
    const links = await drillLinks.create(
      await Promise.all(
        this.#shards.map(async (upstream, shard) => ({
          name: `shard-${shard}`,
          upstream,
          listen: await this.#fixedAddress(),
        })),
      ),
    );
    await this.#startGateway([...links.values()]);
    this.#topology = await readTopology(gatewayFront(this.#gateway));
    const isHttp = this.#options.front === 'http';
    this.#clients = await openClients({
      links: drillLinks,
      upstream: isHttp ? this.#http : this.#gateway,
      scheme: isHttp ? 'http://' : '',
      random,
      networks: this.#options.stack.networks,
    });
  }

  get ports(): Target['ports'] {
    return { pay: this.#clients };
  }

  get books(): BooksSource {
    const books = shardBooks(this.#shards);
    if (this.#options.riskLine === undefined) return books;
    return withDecisions(books, { gateway: this.#gateway, log: join(this.#folder, RISK_LOG) });
  }

  get facts(): TargetFacts {
    const { shards, population } = this.#options.stack;
    const { splitMerchants } = population;
    // What it was started with, not what it says of itself.
    return stackFacts('reference', {
      ...this.layout,
      ...population,
      placement: { shards, splitMerchants },
    });
  }

  get layout(): Topology {
    if (this.#topology === undefined) throw new Error('the gateway was not asked yet');
    return this.#topology;
  }

  #link(name: string): LinkHandle {
    if (this.#links === undefined) throw new Error('the links are not there yet');
    return this.#links.link(name);
  }

  #process(name: string): ProcessHandle {
    const supervisor = this.#supervisor;
    return {
      kill: () => supervisor.kill(name),
      restart: async () => {
        await supervisor.restart(name);
      },
      pause: () => supervisor.pause(name),
      resume: () => supervisor.resume(name),
    };
  }

  processes(): ReadonlyMap<string, number> {
    return this.#supervisor.pids();
  }

  settled(signal: AbortSignal): Promise<Rest> {
    return untilSettled({
      gateway: gatewayFront(this.#gateway),
      shards: this.#shards,
      nowMs: this.#options.nowMs,
      // Nobody starts again what ended by itself: one look tells what is missing.
      signal: this.#whole ? signal : AbortSignal.abort(),
    });
  }

  async close(): Promise<void> {
    await this.#links?.close().catch((error: unknown) => this.#options.onNotice(String(error)));
    await this.#supervisor.close();
  }

  #shardNumbers(): readonly number[] {
    return Array.from({ length: this.#options.stack.shards }, (_, shard) => shard);
  }

  async #startShard(shard: number, folder: string): Promise<string> {
    const dataFolder = join(folder, `shard-${shard}`);
    await mkdir(dataFolder);
    const args = [
      ...['shard', '--shard', `${shard}`, '--shards', `${this.#options.stack.shards}`],
      ...['--data', dataFolder, ...this.#mutantArguments()],
      ...['--listen', await this.#fixedAddress()],
    ];
    return text(await this.#start(`shard-${shard}`, args), 'address');
  }

  async #startGateway(shardAddresses: readonly string[]): Promise<void> {
    const { population, brownOut } = this.#options.stack;
    const { users, merchants, splitMerchants, openingMinor, products } = population;
    const args = [
      'gateway',
      ...shardAddresses.flatMap((address) => ['--shard-address', address]),
      ...this.#shards.flatMap((address) => ['--public-shard-address', address]),
      ...['--users', `${users}`, '--merchants', `${merchants}`],
      ...['--split-merchants', `${splitMerchants}`, '--opening-minor', `${openingMinor}`],
      ...products.flatMap((name) => ['--product', name]),
      ...['--bolt', await this.#fixedAddress(), '--http', await this.#fixedAddress()],
      ...(brownOut.length === 0 ? [] : ['--brown-out', JSON.stringify(brownOut)]),
      ...(await this.#riskArguments()),
      ...this.#mutantArguments(),
    ];
    const ready = await this.#start('gateway', args);
    this.#gateway = text(ready, 'bolt');
    this.#http = text(ready, 'http');
  }

  async #riskArguments(): Promise<readonly string[]> {
    const { riskLine } = this.#options;
    if (riskLine === undefined) return [];
    const file = join(this.#folder, RISK_LINE_FILE);
    await writeFile(file, riskLine);
    return ['--risk', file, '--risk-log', join(this.#folder, RISK_LOG)];
  }

  /** A restarted process must be found where it was. */
  async #fixedAddress(): Promise<string> {
    return `127.0.0.1:${await fixedPort(this.#options.random)}`;
  }

  #start(name: string, args: readonly string[]): Promise<ReadyLine> {
    return this.#supervisor.start(name, [...this.#options.program, ...args]);
  }

  #mutantArguments(): readonly string[] {
    const { mutant } = this.#options;
    return mutant === undefined ? [] : ['--mutant', mutant];
  }
}

function text(ready: ReadyLine, field: string): string {
  const value = ready[field];
  if (typeof value !== 'string') throw new Error(`no "${field}" in a ready line`);
  return value;
}
