/** Ends what a virtual user does where it stands. What a script does with one that it catches is its own affair: the VU is over. */
export class InterruptedError extends Error {
  /** The script itself ended the test, with exec.test.abort(); the message is its reason. */
  readonly isAbort: boolean;

  constructor(
    reason = 'it was interrupted',
    { isAbort }: { readonly isAbort: boolean } = { isAbort: false },
  ) {
    super(reason);
    this.name = 'InterruptedError';
    this.isAbort = isAbort;
  }
}

/** The reason, where `error` or what caused it is exec.test.abort(). */
export function abortReason(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof InterruptedError && cause.isAbort) return cause.message;
  return undefined;
}

/** What a VU that was interrupted waits for. */
export function neverReturns(): Promise<never> {
  return new Promise(() => undefined);
}
