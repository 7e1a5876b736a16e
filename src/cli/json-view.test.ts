/** What a log collector is given. */
import { expect, test } from 'vitest';
import { jsonView } from './json-view.js';

test('every line is one object with a time, a level and the phase', () => {
  const lines: string[] = [];
  const view = jsonView({
    write: (text: string) => {
      lines.push(text);
      return true;
    },
  });
  const tick = {
    phase: 'load',
    stage: 'night',
    elapsedMs: 1_100,
    totalMs: 2_000,
    paymentsPerSecNow: 599.6,
    plannedPerSecNow: 600,
    p50Us: 900,
    p99Us: null,
    inFlight: 3,
    unknownNow: 0,
    lateStarts: 0,
    droppedIterations: 0,
    startedIterations: 600,
    faultsActive: ['kill shard-0'],
    okTotal: 600,
    declinedTotal: 1,
    notSentTotal: 0,
    requests: { perSec: 640, p50Us: 800, p99Us: null, total: 640, failed: 2 },
  } as const;
  view.onPhase('load');
  view.onTick(tick);
  view.onTick({ ...tick, elapsedMs: 1_350 });
  view.onNotice('two\n"lines"', 'warn');
  expect(lines.every((line) => line.endsWith('}\n'))).toBe(true);
  const objects = lines.map((line) => JSON.parse(line));
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  expect(objects).toMatchObject([
    { time, level: 'info', msg: 'phase load', phase: 'load' },
    {
      level: 'info',
      msg: 'load',
      second: 1,
      payments_per_s: 600,
      p99_us: null,
      ok: 600,
      http_reqs: 640,
      http_failed: 2,
    },
    { level: 'warn', msg: 'two\n"lines"', phase: 'load' },
  ]);
});
