/**
 * From a vector of features to a decision: rules and a model, both out of files.
 *
 *   rules.json   { "rules": [{ "name", "when": <CEL>, "decision", "points", "reason" }, ...], "model": { "step-up": 0.5, "review": 0.8, "deny": 0.95 } }
 *
 * Every rule is asked; the severest decision counts, be it a rule's or that of the model's probability. What was decided has its reasons.
 */
import { type Condition, compileCondition } from './expression.js';
import { fieldsOf, listOf, numberOf, textOf } from './fields.js';
import type { TreeModel } from './tree-model.js';

/** In order of severity. */
export const DECISIONS = ['allow', 'step-up', 'review', 'deny'] as const;
export type Decision = (typeof DECISIONS)[number];

const NAMES: readonly string[] = DECISIONS;
const MODEL_BIT = 31;

interface Rule {
  readonly name: string;
  readonly when: Condition;
  /** Ordinal in DECISIONS. */
  readonly severity: number;
  readonly points: number;
  readonly reason: string;
}

export class Policy {
  /** Of the last `decide`: the model's probability, and the points of the rules that held. */
  probability = 0;
  points = 0;
  readonly #rules: readonly Rule[];
  readonly #bounds: readonly number[];
  readonly #model: TreeModel | undefined;
  readonly #held: Uint8Array;
  #severity = 0;

  /** Throws one line where `file` is not such a file. */
  constructor(file: unknown, model?: TreeModel) {
    const { rules, model: bounds } = fieldsOf(file, 'the rules');
    this.#rules = listOf(rules, 'rules').map(ruleOf);
    const names = this.#rules.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) throw new Error(`there are two rules '${twice}'`);
    this.#bounds = boundsOf(bounds);
    this.#model = model;
    this.#held = new Uint8Array(this.#rules.length);
  }

  decide(features: Float64Array): Decision {
    this.points = 0;
    this.#severity = 0;
    for (let i = 0; i < this.#rules.length; i++) {
      const { when, severity, points } = this.#rules[i];
      const holds = when(features);
      this.#held[i] = holds ? 1 : 0;
      if (!holds) continue;
      this.points += points;
      if (severity > this.#severity) this.#severity = severity;
    }
    this.probability = this.#model?.probability(features) ?? 0;
    for (let severity = this.#severity + 1; severity < DECISIONS.length; severity++) {
      if (this.probability >= this.#bounds[severity]) this.#severity = severity;
    }
    return DECISIONS[this.#severity];
  }

  /** The same in bits: bit i for rule i, of the first 31; bit 31 for the model. */
  get heldBits(): number {
    let bits = this.probability >= this.#bounds[1] ? 2 ** MODEL_BIT : 0;
    for (let i = 0; i < this.#held.length && i < MODEL_BIT; i++) bits += this.#held[i] * 2 ** i;
    return bits;
  }

  /** Names of the rules, in the order of their bits. */
  get ruleNames(): readonly string[] {
    return this.#rules.map(({ name }) => name);
  }

  /** Why the last decision was what it was; empty where it was to allow and no rule held. */
  reasons(): string[] {
    const reasons = this.#rules
      .filter((_, i) => this.#held[i] === 1)
      .map(({ name, reason }) => `${name}: ${reason}`);
    const isModels = this.probability >= this.#bounds[1];
    if (isModels)
      reasons.push(`model: ${(this.probability * 100).toFixed(1)} % likely to be fraud`);
    return reasons;
  }
}

function ruleOf(value: unknown, place: number): Rule {
  const fields = fieldsOf(value, `rule ${place + 1}`);
  const name = textOf(fields.name, `the name of rule ${place + 1}`);
  const { decision } = fields;
  const severity = typeof decision === 'string' ? NAMES.indexOf(decision) : -1;
  if (severity < 1) {
    const others = DECISIONS.slice(1).join(', ');
    throw new Error(`rule '${name}' decides ${JSON.stringify(decision)}: give one of ${others}`);
  }
  try {
    return {
      name,
      when: compileCondition(textOf(fields.when, 'when')),
      severity,
      points: numberOf(fields.points, 'points'),
      reason: textOf(fields.reason, 'reason'),
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`rule '${name}': ${message}`, { cause: error });
  }
}

/** By severity; the first is never asked for. */
function boundsOf(value: unknown): readonly number[] {
  const fields = fieldsOf(value, "the rules' model");
  const bounds = DECISIONS.slice(1).map((name) => numberOf(fields[name], `model.${name}`));
  for (const [i, bound] of bounds.entries()) {
    if (bound <= 0 || bound > 1 || (i > 0 && bound < bounds[i - 1])) {
      throw new Error(
        `model.${DECISIONS[i + 1]} is ${bound}: give what is over 0, at most 1, and never falls`,
      );
    }
  }
  return [0, ...bounds];
}
