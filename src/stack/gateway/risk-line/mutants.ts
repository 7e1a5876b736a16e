/** Planted bugs of the engine in line: what it does not see, does not remember, or tells its log otherwise than it answered. */
import { DENY } from '../../../risk/line/agreed-risk.js';
import type { Mutant } from '../../../wire/mutants.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';

export interface LineBugs {
  /** The engine is not told of the kind. */
  skips(kind: number): boolean;
  /** What is answered where the decision is `code`. */
  answer(code: number): number;
  /** What the log is told in place of them. */
  toldDecision(decision: number): number;
  toldCode(code: number): number;
  /** The record is passed by when the state is rebuilt. */
  forgets(sequence: number): boolean;
}

const NONE: LineBugs = {
  skips: () => false,
  answer: (code) => code,
  toldDecision: (decision) => decision,
  toldCode: (code) => code,
  forgets: () => false,
};

const DENIED = RESULTS.risk_denied.code;
const FORGOTTEN_EVERY = 4;

export function lineBugs(mutant: Mutant | undefined): LineBugs {
  switch (mutant) {
    case 'let-denied-go':
      return { ...NONE, answer: (code) => (code === DENIED ? 0 : code) };
    case 'engine-skips-transfers':
      return { ...NONE, skips: (kind) => kind === OPERATION_KIND.transfer };
    case 'log-denied-as-allowed':
      return {
        ...NONE,
        toldDecision: (decision) => (decision === DENY ? 0 : decision),
        toldCode: (code) => (code === DENIED ? 0 : code),
      };
    case 'forget-on-restart':
      return { ...NONE, forgets: (sequence) => sequence % FORGOTTEN_EVERY === 0 };
    default:
      return NONE;
  }
}
