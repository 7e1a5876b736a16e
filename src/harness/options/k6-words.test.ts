/** A plan told in k6's words is the same plan when it is read again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationText, parseDurationUs } from './duration.js';
import { optionsInK6Words } from './k6-words.js';
import { parseOptions } from './options.js';

const read = (options: unknown) => parseOptions(options, { where: 'night.ts', customMetrics: [] });
const told = (options: unknown): object => optionsInK6Words({ options, ...read(options) });

const STAGES = [
  { target: 3, duration: '1500ms' },
  { target: 0, duration: '1h2m3s' },
];

describe('a plan in k6 words', () => {
  it.each([
    ['nothing at all', {}],
    ['shared iterations', { vus: 2, iterations: 5 }],
    ['constant VUs', { vus: 3, duration: '90s' }],
    ['ramping VUs', { stages: STAGES, startVUs: 1 }],
    [
      'all kinds',
      {
        scenarios: {
          a: {
            executor: 'constant-arrival-rate',
            rate: 5,
            timeUnit: '250us',
            duration: '1m',
            preAllocatedVUs: 2,
            maxVUs: 9,
            startTime: '2s',
            exec: 'buy',
          },
          b: {
            executor: 'ramping-arrival-rate',
            stages: STAGES,
            preAllocatedVUs: 1,
            env: { A: 'b' },
            tags: { part: 'c' },
          },
          c: {
            executor: 'ramping-vus',
            stages: STAGES,
            gracefulRampDown: '7s',
            gracefulStop: '0s',
          },
          d: { executor: 'per-vu-iterations', vus: 2, iterations: 3, maxDuration: '5s' },
        },
      },
    ],
  ])('is read as the same plan: %s', (_, options) => {
    const { scenarios } = read(options);
    expect(read({ scenarios: Reflect.get(told(options), 'scenarios') }).scenarios).toEqual(
      scenarios,
    );
  });

  it('keeps what the script says, and tells length and VUs', () => {
    expect(told({ vus: 3, duration: '90s', thresholds: { checks: ['rate>0.9'] } })).toEqual({
      vus: 3,
      duration: '90s',
      thresholds: { checks: ['rate>0.9'] },
      scenarios: {
        default: {
          executor: 'constant-vus',
          vus: 3,
          duration: '1m30s',
          startTime: '0s',
          gracefulStop: '30s',
          exec: 'default',
          env: {},
          tags: {},
        },
      },
      totalDuration: '2m0s',
      maxVUs: 3,
    });
  });

  it('has every duration as it can be read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), (us) => {
        expect(parseDurationUs(durationText(us))).toBe(us);
      }),
    );
  });
});
