/**
 * Gradient-boosted trees of one depth, by histograms: logistic loss, second order (Chen and Guestrin, 2016). Small, and only for training;
 * what runs in line is `TreeModel`.
 */
import type { TreeFile } from '../../risk/decide/tree-model.js';

export interface Samples {
  readonly count: number;
  /** A column for each feature. */
  readonly columns: readonly Float32Array[];
  /** 1 = fraud. */
  readonly isFraud: Uint8Array;
  readonly weight: Float32Array;
}

export interface Boosting {
  readonly trees: number;
  readonly depth: number;
  readonly learningRate: number;
}

export interface Boosted {
  readonly bias: number;
  readonly trees: readonly TreeFile[];
}

const BINS = 48;
const LAMBDA = 5;
/** Second derivatives that a side of a split must have. */
const HESSIAN_MIN = 3;
/** In place of a bound where nothing is to be gained: everything stays on the left. */
const NO_BOUND = 1e300;

export function boost(samples: Samples, options: Boosting): Boosted {
  const bounds = samples.columns.map(boundsOf);
  const bins = samples.columns.map((column, feature) => binned(column, bounds[feature]));
  const bias = priorOdds(samples);
  const odds = new Float64Array(samples.count).fill(bias);
  const trees: TreeFile[] = [];
  for (let i = 0; i < options.trees; i++) {
    const slopes = slopesOf(samples, odds);
    trees.push(growTree({ samples, bins, bounds, slopes, odds, options }));
  }
  return { bias: rounded(bias), trees };
}

interface Slopes {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

interface Growth {
  readonly samples: Samples;
  readonly bins: readonly Uint8Array[];
  readonly bounds: readonly Float64Array[];
  readonly slopes: Slopes;
  readonly odds: Float64Array;
  readonly options: Boosting;
}

function growTree({ samples, bins, bounds, slopes, odds, options }: Growth): TreeFile {
  const nodes = 2 ** options.depth - 1;
  const features: number[] = [];
  const thresholds: number[] = [];
  /** The node in which each sample is. */
  const place = new Uint16Array(samples.count);
  for (let level = 0; level < options.depth; level++) {
    const first = 2 ** level - 1;
    const splits = bestSplits({ bins, slopes, place, first, count: 2 ** level });
    for (const { feature, bin } of splits) {
      features.push(feature);
      thresholds.push(bin < 0 ? NO_BOUND : rounded(bounds[feature][bin]));
    }
    for (let i = 0; i < samples.count; i++) {
      const node = place[i];
      const { feature, bin } = splits[node - first];
      const isOver = bin >= 0 && bins[feature][i] > bin;
      place[i] = 2 * node + (isOver ? 2 : 1);
    }
  }
  const leaves = leavesOf(place, nodes, slopes, options.learningRate);
  for (let i = 0; i < samples.count; i++) odds[i] += leaves[place[i] - nodes];
  return { features, thresholds, leaves };
}

interface Split {
  readonly feature: number;
  /** The last bin on the left; -1 = no split. */
  readonly bin: number;
}

interface Level {
  readonly bins: readonly Uint8Array[];
  readonly slopes: Slopes;
  readonly place: Uint16Array;
  readonly first: number;
  readonly count: number;
}

function bestSplits({ bins, slopes, place, first, count }: Level): Split[] {
  const best = Array.from({ length: count }, () => ({ feature: 0, bin: -1, gain: 1e-6 }));
  const gradients = new Float64Array(count * BINS);
  const hessians = new Float64Array(count * BINS);
  for (const [feature, column] of bins.entries()) {
    gradients.fill(0);
    hessians.fill(0);
    for (let i = 0; i < place.length; i++) {
      const cell = (place[i] - first) * BINS + column[i];
      gradients[cell] += slopes.gradient[i];
      hessians[cell] += slopes.hessian[i];
    }
    for (let node = 0; node < count; node++) {
      const range = [node * BINS, (node + 1) * BINS] as const;
      const split = bestBin(gradients.subarray(...range), hessians.subarray(...range));
      if (split.gain > best[node].gain) best[node] = { feature, ...split };
    }
  }
  return best;
}

function bestBin(gradients: Float64Array, hessians: Float64Array): { bin: number; gain: number } {
  const allGradient = gradients.reduce((sum, value) => sum + value, 0);
  const allHessian = hessians.reduce((sum, value) => sum + value, 0);
  const worth = (gradient: number, hessian: number): number => gradient ** 2 / (hessian + LAMBDA);
  let gradient = 0;
  let hessian = 0;
  let best = { bin: -1, gain: 0 };
  for (let bin = 0; bin < BINS - 1; bin++) {
    gradient += gradients[bin];
    hessian += hessians[bin];
    if (hessian < HESSIAN_MIN || allHessian - hessian < HESSIAN_MIN) continue;
    const gain =
      worth(gradient, hessian) +
      worth(allGradient - gradient, allHessian - hessian) -
      worth(allGradient, allHessian);
    if (gain > best.gain) best = { bin, gain };
  }
  return best;
}

function leavesOf(
  place: Uint16Array,
  nodes: number,
  slopes: Slopes,
  learningRate: number,
): number[] {
  const gradient = new Float64Array(nodes + 1);
  const hessian = new Float64Array(nodes + 1);
  for (let i = 0; i < place.length; i++) {
    gradient[place[i] - nodes] += slopes.gradient[i];
    hessian[place[i] - nodes] += slopes.hessian[i];
  }
  return Array.from(gradient, (sum, leaf) =>
    rounded((-learningRate * sum) / (hessian[leaf] + LAMBDA)),
  );
}

function slopesOf({ count, isFraud, weight }: Samples, odds: Float64Array): Slopes {
  const gradient = new Float64Array(count);
  const hessian = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const probability = 1 / (1 + Math.exp(-odds[i]));
    gradient[i] = weight[i] * (probability - isFraud[i]);
    hessian[i] = weight[i] * probability * (1 - probability);
  }
  return { gradient, hessian };
}

function priorOdds({ count, isFraud, weight }: Samples): number {
  let fraud = 0;
  let all = 0;
  for (let i = 0; i < count; i++) {
    fraud += weight[i] * isFraud[i];
    all += weight[i];
  }
  return Math.log(fraud / (all - fraud));
}

/** Upper bounds of the bins: values at even ranks, each once. */
function boundsOf(column: Float32Array): Float64Array {
  const sorted = Float32Array.from(column).sort();
  const bounds = new Set<number>();
  for (let bin = 1; bin < BINS; bin++) {
    bounds.add(rounded(sorted[Math.floor((bin * sorted.length) / BINS)]));
  }
  // most features are 0 nearly always: the highest values have bins of their own
  for (const share of [0.985, 0.99, 0.995, 0.998, 0.999]) {
    bounds.add(rounded(sorted[Math.floor(share * sorted.length)]));
  }
  const ordered = Float64Array.from(bounds).sort();
  return ordered.subarray(Math.max(0, ordered.length - (BINS - 1)));
}

function binned(column: Float32Array, bounds: Float64Array): Uint8Array {
  return Uint8Array.from(column, (value) => {
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value > bounds[middle]) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}

/** As it stands in the file: short, and what was trained is what is read. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
