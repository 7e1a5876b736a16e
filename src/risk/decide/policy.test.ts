import { readFileSync } from 'node:fs';
import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FEATURES, type Feature } from '../engine/features.js';
import { compileCondition } from './expression.js';
import { Policy } from './policy.js';
import { MODEL_SCHEMA, TreeModel } from './tree-model.js';

function vector(values: Partial<Record<Feature, number>> = {}): Float64Array {
  return Float64Array.from(FEATURES, (name) => values[name] ?? 0);
}

const NAMES = ['amount', 'pair_new', 'back_hops'] as const;
const quantity = fc.letrec<{ node: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(...NAMES),
    fc.integer({ min: 0, max: 40 }).map((half) => (half / 2).toFixed(1)),
  ),
  node: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    fc
      .tuple(tie('node'), fc.constantFrom('+', '-', '*', '/'), tie('node'))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    tie('node').map((inner) => `-(${inner})`),
  ),
})).node;
const comparison = fc
  .tuple(quantity, fc.constantFrom('<', '<=', '>', '>=', '==', '!='), quantity)
  .map((parts) => parts.join(' '));
const anyCondition = fc
  .tuple(comparison, fc.constantFrom('&&', '||'), comparison, comparison)
  .map(([one, joined, other, last]) => `!(${one}) ${joined} (${other}) && (${last})`);

describe('a condition', () => {
  it('holds where the library says that it holds', () => {
    const environment = new Environment();
    for (const name of FEATURES) environment.registerVariable(name, 'double');
    fc.assert(
      fc.property(
        anyCondition,
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 3 }),
        (text, values) => {
          const [amount, pair_new, back_hops] = values;
          const asked = { amount, pair_new, back_hops };
          const expected = environment.parse(text)(asked);
          expect(compileCondition(text)(vector(asked))).toBe(expected);
        },
      ),
    );
  });

  it.each([
    ['amount >', "'amount >' does not compile: Unexpected token: EOF"],
    ['amout > 3.0', "'amout > 3.0' does not compile: Unknown variable: amout"],
    ['amount', "'amount' is of type double: give a condition"],
    ['amount > "x"', `'amount > "x"' does not compile: no such overload: double > string`],
    [
      'size("x") > 0',
      `'size("x")' in 'size("x") > 0' is neither a comparison nor arithmetic of features`,
    ],
  ])('%s is refused in one line', (text, line) => {
    expect(() => compileCondition(text)).toThrow(line);
  });
});

const STUMP = { features: [0], thresholds: [100], leaves: [-3, 3] };
const MODEL = { schema: MODEL_SCHEMA, features: ['amount'], depth: 1, bias: 0, trees: [STUMP] };
const BOUNDS = { 'step-up': 0.5, review: 0.8, deny: 0.95 };
const RULE = {
  name: 'large',
  when: 'amount > 50.0',
  decision: 'step-up',
  points: 2,
  reason: 'a large amount',
};

describe('a model', () => {
  it('adds the leaves that a payment falls into', () => {
    const deep = { features: [0, 1, 0], thresholds: [10, 0.5, 20], leaves: [1, 2, 3, 4] };
    const model = new TreeModel({
      ...MODEL,
      ...{ features: ['amount', 'pair_new'], depth: 2, bias: -4, trees: [deep, deep] },
    });
    const odds = (amount: number, pair_new: number): number => {
      const probability = model.probability(vector({ amount, pair_new }));
      return Math.log(probability / (1 - probability));
    };
    expect(odds(5, 0)).toBeCloseTo(-2);
    expect(odds(5, 1)).toBeCloseTo(0);
    expect(odds(15, 0)).toBeCloseTo(2);
    expect(odds(25, 0)).toBeCloseTo(4);
  });

  it.each([
    [
      { ...MODEL, features: ['amuont'] },
      'the model wants the feature "amuont", which there is not',
    ],
    [{ ...MODEL, schema: 'x' }, `the model's schema is "x": give one of ${MODEL_SCHEMA}`],
    [{ ...MODEL, depth: 9 }, "the model's depth is 9: give 1 to 8"],
    [
      { ...MODEL, trees: [{ ...STUMP, features: [1] }] },
      'tree 0 of the model asks for feature 1 of 1',
    ],
    [{ ...MODEL, trees: [{ ...STUMP, leaves: [1] }] }, 'tree 0 of the model has 1 leaves: give 2'],
    [{ ...MODEL, bias: 'x' }, "the model's bias is not a number"],
    [3, 'the model is not an object'],
  ])('is refused in one line', (file, line) => {
    expect(() => new TreeModel(file)).toThrow(line);
  });
});

describe('a policy', () => {
  it('takes the severest of rules and model, and gives reasons', () => {
    const policy = new Policy({ rules: [RULE], model: BOUNDS }, new TreeModel(MODEL));
    expect(policy.decide(vector({ amount: 20 }))).toBe('allow');
    expect(policy.reasons()).toEqual([]);
    expect(policy.decide(vector({ amount: 60 }))).toBe('step-up');
    expect(policy.reasons()).toEqual(['large: a large amount']);
    expect(policy.decide(vector({ amount: 101 }))).toBe('deny');
    expect(policy.reasons()).toEqual(['large: a large amount', 'model: 95.3 % likely to be fraud']);
    expect(policy.points).toBe(2);
    const rules = [RULE, { ...RULE, name: 'huge', when: 'amount > 90.0', decision: 'deny' }];
    expect(new Policy({ rules, model: BOUNDS }).decide(vector({ amount: 95 }))).toBe('deny');
  });

  it.each([
    [{ rules: [{ ...RULE, when: 'amount > ' }] }, "rule 'large': 'amount > ' does not compile"],
    [
      { rules: [{ ...RULE, decision: 'allow' }] },
      `rule 'large' decides "allow": give one of step-up, review, deny`,
    ],
    [{ rules: [RULE, RULE] }, "there are two rules 'large'"],
    [{ rules: [{ ...RULE, points: 'x' }] }, "rule 'large': points is not a number"],
    [{ rules: {} }, 'rules is not a list'],
    [
      { rules: [], model: { ...BOUNDS, deny: 0.7 } },
      'model.deny is 0.7: give what is over 0, at most 1',
    ],
  ])('is refused in one line', (file, line) => {
    expect(() => new Policy({ model: BOUNDS, ...file })).toThrow(line);
  });

  it('of the repository loads', () => {
    const file: unknown = JSON.parse(readFileSync('scenarios/risk/rules.json', 'utf8'));
    const policy = new Policy(file);
    const ring = { back_on_credit: 1, back_hops: 3, back_share: 0.9, amount: 900 };
    expect(policy.decide(vector(ring))).toBe('deny');
    expect(policy.decide(vector())).toBe('allow');
  });

  it.each(['model', 'features-only', 'graph-only'])('%s of the repository loads', (name) => {
    const file: unknown = JSON.parse(readFileSync(`scenarios/risk/${name}.json`, 'utf8'));
    const probability = new TreeModel(file).probability(vector());
    expect(probability).toBeGreaterThan(0);
    expect(probability).toBeLessThan(0.01);
  });
});
