/**
 * A database server of a test's own: one child process on a temp folder, that can die and come back. Root hands it to an unprivileged
 * user, since servers refuse to run as root.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

export interface DatabaseKind {
  /** Of the temp folder. */
  readonly name: string;
  /** Who it runs as, where root starts it: the first that there is. */
  readonly users: readonly string[];
  /** What it logs when it takes connections. */
  readonly ready: string;
  initialise(folder: string): Command;
  run(folder: string): Command;
}

export interface DatabaseProcess {
  /** Sends the signal and waits for its end. Of one that has ended it does nothing. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** On the folder as it is. */
  start(): Promise<void>;
  /** For good: its folder goes too. */
  stop(signal: NodeJS.Signals): Promise<void>;
}

/** Initialised and started. */
export async function startDatabase(kind: DatabaseKind): Promise<DatabaseProcess> {
  const user = unprivileged(kind.users);
  const folder = mkdtempSync(join(tmpdir(), `paydrill-${kind.name}-`));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const as = { cwd: folder, ...user };
  const { program, args } = kind.initialise(folder);
  execFileSync(program, args, { stdio: 'pipe', ...as });
  let server: ChildProcess;
  const start = async (): Promise<void> => {
    const command = kind.run(folder);
    server = spawn(command.program, command.args, { stdio: ['ignore', 'ignore', 'pipe'], ...as });
    await logged(server, kind);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  };
  await start();
  return {
    end,
    start,
    async stop(signal) {
      await end(signal);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Rejects with its log where it ends before it is ready. */
function logged(server: ChildProcess, { name, ready }: DatabaseKind): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    server.stderr?.on('data', (chunk: Buffer) => {
      log = `${log}${chunk.toString()}`.slice(-10_000);
      if (log.includes(ready)) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`${name} ended at its start:\n${log}`)));
  });
}

/** Undefined: as who we are. */
function unprivileged(
  names: readonly string[],
): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of names) {
    const fields = users.find((line) => line.startsWith(`${name}:`))?.split(':');
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error(`no user of these is there to run a database as: ${names.join(', ')}`);
}
