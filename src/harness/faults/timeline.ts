/**
 * Runs a fault plan against a clock: each fault waits, is applied, waits, is healed, independently of the others.
 * Whatever happens (abort, a fault that cannot be applied, an error of its own) every fault that was begun is
 * healed before `run` settles. It judges nothing: what did not happen or did not heal stands in the records.
 */
import { setMaxListeners } from 'node:events';
import { timerMs } from '../entropy/timer-ms.js';
import { messageOf } from '../message-of.js';
import type {
  CommandHandle,
  Fault,
  LinkHandle,
  ProcessHandle,
  SharedCommand,
  SharedLink,
  SharedProcess,
} from './fault.js';
import type { PlannedFault } from './plan.js';
import { shareCommand } from './shared-command.js';
import { shareLink } from './shared-link.js';
import { shareProcess } from './shared-process.js';

/** Times are milliseconds from the start of the load; undefined = has not happened. */
export interface FaultRecord {
  readonly kind: string;
  readonly target: string;
  readonly plannedMs: number;
  readonly plannedHealMs: number;
  /** Somebody asked for it before its time. */
  readonly askedMs: number | undefined;
  readonly appliedMs: number | undefined;
  readonly healedMs: number | undefined;
  /** One line: why it did not happen, or could not be healed. */
  readonly error: string | undefined;
}

export interface FaultTimelineOptions {
  readonly faults: readonly PlannedFault[];
  /** Handles of what the plan names; the plan was checked against the same names. */
  readonly link: (name: string) => LinkHandle;
  readonly process: (name: string) => ProcessHandle;
  /** Default: there are none. */
  readonly command?: (name: string) => CommandHandle;
  /** Milliseconds since the start of the load. */
  readonly nowMs: () => number;
  /** Resolves after so many milliseconds, or as soon as the signal aborts. Default: a timer. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** One line for the person who watches: a fault applied, healed, failed. */
  readonly onNotice?: (line: string) => void;
  /** One line, as soon as a fault could not be healed: what it broke stays broken. */
  readonly onUnhealed?: (line: string) => void;
}

const HEAL_PAUSE_MS = 100;
/** No further attempt is begun after so long: each has a limit of its own. */
const HEAL_MS_MAX = 3_000;

export class FaultTimeline {
  readonly #options: FaultTimelineOptions;
  readonly #steps: readonly Step[];
  readonly #ending = new AbortController();
  #healing: Promise<void> | undefined;

  constructor(options: FaultTimelineOptions) {
    this.#options = options;
    // Every fault of the plan waits on it, and a plan may be long.
    setMaxListeners(0, this.#ending.signal);
    const shared = shareAll(options);
    this.#steps = options.faults.map((planned) => ({
      planned,
      fault: createFault(planned, shared),
      early: new AbortController(),
      askedMs: undefined,
      begun: undefined,
      healed: undefined,
      appliedMs: undefined,
      healedMs: undefined,
      error: undefined,
    }));
  }

  /** In order of planned time. */
  get records(): readonly FaultRecord[] {
    return this.#steps.map(({ planned, askedMs, appliedMs, healedMs, error }) => ({
      kind: planned.kind.kind,
      target: planned.target,
      plannedMs: planned.plannedMs,
      plannedHealMs: planned.plannedHealMs,
      askedMs,
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

  /** Every fault that was begun is healed. */
  get isHealed(): boolean {
    return this.active.length === 0;
  }

  /** Resolves when every fault of the plan that was begun has been healed or could not be, early when the signal aborts. */
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

  /**
   * Begins a fault now whose time has not come; it lasts as long as was planned. `index` is from 0, in the order of `records`. False,
   * and nothing is done, where there is none, it was begun or asked for before, or no further fault is begun.
   */
  applyNow(index: number): boolean {
    const step = this.#steps[index];
    const nowMs = Math.round(this.#options.nowMs());
    const isOver = this.#ending.signal.aborted;
    if (step === undefined || isOver || !(nowMs >= 0) || nowMs >= step.planned.plannedMs)
      return false;
    if (step.askedMs !== undefined) return false;
    step.askedMs = nowMs;
    this.#notice(`${nameOf(step.planned)}: asked for now`);
    step.early.abort();
    return true;
  }

  /** Begins no further fault and heals all that were begun. Safe to call at any time and more than once. */
  healAll(): Promise<void> {
    this.#healing ??= this.#endAll();
    return this.#healing;
  }

  async #endAll(): Promise<void> {
    const endMs = this.#options.nowMs();
    this.#ending.abort();
    for (const step of this.#steps) {
      if (step.begun === undefined) step.error = neverCame(endMs);
    }
    await Promise.all(this.#steps.map((step) => this.#heal(step)));
  }

  async #play(step: Step): Promise<void> {
    const { planned } = step;
    const { signal } = this.#ending;
    await this.#waitUntil(planned.plannedMs, AbortSignal.any([signal, step.early.signal]));
    if (signal.aborted) return;
    const earlierMs = step.askedMs === undefined ? 0 : planned.plannedMs - step.askedMs;
    // What could not be applied whole is taken back at once.
    if (await this.#apply(step)) await this.#waitUntil(planned.plannedHealMs - earlierMs, signal);
    await this.#heal(step);
  }

  async #apply(step: Step): Promise<boolean> {
    const { planned } = step;
    step.begun = step.fault.apply();
    try {
      await step.begun;
      step.appliedMs = Math.round(this.#options.nowMs());
      this.#notice(`${nameOf(planned)}: applied`);
      return true;
    } catch (error) {
      step.error = `could not be applied: ${messageOf(error)}`;
      this.#notice(`${nameOf(planned)}: ${step.error}`);
      return false;
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
    const { fault, planned } = step;
    const giveUpMs = this.#options.nowMs() + HEAL_MS_MAX;
    for (;;) {
      try {
        await fault.heal();
        break;
      } catch (error) {
        // A process that did not start again has said why: it would say the same again.
        if (planned.kind.on === 'link' && this.#options.nowMs() < giveUpMs) {
          await this.#wait(HEAL_PAUSE_MS, new AbortController().signal);
          continue;
        }
        this.#onUnhealed(step, messageOf(error));
        return;
      }
    }
    step.healedMs = Math.round(this.#options.nowMs());
    this.#notice(`${nameOf(planned)}: healed`);
  }

  #onUnhealed(step: Step, reason: string): void {
    const words = `could not be healed: ${reason}`;
    step.error = step.error === undefined ? words : `${step.error}; ${words}`;
    const line = `${nameOf(step.planned)} ${words}`;
    this.#notice(line);
    this.#options.onUnhealed?.(line);
  }

  async #waitUntil(dueMs: number, signal: AbortSignal): Promise<void> {
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
  /** Aborted where it is begun before its time. */
  readonly early: AbortController;
  askedMs: number | undefined;
  /** The applying, once it was begun. */
  begun: Promise<void> | undefined;
  healed: Promise<void> | undefined;
  appliedMs: number | undefined;
  healedMs: number | undefined;
  error: string | undefined;
}

interface Shared {
  readonly link: (name: string) => SharedLink;
  readonly process: (name: string) => SharedProcess;
  readonly command: (name: string) => SharedCommand;
}

/** Faults of one link or process share it. */
function shareAll(options: FaultTimelineOptions): Shared {
  const links = new Map<string, SharedLink>();
  const processes = new Map<string, SharedProcess>();
  const commands = new Map<string, SharedCommand>();
  return {
    link: (name) => once(links, name, () => shareLink(options.link(name))),
    process: (name) => once(processes, name, () => shareProcess(options.process(name))),
    command: (name) => once(commands, name, () => shareCommand(commandOf(options, name))),
  };
}

function commandOf({ command }: FaultTimelineOptions, name: string): CommandHandle {
  if (command === undefined) throw new Error(`there is no command ${name}`);
  return command(name);
}

function once<T>(made: Map<string, T>, name: string, make: () => T): T {
  const one = made.get(name) ?? make();
  made.set(name, one);
  return one;
}

function createFault(planned: PlannedFault, shared: Shared): Fault {
  const { kind, target, id, numbers, streams } = planned;
  if (kind.on === 'process') return kind.create({ process: shared.process(target), id });
  if (kind.on === 'command') return kind.create({ command: shared.command(target), id });
  return kind.create({ link: shared.link(target), id, numbers, streams });
}

function neverCame(endMs: number): string {
  const words = Number.isFinite(endMs)
    ? `ended after ${(endMs / 1000).toFixed(1)} s`
    : 'never began';
  return `its time never came: the load ${words}`;
}

function nameOf(planned: PlannedFault): string {
  return `${planned.kind.kind} ${planned.target}`;
}

function timerWait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, timerMs(ms));
    signal.addEventListener('abort', done, { once: true });
  });
}
