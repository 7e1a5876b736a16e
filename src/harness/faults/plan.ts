/**
 * The fault plan: a JSON file becomes checked, dated faults. Pure. Times in the file are milliseconds from an
 * anchor: the start of the load, or the start of a scenario of the script. Everything a person can get wrong is
 * refused here, in one line that says which fault, what is wrong and what there is instead.
 *
 *   { "anchor": "plateau",
 *     "faults": [ { "kind": "latency", "target": "shard-0", "atMs": 5000, "durationMs": 2000, "ms": 200 } ] }
 */
import { UserError } from '../user-error.js';
import type { FaultKind, FaultNumbers, NumberRule, Stream } from './fault.js';
import { FAULT_KINDS } from './kinds/registry.js';

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
  /** Start of each scenario in milliseconds from the start of the load, durations already scaled. */
  readonly scenarioStartsMs: Readonly<Record<string, number>>;
  /** Multiplies every `atMs` and `durationMs`. */
  readonly durationScale: number;
}

/** Times are milliseconds from the start of the load. */
export interface PlannedFault {
  /** `fault-3`; unique in its plan. */
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
  const plan = new PlanReader(context, '', parseJson(text, context.file));
  const faults = plan.value('faults');
  if (!Array.isArray(faults)) throw plan.refusal('"faults" must be a list');
  const anchor = plan.text('anchor', 'start');
  plan.refuseOthers(['anchor', 'faults']);
  const anchorMs = startOf(plan, anchor);
  const planned = faults.map((fault: unknown, index) =>
    parseFault(new PlanReader(context, `faults[${index}]: `, fault), { index, anchorMs }),
  );
  refuseOverlaps(planned, context.file);
  return planned.sort((a, b) => a.plannedMs - b.plannedMs);
}

function parseFault(
  reader: PlanReader,
  defaults: { readonly index: number; readonly anchorMs: number },
): PlannedFault {
  const { context } = reader;
  const kindName = reader.text('kind');
  const kind = FAULT_KINDS.find((candidate) => candidate.kind === kindName);
  if (kind === undefined) {
    const names = FAULT_KINDS.map((candidate) => candidate.kind);
    throw reader.unknown({ what: 'kind of fault', name: kindName, names });
  }
  const target = reader.text('target');
  const names = kind.on === 'link' ? context.links : context.processes;
  if (!names.includes(target)) throw reader.unknown({ what: kind.on, name: target, names });
  const anchor = reader.text('anchor', '');
  const anchorMs = anchor === '' ? defaults.anchorMs : startOf(reader, anchor);
  const atMs = reader.number('atMs', { minimum: 0 }) * context.durationScale;
  const durationMs = reader.number('durationMs', { minimum: 1 }) * context.durationScale;
  const rules = kind.on === 'link' ? kind.numbers : {};
  const numbers = Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [name, reader.number(name, rule)]),
  );
  const takesStream = kind.on === 'link' && kind.takesStream;
  const streams = takesStream ? reader.streams() : [];
  const common = ['kind', 'target', 'anchor', 'atMs', 'durationMs', 'comment'];
  reader.refuseOthers([...common, ...Object.keys(rules), ...(takesStream ? ['stream'] : [])]);
  return {
    id: `fault-${defaults.index + 1}`,
    kind,
    target,
    plannedMs: Math.round(anchorMs + atMs),
    plannedHealMs: Math.round(anchorMs + atMs + durationMs),
    numbers,
    streams,
  };
}

function startOf(reader: PlanReader, anchor: string): number {
  if (anchor === 'start') return 0;
  const starts = reader.context.scenarioStartsMs;
  if (!Object.hasOwn(starts, anchor)) {
    throw reader.unknown({
      what: 'anchor',
      name: anchor,
      names: ['start', ...Object.keys(starts)],
    });
  }
  return starts[anchor];
}

/** Two faults of one process, or two `disable` of one link: healing the first would heal the second. */
function refuseOverlaps(faults: readonly PlannedFault[], file: string): void {
  const exclusive = faults.filter(({ kind }) => kind.on === 'process' || kind.kind === 'disable');
  for (const [index, first] of exclusive.entries()) {
    for (const second of exclusive.slice(index + 1)) {
      if (first.target !== second.target || first.kind.on !== second.kind.on) continue;
      if (first.plannedMs > second.plannedHealMs || second.plannedMs > first.plannedHealMs)
        continue;
      throw new FaultPlanError(
        `${file}: ${first.kind.kind} and ${second.kind.kind} of ${first.target} overlap; let one end before the other begins`,
      );
    }
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unreadable';
    throw new FaultPlanError(`${file}: not JSON: ${reason}`, error);
  }
}

/** Reads one object of the plan and knows how to name it in a refusal. */
class PlanReader {
  readonly context: FaultPlanContext;
  readonly #where: string;
  readonly #fields: ReadonlyMap<string, unknown>;

  constructor(context: FaultPlanContext, where: string, value: unknown) {
    this.context = context;
    this.#where = where;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.refusal('must be an object');
    }
    this.#fields = new Map(Object.entries(value));
  }

  value(name: string): unknown {
    return this.#fields.get(name);
  }

  text(name: string, absent?: string): string {
    const value = this.#fields.get(name) ?? absent;
    if (typeof value !== 'string') throw this.refusal(`"${name}" must be a text`);
    return value;
  }

  number(name: string, rule: NumberRule): number {
    const value = this.#fields.get(name) ?? rule.absent;
    const { minimum, maximum = Number.POSITIVE_INFINITY } = rule;
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw this.refusal(`"${name}" must be a number`);
    }
    if (rule.integer && !Number.isSafeInteger(value)) {
      throw this.refusal(`"${name}" must be a whole number, not ${value}`);
    }
    if (value < minimum || value > maximum) {
      const range =
        maximum < Number.POSITIVE_INFINITY ? `${minimum} to ${maximum}` : `${minimum} or more`;
      throw this.refusal(`"${name}" must be ${range}, not ${value}`);
    }
    return value;
  }

  streams(): readonly Stream[] {
    const stream = this.text('stream', 'downstream');
    if (stream === 'both') return ['upstream', 'downstream'];
    if (stream === 'upstream' || stream === 'downstream') return [stream];
    throw this.unknown({ what: 'stream', name: stream, names: ['upstream', 'downstream', 'both'] });
  }

  refuseOthers(known: readonly string[]): void {
    for (const name of this.#fields.keys()) {
      if (!known.includes(name)) throw this.unknown({ what: 'field', name, names: known });
    }
  }

  unknown(parts: {
    readonly what: string;
    readonly name: string;
    readonly names: readonly string[];
  }): FaultPlanError {
    const { what, name, names } = parts;
    return this.refusal(`no ${what} named "${name}"; there are: ${names.join(', ')}`);
  }

  refusal(what: string): FaultPlanError {
    return new FaultPlanError(`${this.context.file}: ${this.#where}${what}`);
  }
}
