/** Executors in whole drills: what they plan is what is attempted, over two workers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Summary } from '../harness/report/summary.js';
import { readSummary, startDrill, writeFaults, writeScript } from './testing/program.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-executors-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function script(options: object, iteration = 'buy();'): string {
  const all = { ext: { paydrill: { users: 100, merchants: 10, splitMerchants: 2 } }, ...options };
  return `
import { pay } from 'k6/x/pay';
import { sleep } from 'k6';
export const options = ${JSON.stringify(all)};
const buy = () => pay({
  payer: 1 + Math.floor(Math.random() * 100), merchant: 1 + Math.floor(Math.random() * 10), amountMinor: 100,
});
export default function () { ${iteration} }
`;
}

async function drilled(text: string, faults: readonly object[] = []): Promise<Summary> {
  const plan = faults.length === 0 ? 'none' : writeFaults(folder, faults);
  const path = writeScript(folder, text);
  const drill = startDrill(folder, path, '--faults', plan, '--workers', '2', '--quiet');
  expect(await drill.ended, drill.errors()).toBe(0);
  return readSummary(folder);
}

describe('a drill', { timeout: 60_000 }, () => {
  test('attempts exactly what its executors plan', async () => {
    const vus = { preAllocatedVUs: 5, maxVUs: 1000 };
    const { verdict, operations } = await drilled(
      script({
        scenarios: {
          // 7 a second for 2 s: 14
          constant: { executor: 'constant-arrival-rate', rate: 7, duration: '2s', ...vus },
          // from 0 to 30 a second in 1 s, and on for 1 s: 45
          ramp: {
            executor: 'ramping-arrival-rate',
            stages: [
              { target: 30, duration: '1s' },
              { target: 30, duration: '1s' },
            ],
            ...vus,
          },
          each: { executor: 'per-vu-iterations', vus: 3, iterations: 4 },
          shared: { executor: 'shared-iterations', vus: 4, iterations: 21 },
        },
      }),
    );
    expect(verdict).toBe('valid');
    expect(operations).toMatchObject({ attempted: 14 + 45 + 12 + 21, dropped_iterations: 0 });
  });

  test('of stages alone ramps its VUs up and down, and ends', async () => {
    const { verdict, operations, run } = await drilled(
      script(
        {
          vus: 0,
          stages: [
            { target: 4, duration: '1s' },
            { target: 0, duration: '1s' },
          ],
        },
        'buy(); sleep(0.1);',
      ),
    );
    expect(verdict).toBe('valid');
    expect(run.load_model).toBe('closed');
    // four VUs for one second on average, an iteration of 100 ms and an answer at a time
    expect(operations.attempted).toBeGreaterThan(4);
    expect(operations.attempted).toBeLessThanOrEqual(44);
    expect(operations.dropped_iterations).toBe(0);
  });

  test('tells its thresholds the same number of dropped iterations as its summary', async () => {
    // each VU is in its only iteration until it is interrupted at 2 s: 2 * 10 - 2 and 9 - 3 are left over
    const bounded = { maxDuration: '2s', gracefulStop: '0s' };
    const { operations, thresholds } = await drilled(
      script(
        {
          scenarios: {
            each: { executor: 'per-vu-iterations', vus: 2, iterations: 10, ...bounded },
            shared: { executor: 'shared-iterations', vus: 3, iterations: 9, ...bounded },
          },
          thresholds: { dropped_iterations: ['count==24'] },
        },
        'buy(); sleep(60);',
      ),
    );
    expect(operations).toMatchObject({ attempted: 5, dropped_iterations: 24 });
    expect(thresholds).toMatchObject([{ ok: true, value: 24 }]);
  });

  test('lets people wait while the target is away, where maxVUs is large enough', async () => {
    const rush = {
      executor: 'constant-arrival-rate',
      rate: 500,
      duration: '3s',
      preAllocatedVUs: 5,
      maxVUs: 10_000,
    };
    const { verdict, operations } = await drilled(script({ scenarios: { rush } }), [
      { kind: 'partition', target: 'clients', atMs: 1000, durationMs: 1000 },
    ]);
    expect(verdict).toBe('valid');
    expect(operations).toMatchObject({ attempted: 1500, dropped_iterations: 0 });
  });
});
