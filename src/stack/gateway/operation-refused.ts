import type { ResultName } from '../../wire/results.js';

/** What was asked cannot become an operation. `code` is one of RESULTS; the message is one line. */
export class OperationRefused extends Error {
  readonly code: ResultName;

  constructor(code: ResultName, reason: string) {
    super(reason);
    this.name = 'OperationRefused';
    this.code = code;
  }
}
