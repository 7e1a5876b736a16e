/**
 * Reads one object of a fault plan or a target file, field by field, and keeps what is wrong with it, so that whoever wrote the plan is
 * told everything at once. A field that is wrong reads as something harmless: nobody uses a plan with problems.
 */
import type { NumberRule, Stream } from './fault.js';

const TOLD_MAX = 20;

/** What is wrong with a plan, in the order it was found. */
export class PlanProblems {
  readonly #found: { readonly where: string; readonly what: string }[] = [];

  add(where: string, what: string): void {
    this.#found.push({ where, what });
  }

  get size(): number {
    return this.#found.length;
  }

  /** One line: `faults[0]: this; that; faults[2]: this`. */
  get line(): string {
    const told = this.#found.slice(0, TOLD_MAX);
    const words = told.map(({ where, what }, index) => {
      const isSamePlace = index > 0 && told[index - 1]?.where === where;
      return isSamePlace || where === '' ? what : `${where}: ${what}`;
    });
    const left = this.#found.length - told.length;
    return [...words, ...(left > 0 ? [`and ${left} more`] : [])].join('; ');
  }
}

export class PlanReader {
  /** `faults[3]`, or empty for the plan itself. */
  readonly where: string;
  readonly #problems: PlanProblems;
  readonly #fields: ReadonlyMap<string, unknown>;

  constructor(problems: PlanProblems, where: string, value: unknown) {
    this.where = where;
    this.#problems = problems;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject) this.refuse('must be an object');
    this.#fields = new Map(isObject ? Object.entries(value) : []);
  }

  has(name: string): boolean {
    return this.#fields.get(name) !== undefined;
  }

  /** Empty where it is absent; refused where it is no object. */
  entries(name: string): readonly (readonly [string, unknown])[] {
    const value = this.#fields.get(name);
    if (value === undefined) return [];
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.entries(value);
    this.refuse(`"${name}" must be an object`);
    return [];
  }

  value(name: string): unknown {
    return this.#fields.get(name);
  }

  flag(name: string, absent: boolean): boolean {
    const value = this.#fields.get(name) ?? absent;
    if (typeof value === 'boolean') return value;
    this.refuse(`"${name}" must be true or false`);
    return absent;
  }

  list(name: string): readonly unknown[] {
    const value = this.#fields.get(name);
    if (Array.isArray(value)) return value;
    this.refuse(`"${name}" must be a list`);
    return [];
  }

  /** Undefined, and refused, where it is no text and there is no other. */
  text(name: string, absent?: string): string | undefined {
    const value = this.#fields.get(name) ?? absent;
    if (typeof value === 'string') return value;
    this.refuse(`"${name}" must be a text`);
    return undefined;
  }

  /** A text that is one of those; undefined, and refused, where it is not. */
  name(
    name: string,
    of: { readonly what: string; readonly names: readonly string[] },
    absent?: string,
  ): string | undefined {
    const text = this.text(name, absent);
    if (text === undefined || of.names.includes(text)) return text;
    this.#unknown(of.what, text, of.names);
    return undefined;
  }

  number(name: string, rule: NumberRule): number {
    const value = this.#fields.get(name) ?? rule.absent;
    const { minimum, maximum = Number.POSITIVE_INFINITY } = rule;
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      return this.#refuseNumber(`"${name}" must be a number`, minimum);
    }
    if (rule.integer && !Number.isSafeInteger(value)) {
      return this.#refuseNumber(`"${name}" must be a whole number, not ${value}`, minimum);
    }
    if (value >= minimum && value <= maximum) return value;
    const range =
      maximum < Number.POSITIVE_INFINITY ? `${minimum} to ${maximum}` : `${minimum} or more`;
    return this.#refuseNumber(`"${name}" must be ${range}, not ${value}`, minimum);
  }

  streams(): readonly Stream[] {
    const names = ['upstream', 'downstream', 'both'];
    const stream = this.name('stream', { what: 'stream', names }, 'downstream');
    if (stream === 'both') return ['upstream', 'downstream'];
    return stream === 'upstream' ? ['upstream'] : ['downstream'];
  }

  refuseOthers(known: readonly string[]): void {
    for (const name of this.#fields.keys()) {
      if (!known.includes(name)) this.#unknown('field', name, known);
    }
  }

  refuse(what: string): void {
    this.#problems.add(this.where, what);
  }

  #refuseNumber(what: string, instead: number): number {
    this.refuse(what);
    return instead;
  }

  #unknown(what: string, name: string, names: readonly string[]): void {
    this.refuse(`no ${what} named "${name}"; there are: ${names.join(', ') || 'none'}`);
  }
}
