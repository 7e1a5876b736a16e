/**
 * The CPU time of the drill's processes and of the busiest thread of each, and how long some task of the machine waited for a disk:
 * from Linux's /proc. Elsewhere there is none, and nothing is told.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { ProcessUse } from '../report/processes.js';

/** proc(5): times are in ticks of USER_HZ, which is 100 on every Linux that Node runs on. */
const TICKS_PER_SEC = 100;

interface Ticks {
  readonly all: number;
  readonly byThread: ReadonlyMap<string, number>;
}

export interface ProcessesUse {
  /** Since the last call, by name; empty where the system does not tell. */
  readonly processes: Readonly<Record<string, ProcessUse>>;
  /** Share of the time since the last call in which some task waited for a disk, 0..1; null where the system does not tell. */
  readonly diskWait: number | null;
}

export class ProcessMeter {
  readonly #processes: () => ReadonlyMap<string, number>;
  readonly #nowUs: () => number;
  readonly #before = new Map<number, Ticks>();
  #diskUsBefore = diskWaitUs();
  #lastUs: number;

  /** `processes`: ids by name, as they run now. */
  constructor(options: {
    readonly processes: () => ReadonlyMap<string, number>;
    readonly nowUs: () => number;
  }) {
    this.#processes = options.processes;
    this.#nowUs = options.nowUs;
    this.#lastUs = options.nowUs();
  }

  sinceLast(): ProcessesUse {
    const nowUs = this.#nowUs();
    const seconds = Math.max(1e-3, (nowUs - this.#lastUs) / 1e6);
    this.#lastUs = nowUs;
    const uses = [...this.#processes()].flatMap(([name, pid]) => {
      const use = this.#useOf(pid, seconds);
      return use === undefined ? [] : [[name, use] as const];
    });
    return { processes: Object.fromEntries(uses), diskWait: this.#diskWait(seconds) };
  }

  #useOf(pid: number, seconds: number): ProcessUse | undefined {
    const now = ticksOf(pid);
    if (now === undefined) return undefined;
    const before = this.#before.get(pid);
    this.#before.set(pid, now);
    const cores = (ticks: number): number => ticks / TICKS_PER_SEC / seconds;
    const threads = [...now.byThread].map(
      ([thread, ticks]) => ticks - (before?.byThread.get(thread) ?? 0),
    );
    return {
      cores: cores(now.all - (before?.all ?? 0)),
      // A tick more than there was time for is no more than all of it.
      busiest_thread: Math.min(1, cores(Math.max(0, ...threads))),
    };
  }

  #diskWait(seconds: number): number | null {
    const [before, now] = [this.#diskUsBefore, diskWaitUs()];
    this.#diskUsBefore = now;
    if (before === undefined || now === undefined) return null;
    return Math.min(1, (now - before) / 1e6 / seconds);
  }
}

/** Undefined where the process, or /proc, is not there. */
function ticksOf(pid: number): Ticks | undefined {
  try {
    const byThread = new Map(
      readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
        const ticks = ticksIn(`/proc/${pid}/task/${thread}/stat`);
        return ticks === undefined ? [] : [[thread, ticks] as const];
      }),
    );
    const all = ticksIn(`/proc/${pid}/stat`);
    return all === undefined ? undefined : { all, byThread };
  } catch {
    return undefined; // it has ended, or this is no Linux
  }
}

/** User plus system time; undefined for a thread that has ended meanwhile. */
function ticksIn(path: string): number | undefined {
  try {
    const stat = readFileSync(path, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return undefined;
  }
}

/** Pressure stall information: time in which some task waited for a disk, since the start of the machine. */
function diskWaitUs(): number | undefined {
  try {
    const match = /^some .*total=(\d+)$/m.exec(readFileSync('/proc/pressure/io', 'latin1'));
    return match === null ? undefined : Number(match[1]);
  } catch {
    return undefined; // an older kernel, or no Linux
  }
}
