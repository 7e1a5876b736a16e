/**
 * The laws, one after the other, over one run: cleared by the prefilter where it knows the law and finds nothing suspicious,
 * decided by the law's query everywhere else. The database is opened only where there is something to ask it.
 */
import { notAsked } from './asked-of.js';
import type { Circumstances } from './circumstances.js';
import { type Counted, countByQuery, countTallied } from './counts.js';
import { QueryError, type RunDatabase } from './database.js';
import { type Law, sqlOf } from './law.js';
import type { ScanFacts } from './prefilter/scan-facts.js';
import { SCREENS } from './prefilter/screens.js';
import type { LawResult } from './verdict.js';
import { witnessOf } from './witness.js';

export interface Case {
  readonly laws: readonly Law[];
  readonly circumstances: Circumstances;
  /** What the prefilter found; undefined = only the queries judge. */
  readonly facts: ScanFacts | undefined;
  /** Told when a law is done. */
  readonly lap: (name: string) => void;
  readonly onLaw: (law: LawResult) => void;
  /** Aborted: whatever is asked is given up, with its reason. */
  readonly signal: AbortSignal | undefined;
}

export interface Judged {
  readonly laws: readonly LawResult[];
  readonly counted: Counted;
  /** Operations that took effect, by the books. */
  readonly effects: number;
}

/** What the prefilter alone decides; undefined where a query must be asked. */
export function judgeCleared(run: Case): Judged | undefined {
  const { facts, laws } = run;
  if (facts === undefined || facts.ambiguous > 0) return undefined;
  const results: LawResult[] = [];
  for (const law of laws) {
    const result = excused(law, run) ?? cleared(law, facts);
    if (result === undefined) return undefined;
    results.push(result);
  }
  const { drill } = run.circumstances;
  for (const result of results) run.onLaw(result);
  return {
    laws: results,
    counted: countTallied(facts.tally, facts, drill),
    effects: facts.effects,
  };
}

/** Rejects with QueryError where not even what happened can be counted, or with the signal's reason. */
export async function judgeByQuery(run: Case, database: RunDatabase): Promise<Judged> {
  const { facts, lap, laws, onLaw, signal } = run;
  const { drill } = run.circumstances;
  const exact = facts === undefined || facts.ambiguous > 0 ? undefined : facts;
  const results: LawResult[] = [];
  for (const law of laws) {
    signal?.throwIfAborted();
    const known = excused(law, run) ?? (exact && cleared(law, exact));
    const result = known ?? (await asked(law, database, { facts: exact, signal }));
    results.push(result);
    onLaw(result);
    lap(law.name);
  }
  return {
    laws: results,
    counted: exact
      ? countTallied(exact.tally, exact, drill)
      : await countByQuery(database, { ...drill, hasBooks: true }),
    effects: exact ? exact.effects : await database.number('select count(*) from effects'),
  };
}

function excused(law: Law, { circumstances }: Case): LawResult | undefined {
  const not = notAsked(law, circumstances);
  if (not === undefined) return undefined;
  return { name: law.name, status: not.status, checked: 0, violations: 0, witness: not.because };
}

/** Undefined where the prefilter does not know the law, or suspects something. */
function cleared(law: Law, facts: ScanFacts): LawResult | undefined {
  const screen = SCREENS.get(law.name);
  if (screen === undefined || screen.suspicions(facts) > 0) return undefined;
  return unbroken(law, screen.checked(facts));
}

/** The law's query decides. Where it fails the law is undecided: who wrote it, or the data, is at fault. */
async function asked(
  law: Law,
  database: RunDatabase,
  { facts, signal }: Pick<Case, 'facts' | 'signal'>,
): Promise<LawResult> {
  const narrowed = law.byAccount === true ? facts?.suspectAccounts : undefined;
  try {
    const checked = await database.number(law.checkedSql);
    if (narrowed !== undefined) await database.narrowLegs(narrowed);
    const sql = await sqlOf(law, database);
    const { count, first } = await (law.queryLimitS === undefined
      ? database.violations(sql)
      : database.violationsWithin(sql, law.queryLimitS));
    if (narrowed !== undefined) await database.narrowLegs(undefined);
    if (first === undefined) return unbroken(law, checked);
    const { text, operationId } = await witnessOf(database, first);
    const broken: LawResult = {
      name: law.name,
      status: 'broken',
      checked,
      violations: count,
      witness: text,
    };
    return operationId === undefined ? broken : { ...broken, operation_id: operationId };
  } catch (cause) {
    // An abort interrupts the query: that is nobody's fault.
    signal?.throwIfAborted();
    if (!(cause instanceof QueryError)) throw cause;
    const witness = `its query failed: ${cause.message}`;
    return { name: law.name, status: 'undecided', checked: 0, violations: 0, witness };
  }
}

/** Nothing breaks the law; it holds if there was anything to break it. */
function unbroken({ exercisedBy, name }: Law, checked: number): LawResult {
  return checked > 0
    ? { name, status: 'holds', checked, violations: 0, witness: null }
    : { name, status: 'not_exercised', checked, violations: 0, witness: exercisedBy };
}
