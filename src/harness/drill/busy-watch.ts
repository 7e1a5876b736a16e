/**
 * How busy the load workers' threads, the drill's processes and the whole machine are, second by second of the load: what makes the
 * generator late, and what ran out first, is told from this, not guessed. The machine counts all processes on it, the drill's and others'.
 */
import { cpus } from 'node:os';
import type { ProcessesRow } from '../report/processes.js';
import { ProcessMeter } from './process-meter.js';

const SECOND_US = 1_000_000;
/** Looked at this often, so that every second is closed soon after its end. */
const POLL_MS = 100;

export interface BusyWatchOptions {
  /** Since the start of the load; not finite before it. */
  readonly loadUs: () => number;
  /** The busiest thread's share of the time since the last call, 0..1. */
  readonly generator: () => number;
  /** Ids of the drill's processes by name, as they run now. */
  readonly processes: () => ReadonlyMap<string, number>;
}

export class BusyWatch {
  readonly seconds: ProcessesRow[] = [];
  readonly #options: BusyWatchOptions;
  readonly #machine = new MachineMeter();
  readonly #processes: ProcessMeter;
  #timer: NodeJS.Timeout | undefined;
  #second = -1;

  constructor(options: BusyWatchOptions) {
    this.#options = options;
    this.#processes = new ProcessMeter({ processes: options.processes, nowUs: options.loadUs });
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), POLL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const loadUs = this.#options.loadUs();
    if (!(loadUs >= 0)) return;
    const second = Math.floor(loadUs / SECOND_US);
    if (second === this.#second) return;
    const [generator, machine] = [this.#options.generator(), this.#machine.sinceLast()];
    const { processes, diskWait } = this.#processes.sinceLast();
    if (this.#second >= 0)
      this.seconds.push({
        ...{ second: this.#second, machine, generator },
        ...{ disk_wait: diskWait, processes },
      });
    this.#second = second;
  }
}

/** CPU time of all cores that was not idle. */
class MachineMeter {
  #before = cpuTimes();

  /** Share of the machine's CPU time since the last call, 0..1. */
  sinceLast(): number {
    const now = cpuTimes();
    const all = now.all - this.#before.all;
    const idle = now.idle - this.#before.idle;
    this.#before = now;
    return all > 0 ? Math.min(1, Math.max(0, 1 - idle / all)) : 0;
  }
}

function cpuTimes(): { readonly all: number; readonly idle: number } {
  let all = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    all += times.user + times.nice + times.sys + times.idle + times.irq;
    idle += times.idle;
  }
  return { all, idle };
}
