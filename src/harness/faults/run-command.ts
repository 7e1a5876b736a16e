/** A command that somebody named, run to its end: executable and arguments, no shell in between. */
import { execFile } from 'node:child_process';
import { tellingLine } from './telling-line.js';

/** Of what it prints. */
const BYTES_MAX = 1_000_000;

export interface RunCommandOptions {
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly identity?: { readonly uid?: number; readonly gid?: number };
  /** It is killed after so long. */
  readonly msMax: number;
  readonly signal?: AbortSignal;
}

/** Resolves to what it printed. Rejects in one line, with the words that tell why, where it does not end with 0 in its time. */
export function runCommand(
  command: readonly string[],
  { folder, env, identity, msMax, signal }: RunCommandOptions,
): Promise<string> {
  const [file = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const options = {
      cwd: folder,
      env: { ...process.env, ...env },
      timeout: msMax,
      killSignal: 'SIGKILL',
      maxBuffer: BYTES_MAX,
      ...identity,
      ...(signal === undefined ? {} : { signal }),
    } as const;
    execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout);
        return;
      }
      const words = tellingLine(stderr.split('\n')) ?? '';
      const how =
        error.killed === true
          ? `was not done within ${msMax} ms`
          : `failed (${error.code ?? error.signal})`;
      reject(
        new Error(`${command.join(' ')} ${how}${words === '' ? '' : `: ${words}`}`, {
          cause: error,
        }),
      );
    });
  });
}
