/**
 * One process of the stack as a child: started from this same program, ready when it says so in one JSON
 * line, ended by closing its standard input. It ends by itself when this process is gone, however it went.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { UserError } from '../harness/user-error.js';

export interface Child {
  /** A text field of its ready line. */
  ready(field: string): string;
  /** Rejects when the process ends without having been asked to. */
  readonly diedByItself: Promise<never>;
  /** Resolves when the process is gone. */
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('../../bin/paydrill.js', import.meta.url));

/** `name` is for messages. What the child writes to standard error goes to ours. */
export async function startChild(name: string, args: readonly string[]): Promise<Child> {
  // Detached: Ctrl-C on a terminal reaches us alone, and we end the child in our own order.
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  let stopping = false;
  const diedByItself = gone.then(([code, signal]): Promise<never> => {
    if (stopping) return new Promise<never>(() => undefined);
    throw new UserError(`${name} ended by itself (${signal ?? `exit code ${code}`})`);
  });
  // Watched from the start, so that an early death is never an unhandled rejection.
  diedByItself.catch(() => undefined);
  const fields = await Promise.race([readyLine(child, name), diedByItself]);
  return {
    ready(field) {
      const value = fields[field];
      if (typeof value !== 'string') throw new Error(`${name}: no '${field}' in its ready line`);
      return value;
    },
    diedByItself,
    async stop() {
      stopping = true;
      child.stdin?.end();
      await gone;
    },
  };
}

async function readyLine(child: ChildProcess, name: string): Promise<Record<string, unknown>> {
  if (!child.stdout) throw new Error(`${name}: its standard output is not ours to read`);
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, 'line');
  const fields: unknown = JSON.parse(String(line));
  if (!isRecord(fields)) throw new Error(`${name}: its first line is not an object: ${line}`);
  return fields;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
