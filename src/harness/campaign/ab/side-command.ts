/**
 * A target that one side of an A/B comparison starts for itself, by a command in a shell: before each of its drills, and ended after it
 * with all that it started. It runs under a supervisor, so that it does not outlive a harness that is killed.
 */
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parseTargetAddress } from '../../../wire/address.js';
import { Supervisor } from '../../faults/supervisor-client.js';
import { UserError } from '../../user-error.js';

export interface SideCommand {
  /** In a POSIX shell. */
  readonly command: string;
  /** Where it runs. */
  readonly folder: string;
  /** `host:port` or `http://host:port` that answers once it is ready. */
  readonly address: string;
}

export interface RunningSide {
  close(): Promise<void>;
}

/**
 * What the supervisor runs: the command in a process group of its own, which is ended when standard input closes, because a command may
 * start others. Those that do not heed SIGTERM are killed before the supervisor loses patience with this process itself.
 */
const WRAPPER = `
const { spawn } = require('node:child_process');
const [command, cwd] = process.argv.slice(1);
const child = spawn('sh', ['-c', command], { cwd, detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
const signal = (name) => { try { process.kill(-child.pid, name); return true; } catch { return false; } };
child.on('error', (error) => { console.error(error.message); process.exit(1); });
child.on('exit', (code) => { if (!signal(0)) process.exit(code ?? 1); });
process.stdin.resume().on('end', () => {
  signal('SIGTERM');
  setTimeout(() => { signal('SIGKILL'); process.exit(); }, 500);
  setInterval(() => { if (!signal(0)) process.exit(); }, 20);
});
console.log('{"ready":true}');
`;

const READY_MS_MAX = 60_000;
const POLL_MS = 50;

/** Throws UserError where nothing answers at its address in time. `supervise`: the command that runs a supervisor. */
export async function startSide(
  { command, folder, address }: SideCommand,
  { supervise, signal }: { readonly supervise: readonly string[]; readonly signal: AbortSignal },
): Promise<RunningSide> {
  let lastWords = '';
  let ended: string | undefined;
  const parsed = parseTargetAddress(address);
  if (parsed === undefined)
    throw new UserError(`${address} is no address that '${command}' could be waited for at`);
  if (await answers(parsed))
    throw new UserError(
      `something answers at ${address} before '${command}' was started: end it first`,
    );
  const supervisor = new Supervisor({
    argv: supervise,
    onLog: (_name, line) => {
      lastWords = line;
    },
    onExit: ({ code, signal: by }) => {
      ended = `it ended (${by ?? `exit code ${code}`})`;
    },
  });
  const close = (): Promise<void> => supervisor.close();
  try {
    await supervisor.start('side', [process.execPath, '-e', WRAPPER, command, folder]);
    for (let waitedMs = 0; !(await answers(parsed)); waitedMs += POLL_MS) {
      if (waitedMs >= READY_MS_MAX || signal.aborted || ended !== undefined) {
        const words = [ended, lastWords].filter(Boolean).join(': ');
        const why = words === '' ? '' : `: ${words}`;
        throw new UserError(`nothing answers at ${address} after '${command}' was started${why}`);
      }
      await delay(POLL_MS);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

function answers({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const told = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => told(true)).once('error', () => told(false));
  });
}
