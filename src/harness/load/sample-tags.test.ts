import { describe, expect, it } from 'vitest';
import type { SubMetric } from '../measure/metric-state.js';
import type { SampleContext, Tags } from '../ports/metrics.js';
import type { ScenarioPlan } from '../schedule/plan.js';
import { SampleTags, SeriesSets } from './sample-tags.js';

const scenario = (index: number, name: string, tags: Tags): ScenarioPlan => ({
  index,
  name,
  exec: 'default',
  env: {},
  tags,
  startUs: 0,
  gracefulStopUs: 0,
  executor: { name: 'constant-vus', vus: 1, durationUs: 1_000_000 },
});

const PLAN = {
  tags: { run: 'n1', kind: 'test' },
  scenarios: [scenario(0, 'rush', { kind: 'vip' }), scenario(1, 'quiet', {})],
};

const at = (index: number, more: Partial<SampleContext> = {}): SampleContext => ({
  scenario: index,
  group: '',
  tags: undefined,
  ...more,
});

describe('a tag of a sample', () => {
  const tags = new SampleTags(PLAN);

  it.each([
    // the nearest wins: call, VU, scenario, test; a VU's tags hold the scenario's until the script takes them away
    ['kind', { kind: 'call' }, at(0, { tags: { kind: 'vu' } }), 'call'],
    ['kind', undefined, at(0, { tags: { kind: 'vu' } }), 'vu'],
    ['kind', undefined, at(0), 'vip'],
    ['kind', undefined, at(1), 'test'],
    ['run', { kind: 'call' }, at(0), 'n1'],
    ['run', undefined, at(0, { tags: { kind: 'vu' } }), undefined],
    // what every sample has
    ['scenario', undefined, at(1), 'quiet'],
    ['group', undefined, at(1, { group: '::cart' }), '::cart'],
    ['shop', undefined, at(0), undefined],
    // setup() and teardown() belong to no scenario
    ['scenario', undefined, at(0xffff, { group: '::setup' }), undefined],
    ['run', undefined, at(0xffff), 'n1'],
  ])('%s of %o in %o is %s', (name, own, context, value) => {
    expect(tags.tag(name, own, context)).toBe(value);
  });
});

describe('the sums that a sample belongs to', () => {
  const sub = (metric: string, tags: Tags): SubMetric => ({
    key: `${metric}{${Object.entries(tags).map((pair) => pair.join(':'))}}`,
    metric,
    tags,
  });
  const setsOf = (subMetrics: readonly SubMetric[]): SeriesSets<{ samples: number }> =>
    new SeriesSets({ subMetrics, plan: PLAN, make: () => ({ samples: 0 }) });

  it('are those whose tags it has, one for each set of tags whatever the metrics', () => {
    const sets = setsOf([
      sub('pay_ok', { kind: 'vip' }),
      sub('pay_operations', { kind: 'vip' }),
      sub('pay_operations', { scenario: 'quiet' }),
      sub('pay_operations', { shop: 'a', kind: 'vip' }),
    ]);
    const samples: readonly (readonly [Tags | undefined, SampleContext])[] = [
      [undefined, at(0)],
      [{ shop: 'a' }, at(0)],
      [undefined, at(1)],
      [undefined, at(1, { tags: { kind: 'vip', scenario: 'quiet' } })],
      [undefined, at(1, { group: '::cart' })],
      [undefined, at(0xffff)],
    ];
    for (const [tags, context] of samples)
      for (const one of sets.combination(sets.numberOf(tags, context))) one.samples++;
    expect(sets.all.map(({ tags, series }) => [tags, series.samples])).toEqual([
      [{ kind: 'vip' }, 3],
      [{ scenario: 'quiet' }, 3],
      [{ shop: 'a', kind: 'vip' }, 1],
    ]);
  });

  it('are none where no threshold names tags', () => {
    const sets = setsOf([]);
    expect(sets.numberOf({ kind: 'vip' }, at(0))).toBe(0);
    expect(sets.combination(0)).toEqual([]);
  });
});
