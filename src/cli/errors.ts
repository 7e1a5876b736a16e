/**
 * What becomes of an error that reaches the top: one line and an exit code for what the user can mend, and
 * nothing at all for a bug, which is rethrown so that Node prints its stack and leaves with 1.
 */
import { CommanderError } from 'commander';
import { EXIT_CODES } from '../harness/exit-codes.js';
import { messageOf } from '../harness/message-of.js';
import { UserError } from '../harness/user-error.js';

/** Undefined for a bug. An empty line means that the line is already printed. */
export function userErrorOf(error: unknown): { line: string; exitCode: number } | undefined {
  if (error instanceof UserError) return { line: oneLine(error.message), exitCode: error.exitCode };
  if (error instanceof CommanderError) {
    // Help and version are errors to commander, with code 0.
    const exitCode = error.exitCode === 0 ? 0 : EXIT_CODES.invalidConfiguration.code;
    return { line: '', exitCode };
  }
  const hint = systemHint(error);
  if (hint === undefined) return undefined;
  return { line: hint, exitCode: EXIT_CODES.invalidConfiguration.code };
}

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use; stop what holds it or name another',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOSPC: 'the disk is full; free some space or choose another folder',
  EROFS: 'the file system is read-only; choose another folder',
  EMFILE: 'too many open files; raise the limit (ulimit -n)',
  ECONNREFUSED: 'nothing listens there',
};

/** Errors of the operating system that a user can mend. */
function systemHint(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') {
    return undefined;
  }
  const hint = HINTS[error.code];
  return hint === undefined ? undefined : `${oneLine(error.message)}: ${hint}`;
}

/** Runs what rejects with one line when it cannot start, and makes that line the user's. */
export async function started(name: string, start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (cause) {
    if (systemHint(cause) !== undefined) throw cause;
    const reason = messageOf(cause);
    throw new UserError(`${name}: ${oneLine(reason)}`, { cause });
  }
}

export function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
