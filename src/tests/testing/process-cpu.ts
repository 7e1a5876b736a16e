/**
 * For benches: the CPU time processes have used so far, by name, in microseconds. From `/proc` where there is one;
 * elsewhere gateway and shards are asked (`stats`, wire/admin.ts), and a process that answers no such question is left out.
 */
import { existsSync, readFileSync } from 'node:fs';
import { askAdmin, numberOf } from '../../harness/targets/admin-client.js';

export interface MeasuredProcess {
  readonly name: string;
  readonly pid: number;
  /** `host:port` that answers `stats`. */
  readonly admin?: string;
}

export async function cpuUsOf(
  processes: readonly MeasuredProcess[],
): Promise<ReadonlyMap<string, number>> {
  const used = new Map<string, number>();
  const { user, system } = process.cpuUsage();
  used.set('client', user + system);
  for (const { name, pid, admin } of processes) {
    if (existsSync('/proc/self/stat')) used.set(name, fromProc(pid));
    else if (admin !== undefined) {
      used.set(name, numberOf(await askAdmin(admin, { op: 'stats' }), 'cpuUs'));
    }
  }
  return used;
}

/** proc(5): utime and stime, over all threads, in ticks of USER_HZ, which is 100 on every Linux that Node runs on. */
function fromProc(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
