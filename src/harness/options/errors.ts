/**
 * What a script's options have wrong is one line for the person who wrote it: what, where, what to do.
 */
import { UserError } from '../user-error.js';

/** The script loads, and its options cannot be used (exit 104). */
export class ScriptConfigError extends UserError {
  constructor(message: string, cause?: unknown) {
    super(message, { exit: 'invalidConfiguration', cause });
    this.name = 'ScriptConfigError';
  }
}
