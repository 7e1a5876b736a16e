/** Thrown by every k6 call of a virtual user that was interrupted or aborted, however often it is caught. */
export class InterruptedError extends Error {
  constructor(reason = 'the iteration was interrupted') {
    super(reason);
    this.name = 'InterruptedError';
  }
}
