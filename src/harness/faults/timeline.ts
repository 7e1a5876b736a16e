/**
 * Runs a fault plan against a clock: each fault waits, is applied, waits, is healed, independently of the others.
 * Whatever happens (abort, a fault that cannot be applied, an error of its own) every fault that was begun is
 * healed before `run` settles. It judges nothing: what went wrong stands in the records.
 */
import type { Fault, LinkHandle, ProcessHandle } from './fault.js';
import type { PlannedFault } from './plan.js';

/** Times are milliseconds from the start of the load; undefined = has not happened. */
export interface FaultRecord {
  readonly kind: string;
  readonly target: string;
  readonly plannedMs: number;
  readonly plannedHealMs: number;
  readonly appliedMs: number | undefined;
  readonly healedMs: number | undefined;
  /** One line: why it could not be applied or healed. */
  readonly error: string | undefined;
}

export interface FaultTimelineOptions {
  readonly faults: readonly PlannedFault[];
  /** Handles of what the plan names; the plan was checked against the same names. */
  readonly link: (name: string) => LinkHandle;
  readonly process: (name: string) => ProcessHandle;
  /** Milliseconds since the start of the load. */
  readonly nowMs: () => number;
  /** Resolves after so many milliseconds, or as soon as the signal aborts. Default: a timer. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** One line for the person who watches: a fault applied, healed, failed. */
  readonly onNotice?: (line: string) => void;
}

const HEAL_ATTEMPTS = 3;
const HEAL_PAUSE_MS = 100;

export class FaultTimeline {
  readonly #options: FaultTimelineOptions;
  readonly #steps: readonly Step[];
  readonly #ending = new AbortController();
  #healing: Promise<void> | undefined;

  constructor(options: FaultTimelineOptions) {
    this.#options = options;
    this.#steps = options.faults.map((planned) => ({
      planned,
      fault: createFault(planned, options),
      begun: undefined,
      healed: undefined,
      appliedMs: undefined,
      healedMs: undefined,
      error: undefined,
    }));
  }

  /** In order of planned time. */
  get records(): readonly FaultRecord[] {
    return this.#steps.map(({ planned, appliedMs, healedMs, error }) => ({
      kind: planned.kind.kind,
      target: planned.target,
      plannedMs: planned.plannedMs,
      plannedHealMs: planned.plannedHealMs,
      appliedMs,
      healedMs,
      error,
    }));
  }

  /** `latency shard-0` for each fault applied and not healed. */
  get active(): readonly string[] {
    return this.#steps
      .filter((step) => step.begun !== undefined && step.healedMs === undefined)
      .map(({ planned }) => nameOf(planned));
  }

  /**
   * Resolves when every fault of the plan has been healed, early when the signal aborts. Rejects when one could
   * not be healed, after the others were.
   */
  async run(signal: AbortSignal): Promise<void> {
    const end = (): void => this.#ending.abort();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    try {
      await Promise.all(this.#steps.map((step) => this.#play(step)));
    } finally {
      signal.removeEventListener('abort', end);
      await this.healAll();
    }
  }

  /** Begins no further fault and heals all that were begun. Safe to call at any time and more than once. */
  healAll(): Promise<void> {
    this.#ending.abort();
    this.#healing ??= this.#healEach();
    return this.#healing;
  }

  async #healEach(): Promise<void> {
    const results = await Promise.allSettled(this.#steps.map((step) => this.#heal(step)));
    const failed = results.filter((result) => result.status === 'rejected');
    if (failed.length === 0) return;
    const reasons = failed.map(({ reason }) => messageOf(reason)).join('; ');
    throw new Error(`not every fault could be healed: ${reasons}`);
  }

  async #play(step: Step): Promise<void> {
    const { planned } = step;
    await this.#waitUntil(planned.plannedMs);
    if (this.#ending.signal.aborted) return;
    await this.#apply(step);
    await this.#waitUntil(planned.plannedHealMs);
    // The failure is in the record and is thrown by healAll.
    await this.#heal(step).catch(() => {});
  }

  async #apply(step: Step): Promise<void> {
    const { planned } = step;
    step.begun = step.fault.apply();
    try {
      await step.begun;
      step.appliedMs = Math.round(this.#options.nowMs());
      this.#notice(`${nameOf(planned)}: applied`);
    } catch (error) {
      step.error = `could not be applied: ${messageOf(error)}`;
      this.#notice(`${nameOf(planned)}: ${step.error}`);
    }
  }

  /** Heals what was begun, once, after the applying has settled. */
  #heal(step: Step): Promise<void> {
    if (step.begun === undefined) return Promise.resolve();
    step.healed ??= this.#healWithRetries(step, step.begun);
    return step.healed;
  }

  async #healWithRetries(step: Step, begun: Promise<void>): Promise<void> {
    await begun.catch(() => {}); // recorded where it was applied
    const name = nameOf(step.planned);
    for (let attempt = 1; ; attempt++) {
      try {
        await step.fault.heal();
        break;
      } catch (error) {
        if (attempt < HEAL_ATTEMPTS) {
          await this.#wait(HEAL_PAUSE_MS, new AbortController().signal);
          continue;
        }
        step.error = `could not be healed: ${messageOf(error)}`;
        this.#notice(`${name}: ${step.error}`);
        throw new Error(`${name}: ${messageOf(error)}`, { cause: error });
      }
    }
    step.healedMs = Math.round(this.#options.nowMs());
    this.#notice(`${name}: healed`);
  }

  async #waitUntil(dueMs: number): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const leftMs = dueMs - this.#options.nowMs();
      if (leftMs <= 0) return;
      await this.#wait(leftMs, signal);
    }
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return (this.#options.wait ?? timerWait)(ms, signal);
  }

  #notice(line: string): void {
    this.#options.onNotice?.(line);
  }
}

interface Step {
  readonly planned: PlannedFault;
  readonly fault: Fault;
  /** The applying, once it was begun. */
  begun: Promise<void> | undefined;
  healed: Promise<void> | undefined;
  appliedMs: number | undefined;
  healedMs: number | undefined;
  error: string | undefined;
}

function createFault(planned: PlannedFault, options: FaultTimelineOptions): Fault {
  const { kind, target, id, numbers, streams } = planned;
  if (kind.on === 'process') return kind.create({ process: options.process(target) });
  return kind.create({ link: options.link(target), id, numbers, streams });
}

function nameOf(planned: PlannedFault): string {
  return `${planned.kind.kind} ${planned.target}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function timerWait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.ceil(ms));
    signal.addEventListener('abort', done, { once: true });
  });
}
