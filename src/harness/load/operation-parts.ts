/**
 * One worker's operations, apart by the scenario that asked for them and by their kind: a part is found by a number that is
 * plain arithmetic, as it is needed once an operation. A part is made when its first operation comes.
 */
import { KIND_MAX } from '../../products/product.js';
import type { OperationPart } from '../measure/operation-part.js';
import { TimeTrend } from '../measure/time-trend.js';
import { LIFECYCLE_SCENARIO } from '../schedule/plan.js';

/** Room for the number of every kind, those of products included. */
const KINDS = KIND_MAX + 1;

class Part {
  readonly scenario: number;
  readonly kind: number;
  readonly responseTime = new TimeTrend();
  ok = 0;
  declined = 0;
  /** The script was told so, and no answer came yet. */
  unknown = 0;
  notSent = 0;

  constructor(scenario: number, kind: number) {
    this.scenario = scenario;
    this.kind = kind;
  }
}

export class OperationParts {
  /** How many numbers there are. */
  readonly size: number;
  readonly #scenarios: number;
  /** One place a number: far numbers in an array that grows would make a table of it. */
  readonly #parts: (Part | undefined)[];

  constructor(scenarios: number) {
    this.#scenarios = scenarios;
    this.size = (scenarios + 1) * KINDS;
    this.#parts = new Array<Part | undefined>(this.size).fill(undefined);
  }

  /** From 0, below `size`. setup() and teardown() stand after the last scenario. */
  numberOf(kind: number, scenario: number): number {
    const number = Math.min(scenario, this.#scenarios) * KINDS + kind;
    this.#parts[number] ??= new Part(
      scenario < this.#scenarios ? scenario : LIFECYCLE_SCENARIO,
      kind,
    );
    return number;
  }

  /** Of a number that was asked for before. */
  at(number: number): Part {
    const part = this.#parts[number];
    if (part === undefined) throw new Error(`operations ${number} were never asked for`);
    return part;
  }

  all(): readonly OperationPart[] {
    return this.#made().map(({ scenario, kind, ok, declined, unknown, notSent, responseTime }) => ({
      ...{ scenario, kind, ok, declined, unknown, notSent },
      responseTime: responseTime.packed(),
    }));
  }

  #made(): Part[] {
    return this.#parts.filter((part) => part !== undefined);
  }
}
