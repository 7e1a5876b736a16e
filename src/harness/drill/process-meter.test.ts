/** Against this very process: what it uses is seen, and one that is gone is left out. */
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ProcessMeter } from './process-meter.js';

const HAS_PROC = existsSync('/proc/self/task');

it.runIf(HAS_PROC)(
  'a process that works is seen to, over its time; one that is gone is not there',
  () => {
    const pids = new Map([
      ['busy', process.pid],
      ['gone', 2 ** 22 + 1],
    ]);
    // A clock that says a second has passed: what was used in less is less of it.
    let nowUs = 0;
    const meter = new ProcessMeter({ processes: () => pids, nowUs: () => nowUs });
    nowUs += 1_000_000;
    meter.sinceLast();
    const begun = process.cpuUsage();
    while (process.cpuUsage(begun).user < 200_000) Math.sqrt(nowUs);
    nowUs += 1_000_000;
    const { processes } = meter.sinceLast();
    expect(Object.keys(processes)).toEqual(['busy']);
    const { cores = 0, busiest_thread: thread = 0 } = processes.busy ?? {};
    expect(cores).toBeGreaterThanOrEqual(0.15);
    expect(thread).toBeGreaterThanOrEqual(0.15);
    expect(thread).toBeLessThanOrEqual(cores + 0.02);
  },
);

it.runIf(HAS_PROC)('of a process that was started since, all it used is since', () => {
  const pids = new Map<string, number>();
  let nowUs = 0;
  const meter = new ProcessMeter({ processes: () => pids, nowUs: () => nowUs });
  expect(meter.sinceLast().processes).toEqual({});
  pids.set('shard-0', process.pid);
  nowUs += 1_000_000;
  expect(meter.sinceLast().processes['shard-0']?.cores).toBeGreaterThan(0);
});
