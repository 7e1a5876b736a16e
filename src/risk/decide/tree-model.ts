/**
 * A scorecard of small trees (gradient boosting; Friedman, 2001): every tree of one depth, so that a walk down is arithmetic. The file has
 * the features that it wants, by name; the sum of the leaves is the logarithm of the odds that a payment is fraud.
 *
 *   node n of a tree: feature[n] > threshold[n] ? 2n + 2 : 2n + 1      ...   after `depth` steps: a leaf
 */
import { isFeature, PLACE } from '../engine/features.js';
import { fieldsOf, listOf, numberOf } from './fields.js';

export const MODEL_SCHEMA = 'paydrill.risk-model/1';
const DEPTH_MAX = 8;

/** As it is written by whoever trains it. */
export interface ModelFile {
  readonly schema: typeof MODEL_SCHEMA;
  readonly features: readonly string[];
  readonly depth: number;
  readonly bias: number;
  /** Of each tree: its inner nodes as ordinal in `features` and threshold, and its leaves. */
  readonly trees: readonly TreeFile[];
}

export interface TreeFile {
  readonly features: readonly number[];
  readonly thresholds: readonly number[];
  readonly leaves: readonly number[];
}

export class TreeModel {
  readonly #depth: number;
  readonly #trees: number;
  readonly #bias: number;
  /** Place of the feature in the engine's vector. */
  readonly #places: Uint8Array;
  readonly #thresholds: Float64Array;
  readonly #leaves: Float64Array;

  /** Throws one line where the file is not a model of features that there are. */
  constructor(file: unknown) {
    const { schema, features, depth, bias, trees } = fieldsOf(file, 'the model');
    if (schema !== MODEL_SCHEMA) {
      throw new Error(
        `the model's schema is ${JSON.stringify(schema)}: give one of ${MODEL_SCHEMA}`,
      );
    }
    const places = listOf(features, "the model's features").map(placeOf);
    this.#depth = numberOf(depth, "the model's depth");
    if (!Number.isInteger(this.#depth) || this.#depth < 1 || this.#depth > DEPTH_MAX) {
      throw new Error(`the model's depth is ${this.#depth}: give 1 to ${DEPTH_MAX}`);
    }
    this.#bias = numberOf(bias, "the model's bias");
    const list = listOf(trees, "the model's trees");
    this.#trees = list.length;
    const leaves = 2 ** this.#depth;
    this.#places = new Uint8Array(list.length * (leaves - 1));
    this.#thresholds = new Float64Array(list.length * (leaves - 1));
    this.#leaves = new Float64Array(list.length * leaves);
    for (const [number, tree] of list.entries()) this.#read(tree, number, places);
  }

  #read(tree: unknown, number: number, places: readonly number[]): void {
    const what = `tree ${number} of the model`;
    const { features, thresholds, leaves } = fieldsOf(tree, what);
    const leafCount = 2 ** this.#depth;
    const nodeCount = leafCount - 1;
    const wanted = [
      ['features', features, nodeCount],
      ['thresholds', thresholds, nodeCount],
      ['leaves', leaves, leafCount],
    ] as const;
    const columns = wanted.map(([name, values, length]) => {
      const list = listOf(values, `${what}: ${name}`);
      if (list.length !== length)
        throw new Error(`${what} has ${list.length} ${name}: give ${length}`);
      return list.map((value) => numberOf(value, `${what}: one of its ${name}`));
    });
    const [ordinals, bounds, values] = columns;
    for (const [node, ordinal] of ordinals.entries()) {
      if (places[ordinal] === undefined) {
        throw new Error(`${what} asks for feature ${ordinal} of ${places.length}`);
      }
      this.#places[number * nodeCount + node] = places[ordinal];
    }
    this.#thresholds.set(bounds, number * nodeCount);
    this.#leaves.set(values, number * leafCount);
  }

  /** 0 to 1. */
  probability(vector: Float64Array): number {
    const depth = this.#depth;
    const leafCount = 1 << depth;
    const nodeCount = leafCount - 1;
    let sum = this.#bias;
    for (let tree = 0; tree < this.#trees; tree++) {
      const first = tree * nodeCount;
      let node = 0;
      for (let level = 0; level < depth; level++) {
        const isOver = vector[this.#places[first + node]] > this.#thresholds[first + node];
        node = 2 * node + (isOver ? 2 : 1);
      }
      sum += this.#leaves[tree * leafCount + node - nodeCount];
    }
    return 1 / (1 + Math.exp(-sum));
  }
}

function placeOf(name: unknown): number {
  if (typeof name !== 'string' || !isFeature(name)) {
    throw new Error(`the model wants the feature ${JSON.stringify(name)}, which there is not`);
  }
  return PLACE[name];
}
