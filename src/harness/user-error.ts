/**
 * An error that the person at the keyboard can mend: a wrong option, a script that does not parse, a target
 * that is not there. The command line prints its one line and leaves with its exit code; no stack trace.
 * A bug is never a UserError.
 */
import { EXIT_CODES, type ExitName } from './exit-codes.js';

export class UserError extends Error {
  readonly exitCode: number;

  /** `message`: one line that says what, where and what to do. Default exit: 104, invalid configuration. */
  constructor(
    message: string,
    options: { readonly exit?: ExitName; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'UserError';
    this.exitCode = EXIT_CODES[options.exit ?? 'invalidConfiguration'].code;
  }
}
