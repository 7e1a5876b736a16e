/**
 * What models are trained on: every move that is fraud, honest ones drawn at random, each standing for as many as it is one of, and in a second
 * round every honest one that a first model took for fraud. Where few are to be disturbed, those alone decide.
 */
import { Random } from '../../harness/entropy/random.js';
import { simulateTraffic } from '../../harness/traffic/simulate.js';
import { FEATURES } from '../../risk/engine/features.js';
import type { Samples } from './boost.js';
import { engineFor, replay, TRAINED, TRAINING_SEEDS } from './replay.js';

/** Of the honest moves, those that are drawn. */
const HONEST_SHARE = 0.04;
const SAMPLING = 3;

/** `isHard`: an honest move with this vector is taken in any case, for itself alone. */
export function drawSamples(isHard: (vector: Float64Array) => boolean): Samples {
  const rows: Float32Array[] = [];
  const isFraud: number[] = [];
  const weight: number[] = [];
  for (const seed of TRAINING_SEEDS) {
    const traffic = simulateTraffic({ ...TRAINED, seed });
    const engine = engineFor(TRAINED);
    const random = new Random(seed, SAMPLING);
    replay(traffic, engine, (i) => {
      const fraud = traffic.labels.pattern[i] > 0;
      const drawn = random.nextFloat() < HONEST_SHARE;
      const hard = !fraud && isHard(engine.features);
      if (!fraud && !hard && !drawn) return;
      rows.push(Float32Array.from(engine.features));
      isFraud.push(fraud ? 1 : 0);
      weight.push(fraud || hard ? 1 : 1 / HONEST_SHARE);
    });
  }
  return {
    count: rows.length,
    columns: FEATURES.map((_, place) => Float32Array.from(rows, (row) => row[place])),
    isFraud: Uint8Array.from(isFraud),
    weight: Float32Array.from(weight),
  };
}
