/**
 * Trains the models of scenarios/risk on simulated traffic of the training seeds: all features, those of the parties alone, those of the
 * graph alone. The same seeds and sources give the same files.
 *
 *   npm run build && node dist/tests/risk/train.js
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODEL_SCHEMA, type ModelFile, TreeModel } from '../../risk/decide/tree-model.js';
import { FEATURES, type Feature, PLACE } from '../../risk/engine/features.js';
import { type Boosting, boost, type Samples } from './boost.js';
import { drawSamples } from './samples.js';

const FOLDER = 'scenarios/risk';
const BOOSTING: Boosting = { trees: 50, depth: 4, learningRate: 0.15 };
/** Honest moves over it are hard. */
const HARD = 0.02;

const SETS: readonly (readonly [name: string, features: readonly Feature[]])[] = [
  ['model', FEATURES],
  ['features-only', FEATURES.filter((name) => PLACE[name] < PLACE.payer_out_degree)],
  ['graph-only', FEATURES.filter((name) => PLACE[name] >= PLACE.payer_out_degree)],
];

const first = drawSamples(() => false);
const firsts = SETS.map(([, features]) => new TreeModel(train(first, features)));
const samples = drawSamples((vector) => firsts.some((model) => model.probability(vector) > HARD));
for (const [name, features] of SETS) {
  writeFileSync(join(FOLDER, `${name}.json`), `${JSON.stringify(train(samples, features))}\n`);
}

function train(from: Samples, features: readonly Feature[]): ModelFile {
  const columns = features.map((name) => from.columns[PLACE[name]]);
  const { depth } = BOOSTING;
  return { schema: MODEL_SCHEMA, features, depth, ...boost({ ...from, columns }, BOOSTING) };
}
