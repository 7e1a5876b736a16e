/**
 * What a drill of the honest stack may come to, and what is wrong with one that came to something else. Pure. Whatever was broken and
 * whoever was killed: never `invalid`, never hung, nothing left behind, and never another verdict when the run is judged once more.
 */
import { EXIT_CODES } from '../../harness/exit-codes.js';
import type { Verdict } from '../../harness/verify/verdict.js';
import type { RandomDrill } from './random-drill.js';

export interface Outcome {
  /** Null after a signal. */
  readonly exitCode: number | null;
  /** It had to be killed: it did not end in its time. */
  readonly hung: boolean;
  /** The blow found its victim alive. */
  readonly struck: boolean;
  /** What summary.json says; undefined where there is none. */
  readonly verdict: Verdict | undefined;
  readonly reason: string | null;
  /** By every law as a query over everything; undefined where there is no run folder to judge. */
  readonly again:
    | { readonly exitCode: number | null; readonly verdict: Verdict | undefined }
    | undefined;
  /** Exit codes of the questions that were asked of the run folder meanwhile. */
  readonly asked: readonly (number | null)[];
  readonly leftovers: readonly string[];
}

export type ProblemKind = 'invalid' | 'hung' | 'left behind' | 'otherwise wrong';

export interface Problem {
  readonly kind: ProblemKind;
  /** One line. */
  readonly what: string;
}

export function problemsOf({ blow }: Pick<RandomDrill, 'blow'>, it: Outcome): readonly Problem[] {
  const problems: Problem[] = it.leftovers.map((what) => ({ kind: 'left behind', what }));
  const add = (kind: ProblemKind, what: string): void => void problems.push({ kind, what });
  if (it.hung) add('hung', 'it did not end');
  const verdicts = [it.verdict, it.again?.verdict];
  if (verdicts.includes('invalid')) add('invalid', it.reason ?? 'a law is broken');
  const hit = it.struck ? blow : undefined;
  // A signal that comes before the program listens for it ends it as it ends any program: nothing was started.
  const isUnheard = hit?.victim === 'harness' && it.exitCode === null && it.again === undefined;
  if (!it.hung && !isUnheard && !exitsOf(hit).includes(it.exitCode))
    add('otherwise wrong', `exit code ${it.exitCode}`);
  for (const code of it.asked)
    if (code === null || !ANSWERED.includes(code))
      add('otherwise wrong', `a question was answered with exit code ${code}`);
  if (it.again === undefined) return problems;
  const { exitCode, verdict } = it.again;
  if (exitCode === EXIT_CODES_OF_A_BUG || exitCode === null)
    add('otherwise wrong', `verify ended with ${exitCode}`);
  if (it.verdict !== undefined && verdict !== it.verdict)
    add('otherwise wrong', `${it.verdict}, but ${verdict} when it is judged again`);
  return problems;
}

/** Node's own, for an exception that nobody caught. */
const EXIT_CODES_OF_A_BUG = 1;

const JUDGED = [EXIT_CODES.ok, EXIT_CODES.thresholds, EXIT_CODES.verdictUnknown].map(
  ({ code }) => code,
);
/** With rows, or with a line that says why there are none. */
const ANSWERED: readonly number[] = [EXIT_CODES.ok.code, EXIT_CODES.invalidConfiguration.code];
const CUT_SHORT = [EXIT_CODES.interrupted, EXIT_CODES.faultDidNotHappen].map(({ code }) => code);

/** An invalid verdict has a line of its own. */
function exitsOf(hit: RandomDrill['blow']): readonly (number | null)[] {
  const exits = [...JUDGED, EXIT_CODES.verdictInvalid.code];
  if (hit === undefined) return exits;
  if (hit.victim === 'harness') return hit.signal === 'SIGKILL' ? [null] : [...exits, ...CUT_SHORT];
  // A target that ends while it starts, or before it was asked for the first time, cannot be drilled.
  return [...exits, ...CUT_SHORT, EXIT_CODES.invalidConfiguration.code];
}
