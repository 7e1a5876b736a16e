/**
 * The supervisor: a process of its own between the harness and the processes of a drill, so that nothing outlives
 * the harness, not even one that was killed with -9.
 *
 *   harness --stdin/stdout, JSON lines--> supervisor --stdin/stdout pipes--> proxy, gateway, shards
 *
 * When its standard input closes, for whatever reason, it kills every child (SIGKILL also ends stopped ones),
 * removes the folders it has made and the links it was told of, and leaves. Should it die itself, each child sees its own standard
 * input close and leaves, and the client kills what cannot see it (see supervisor-client.ts).
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { messageOf } from '../message-of.js';
import { type AtEnd, cleanUp } from './clean-up.js';
import { type ChildOptions, SupervisedChild } from './supervised-child.js';
import {
  parseRequest,
  type ReadyLine,
  type SupervisorCommand,
  type SupervisorMessage,
} from './supervisor-protocol.js';

const END_MS_MAX = 2_000;
/** A shard may have a long log to read before it is ready; one that was ready before has shown how long it takes. */
const READY_MS_MAX = { start: 60_000, restart: 20_000 } as const;

/** Never resolves: the process ends with its standard input, or on SIGTERM. */
export async function runSupervisor(): Promise<never> {
  const supervisor = new SupervisorProcess();
  // Ctrl-C goes to the harness, which decides; it reaches this process only where someone shares the group.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => process.stdin.destroy());
  process.stdout.on('error', () => {}); // the reader is gone, so standard input closes too
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => void supervisor.onLine(line));
  await new Promise<void>((done) => {
    process.stdin.once('end', done).once('close', done).once('error', done);
  });
  await supervisor.end();
  process.exit(0);
}

interface Answer {
  readonly pid?: number;
  readonly ready?: ReadyLine;
  readonly path?: string;
}

class SupervisorProcess {
  readonly #children = new Map<string, SupervisedChild>();
  readonly #folders = new Set<string>();
  readonly #urls = new Set<string>();
  readonly #healing = new Map<string, AtEnd>();
  /** Starts asked for at once are begun one a turn, so that the end of standard input is seen between them. */
  #lastStart: Promise<unknown> = Promise.resolve();
  #stops = 0;
  #ending = false;

  async onLine(line: string): Promise<void> {
    const request = parseRequest(line);
    if (request === undefined) {
      send({ event: 'log', name: 'supervisor', line: `not a request: ${line.slice(0, 200)}` });
      return;
    }
    const { id, command } = request;
    try {
      send({ id, ok: true, ...(await this.#obey(command)) });
    } catch (error) {
      send({ id, ok: false, error: messageOf(error) });
    }
  }

  /** Kills, waits and cleans up; bounded. */
  async end(): Promise<void> {
    this.#ending = true;
    const children = [...this.#children.values()];
    for (const child of children) child.killNow();
    const ended = Promise.all(children.map((child) => child.kill()));
    await Promise.race([ended, after(END_MS_MAX)]);
    await cleanUp({
      folders: this.#folders,
      urls: this.#urls,
      commands: this.#healing.values(),
    });
  }

  async #obey(command: SupervisorCommand): Promise<Answer> {
    switch (command.op) {
      case 'start':
        await this.#turnToStart();
        if (this.#children.get(command.name)?.running) {
          throw new Error(`${command.name} is running already`);
        }
        return this.#spawn(command.name, {
          argv: command.argv,
          env: command.env ?? {},
          leads: command.leads === true,
          readyMsMax: command.readyWithinMs ?? READY_MS_MAX.start,
        });
      case 'restart': {
        const child = this.#child(command.name);
        // Without a wait where it is down: what is asked next must reach the new process.
        if (child.running) await child.kill();
        const { argv, env, leads, readyMsMax } = child.options;
        return this.#spawn(command.name, {
          argv: command.argv ?? argv,
          env,
          leads,
          readyMsMax: leads ? readyMsMax : READY_MS_MAX.restart,
        });
      }
      case 'kill': {
        const child = this.#child(command.name);
        if (!child.running) throw new Error(`${command.name} is not running`);
        await child.kill();
        return {};
      }
      case 'pause':
        this.#child(command.name).pause();
        return {};
      case 'resume':
        this.#child(command.name).resume();
        return {};
      case 'stopAll':
        this.#stops++;
        await Promise.all([...this.#children.values()].map((child) => child.stop()));
        return {};
      case 'makeFolder': {
        // Without a wait: a harness killed right after it asked must find its folder known before this process ends.
        const path = mkdtempSync(join(tmpdir(), command.prefix));
        this.#folders.add(path);
        return { path };
      }
      case 'runAtEnd':
        this.#healing.set(command.key, command);
        return {};
      case 'forget':
        this.#healing.delete(command.key);
        return {};
      case 'deleteAtEnd':
        this.#urls.add(command.url);
        return {};
      default:
        throw command satisfies never;
    }
  }

  /** Rejects where meanwhile all were to stop. */
  async #turnToStart(): Promise<void> {
    const stops = this.#stops;
    this.#lastStart = this.#lastStart.then(() => new Promise((resolve) => setImmediate(resolve)));
    await this.#lastStart;
    if (stops !== this.#stops) throw new Error('it was to stop before it was started');
  }

  async #spawn(
    name: string,
    options: Pick<ChildOptions, 'argv' | 'env' | 'leads' | 'readyMsMax'>,
  ): Promise<Answer> {
    if (this.#ending) throw new Error('the supervisor is ending');
    const child = new SupervisedChild({
      ...options,
      name,
      onLog: (line) => send({ event: 'log', name, line }),
      onUnexpectedExit: (exit) => send({ event: 'exit', exit }),
    });
    this.#children.set(name, child);
    return { ready: await child.ready, pid: child.pid };
  }

  #child(name: string): SupervisedChild {
    const child = this.#children.get(name);
    if (child !== undefined) return child;
    const names = [...this.#children.keys()].join(', ');
    throw new Error(`no process named "${name}"; there are: ${names}`);
  }
}

function send(message: SupervisorMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function after(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
