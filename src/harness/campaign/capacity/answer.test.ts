/** What the steps come to, in words that a reader cannot take for more than was found. */
import { describe, expect, it } from 'vitest';
import { sampleReport, sampleStep } from '../testing/sample-steps.js';
import { answerOf, noiseWords } from './answer.js';
import { capacityHtml } from './capacity-page.js';
import { capacityTable } from './capacity-table.js';
import { kneeOf } from './knee.js';
import type { Limit } from './limit.js';
import type { RateCount } from './search.js';
import type { StepFacts } from './step.js';

const SHARD: Limit = { kind: 'process', process: 'shard-1', text: 'a thread of shard-1 was busy' };
const WORKER: Limit = { kind: 'generator', process: null, text: "a load worker's thread was busy" };

const held = (ratePerSec: number, p99 = 9000): StepFacts =>
  sampleStep({
    rate_per_s: ratePerSec,
    response_time_us: { p50: 1200, p90: 3100, p99, p999: p99, max: p99 },
  });
const broke = (ratePerSec: number, limit = SHARD, by = 'pay_response_time p(99)<200: 312.5') =>
  sampleStep({ rate_per_s: ratePerSec, held: false, broken_by: [by], limit });

const count = (ratePerSec: number, of: number, all = 3): RateCount => ({
  ratePerSec,
  held: of,
  of: all,
});

const FOUND = { holds: count(4000, 3), breaks: count(4200, 0), mixed: [] };

function answer(
  steps: readonly StepFacts[],
  over: Partial<Parameters<typeof answerOf>[0]> = {},
): ReturnType<typeof answerOf> {
  return answerOf({
    ...{ found: FOUND, steps, fromPerSec: 1000, maxPerSec: 9000, state: 'done' },
    ...over,
  });
}

describe('the answer', () => {
  const steps = [
    held(4000, 9000),
    held(4000, 12_000),
    held(4000, 10_000),
    ...Array(3).fill(broke(4200)),
  ];

  it('names the rate that holds, the one that breaks and by what, and what ran out there', () => {
    const found = answer(steps);
    expect(found.text).toBe(
      'holds at 4,000/s in 3 of 3, breaks at 4,200/s in 3 of 3 by pay_response_time p(99)<200: 312.5',
    );
    expect(found).toMatchObject({ at_least: false, limit: SHARD });
  });

  it('has its noise beside it', () => {
    const found = answer(steps, { found: { ...FOUND, mixed: [count(3800, 2)] } });
    expect(found.noise.p99_spread).toBeCloseTo(0.3, 9);
    expect(noiseWords(found)).toBe(
      'p99 of its steps within 30 %, the bracket 5 % wide, 3,800/s held in 2 of 3',
    );
  });

  it('is "at least" where the generator gave way in most of the steps that broke', () => {
    const worker = [broke(4200, WORKER), broke(4200, WORKER), broke(4200)];
    expect(answer([...steps.slice(0, 3), ...worker])).toMatchObject({
      at_least: true,
      limit: WORKER,
      text: expect.stringMatching(/^at least 4,000\/s: .*not the target; breaks at 4,200\/s/),
    });
  });

  it('is "at least" where the highest rate that may be tried holds', () => {
    const found = answer([held(9000), held(9000), held(9000)], {
      found: { holds: count(9000, 3), breaks: undefined, mixed: [] },
    });
    expect(found).toMatchObject({ at_least: true, breaks: null });
    expect(found.text).toMatch(/^at least 9,000\/s: .* and that is --max; raise --max/);
  });

  it('is that nothing held, where not even the lowest rate did', () => {
    const found = answer(Array(3).fill(broke(1000)), {
      found: { holds: undefined, breaks: count(1000, 0), mixed: [] },
    });
    expect(found).toMatchObject({ at_least: false, holds: null });
    expect(found.text).toMatch(
      /^nothing held: --from 1,000\/s broke in 3 of 3 by .*; lower --from$/,
    );
  });

  it('that nothing held is not put down to the target where others used the machine', () => {
    const busy: Limit = { kind: 'others', process: null, text: 'other programs' };
    const found = answer(Array(3).fill(broke(1000, busy)), {
      found: { holds: undefined, breaks: count(1000, 0), mixed: [] },
    });
    expect(found.text).toMatch(/, and it was not the target that gave way; lower --from$/);
  });

  it('of a search that was ended is no answer', () => {
    expect(answer(steps, { state: 'ended' }).text).toBe(
      'ended before it was known: so far it holds at 4,000/s, breaks at 4,200/s',
    );
    expect(answer(steps, { state: 'running' }).text).toMatch(/^not known yet: so far it holds/);
  });
});

describe('the knee', () => {
  it('is where the curve leaves the ground', () => {
    const points = [1, 2, 3, 4, 5, 6, 7, 8].map((ratePerSec) => ({
      ratePerSec,
      value: ratePerSec <= 5 ? 10 + ratePerSec : 10 + 40 ** (ratePerSec - 5),
    }));
    expect(kneeOf(points)).toBe(7);
  });

  it('is not told of a straight line, nor of three points', () => {
    const line = [1, 2, 3, 4, 5].map((ratePerSec) => ({ ratePerSec, value: 10 * ratePerSec }));
    expect(kneeOf(line)).toBeUndefined();
    expect(kneeOf(line.slice(0, 3))).toBeUndefined();
  });
});

describe('the pages of a capacity search', () => {
  const steps = [held(4000), broke(4200, SHARD, 'iterations <script>alert(1)</script>')];
  const report = sampleReport({ steps, answer: answer(steps) });

  it('the table has each step by rate, and the answer with its labels', () => {
    const text = capacityTable(report, 'reports/night');
    expect(text).toMatch(/4,000\/s +3,996\/s +1\.20 ms .* held\n/);
    expect(text).toMatch(/capacity {2}holds at 4,000\/s/);
    expect(text).toMatch(/on {8}reference, lmdb, fsync per batch, 2 shards/);
  });

  it('the page runs nothing and loads nothing, and escapes what came from outside', () => {
    const page = capacityHtml(report);
    expect(page).toContain("default-src 'none'; style-src 'sha256-");
    expect(page).not.toMatch(/<script|<link|<img|https?:|style="/);
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(page.match(/class="step held"/g)?.length).toBe(4); // two charts, each wide and narrow
    expect(page.match(/class="step broke"/g)?.length).toBe(4);
    expect(page).toMatch(/class="mark"><title>holds at 4,000\/s/);
  });

  it('a campaign that has no step yet has a page', () => {
    expect(capacityHtml(sampleReport())).toContain('<h1>');
  });

  it('multiples have a row each, with verdicts and what broke', () => {
    const multiples = [
      { multiple: 1, rate_per_s: 4000, held: 1, of: 1 },
      { multiple: 2, rate_per_s: 4200, held: 0, of: 1 },
    ];
    const page = capacityHtml(sampleReport({ steps, multiples, exit_code: 99 }));
    expect(page).toContain('1 x (4,000/s) held in 1 of 1, 2 x (4,200/s) held in 0 of 1');
    expect(page).toMatch(/<td data-column="multiple">2 x<\/td>/);
    expect(capacityTable(sampleReport({ steps, multiples }), '.')).toMatch(
      /2 x +4,200\/s held in 0 of 1/,
    );
  });
});
