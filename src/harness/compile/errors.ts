/**
 * A script that does not load is one line for the person who wrote it: what, where, what to do. What a running iteration
 * throws is not this: that is counted and logged, and the drill goes on.
 */
import { UserError } from '../user-error.js';

/** The script does not load: it does not parse, imports what is not there, or throws in init or setup (exit 107). */
export class ScriptError extends UserError {
  constructor(message: string, cause?: unknown) {
    super(message, { exit: 'scriptException', cause });
    this.name = 'ScriptError';
  }
}
