import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.js';
import { scaleScenarios } from './plan.js';

const parse = (options: unknown) => parseOptions(options, { where: 'night.js', customMetrics: [] });
const executors = (options: unknown) => parse(options).scenarios.map(({ executor }) => executor);
const rush = (fields: object) => parse({ scenarios: { rush: fields } });

function refusal(options: unknown): string {
  try {
    parse(options);
  } catch (error) {
    expect(error).toMatchObject({ exitCode: 104 });
    return error instanceof Error ? error.message : '';
  }
  throw new Error('nothing was refused');
}

const STAGES = [{ target: 3, duration: '2s' }];

describe('the shortcuts become a scenario as in k6', () => {
  it.each([
    // nothing: one iteration in one VU
    [{}, { name: 'per-vu-iterations', vus: 1, iterations: 1, maxDurationUs: 600e6 }],
    // iterations are shared by the VUs; a duration bounds them
    [{ iterations: 5 }, { name: 'shared-iterations', vus: 1, iterations: 5, maxDurationUs: 600e6 }],
    [
      { iterations: 5, vus: 2, duration: '9s' },
      { name: 'shared-iterations', vus: 2, iterations: 5, maxDurationUs: 9e6 },
    ],
    [
      { duration: '2s', vus: 3 },
      { name: 'constant-vus', vus: 3, durationUs: 2e6 },
    ],
    [{ duration: '2s' }, { name: 'constant-vus', vus: 1, durationUs: 2e6 }],
    // vus beside stages are the ones it starts with, else one
    [
      { stages: STAGES, vus: 2 },
      {
        name: 'ramping-vus',
        startVus: 2,
        stages: [{ target: 3, durationUs: 2e6 }],
        rampDownGraceUs: 30e6,
      },
    ],
    [{ stages: STAGES }, { name: 'ramping-vus', startVus: 1 }],
    // vus alone: one iteration each
    [{ vus: 4 }, { name: 'shared-iterations', vus: 4, iterations: 4 }],
    // the environment gives texts; an empty one is none
    [
      { vus: '4', iterations: '8' },
      { name: 'shared-iterations', vus: 4, iterations: 8 },
    ],
    [
      { vus: '', duration: '1s' },
      { name: 'constant-vus', vus: 1 },
    ],
  ])('%j', (options, executor) => {
    expect(executors(options)).toMatchObject([executor]);
    expect(parse(options).scenarios).toMatchObject([{ name: 'default', exec: 'default' }]);
    expect(parse(options).warnings).toEqual([]);
  });

  it.each([
    [{ iterations: 5, stages: STAGES }, /options has iterations and stages/],
    [{ duration: '5s', stages: STAGES }, /options has duration and stages/],
    [{ iterations: 5, scenarios: {} }, /options has iterations and scenarios/],
    [{ duration: '5s', scenarios: {} }, /options has duration and scenarios/],
    [{ stages: STAGES, scenarios: {} }, /options has stages and scenarios/],
    // fewer iterations than VUs to share them
    [
      { iterations: 2, vus: 3 },
      /options: iterations must be at least the number of VUs \(3\), got 2/,
    ],
    [{ duration: '10ms' }, /options: duration must be a duration of at least 1s/],
    [{ duration: 'soon' }, /options: duration must be .*got "soon"/],
    [{ stages: [{ target: 1 }] }, /stages\[0\]: duration must be a duration/],
    [{ stages: 5 }, /options: stages must be a list, got 5/],
    [{ scenarios: [1] }, /options: scenarios must be an object of scenarios/],
  ])('%j is refused', (options, line) => {
    expect(refusal(options)).toMatch(line);
  });

  it.each([
    // k6 runs one iteration and warns
    [{ stages: [] }, 'night.js: options: stages is empty'],
    [{ scenarios: {} }, 'night.js: options: scenarios is empty'],
  ])('%j is one iteration with a warning', (options, warning) => {
    expect(executors(options)).toMatchObject([
      { name: 'per-vu-iterations', vus: 1, iterations: 1 },
    ]);
    expect(parse(options).warnings).toEqual([warning]);
  });

  it('vus beside scenarios do nothing, and it says so', () => {
    const scenarios = { rush: { executor: 'constant-vus', duration: '1s' } };
    const parsed = parse({ vus: 7, scenarios });
    expect(parsed.scenarios).toMatchObject([{ name: 'rush', executor: { vus: 1 } }]);
    expect(parsed.warnings).toEqual([expect.stringMatching(/options: vus is ignored/)]);
  });
});

describe("a scenario's executor has its fields, defaults and limits from k6", () => {
  it.each([
    [
      { executor: 'ramping-vus', stages: STAGES },
      { startVus: 1, rampDownGraceUs: 30e6, stages: [{ target: 3, durationUs: 2e6 }] },
    ],
    [
      { executor: 'ramping-vus', startVUs: 4, stages: STAGES, gracefulRampDown: '0s' },
      { startVus: 4, rampDownGraceUs: 0 },
    ],
    [{ executor: 'shared-iterations' }, { vus: 1, iterations: 1, maxDurationUs: 600e6 }],
    [
      { executor: 'per-vu-iterations', vus: 2, maxDuration: '2s' },
      { vus: 2, iterations: 1, maxDurationUs: 2e6 },
    ],
    // no VU before the load: all are made when they are needed
    [
      { executor: 'constant-arrival-rate', rate: 5, duration: '1s', preAllocatedVUs: 0, maxVUs: 9 },
      { rate: 5, timeUnitUs: 1e6, preAllocatedVus: 0, maxVus: 9 },
    ],
  ])('%j', (fields, executor) => {
    expect(rush(fields).scenarios).toMatchObject([{ executor }]);
  });

  it.each([
    [
      { executor: 'ramping-vus', startVUs: 0, stages: [{ target: 0, duration: '1s' }] },
      /stages must be such that one target or startVUs is above 0/,
    ],
    [
      { executor: 'shared-iterations', vus: 5, iterations: 4 },
      /iterations must be at least the number of VUs \(5\)/,
    ],
    [
      { executor: 'shared-iterations', maxDuration: '1ms' },
      /maxDuration must be a duration of at least 1s/,
    ],
    [
      { executor: 'constant-vus', vus: 2_000_000, duration: '1s' },
      /vus must be a whole number from 1 to 1000000, got 2000000/,
    ],
    // a thousand million a second is more than can be counted
    [
      {
        executor: 'constant-arrival-rate',
        rate: 2000,
        timeUnit: '1us',
        duration: '1s',
        preAllocatedVUs: 1,
      },
      /rate must be a whole number from 1 to 1000, got 2000/,
    ],
    [
      { executor: 'constant-arrival-rate', rate: 5, duration: '1s', preAllocatedVUs: 0 },
      /maxVUs must be a whole number from 1, got 0/,
    ],
  ])('%j is refused', (fields, line) => {
    expect(refusal({ scenarios: { rush: fields } })).toMatch(line);
  });
});

describe('a field that nobody knows, or of another type, is refused by its name', () => {
  const constantVus = { executor: 'constant-vus', duration: '1s' };
  it.each([
    [{ ...constantVus, vuz: 3 }, 'night.js: scenario "rush": vuz is not known; did you mean vus?'],
    [
      { ...constantVus, gracefullStop: '1s' },
      /gracefullStop is not known; did you mean gracefulStop\?/,
    ],
    // of another executor
    [
      { ...constantVus, stages: STAGES },
      /stages is not known; known are duration, env, exec, executor, gracefulStop/,
    ],
    [
      { executor: 'ramping-vus', stages: [{ target: 1, duration: '1s', rate: 5 }] },
      /stages\[0\]: rate is not known; known are duration, target/,
    ],
    [
      { executor: 'constant-vuz' },
      /executor "constant-vuz" is not supported; did you mean constant-vus\?/,
    ],
    [
      { executor: 'externally-controlled' },
      /not supported; choose one of constant-arrival-rate, .*shared-iterations/,
    ],
    [{ ...constantVus, env: { A: { b: 1 } } }, /env\.A must be text, got \{"b":1\}/],
    [{ ...constantVus, tags: ['x'] }, /tags must be an object of texts/],
    [{ ...constantVus, exec: 5 }, /exec must be text, got 5/],
    [{ ...constantVus, vus: 1.5 }, /vus must be a whole number from 1, got 1\.5/],
    [{ ...constantVus, vus: true }, /vus must be a whole number from 1, got true/],
    [{ ...constantVus, startTime: true }, /startTime must be a duration/],
  ])('%j', (fields, line) => {
    expect(refusal({ scenarios: { rush: fields } })).toMatch(line);
  });

  it('an unknown option of the whole script warns, as in k6, with what was meant', () => {
    expect(parse({ treshholds: {} }).warnings).toEqual([
      'night.js: options: treshholds is not known and ignored; did you mean thresholds?',
    ]);
    expect(refusal({ noSetup: 'yes' })).toMatch(/noSetup must be true or false, got "yes"/);
  });
});

describe('scaling', () => {
  const night = parse({
    scenarios: {
      calm: { executor: 'constant-arrival-rate', rate: 90, duration: '5s', preAllocatedVUs: 1 },
      rush: {
        executor: 'ramping-arrival-rate',
        stages: [{ target: 270, duration: '5s' }],
        preAllocatedVUs: 1,
      },
      few: { executor: 'ramping-vus', stages: STAGES },
    },
  }).scenarios;

  it('to a peak keeps rates in whole numbers: a third and less of a start is not lost', () => {
    expect(scaleScenarios(night, { peakPerSec: 40 }, 'night.js')).toMatchObject([
      { executor: { rate: 10, timeUnitUs: 1e6 } },
      { executor: { startRate: 0, stages: [{ target: 30 }], timeUnitUs: 1e6 } },
      { executor: { stages: [{ target: 3 }] } },
    ]);
    // 90 * 100.5 / 360 = 201 / 8
    expect(scaleScenarios(night, { peakPerSec: 100.5 }, 'night.js')).toMatchObject([
      { executor: { rate: 201, timeUnitUs: 8e6 } },
      { executor: { stages: [{ target: 603 }], timeUnitUs: 8e6 } },
      {},
    ]);
  });

  it('in time moves ends and starts, and the steps of VUs', () => {
    expect(scaleScenarios(night, { durationScale: 0.5 }, 'night.js')).toMatchObject([
      { executor: { rate: 90, durationUs: 2.5e6 } },
      { executor: { stages: [{ durationUs: 2.5e6 }] } },
      { executor: { stages: [{ durationUs: 1e6 }] } },
    ]);
  });

  it.each([
    [{ peakPerSec: 0 }, /--peak must be a number above 0/],
    [{ peakPerSec: Number.NaN }, /--peak must be a number above 0/],
    [{ peakPerSec: 1e12 }, /at most 1000000000/],
    [{ durationScale: 0 }, /--duration-scale must be a number above 0/],
  ])('%j is refused', (scaling, line) => {
    expect(() => scaleScenarios(night, scaling, 'night.js')).toThrow(line);
  });
});

describe('what handleSummary() is told', () => {
  it("has k6's defaults", () => {
    expect(parse({})).toMatchObject({
      summaryTrendStats: undefined,
      handleSummaryTimeoutUs: 120e6,
    });
  });

  it('is what the options name', () => {
    const summaryTrendStats = ['count', 'p(0)', 'p(99.9)', 'p(100)'];
    expect(parse({ summaryTrendStats, handleSummaryTimeout: '5s' })).toMatchObject({
      summaryTrendStats,
      handleSummaryTimeoutUs: 5e6,
    });
  });

  it.each(['mean', 'p(101)', 'p99', 'p()', 5, null])('cannot be %j of a trend', (stat) => {
    expect(refusal({ summaryTrendStats: ['avg', stat] })).toBe(
      `night.js: options: summaryTrendStats must be a list of avg, min, med, max, count or p(N), got ${JSON.stringify(stat)}`,
    );
  });
});
