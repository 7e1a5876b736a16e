/**
 * The fault plan: JSON becomes checked, dated faults. Pure. Times in it are milliseconds from an anchor: the start of
 * the load, or the start of a scenario of the script. Everything a person can get wrong is refused here, all of it in
 * one line that says which fault, what is wrong and what there is instead.
 *
 *   { "anchor": "plateau",
 *     "faults": [ { "kind": "latency", "target": "shard-0", "atMs": 5000, "durationMs": 2000, "ms": 200 } ] }
 */
import { UserError } from '../user-error.js';
import type { FaultKind, FaultNumbers, Stream } from './fault.js';
import { FAULT_KINDS } from './kinds/registry.js';
import { PlanProblems, PlanReader } from './plan-reader.js';

const FAULTS_MAX = 1_000;

/** One line, for the person who wrote the plan. */
export class FaultPlanError extends UserError {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'FaultPlanError';
  }
}

/** What a plan may name. */
export interface FaultPlanContext {
  /** Shown in errors: the file's path. */
  readonly file: string;
  readonly links: readonly string[];
  readonly processes: readonly string[];
  /** Default none. */
  readonly commands?: readonly string[];
  /** Start of each scenario in milliseconds from the start of the load, durations already scaled. */
  readonly scenarioStartsMs: Readonly<Record<string, number>>;
  /** Planned end of the load, scaled: a fault must begin before it. */
  readonly loadEndMs: number;
  /** Multiplies every `atMs` and `durationMs`. */
  readonly durationScale: number;
}

/** Times are milliseconds from the start of the load. */
export interface PlannedFault {
  /** `fault-3` is the third in time; unique in its plan. */
  readonly id: string;
  readonly kind: FaultKind;
  readonly target: string;
  readonly plannedMs: number;
  readonly plannedHealMs: number;
  readonly numbers: FaultNumbers;
  readonly streams: readonly Stream[];
}

/** Throws FaultPlanError. Faults come back in order of their planned times. */
export function parseFaultPlan(text: string, context: FaultPlanContext): readonly PlannedFault[] {
  try {
    return readFaultPlan(JSON.parse(text), context);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new FaultPlanError(`${context.file}: not JSON: ${error.message}`, error);
  }
}

/** The same of a plan that is parsed already. */
export function readFaultPlan(value: unknown, context: FaultPlanContext): readonly PlannedFault[] {
  const problems = new PlanProblems();
  const plan = new PlanReader(problems, '', value);
  const faults = plan.list('faults');
  const anchorMs = startOf(plan, context, 0);
  plan.refuseOthers(['anchor', 'faults']);
  if (faults.length > FAULTS_MAX) plan.refuse(`"faults" may list at most ${FAULTS_MAX} faults`);
  const planned = faults.slice(0, FAULTS_MAX).flatMap((fault, index) => {
    const reader = new PlanReader(problems, `faults[${index}]`, fault);
    return readFault(reader, context, anchorMs) ?? [];
  });
  refuseTwins(planned, problems);
  if (problems.size > 0) throw new FaultPlanError(`${context.file}: ${problems.line}`);
  return planned
    .sort((a, b) => a.plannedMs - b.plannedMs)
    .map(({ where: _, ...fault }, index) => ({ ...fault, id: `fault-${index + 1}` }));
}

type Unnamed = Omit<PlannedFault, 'id'> & { readonly where: string };

function readFault(
  reader: PlanReader,
  context: FaultPlanContext,
  planAnchorMs: number,
): Unnamed | undefined {
  const kindName = reader.name('kind', {
    what: 'kind of fault',
    names: FAULT_KINDS.map(({ kind }) => kind),
  });
  const kind = FAULT_KINDS.find((candidate) => candidate.kind === kindName);
  const times = readTimes(reader, context, planAnchorMs);
  // What else it may say depends on its kind.
  if (kind === undefined) return undefined;
  const names = namesOf(kind, context);
  const target = reader.name('target', { what: kind.on, names });
  const rules = kind.on === 'link' ? kind.numbers : {};
  const numbers = Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [name, reader.number(name, rule)]),
  );
  const takesStream = kind.on === 'link' && kind.takesStream;
  const streams = takesStream ? reader.streams() : [];
  const common = ['kind', 'target', 'anchor', 'atMs', 'durationMs', 'comment'];
  reader.refuseOthers([...common, ...Object.keys(rules), ...(takesStream ? ['stream'] : [])]);
  if (target === undefined) return undefined;
  return { where: reader.where, kind, target, ...times, numbers, streams };
}

function namesOf({ on }: FaultKind, { links, processes, commands = [] }: FaultPlanContext) {
  if (on === 'link') return links;
  return on === 'process' ? processes : commands;
}

function readTimes(
  reader: PlanReader,
  context: FaultPlanContext,
  planAnchorMs: number,
): Pick<PlannedFault, 'plannedMs' | 'plannedHealMs'> {
  const { durationScale, loadEndMs } = context;
  const anchorMs = startOf(reader, context, planAnchorMs);
  const atMs = anchorMs + reader.number('atMs', { minimum: 0 }) * durationScale;
  const durationMs = reader.number('durationMs', { minimum: 1 }) * durationScale;
  const plannedMs = Math.round(atMs);
  if (plannedMs >= loadEndMs) {
    const words = `begins ${plannedMs} ms after the start of the load`;
    reader.refuse(`${words}, which ends after ${Math.round(loadEndMs)} ms`);
  }
  return { plannedMs, plannedHealMs: Math.max(plannedMs + 1, Math.round(atMs + durationMs)) };
}

function startOf(reader: PlanReader, context: FaultPlanContext, absentMs: number): number {
  if (!reader.has('anchor')) return absentMs;
  const starts = context.scenarioStartsMs;
  const names = [...new Set(['start', ...Object.keys(starts)])];
  const anchor = reader.name('anchor', { what: 'anchor', names });
  return anchor === undefined || anchor === 'start' ? 0 : (starts[anchor] ?? 0);
}

/** One fault may overlap any other, but not itself: a plan that lists it twice means something else. */
function refuseTwins(faults: readonly Unnamed[], problems: PlanProblems): void {
  const seen = new Map<string, string>();
  for (const fault of faults) {
    const { where, kind, ...rest } = fault;
    const key = JSON.stringify({ ...rest, kind: kind.kind });
    const twin = seen.get(key);
    if (twin !== undefined) problems.add(where, `is the same fault as ${twin}`);
    seen.set(key, where);
  }
}
