/**
 * The one sentence that says how a drill went. Where the ledger is well, what did not happen and what does not hold come first;
 * where it is not, after what is wrong with it. Pure.
 */

import type { LawResult, Verdict, VerifyResult } from '../verify/verdict.js';
import { count, plural } from './format.js';
import { droppedWords } from './left-out.js';
import { markedFailedWords } from './notes.js';
import { didNotHappen, type FaultFacts, isNotHeld, type Summary } from './summary.js';

/** Where the ledger is well, the news in the order of the exit codes: what did not happen, then what does not hold. */
export function headlineOf(summary: Summary): string {
  const withoutNews = withDropped(judgedWords(summary), summary);
  return withFaults(withMarked(withThresholds(withoutNews, summary), summary), summary);
}

/** What does not hold comes first where the ledger is well, and after what is wrong with the ledger. */
function withThresholds(text: string, { thresholds, verdict }: Summary): string {
  const failed = thresholds.filter(isNotHeld);
  if (failed.length === 0) return text;
  const names = failed.map(
    ({ metric, expression, ok }) =>
      `${metric} ${expression}${ok === null ? ', not evaluated' : ''}`,
  );
  const verb = failed.length === 1 ? 'does' : 'do';
  const news = `${failed.length} of ${plural(thresholds.length, 'threshold')} ${verb} not hold (${names.join(', ')})`;
  return beside(text, news, verdict);
}

function beside(text: string, news: string, verdict: Verdict): string {
  const isWell = verdict === 'valid' || verdict === 'no_claim';
  return isWell ? `${news}; ${text}` : `${text}; ${news}`;
}

function withDropped(text: string, { operations }: Summary): string {
  const words = droppedWords(operations);
  return words === '' ? text : `${text}; ${words}`;
}

function withMarked(text: string, { run, verdict }: Summary): string {
  const news = markedFailedWords(run);
  return news === undefined ? text : beside(text, news, verdict);
}

/** A fault that did not happen proves nothing about it: that comes before what was proved without it. */
function withFaults(text: string, { faults, verdict }: Summary): string {
  const news = missedFaultWords(faults);
  if (news === undefined) return text;
  return beside(text, news, verdict);
}

/** `1 of 3 planned faults did not happen (#2 kill gateway)`; undefined where all did. */
export function missedFaultWords(faults: readonly FaultFacts[]): string | undefined {
  const missed = faults.flatMap((fault, i) =>
    didNotHappen(fault) ? [`#${i + 1} ${fault.kind} ${fault.target}`] : [],
  );
  if (missed.length === 0) return undefined;
  return `${missed.length} of ${plural(faults.length, 'planned fault')} did not happen (${missed.join(', ')})`;
}

/** What a headline needs: of a whole summary, or of a judgement alone. */
interface Counted {
  readonly verdict: Verdict;
  readonly reason?: string | null;
  readonly laws: readonly LawResult[];
  readonly operations: VerifyResult['operations'];
}

/** Of a judgement alone: the ledger, and nothing of the load. */
export function judgedWords(summary: Counted): string {
  const { operations, laws } = summary;
  const found = FOUND_BY.filter(({ law }) => isDecided(laws, law));
  const payments = [
    `${plural(operations.ok, 'payment')} acknowledged`,
    ...found.map(({ what, words }) => `${count(operations[what])} ${words}`),
  ];
  const counts = `${payments.join(', ')}; ${unknownWords(summary)}`;
  if (summary.verdict === 'valid') return counts;
  const broken = laws.filter((law) => law.status === 'broken').map((law) => law.name);
  if (summary.verdict === 'invalid') {
    const names = broken.length > 0 ? `: ${broken.join(', ')}` : '';
    return `${broken.length} of ${plural(laws.length, 'law')} broken${names}; ${counts}`;
  }
  if (summary.verdict === 'no_claim') return summary.reason ?? 'a load test';
  return `${summary.reason ?? 'not every law could be decided'}; as far as can be told: ${counts}`;
}

/** What is counted as wrong, and the law that finds it: where nobody could look, nothing is said. */
const FOUND_BY = [
  { what: 'lost', words: 'lost', law: 'no-lost-ack' },
  { what: 'doubled', words: 'doubled', law: 'once-per-id' },
  { what: 'phantom', words: 'invented', law: 'no-phantom' },
] as const;

function isDecided(laws: readonly LawResult[], name: string): boolean {
  return laws.some((law) => law.name === name && law.status !== 'undecided');
}

/** Resolved is what was looked up, or what the whole books of a target at rest show. */
function unknownWords({ operations }: Counted): string {
  const { unknown, unknown_resolved_ok: happened, unknown_resolved_absent: absent } = operations;
  if (unknown === 0) return 'no outcome unknown';
  const open = unknown - happened - absent;
  const resolved = `${count(happened)} happened, ${count(absent)} did not`;
  if (open > 0) return `${count(unknown)} unknown: ${resolved}, ${count(open)} not resolved`;
  const byBooks = unknown - operations.unknown_looked_up;
  const where = byBooks > 0 ? ` (${count(byBooks)} by the books alone)` : '';
  return `${count(unknown)} unknown, all resolved: ${resolved}${where}`;
}
