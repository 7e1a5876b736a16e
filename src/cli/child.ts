/**
 * One process of the stack as a child: started from this same program, ready when it says so in one JSON
 * line, ended by closing its standard input. It ends by itself when this process is gone, however it went.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { UserError } from '../harness/user-error.js';

export interface Child {
  /** A text field of its ready line. Rejects with the child's own line when it does not start. */
  ready(field: string): Promise<string>;
  /** Rejects when the process ends without having been asked to. */
  readonly diedByItself: Promise<never>;
  /** Resolves when the process is gone. */
  stop(): Promise<void>;
}

/** The command that runs this program again, executable first. */
export const PROGRAM: readonly [string, string] = [
  process.execPath,
  fileURLToPath(new URL('../../bin/paydrill.js', import.meta.url)),
];

/** `name` is for messages. Once it is ready, what the child writes to standard error goes to ours. */
export function startChild(name: string, args: readonly string[]): Child {
  // Detached: Ctrl-C on a terminal reaches us alone, and we end the child in our own order.
  const child = spawn(PROGRAM[0], [PROGRAM[1], ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let isReady = false;
  let lastLine = '';
  let stopping = false;
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLine = line;
    if (isReady) process.stderr.write(`${line}\n`);
  });
  const gone = once(child, 'close');
  const diedByItself = gone.then(([code, signal]): Promise<never> => {
    if (stopping) return new Promise<never>(() => undefined);
    const how = lastLine.replace(/^paydrill: /, '') || (signal ?? `exit code ${code}`);
    throw new UserError(`${name} ${isReady ? 'ended' : 'did not start'}: ${how}`);
  });
  const fields = Promise.race([readyLine(child.stdout, name), diedByItself]).then((line) => {
    isReady = true;
    return line;
  });
  // Watched from the start, so that an early death is never an unhandled rejection.
  Promise.all([fields, diedByItself]).catch(() => undefined);
  return {
    async ready(field) {
      const value = (await fields)[field];
      if (typeof value !== 'string') throw new Error(`${name}: no '${field}' in its ready line`);
      return value;
    },
    diedByItself,
    async stop() {
      stopping = true;
      child.stdin.end();
      await gone;
    },
  };
}

async function readyLine(output: Readable, name: string): Promise<Record<string, unknown>> {
  const [line] = await once(createInterface({ input: output }), 'line');
  const fields: unknown = JSON.parse(String(line));
  if (!isRecord(fields)) throw new Error(`${name}: its first line is not an object: ${line}`);
  return fields;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
