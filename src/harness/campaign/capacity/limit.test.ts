/** What ran out first, from the seconds of a step that a machine might have had. */
import { describe, expect, it } from 'vitest';
import type { ProcessesRow } from '../../report/processes.js';
import { isNotTargets, type LimitKind, limitOf } from './limit.js';

const IDLE = { cores: 0.1, busiest_thread: 0.1 };

function second(over: Partial<ProcessesRow> = {}): Omit<ProcessesRow, 'second'> {
  return {
    ...{ machine: 0.4, generator: 0.3, disk_wait: 0.2 },
    processes: { harness: IDLE, proxy: IDLE, gateway: IDLE, 'shard-0': IDLE, 'shard-1': IDLE },
    ...over,
  };
}

const hot = (name: string): Partial<ProcessesRow> => ({
  processes: { ...second().processes, [name]: { cores: 1.1, busiest_thread: 0.99 } },
});

/** Four seconds of each, eight in all. */
function kindOf(
  a: Partial<ProcessesRow>,
  b: Partial<ProcessesRow> = a,
  {
    dropped = 0,
    slosHeld = false,
  }: { readonly dropped?: number; readonly slosHeld?: boolean } = {},
) {
  const processes = [a, a, a, a, b, b, b, b].map((over, i) => ({ second: i, ...second(over) }));
  const rows = processes.map(({ second: at }) => ({
    ...{ second: at, planned: 1000, dropped_iterations: dropped, left_over_iterations: 0 },
  }));
  return limitOf({ rows, processes, slosHeld, cores: 4 });
}

describe('what ran out first', () => {
  it.each<[string, LimitKind, Partial<ProcessesRow>, boolean]>([
    ['nothing that is seen', 'none', {}, false],
    ["a load worker's thread, the machine having time", 'generator', { generator: 0.97 }, true],
    ['a thread of the proxy', 'generator', hot('proxy'), true],
    ["a shard's thread", 'process', hot('shard-1'), false],
    [
      'the machine, used by the drill',
      'machine',
      {
        machine: 0.99,
        processes: {
          harness: { cores: 1.2, busiest_thread: 0.8 },
          'shard-0': { cores: 1.9, busiest_thread: 0.9 },
        },
      },
      false,
    ],
    ['the machine, used by others', 'others', { machine: 0.99 }, true],
    ['the disk', 'disk', { disk_wait: 0.98 }, false],
    ['a system that tells nothing', 'none', { processes: {}, disk_wait: null }, false],
  ])('%s', (_, kind, over, notTargets) => {
    const limit = kindOf(over);
    expect(limit.kind).toBe(kind);
    expect(isNotTargets(limit)).toBe(notTargets);
  });

  it('names the process, and who used the machine', () => {
    expect(kindOf(hot('shard-1'))).toMatchObject({
      process: 'shard-1',
      text: 'a thread of shard-1 was busy 99 % of the time',
    });
    expect(kindOf({ machine: 1 }).text).toBe(
      'all cores of this machine were busy 100 % of the time: other programs 3.50, harness 0.10, proxy 0.10, gateway 0.10, shard-0 0.10, shard-1 0.10 cores',
    );
  });

  it('is what most of the seconds say', () => {
    expect(kindOf(hot('gateway'), {}).kind).toBe('process');
    const rows = kindOf(hot('gateway'), { machine: 0.99 });
    expect(rows.kind).toBe('others');
  });

  it('is the virtual users only where what was answered was answered in time', () => {
    expect(kindOf({}, {}, { dropped: 50, slosHeld: true }).kind).toBe('vus');
    expect(kindOf({}, {}, { dropped: 50, slosHeld: false }).kind).toBe('none');
    expect(kindOf(hot('shard-0'), {}, { dropped: 50, slosHeld: true }).kind).toBe('process');
  });
});
