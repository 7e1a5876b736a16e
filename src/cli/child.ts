/**
 * How this program runs itself again: the command, and a supervisor whose children are processes of the stack. What
 * a child says that does not start becomes the user's one line. Nothing of it outlives this process, however it ends.
 */
import { fileURLToPath } from 'node:url';
import { Supervisor } from '../harness/faults/supervisor-client.js';
import type { ReadyLine } from '../harness/faults/supervisor-protocol.js';
import { messageOf } from '../harness/message-of.js';
import { UserError } from '../harness/user-error.js';

/** The command that runs this program again, executable first. */
export const PROGRAM: readonly [string, string] = [
  process.execPath,
  fileURLToPath(new URL('../../bin/paydrill.js', import.meta.url)),
];

export interface Children {
  readonly supervisor: Supervisor;
  /** Resolves to its ready line; rejects with its own line when it does not start. */
  start(name: string, args: readonly string[]): Promise<ReadyLine>;
  /** Rejects when a child ends by itself. */
  readonly oneEnded: Promise<never>;
}

/** What children that are ready write to standard error goes to ours; the last words of one that is not are its error. */
export function openChildren(): Children {
  let fail: (error: UserError) => void = () => {};
  const oneEnded = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  const isReady = new Set<string>();
  // Nobody may be waiting for it yet: an early end is never an unhandled rejection.
  oneEnded.catch(() => undefined);
  const supervisor = new Supervisor({
    argv: [...PROGRAM, 'supervise'],
    onExit: ({ name, code, signal }) =>
      fail(new UserError(`${name} ended by itself: ${signal ?? `exit code ${code}`}`)),
    onLog: (name, line) => {
      if (isReady.has(name)) process.stderr.write(`${name}: ${line}\n`);
    },
  });
  return { supervisor, oneEnded, start };

  async function start(name: string, args: readonly string[]): Promise<ReadyLine> {
    try {
      const ready = await supervisor.start(name, [...PROGRAM, ...args]);
      isReady.add(name);
      return ready;
    } catch (cause) {
      const reason = messageOf(cause);
      throw new UserError(`${name} did not start: ${lastWords(name, reason)}`, { cause });
    }
  }
}

/** `shard-0: ended (code 104) before it was ready: paydrill: shard 0: ...` */
function lastWords(name: string, reason: string): string {
  const words = reason
    .replace(`${name}: `, '')
    .replace(/^ended .*? before it was ready: /, '')
    .replace(/^paydrill: /, '');
  const prefix = `${name.replace('-', ' ')}: `;
  return words.startsWith(prefix) ? words.slice(prefix.length) : words;
}
