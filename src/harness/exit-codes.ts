/**
 * The one table of exit codes. Those below 111 are k6's, with k6's meaning; 111 and above are paydrill's.
 * An uncaught bug is not in the table: it keeps Node's 1.
 */

export interface ExitCodeRow {
  readonly code: number;
  readonly meaning: string;
}

export const EXIT_CODES = {
  ok: {
    code: 0,
    meaning: 'the verdict is valid, or there is nothing to claim, and every threshold holds',
  },
  thresholds: {
    code: 99,
    meaning:
      'a threshold does not hold, and the verdict is valid or there is nothing to claim; or one with abortOnFail ended the drill early, or none of its iterations came through, and no law was found broken in what ran',
  },
  setupTimeout: {
    code: 100,
    meaning: 'setup() took longer than setupTimeout; no law was found broken in what it did',
  },
  teardownTimeout: {
    code: 101,
    meaning: 'teardown() took longer than teardownTimeout; no law was found broken in what ran',
  },
  invalidConfiguration: {
    code: 104,
    meaning: 'the command line, the script, the fault plan or the target cannot be used as given',
  },
  interrupted: {
    code: 105,
    meaning:
      'SIGINT, SIGTERM or a disk that was nearly full ended the drill early; no law was found broken in what ran',
  },
  scriptException: {
    code: 107,
    meaning:
      'the script threw while it was loaded, set up or torn down, or in every iteration where its thresholds hold; no law was found broken in what ran',
  },
  aborted: {
    code: 108,
    meaning:
      'the script ended the test with exec.test.abort(); no law was found broken in what ran',
  },
  markedFailed: {
    code: 110,
    meaning:
      'the script marked the test as failed with exec.test.fail(); the verdict is valid, or there is nothing to claim',
  },
  verdictInvalid: {
    code: 111,
    meaning:
      'the verdict is invalid: a law is broken; or, with --mirror, the books of both targets differ',
  },
  verdictUnknown: {
    code: 112,
    meaning: 'the verdict is unknown: the journal or the books cannot decide every law',
  },
  regression: {
    code: 113,
    meaning:
      'slower than what it was compared with; with --strict also: whether it is cannot be told',
  },
  faultDidNotHappen: {
    code: 114,
    meaning:
      'no law was found broken, but a planned fault did not happen: this was not the drill planned',
  },
  mutantUnseen: {
    code: 115,
    meaning:
      'a planted bug was not seen by the law that must see it, or the stack without one was not valid',
  },
} as const satisfies Record<string, ExitCodeRow>;

export type ExitName = keyof typeof EXIT_CODES;
