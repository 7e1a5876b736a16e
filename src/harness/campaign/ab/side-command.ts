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

/** A group of its own, ended when standard input closes: a command may start others. */
const WRAPPER = `set -m
cd -- "$1" || exit 1
sh -c "$0" </dev/null & group=$!
printf '{"ready":true}\\n'
cat >/dev/null
kill -TERM -- "-$group" 2>/dev/null
wait "$group"`;

const READY_MS_MAX = 60_000;
const POLL_MS = 50;

/** Throws UserError where nothing answers at its address in time. `supervise`: the command that runs a supervisor. */
export async function startSide(
  { command, folder, address }: SideCommand,
  { supervise, signal }: { readonly supervise: readonly string[]; readonly signal: AbortSignal },
): Promise<RunningSide> {
  let lastWords = '';
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
  });
  const close = (): Promise<void> => supervisor.close();
  try {
    await supervisor.start('side', ['sh', '-c', WRAPPER, command, folder]);
    for (let waitedMs = 0; !(await answers(parsed)); waitedMs += POLL_MS) {
      if (waitedMs >= READY_MS_MAX || signal.aborted) {
        const why = lastWords === '' ? '' : `: ${lastWords}`;
        throw new UserError(
          `nothing answers at ${address} ${waitedMs / 1000} s after '${command}' was started${why}`,
        );
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
