/**
 * The two ways in which a script can be unusable; both are one line for the person who wrote it: what, where,
 * what to do. What a running iteration throws is neither: that is counted and logged, and the drill goes on.
 */
import { UserError } from '../user-error.js';

/** The script does not load: it does not parse, imports what is not there, or throws in init or setup (exit 107). */
export class ScriptError extends UserError {
  constructor(message: string, cause?: unknown) {
    super(message, { exit: 'scriptException', cause });
    this.name = 'ScriptError';
  }
}

/** The script loads, and its options cannot be used (exit 104). */
export class ScriptConfigError extends UserError {
  constructor(message: string, cause?: unknown) {
    super(message, { exit: 'invalidConfiguration', cause });
    this.name = 'ScriptConfigError';
  }
}

/** Thrown by every k6 call of a virtual user that was interrupted or aborted, however often it is caught. */
export class InterruptedError extends Error {
  constructor(reason = 'the iteration was interrupted') {
    super(reason);
    this.name = 'InterruptedError';
  }
}
