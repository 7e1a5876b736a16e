/**
 * What `paydrill check` finds out by asking: the script that the target file names as its probe runs a few iterations against the target that
 * is open, each operation is asked again under its id and looked up where the script says how, and the books are held against what was
 * answered. It is a drill of its own kind (probe.ts), so what is right is for the laws to say.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { formatOperationId } from '../../../wire/operation-id.js';
import { OPERATION_KIND_NAMES, OPERATION_KINDS } from '../../../wire/operation-kinds.js';
import type { GivenOptions } from '../../drill/check-options.js';
import type { Probe } from '../../drill/probe.js';
import type { AskedAgain } from '../../ports/told.js';
import type { DrillEnd } from '../../report/progress.js';
import type { Summary } from '../../report/summary.js';
import type { LoadedTargetFile } from '../../targets/file/load-target-file.js';
import type { Target } from '../../targets/target.js';
import { openRun } from '../../verify/open-run.js';
import type { TriedPart } from './tried-part.js';

export interface TriedOperations {
  readonly parts: readonly TriedPart[];
  /** In its books since it was opened. */
  readonly entries: number;
}

/** A drill that tries a target; its last is what it tells of errors. */
export type ProbeDrill = (
  options: GivenOptions,
  probe: Probe,
  onError: (line: string) => void,
) => Promise<Pick<DrillEnd, 'summary'>>;

export interface TryOptions {
  readonly loaded: LoadedTargetFile;
  readonly target: Target;
  /** As the target file names it. */
  readonly probe: string;
  readonly allowTargets: readonly string[];
  readonly drill: ProbeDrill;
  readonly signal: AbortSignal;
}

/** Rejects with UserError where the script cannot be run. */
export async function tryOperations(options: TryOptions): Promise<TriedOperations> {
  const { loaded, target, probe, allowTargets, drill, signal } = options;
  const folder = mkdtempSync(join(tmpdir(), 'paydrill-check-'));
  const askedAgain: AskedAgain[] = [];
  const lines: string[] = [];
  try {
    const { summary } = await drill(
      {
        script: resolve(loaded.here, probe),
        target: loaded.path,
        faults: 'none',
        outFolder: join(folder, 'run'),
        workers: 1,
        allowTargets,
        allowLittleDisk: true,
        signal,
      },
      {
        loaded,
        // It goes on to be tried.
        target: { ...target, close: async () => {} },
        onAskedAgain: (asked) => void askedAgain.push(asked),
      },
      (line) => void lines.push(line),
    );
    signal.throwIfAborted();
    const run = await openRun(join(folder, 'run'), signal);
    try {
      const operations = (await run.database.rows(OPERATIONS)).map(operationOf);
      const entries = await run.database.number('select count(*) from entries');
      const parts = [
        answersPart(operations, { probe, why: lines[0] ?? summary.reason }),
        againPart(askedAgain, operations),
        lookUpPart(askedAgain, operations),
        booksPart(summary, operations, target),
      ];
      return { parts: operations.length === 0 ? parts.slice(0, 1) : parts, entries };
    } finally {
      run.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly outcome: string;
  /** How often it stands in the books. */
  readonly times: number;
}

const OPERATIONS = `
  select operation_id(o.id_hi, o.id_lo) as id, o.kind::text as kind, o.outcome::text as outcome,
    (select count(*) from effects e where e.id_hi = o.id_hi and e.id_lo = o.id_lo) as times
  from journal o order by o.invoked_us, o.sequence`;

function operationOf(row: Readonly<Record<string, unknown>>): Operation {
  return {
    id: String(row.id),
    kind: String(row.kind),
    outcome: String(row.outcome),
    times: Number(row.times),
  };
}

/** Something must have been answered ok: what is refused shows nothing. */
function answersPart(
  operations: readonly Operation[],
  { probe, why }: { readonly probe: string; readonly why: string | null },
): TriedPart {
  const part = 'operations';
  const counts = new Map<string, number>();
  for (const { kind, outcome } of operations) {
    const what = `${kind} ${outcome.replaceAll('_', ' ')}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const words = [...counts].map(([what, count]) => `${count} ${what}`).join(', ');
  if (operations.length === 0) {
    const reason = why === null ? '' : `: ${why}`;
    return {
      part,
      isWell: false,
      words: `${probe} told of none (\`payments\` of k6/x/pay)${reason}`,
    };
  }
  const isAnswered = operations.every(({ outcome }) => ['ok', 'declined'].includes(outcome));
  const isDone = operations.some(({ outcome }) => outcome === 'ok');
  return {
    part,
    isWell: isAnswered && isDone,
    words: `${words}${isDone ? '' : '; none was answered ok'}`,
  };
}

function againPart(all: readonly AskedAgain[], operations: readonly Operation[]): TriedPart {
  const part = 'the same id again';
  const again = all.filter(({ how }) => how === 'again');
  if (again.length === 0)
    return note(part, 'not tried: the script asks for none by `attempt` of an operation');
  const other = again.find(({ first, later }) => first !== later);
  const same = again.filter(({ first, later }) => first === later).length;
  const words = `${same} of ${again.length} answered as before`;
  if (other === undefined) return { part, isWell: true, words };
  // Whoever lost the first answer has this one alone: an ok that is taken for a refusal is safe where the script says so.
  const what = `${named(other, operations)}: first ${other.first}, then ${other.later}`;
  return { part, isWell: false, words: `${words}; ${what}` };
}

function lookUpPart(all: readonly AskedAgain[], operations: readonly Operation[]): TriedPart {
  const part = 'look-up';
  const found = all.filter(({ how }) => how === 'look-up');
  if (found.length === 0)
    return note(part, 'not tried: the script says how for none (`lookUp` of an operation)');
  const agrees = ({ first, later }: AskedAgain): boolean =>
    first === 'ok' ? later === 'ok' : later === 'declined' || later === 'absent';
  const other = found.find((one) => !agrees(one));
  const words = `${found.filter(agrees).length} of ${found.length} found as answered`;
  if (other === undefined) return { part, isWell: true, words };
  const what = `${named(other, operations)}: answered ${other.first}, looked up ${other.later}`;
  return { part, isWell: false, words: `${words}; ${what}` };
}

/** Whether it happened once is for the laws to say: what was not promised is not asked for. */
function booksPart(
  { verdict, reason, laws, root_cause: root }: Summary,
  operations: readonly Operation[],
  { books }: Target,
): TriedPart {
  const part = 'in the books';
  if (books === undefined) return note(part, 'not tried: it has no books');
  const broken = laws.find(({ name, status }) => status === 'broken' && name === (root ?? name));
  if (broken !== undefined)
    return { part, isWell: false, words: `${broken.name}: ${broken.witness}` };
  if (verdict !== 'valid') return { part, isWell: false, words: reason ?? verdict };
  const done = operations.filter(({ kind, outcome }) => outcome === 'ok' && MOVES.has(kind));
  const once = done.filter(({ times }) => times === 1).length;
  const words = `${once} of ${done.length} that were answered ok and move money, once each, as they were asked`;
  return { part, isWell: once > 0 || done.length === 0, words };
}

/** Kinds of which the books have a booking. */
const MOVES: ReadonlySet<string> = new Set(
  OPERATION_KIND_NAMES.filter((kind) =>
    ['posts', 'posts-reserved'].includes(OPERATION_KINDS[kind].effect),
  ),
);

function named({ idWords }: AskedAgain, operations: readonly Operation[]): string {
  const id = formatOperationId(idWords);
  return `${operations.find((one) => one.id === id)?.kind ?? 'operation'} ${id}`;
}

function note(part: string, words: string): TriedPart {
  return { part, isWell: true, isTried: false, words };
}
