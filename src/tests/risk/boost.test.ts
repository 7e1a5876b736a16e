import { describe, expect, it } from 'vitest';
import { Random } from '../../harness/entropy/random.js';
import { MODEL_SCHEMA, TreeModel } from '../../risk/decide/tree-model.js';
import { FEATURES, PLACE } from '../../risk/engine/features.js';
import { boost, type Samples } from './boost.js';
import { evaluate } from './evaluation.js';

/** Fraud where both are high, which neither tells alone. */
function samplesOf(seed: number, count: number): Samples {
  const random = new Random(seed);
  const columns = [new Float32Array(count), new Float32Array(count)];
  const isFraud = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    columns[0][i] = random.nextFloat() * 100;
    columns[1][i] = random.nextFloat() < 0.5 ? 0 : 1;
    isFraud[i] = columns[0][i] > 60 && columns[1][i] === 1 ? 1 : 0;
  }
  return { count, columns, isFraud, weight: new Float32Array(count).fill(1) };
}

describe('boosting', () => {
  it('learns what two features say together, and the file read back says the same of others', () => {
    const options = { trees: 20, depth: 2, learningRate: 0.3 };
    const trained = boost(samplesOf(1, 4000), options);
    const features = ['amount', 'pair_new'];
    const text = JSON.stringify({ schema: MODEL_SCHEMA, features, depth: 2, ...trained });
    const model = new TreeModel(JSON.parse(text));
    const { count, columns, isFraud } = samplesOf(2, 1000);
    const vector = new Float64Array(FEATURES.length);
    let right = 0;
    for (let i = 0; i < count; i++) {
      vector[PLACE.amount] = columns[0][i];
      vector[PLACE.pair_new] = columns[1][i];
      if (model.probability(vector) > 0.5 === (isFraud[i] === 1)) right++;
    }
    expect(right / count).toBeGreaterThan(0.97);
  });
});

describe('an evaluation', () => {
  /** Users 1 to 4 make a move each; that of 3 is one of a scheme of two, the other is by 4. */
  const traffic = {
    moves: {
      count: 5,
      kind: Uint8Array.of(1, 1, 1, 1, 1),
      from: Uint32Array.of(1, 2, 3, 4, 4),
      to: Uint32Array.of(1, 1, 1, 1, 1),
      device: new Uint32Array(5),
      card: new Uint32Array(5),
      onCredit: new Uint8Array(5),
      amountMinor: Float64Array.of(100, 100, 200, 300, 300),
      atS: Uint32Array.of(0, 10, 20, 50, 60),
    },
    labels: {
      pattern: Uint8Array.of(0, 0, 1, 1, 1),
      scheme: Uint32Array.of(0, 0, 1, 1, 1),
      schemes: 1,
    },
  };
  const scored = (...scores: number[]) => [{ traffic, scores: Float64Array.from(scores) }];

  it('stops what lies over the bound that disturbs no more than it may', () => {
    const result = evaluate(scored(0.1, 0.5, 0.4, 0.6, 0.2), 4, 0);
    expect(result).toMatchObject({
      disturbedShare: 0,
      precision: 1,
      recall: 1 / 3,
      schemesFound: 1,
    });
    expect(result).toMatchObject({ secondsToFind: 30, movesToFind: 2 });
    expect(result.lostPer10M).toBeCloseTo(5e6);
    expect(result.lostPer10MFrozen).toBeCloseTo(2e6);
  });

  it('finds more where more may be disturbed', () => {
    const result = evaluate(scored(0.1, 0.5, 0.4, 0.6, 0.2), 4, 0.25);
    expect(result).toMatchObject({ disturbedShare: 0.25, recall: 1, precision: 0.75 });
    expect(result.patterns[0]).toEqual({ pattern: 'cash-out', schemes: 1, found: 1, recall: 1 });
  });

  it('stops nothing of which nothing is said', () => {
    const result = evaluate(scored(0, 0, 0, 0, 0), 4, 0.5);
    expect(result).toMatchObject({ disturbedShare: 0, recall: 0, schemesFound: 0 });
  });
});
