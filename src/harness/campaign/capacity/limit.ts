/**
 * What was used up while a rate was held, from what the machine said second by second. In the order in which it is asked:
 *
 *   generator  a thread of the load workers or of the proxy had no time left, and the machine had
 *   others     all cores were busy, a quarter of them or more with programs that are no part of the drill
 *   machine    all cores were busy: generator and target share them, neither alone is to blame
 *   process    a process of the target had a thread without time left: `shard-1`
 *   vus        every virtual user that the script allows was in an iteration, and what was answered was answered well
 *   disk       some task waited for a disk nearly all the time
 *   none       nothing that is seen from here was used up: the target waits for something of its own (locks, a fault, a queue)
 *
 * Where it is the generator, its virtual users or other programs, the target was not at its limit: it carries more than what was found. Pure.
 */
import type { MetricsRow } from '../../report/metrics.js';
import type { ProcessesRow } from '../../report/processes.js';

export type LimitKind = 'generator' | 'others' | 'machine' | 'process' | 'vus' | 'disk' | 'none';

export interface Limit {
  readonly kind: LimitKind;
  /** Of what was used up: the process, or null. */
  readonly process: string | null;
  /** In words, with its figures. */
  readonly text: string;
}

/** From here on a thread, or a machine, has no time left worth the name; read from clocks of 10 ms. */
const BUSY = 0.93;
/** In this share of the seconds, or more, it is what the step was about. */
const MOST = 0.5;
const DROPPED_SHARE_MIN = 0.001;
/** Of a busy machine: with so much taken by others, it was not the drill that filled it. */
const OTHERS_SHARE = 0.25;

export interface LimitSeen {
  readonly rows: readonly Pick<
    MetricsRow,
    'second' | 'planned' | 'dropped_iterations' | 'left_over_iterations'
  >[];
  readonly processes: readonly ProcessesRow[];
  /** What was answered was answered as it should be. */
  readonly slosHeld: boolean;
  /** Of the machine. */
  readonly cores: number;
}

/** Processes that load: no part of the target. */
const GENERATOR: readonly string[] = ['harness', 'proxy'];

export function limitOf({ rows, processes, slosHeld, cores }: LimitSeen): Limit {
  const share = (isSo: (row: ProcessesRow) => boolean): number =>
    processes.length === 0 ? 0 : processes.filter(isSo).length / processes.length;
  const mean = (value: (row: ProcessesRow) => number): number =>
    processes.reduce((sum, row) => sum + value(row), 0) / Math.max(1, processes.length);
  const dropped = droppedForVus(rows, processes);
  const planned = rows.reduce((sum, row) => sum + row.planned, 0);
  const machine = share((row) => row.machine >= BUSY);
  const generator = share((row) => row.generator >= BUSY && row.machine < BUSY);
  if (generator >= MOST)
    return limit(
      'generator',
      `a load worker's thread was busy ${percents(mean((r) => r.generator))} of the time`,
    );
  const used = usedCores(
    processes.filter((row) => row.machine >= BUSY),
    cores,
  );
  const others = used.find(({ name }) => name === OTHERS)?.cores ?? 0;
  const text = `all cores of this machine were busy ${percents(mean((r) => r.machine))} of the time: ${usersOf(used)}`;
  if (machine >= MOST) return limit(others > cores * OTHERS_SHARE ? 'others' : 'machine', text);
  const hot = hottest(processes);
  const hotUse = (row: ProcessesRow): number => row.processes[hot]?.busiest_thread ?? 0;
  if (share((row) => hotUse(row) >= BUSY) >= MOST) {
    const busy = `a thread of ${hot} was busy ${percents(mean(hotUse))} of the time`;
    return { ...limit(GENERATOR.includes(hot) ? 'generator' : 'process', busy), process: hot };
  }
  if (slosHeld && dropped > planned * DROPPED_SHARE_MIN)
    return limit(
      'vus',
      `${dropped} iterations found every virtual user in an iteration (maxVUs of the script)`,
    );
  if (share((row) => (row.disk_wait ?? 0) >= BUSY) >= MOST)
    return limit(
      'disk',
      `some task waited for a disk ${percents(mean((row) => row.disk_wait ?? 0))} of the time`,
    );
  return limit(
    'none',
    'nothing that was watched was used up: threads, cores and disk had time left',
  );
}

/** The target may carry more: it was not what gave way. */
export function isNotTargets({ kind }: Limit): boolean {
  return kind === 'vus' || kind === 'generator' || kind === 'others';
}

function limit(kind: LimitKind, text: string): Limit {
  return { kind, process: null, text };
}

/** A thread that has time drops an iteration that is due for one reason only: no virtual user is free. */
function droppedForVus(rows: LimitSeen['rows'], processes: readonly ProcessesRow[]): number {
  const busyIn = new Map(processes.map((row) => [row.second, row]));
  return rows.reduce((sum, row) => {
    const busy = busyIn.get(row.second);
    const hasTime = busy === undefined || (busy.machine < BUSY && busy.generator < BUSY);
    return hasTime ? sum + row.dropped_iterations - row.left_over_iterations : sum;
  }, 0);
}

/** The process with the busiest thread, mean over the seconds; empty where none is known. */
function hottest(processes: readonly ProcessesRow[]): string {
  const busy = new Map<string, number>();
  for (const row of processes)
    for (const [name, { busiest_thread: thread }] of Object.entries(row.processes))
      busy.set(name, (busy.get(name) ?? 0) + thread);
  return [...busy].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}

export interface UsedCores {
  readonly name: string;
  readonly cores: number;
}

const OTHERS = 'other programs';

/** Of each process of the drill, mean over the seconds; empty where the system does not tell. */
export function meanCores(processes: readonly ProcessesRow[]): readonly UsedCores[] {
  const names = new Set(processes.flatMap((row) => Object.keys(row.processes)));
  return [...names].map((name) => {
    const all = processes.reduce((sum, row) => sum + (row.processes[name]?.cores ?? 0), 0);
    return { name, cores: all / processes.length };
  });
}

/** Mean over the seconds, the most first; what no process of the drill used is of other programs. Empty where none is known. */
function usedCores(processes: readonly ProcessesRow[], cores: number): readonly UsedCores[] {
  const ours = meanCores(processes);
  if (ours.length === 0) return [];
  const all = (cores * processes.reduce((sum, { machine }) => sum + machine, 0)) / processes.length;
  const rest = all - ours.reduce((sum, one) => sum + one.cores, 0);
  return [...ours, { name: OTHERS, cores: Math.max(0, rest) }].sort((a, b) => b.cores - a.cores);
}

/** `harness 0.61, shard-0 0.44, gateway 0.40 cores`. */
function usersOf(used: readonly UsedCores[]): string {
  if (used.length === 0) return 'by whom, this system does not tell';
  return `${used.map(({ name, cores }) => `${name} ${cores.toFixed(2)}`).join(', ')} cores`;
}

function percents(share: number): string {
  return `${Math.round(100 * share)} %`;
}
